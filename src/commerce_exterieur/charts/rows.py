"""A figure as rows of bars: what a narrow screen shows instead of the drawing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class RowBar:
    """A bar of a row.

    Attributes
    ----------
    color
        `import`, `export`, `top` (the red of the largest flows) or `rest` (grey).
    length
        As part of the room.
    text
        The amount, and the share where it has one.
    """

    color: str
    length: float
    text: str


@dataclass(frozen=True)
class Row:
    """A member with its bars.

    Attributes
    ----------
    result, sign
        The balance and its sign, where both flows are shown; else empty.
    """

    label: str
    bars: tuple[RowBar, ...]
    result: str = ""
    sign: str = ""


@dataclass(frozen=True)
class RowGroup:
    """Rows under a head, on the scale of all groups of the figure."""

    heading: str
    color: str
    rows: tuple[Row, ...]


def longest(values: Iterable[int]) -> int:
    """Give the amount that fills the room of a bar, at least 1 €."""
    return max(1, *values, 1)
