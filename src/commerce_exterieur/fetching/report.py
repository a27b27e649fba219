"""What `fetch_customs.py` tells its user, a line at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from commerce_exterieur.customs.names import names_a_region, printable
from commerce_exterieur.fetching.choice import FlowFile, Unknown, Verdict
from commerce_exterieur.fetching.doors import DOORS, Served
from commerce_exterieur.warehouse import PROJECT

#: The columns of `--list`, separated by tabs.
COLUMNS = (
    *("door", "verdict", "flow", "year", "results", "published_on"),
    *("address", "title", "remark"),
)


def shown(path: Path) -> str:
    """Write a path as a person in the project's folder would."""
    path = path.absolute()
    return str(path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path)


def say(subject: str, text: object, *, error: bool = False) -> None:
    """Print one line: what it is about, and what is said."""
    stream = sys.stderr if error else sys.stdout
    print(f"{subject:<13} {printable(text)}", file=stream, flush=True)


def say_served(served: Served, *, everything: bool) -> None:
    """Tell which door serves and why not the others, and what is not fetched.

    Parameters
    ----------
    served
        What was found.
    everything
        Whether each file left is named; else those that name no region are counted.
    """
    for name, what in served.tried:
        say("Door", f"{name} ({DOORS.get(name, 'handed in')}): {what}")
    if len(served.doors) > 1:
        say("Door", f"{' and '.join(served.doors)} together have what is wanted.")
    for remark in served.choice.remarks:
        say("Note", remark)
    uncounted = 0
    for left in served.choice.left:
        resource = left.resource
        if everything or names_a_region(f"{resource.name} {resource.title}"):
            say("Not read", f"{resource.label}: {left.reason}")
        else:
            uncounted += 1
    if uncounted:
        say("Not read", f"{uncounted} files that name no region (--list shows them)")


def say_recognised(files: Iterable[FlowFile]) -> None:
    """Tell what was recognised, when it does not suffice."""
    for file in files:
        say("Recognised", f"{file.vintage}/{file.name}: {file.resource.url}")


def say_unknown(unknown: Iterable[Unknown]) -> None:
    """Tell what was not understood, with its address, as errors."""
    for judgement in unknown:
        resource = judgement.resource
        title = f" (“{resource.title}”)" if resource.title else ""
        say(
            "Not understood",
            f"{resource.label}{title}: {judgement.reason}. {resource.url}",
            error=True,
        )


def header() -> str:
    """Write the first line of `--list`."""
    return "\t".join(COLUMNS)


def listed(verdict: Verdict) -> str:
    """Write the line of `--list` for what is offered."""
    resource = verdict.resource
    remark = "archived" if resource.is_archived else ""
    flow = year = results = ""
    if isinstance(verdict, FlowFile):
        kind, flow = "flow file", verdict.flow
        year, results = str(verdict.year or verdict.kind), verdict.vintage
        remarks = [remark, *verdict.remarks]
    else:
        kind = "not understood" if isinstance(verdict, Unknown) else "left"
        remarks = [remark, verdict.reason]
    cells = (
        *(resource.door, kind, flow, year, results, resource.published_on or ""),
        *(
            resource.url,
            resource.title,
            "; ".join(remark for remark in remarks if remark),
        ),
    )
    return "\t".join(printable(cell) for cell in cells)
