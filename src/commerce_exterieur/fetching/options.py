"""The command line of `fetch_customs.py`, and its exit statuses."""

from __future__ import annotations

import argparse
from pathlib import Path

from commerce_exterieur.fetching.doors import ADDRESSES, CATALOGUE, DOORS
from commerce_exterieur.fetching.download import Settings
from commerce_exterieur.options import add_out, count, month, seconds, year
from commerce_exterieur.warehouse import PROJECT

#: Exit statuses.
DONE, SOME_FAILED, NOT_POSSIBLE, NOT_UNDERSTOOD, INTERRUPTED = 0, 1, 2, 3, 130
STATUSES = """
exit status: 0 all is here; 1 some files failed (of --list: a door could not be read
to its end); 2 nothing could be done; 3 all that
was chosen is here, but something offered names a region and was not understood (it is
told last, with its address; --allow-unknown makes this 0); 130 interrupted.

if something is not understood: --list shows every file of every door, one a line
(this is what to send with a report); --url takes the addresses of files, with
--results when their names do not say the month; --page reads a page saved by hand.
"""


def parsed(arguments: list[str] | None, description: str) -> argparse.Namespace:
    """Read the command line, and refuse options that do not go together.

    Parameters
    ----------
    arguments
        The arguments; none for those of the process.
    description
        What the command does.
    """
    parser = _parser(description)
    options = parser.parse_args(arguments)
    by_hand = options.page or options.url
    if not (options.years or options.url or options.list):
        parser.error("which years? --years 2023 2024 (or --url, or --list)")
    if by_hand and options.door:
        parser.error("--page and --url stand in place of the doors: leave --door out")
    if (options.results or options.base) and not by_hand:
        parser.error("--results and --base go with --page or --url")
    return options


def _parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description,
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_argument_group("what")
    what.add_argument(
        "--years", nargs="+", type=year, default=[], metavar="YEAR", help="2023 2024 …"
    )
    add_out(what, PROJECT / "data" / "customs", "where the files go (data/customs)")
    what.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would be fetched; write nothing",
    )
    what.add_argument(
        "--list",
        action="store_true",
        help="print every file of every door and the verdict on it, one a line, "
        "separated by tabs",
    )
    what.add_argument(
        "--allow-unknown",
        action="store_true",
        help="exit with 0 although something was not understood",
    )
    where = parser.add_argument_group("where from")
    where.add_argument(
        "--door",
        action="append",
        type=_door,
        metavar="NAME[=URL]",
        help=f"only this door ({', '.join(DOORS)}), in the order given, here or at "
        "another address; repeatable",
    )
    where.add_argument(
        "--base-url",
        default=ADDRESSES[CATALOGUE],
        metavar="URL",
        help="address of the catalogue's API (%(default)s)",
    )
    where.add_argument(
        "--page",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="in place of the doors: a page of links saved by hand; repeatable",
    )
    where.add_argument(
        "--base",
        default="",
        metavar="URL",
        help="the address of such a page, when the page does not say it",
    )
    where.add_argument(
        "--url",
        action="append",
        default=[],
        metavar="URL",
        help="in place of the doors: the address of a file; repeatable",
    )
    where.add_argument(
        "--results",
        type=month,
        metavar="YYYY-MM",
        help="the month of results of files of --page and --url whose names do not "
        "say it",
    )
    patience = parser.add_argument_group("patience")
    patience.add_argument(
        "--retries",
        type=count,
        default=Settings.retries,
        metavar="N",
        help="further tries of a request or a body that breaks off (%(default)s)",
    )
    patience.add_argument(
        "--backoff",
        type=seconds,
        default=Settings.backoff,
        metavar="SECONDS",
        help="first pause between tries, doubled each time (%(default)s)",
    )
    patience.add_argument(
        "--max-seconds",
        type=seconds,
        default=Settings.max_seconds,
        metavar="SECONDS",
        help="the longest one file may take, all tries together (%(default)s)",
    )
    patience.add_argument(
        "--max-megabytes",
        type=count,
        default=Settings.max_bytes // 1_000_000,
        metavar="MB",
        help="the largest archive taken (%(default)s)",
    )
    return parser


def _door(text: str) -> tuple[str, str | None]:
    name, _, address = text.partition("=")
    if name not in DOORS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(DOORS)}")
    return name, address or None
