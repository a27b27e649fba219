"""Colours, type sizes and page units of every figure, each with one meaning.

Figures are designed at 660 px for the 495 pt of an A4 text column: 1 px = 0.75 pt, so
the smallest type, 7.5 pt on paper, is 10 px here. `tests/unit/test_chart_theme.py`
computes the contrasts these colours must reach.
"""

from __future__ import annotations

WIDTH = 660
EDGE = 2.0
#: Around a picture that stands alone; on a page, the page has its own.
MARGIN = 16
POINT = 4 / 3
HAIRLINE = 0.5 * POINT

WHITE = "#FFFFFF"
INK = "#1A1F2B"
SOFT_INK = "#565D6B"
WARNING = "#8A3A00"
RULE = "#E3E6EC"
CALM = "#F3F5F8"
HOVER = "#E4EBF7"

IMPORT = "#0063CB"
EXPORT = "#7B3F9E"
IMPORT_SHADES = ("#004B9B", "#1F73D0")
EXPORT_SHADES = ("#632B85", "#8C53AE")
OTHER_TILE = "#6A707D"

SURPLUS = "#00665A"
SURPLUS_TINT = "#CFEFE9"
DEFICIT = "#B8230F"
DEFICIT_TINT = "#FFE3D0"

TOP_FLOW = "#D3222A"
RIBBON = "#AFBCD3"
RIBBON_OTHER = "#D5DAE3"
NODE = "#26324A"
NODE_OTHER = "#8B93A3"

TITLE_SIZE = 20.0
SUBTITLE_SIZE = 13.0
NOTICE_SIZE = 11.5
HEAD_SIZE = 11.5
NAME_SIZE = 12.5
VALUE_SIZE = 11.5
SMALL_SIZE = 10.0


def mix(start: str, end: str, part: float) -> str:
    """Give the colour `part` (0 to 1) of the way between two hexadecimal ones."""
    pairs = zip(_channels(start), _channels(end), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02X}" for a, b in pairs)


def _channels(color: str) -> list[int]:
    return [int(color[index : index + 2], 16) for index in (1, 3, 5)]


#: Sign of a balance → the colour of its number and of the ground under it.
BALANCE_COLORS = {
    "surplus": (SURPLUS, SURPLUS_TINT),
    "deficit": (DEFICIT, DEFICIT_TINT),
    "balanced": (INK, RULE),
    "undefined": (SOFT_INK, RULE),
}
