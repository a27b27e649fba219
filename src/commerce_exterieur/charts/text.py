"""How wide a text is, and how to fit it: measured in the font that is drawn.

Widths are sums of glyph advances, without kerning: kerning only tightens, by less
than two per cent, so a measured box is never too small.
"""

from __future__ import annotations

from functools import lru_cache

from fontTools.ttLib import TTFont

from commerce_exterieur import fonts
from commerce_exterieur.fonts import REGULAR, SEMIBOLD

ELLIPSIS = "\u2026"
# Heights of the letters above and below the baseline, in parts of the type size.
ASCENT = 0.75
DESCENT = 0.22
# No line of a drawing holds more letters; trying each of thousands takes minutes.
_LONGEST = 1000

__all__ = [
    "ASCENT",
    "DESCENT",
    "ELLIPSIS",
    "REGULAR",
    "SEMIBOLD",
    "ellipsize",
    "measure",
    "wrap",
]


@lru_cache(maxsize=4)
def _advances(weight: int) -> tuple[dict[int, float], float]:
    with TTFont(fonts.font_file(weight), lazy=True) as font:
        size = font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        table = {
            code: metrics[glyph][0] / size for code, glyph in font.getBestCmap().items()
        }
        missing = metrics[".notdef"][0] / size
    return table, missing


@lru_cache(maxsize=65536)
def measure(text: str, size: float, weight: int = REGULAR) -> float:
    """Width of one line in px at type size `size` px."""
    table, missing = _advances(weight)
    return size * sum(table.get(ord(letter), missing) for letter in text)


def ellipsize(text: str, width: float, size: float, weight: int = REGULAR) -> str:
    """`text` on one line of at most `width` px, shortened with « … » when needed.

    Whole words are kept; only a first word longer than the line is cut inside.
    """
    if measure(text, size, weight) <= width:
        return text
    words = text[:_LONGEST].split(" ")
    for kept in range(len(words) - 1, 0, -1):
        shorter = " ".join(words[:kept]).rstrip(" ,;:-\u2013") + f" {ELLIPSIS}"
        if measure(shorter, size, weight) <= width:
            return shorter
    word = words[0]
    while word and measure(word + ELLIPSIS, size, weight) > width:
        word = word[:-1]
    return word + ELLIPSIS


def wrap(
    text: str, width: float, size: float, weight: int = REGULAR, max_lines: int = 2
) -> list[str]:
    """Break `text` between words into at most `max_lines` lines of `width` px.

    What does not fit in the last line is shortened with « … ».
    """
    lines: list[str] = []
    words = text[: _LONGEST * max_lines].split(" ")
    while words and len(lines) < max_lines - 1:
        taken = len(words)
        while taken > 1 and measure(" ".join(words[:taken]), size, weight) > width:
            taken -= 1
        lines.append(ellipsize(" ".join(words[:taken]), width, size, weight))
        words = words[taken:]
    if words:
        lines.append(ellipsize(" ".join(words), width, size, weight))
    return lines
