"""Fetch the official customs files into folders by vintage.

For each wanted year the annual files, exports and imports, and the rolling files of
the latest quarters. Three doors are tried in turn, the customs' own listing, the page
of links of their kiosk, the API of data.gouv.fr; the first that has all of it serves.
The lines are unpacked into data/customs/<YYYY-MM>/, the month being the last one of
their results, with the lists of labels shipped beside them and a manifest.json that
says where each file comes from and vouches for its bytes. What is there and unchanged
is not downloaded again.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from functools import partial

import requests

from commerce_exterieur.customs.archive import Limits
from commerce_exterieur.customs.names import printable
from commerce_exterieur.errors import UserError
from commerce_exterieur.fetching.choice import FlowFile, Verdict, judge
from commerce_exterieur.fetching.doors import (
    ADDRESSES,
    CATALOGUE,
    DATASET,
    DOORS,
    PAGE,
    Offer,
    Served,
    asking,
    find,
    given,
    open_door,
)
from commerce_exterieur.fetching.download import Settings, download, open_session
from commerce_exterieur.fetching.options import (
    DONE,
    INTERRUPTED,
    NOT_POSSIBLE,
    NOT_UNDERSTOOD,
    SOME_FAILED,
    parsed,
)
from commerce_exterieur.fetching.report import (
    header,
    listed,
    say,
    say_recognised,
    say_served,
    say_unknown,
    shown,
)
from commerce_exterieur.fetching.resources import web_address
from commerce_exterieur.fetching.store import State, Store

Openers = list[tuple[str, Callable[[], Offer]]]


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and fetch; the exit status."""
    options = parsed(arguments, __doc__)
    settings = Settings(
        retries=options.retries,
        backoff=options.backoff,
        max_bytes=options.max_megabytes * 1_000_000,
        max_seconds=options.max_seconds,
    )
    try:
        with open_session(settings) as session:
            openers = _openers(options, session, settings)
            if options.list:
                return _list_all(openers, options.results)
            return _run(options, session, openers, settings)
    except UserError as error:
        print(f"fetch_customs: {printable(error)}", file=sys.stderr)
        return NOT_POSSIBLE
    except KeyboardInterrupt:
        print(
            "fetch_customs: interrupted. Run it again: it goes on from there.",
            file=sys.stderr,
        )
        return INTERRUPTED


def fetch(
    session: requests.Session, store: Store, file: FlowFile, settings: Settings
) -> list[tuple[str, str]]:
    """Fetch one file unless it is here unchanged; what was done, in lines.

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
    if state.is_kept:
        return [_kept(state, path)]
    downloaded = download(session, file.resource, part, settings)
    try:
        placed = store.put(file, part.path, downloaded, Limits())
    except UserError as error:
        # Going on from an archive that was refused would be refused again.
        part.discard()
        raise UserError(f"{file.resource.ask}: {error}") from error
    part.discard()
    why = "" if state is State.ABSENT else f" – {state.value}"
    message = f"{path} ({placed.unpacked.lines:,} lines, {placed.origin}){why}"
    remarks = (*downloaded.remarks, *placed.remarks)
    notes = [("Note", f"{file.resource.label}: {remark}.") for remark in remarks]
    return [("Fetched", message), *notes]


def _run(
    options: argparse.Namespace,
    session: requests.Session,
    openers: Openers,
    settings: Settings,
) -> int:
    """Find the files and fetch them, or say what a fetch would do."""
    years = frozenset(options.years) if options.years else None
    served = find(openers, years, options.results)
    say_served(served, everything=not served.doors)
    choice = served.choice
    if not served.doors:
        say_recognised(choice.files)
        say_unknown(choice.unknown)
        raise UserError(_nothing_serves(served))
    store = Store(options.out, DATASET)
    if options.dry_run:
        status = _each(choice.files, partial(_would, store))
    else:
        status = _fetch_all(session, store, choice.files, settings)
    say_unknown(choice.unknown)
    if choice.unknown and status == DONE and not options.allow_unknown:
        return NOT_UNDERSTOOD
    return status


def _openers(
    options: argparse.Namespace, session: requests.Session, settings: Settings
) -> Openers:
    """List the doors to try, in order, and how each is opened."""
    if options.page or options.url:
        opened = partial(given, options.page, options.url, options.base)
        return [(PAGE if options.page else "url", opened)]
    addresses = ADDRESSES | {CATALOGUE: options.base_url}
    wanted = dict(options.door or [(name, None) for name in DOORS])
    openers: Openers = []
    for name, address in wanted.items():
        url = web_address(address or addresses[name])
        if url is None:
            option = f"--door {name}" if address else "--base-url"
            raise UserError(
                f"{option}: {address or addresses[name]} is not an http or https "
                "address."
            )
        opened = partial(open_door, name, url, asking(session, settings))
        openers.append((name, opened))
    return openers


def _nothing_serves(served: Served) -> str:
    choice = served.choice
    if choice.lacks and not (choice.files or choice.left or choice.unknown):
        troubles = "; ".join(
            f"{name}: {what.rstrip('.')}" for name, what in served.tried
        )
        return f"no door could be read ({troubles}). Pages saved by hand serve: --page."
    return f"{'; '.join(choice.lacks)}."


def _list_all(openers: Openers, results: str | None) -> int:
    """Print every file that every door offers, with the verdict on it."""
    print(header())
    offers = 0
    is_whole = True
    for name, opened in openers:
        try:
            offer = opened()
        except UserError as error:
            say("Door", f"{name}: {error}", error=True)
            continue
        offers += 1
        is_whole = is_whole and not offer.remarks
        for resource in offer.resources:
            verdict: Verdict = judge(resource, results)
            print(listed(verdict))
        for remark in offer.remarks:
            say("Note", f"{name}: {remark}.", error=True)
    if not offers:
        return NOT_POSSIBLE
    return DONE if is_whole else SOME_FAILED


def _fetch_all(
    session: requests.Session, store: Store, files: list[FlowFile], settings: Settings
) -> int:
    """Fetch file by file; one that fails does not stop the others."""
    with store.locked():
        status = _each(
            files, lambda file: fetch(session, store, file, settings), failing=True
        )
    if status == DONE:
        print(f"\nNext: make build CUSTOMS_DIR={shlex.quote(shown(store.folder))}")
    return status


def _would(store: Store, file: FlowFile) -> list[tuple[str, str]]:
    """Say what a fetch would do with a file, without writing anything."""
    state, path = store.state(file), shown(store.path(file))
    if state.is_kept:
        return [_kept(state, path)]
    size = file.resource.filesize
    shown_size = f"{size / 1e6:,.1f} MB" if size else "size unknown"
    message = f"{path} ({shown_size}, {state.value}) from {file.resource.url}"
    return [("Would fetch", message)]


def _kept(state: State, path: str) -> tuple[str, str]:
    later = " (published later than what is offered)" if state is State.LATER else ""
    return "Already here", f"{path}{later}"


def _each(
    files: list[FlowFile],
    work: Callable[[FlowFile], list[tuple[str, str]]],
    *,
    failing: bool = False,
) -> int:
    """Say what `work` says of each file; then name those that failed."""
    failed = []
    for file in files:
        try:
            for subject, message in work(file):
                say(subject, message)
        except (UserError, OSError) as error:
            failed.append(printable(f"{file.resource.label}: {error}"))
    if failed and failing:
        message = f"{len(failed)} of {len(files)} files failed"
        print(f"fetch_customs: {message}", file=sys.stderr)
    for line in failed:
        print(line, file=sys.stderr)
    if failed and failing:
        print("What was fetched is in place; run it again.", file=sys.stderr)
    return SOME_FAILED if failed else DONE


if __name__ == "__main__":
    sys.exit(main())
