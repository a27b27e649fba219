"""Fetch the official customs files from data.gouv.fr into folders by vintage.

For each wanted year the annual files, exports and imports, and the rolling files of
the latest quarters. They are unpacked into `data/customs/<YYYY-MM>/`, the month being
that of publication, beside a `manifest.json` that says where each file comes from and
vouches for its content. What is there and unchanged is not downloaded again.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import requests

from common.errors import UserError
from fetching.archive import Limits
from fetching.catalogue import (
    YEAR,
    FlowFile,
    Left,
    is_web_address,
    printable,
    resources_of,
    select,
)
from fetching.download import Settings, download, get_json, open_session
from fetching.store import State, Store

DATASET = "5369a0c7a3a729239d206446"
BASE_URL = "https://www.data.gouv.fr"
PROJECT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and fetch; the exit status."""
    options = _parser().parse_args(arguments)
    settings = Settings(
        retries=options.retries,
        backoff=options.backoff,
        max_bytes=options.max_megabytes * 1_000_000,
    )
    store = Store(options.out, DATASET)
    try:
        with open_session(settings) as session:
            files, left = choose(session, options.base_url, options.years, settings)
            for one in left:
                print(f"Not read      {one.title}: {one.reason}")
            if options.dry_run:
                return _list(store, files)
            with store.locked():
                return _fetch_all(session, store, files, settings)
    except UserError as error:
        print(f"fetch_customs: {printable(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "fetch_customs: interrupted. Run it again: it goes on from there.",
            file=sys.stderr,
        )
        return 130


def choose(
    session: requests.Session, base_url: str, years: list[int], settings: Settings
) -> tuple[list[FlowFile], list[Left]]:
    """Ask the catalogue, and pick the files of the wanted years.

    Raises
    ------
    UserError
        The catalogue cannot be asked, or lacks a wanted year or a flow.
    """
    if not is_web_address(base_url):
        raise UserError(f"--base-url {base_url} is not an http or https address.")
    url = f"{base_url.rstrip('/')}/api/1/datasets/{DATASET}/"
    resources, unusable = resources_of(get_json(session, url, settings), url)
    files, left = select(resources, years)
    return files, [*left, *unusable]


def fetch(
    session: requests.Session, store: Store, file: FlowFile, settings: Settings
) -> str:
    """Fetch one file unless it is here unchanged; what was done, in a line.

    Raises
    ------
    UserError
        The file cannot be had, or is refused.
    OSError
        The disk refuses.
    """
    path = shown(store.path(file))
    part = store.part(file)
    state = store.state(file)
    if state is State.HERE:
        return f"Already here  {path}"
    sha256 = download(session, file.resource, part, settings)
    try:
        unpacked = store.put(file, part.path, sha256, Limits())
    except UserError as error:
        # Going on from an archive that was refused would be refused again.
        part.discard()
        raise UserError(f"{file.resource.stable_url}: {error}") from error
    part.discard()
    why = "" if state is State.ABSENT else f" – {state.value}"
    return f"Fetched       {path} ({unpacked.lines:,} lines){why}"


def shown(path: Path) -> str:
    """Write a path as a person in the project's folder would."""
    path = path.absolute()
    return str(path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path)


def _fetch_all(
    session: requests.Session, store: Store, files: list[FlowFile], settings: Settings
) -> int:
    """Fetch file by file; one that fails does not stop the others."""

    def one(file: FlowFile) -> str:
        return fetch(session, store, file, settings)

    failed = _each(files, one)
    if not failed:
        print(f"\nNext: make build CUSTOMS_DIR={shlex.quote(shown(store.folder))}")
        return 0
    print(f"fetch_customs: {len(failed)} of {len(files)} files failed", file=sys.stderr)
    for line in failed:
        print(line, file=sys.stderr)
    print("What was fetched is in place; run it again for the rest.", file=sys.stderr)
    return 1


def _list(store: Store, files: list[FlowFile]) -> int:
    """Say what a fetch would do, without writing anything."""

    def one(file: FlowFile) -> str:
        state = store.state(file)
        path = shown(store.path(file))
        if state is State.HERE:
            return f"Already here  {path}"
        size = file.resource.filesize
        size = f"{size / 1e6:,.1f} MB" if size else "size unknown"
        return f"Would fetch   {path} ({size}, {state.value}) from {file.resource.url}"

    failed = _each(files, one)
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


def _each(files: list[FlowFile], work: Callable[[FlowFile], str]) -> list[str]:
    """Print what `work` says of each file; the lines of those that failed."""
    failed = []
    for file in files:
        try:
            print(work(file), flush=True)
        except (UserError, OSError) as error:
            failed.append(printable(f"{file.resource.title}: {error}"))
    return failed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--years", nargs="+", type=_year, required=True, metavar="YEAR", help="2023 …"
    )
    parser.add_argument(
        "--out", type=Path, default=PROJECT / "data" / "customs", metavar="FOLDER"
    )
    parser.add_argument(
        "--base-url", default=BASE_URL, metavar="URL", help="the catalogue's address"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would be fetched; write nothing",
    )
    parser.add_argument(
        "--retries",
        type=_count,
        default=Settings.retries,
        metavar="N",
        help="further tries of a request or a body that breaks off (%(default)s)",
    )
    parser.add_argument(
        "--backoff",
        type=_seconds,
        default=Settings.backoff,
        metavar="SECONDS",
        help="first pause between tries, doubled each time (%(default)s)",
    )
    parser.add_argument(
        "--max-megabytes",
        type=_count,
        default=Settings.max_bytes // 1_000_000,
        metavar="MB",
        help="the largest archive taken (%(default)s)",
    )
    return parser


def _year(text: str) -> int:
    if not YEAR.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a year such as 2024")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
