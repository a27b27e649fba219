"""The key of a Sankey: numbers on the red ribbons, and the list they point to."""

from __future__ import annotations

import math
from dataclasses import dataclass

from commerce_exterieur.charts import theme
from commerce_exterieur.charts.canvas import Canvas
from commerce_exterieur.charts.sankey_layout import Flows, Ribbon, point_on
from commerce_exterieur.charts.subject import Subject
from commerce_exterieur.charts.text import SEMIBOLD, ellipsize, measure

BADGE_RADIUS = 7.0
_GUTTER = 18.0


def draw_badges(canvas: Canvas, top_flows: list[Ribbon], x0: float, x1: float) -> None:
    """Put a number on each red ribbon, at the first free place along its line."""
    taken: list[tuple[float, float]] = []
    steps = [0.12 + 0.02 * step for step in range(36)]
    for ribbon in top_flows:
        half = ribbon.thickness / 2
        spots = [
            point_on(x0, ribbon.start + half, x1, ribbon.end + half, at) for at in steps
        ]
        spot = max(
            spots,
            key=lambda place: (
                min(
                    [math.dist(place, other) for other in taken]
                    + [2 * BADGE_RADIUS + 3]
                ),
                -place[0],
            ),
        )
        taken.append(spot)
        _badge(canvas, *spot, ribbon.rank)


def _badge(canvas: Canvas, x: float, y: float, number: int) -> None:
    """Draw a numbered red disc centred at (x, y)."""
    canvas.add("badges", x=round(x, 2), y=round(y, 2), color=theme.TOP_FLOW)
    canvas.text(
        x,
        y + 3.6,
        str(number),
        theme.SMALL_SIZE + 0.5,
        weight=SEMIBOLD,
        align="center",
        color=theme.WHITE,
    )


@dataclass
class KeyLine:
    """One red flow as the key prints it."""

    rank: int
    left: str
    right: str
    full: str
    value: str
    share: str

    def label(self) -> str:
        """Name both ends."""
        return f"{self.left} → {self.right}"

    def width(self, size: float) -> float:
        """Room the line takes in px."""
        width = measure(self.label(), size) + 8 + measure(self.value, size, SEMIBOLD)
        if self.share:
            width += 4 + measure(self.share, size)
        return 2 * BADGE_RADIUS + 6 + width


def draw_key(
    canvas: Canvas,
    flows: Flows,
    top_flows: list[Ribbon],
    y: float,
    size: float,
    subject: Subject,
) -> float:
    """List the red flows under the diagram in two columns; return the lower edge."""
    if not top_flows:
        return y + 4
    words = subject.words
    left, right = flows.nodes("left"), flows.nodes("right")
    lines = [
        KeyLine(
            rank=ribbon.rank,
            left=left[ribbon.left].name,
            right=right[ribbon.right].name,
            full=flows.both_ends(ribbon.left, ribbon.right),
            value=words.eur(ribbon.value_eur, unit=flows.unit),
            share=f"· {words.share(ribbon.share)}",
        )
        for ribbon in top_flows
    ]
    rows = math.ceil(len(lines) / 2)
    columns = [lines[:rows], lines[rows:]]
    second = _fit(columns, canvas.width - 2 * theme.EDGE, size)
    leading = size + 5.5
    y += size + 6
    for column, x in zip(columns, (theme.EDGE, second), strict=True):
        for row, line in enumerate(column):
            _write(canvas, line, x, y + row * leading + 4, size)
    return y + (rows - 1) * leading + 9


def _fit(columns: list[list[KeyLine]], room: float, size: float) -> float:
    """Make the columns fit side by side; return the x of the second one.

    Shares are left out first (the table has them), then the longer names are
    shortened, activity by activity.
    """

    def width(column: list[KeyLine]) -> float:
        return max((line.width(size) for line in column), default=0.0)

    if sum(width(column) for column in columns) + _GUTTER > room:
        for line in columns[0] + columns[1]:
            line.share = ""
    half = (room - _GUTTER) / 2
    if sum(width(column) for column in columns) + _GUTTER > room:
        for line in columns[0] + columns[1]:
            _shorten(line, half, size)
    first = width(columns[0])
    latest = theme.EDGE + room - width(columns[1])
    return max(theme.EDGE + first + _GUTTER, min(theme.EDGE + half, latest))


def _shorten(line: KeyLine, room: float, size: float) -> None:
    """Shorten the longer of the two names until the line fits."""
    excess = line.width(size) - room
    if excess <= 0:
        return
    if measure(line.left, size) >= measure(line.right, size):
        line.left = ellipsize(line.left, measure(line.left, size) - excess, size)
    else:
        line.right = ellipsize(line.right, measure(line.right, size) - excess, size)


def _write(canvas: Canvas, line: KeyLine, x: float, base: float, size: float) -> None:
    _badge(canvas, x + BADGE_RADIUS, base - 3.6, line.rank)
    x += 2 * BADGE_RADIUS + 6
    x += 8 + canvas.text(x, base, line.label(), size, full=line.full)
    x += 4 + canvas.text(x, base, line.value, size, weight=SEMIBOLD)
    if line.share:
        canvas.text(x, base, line.share, size, color=theme.SOFT_INK)
