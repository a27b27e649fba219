"""Ask the lines of a fetched file whether they are what its name says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from commerce_exterieur.customs.line import Said, reason, said_by
from commerce_exterieur.customs.shape import lines_of
from commerce_exterieur.errors import UserError
from commerce_exterieur.fetching.choice import FlowFile

CHUNK = 1 << 20


def verify(text: Path, file: FlowFile, member: str) -> None:
    """Make sure that a text says the flow and the year its name says.

    Parameters
    ----------
    text
        The unpacked lines; every one is read (a second for a real year).
    file
        What the names say.
    member
        Its name in the archive, for messages.

    Raises
    ------
    UserError
        It holds no well-formed line, or says something else.
    OSError
        It cannot be read.
    """
    said, first = Said(frozenset(), frozenset()), None
    for lines in _lines(text):
        said |= said_by(lines)
        first = lines[0].decode("utf-8", "replace") if first is None else first
    what = f"its name says {_shown({file.flow}, {file.year} if file.year else set())}"
    if not said.flows:
        raise UserError(
            f"{what}, and {member!r} in it holds no well-formed line; the first one: "
            f"{reason(first or '')} ({(first or '')[:80]!r})."
        )
    if said.flows != {file.flow} or (file.year and said.years != {file.year}):
        raise UserError(
            f"{what}, and the lines of {member!r} say {_shown(said.flows, said.years)}."
        )
    if max(said.years) > int(file.vintage[:4]):
        raise UserError(
            f"its results are said to be of {file.vintage}, and the lines of "
            f"{member!r} go to {max(said.years)}. Is the month right?"
        )


def _lines(text: Path) -> Iterator[list[bytes]]:
    """Read lines without their ends, many at once; one without end is cut."""
    rest = b""
    with text.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            whole, _, rest = (rest + chunk).rpartition(b"\n")
            if whole:
                yield lines_of(whole)
            if len(rest) > CHUNK:
                rest = b"\0"  # of a line that long, any part but the first is none
    yield lines_of(rest)


def _shown(flows: set[str] | frozenset[str], years: set[int] | frozenset[int]) -> str:
    shown = " and ".join(f"{flow}s" for flow in sorted(flows))
    return f"{shown} of {', '.join(map(str, sorted(years)))}" if years else shown
