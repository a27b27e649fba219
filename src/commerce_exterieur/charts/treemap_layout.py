"""Where the tiles of a treemap stand and how they are named: geometry in px."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import squarify

from commerce_exterieur.charts import theme
from commerce_exterieur.charts.text import (
    ASCENT,
    DESCENT,
    ELLIPSIS,
    SEMIBOLD,
    measure,
    wrap,
)

OTHER = "*other"
Flow = Literal["import", "export"]
FLOWS: tuple[Flow, Flow] = ("import", "export")
GUTTER = 16.0
_INSET = 0.6
#: Between sectors, on each side.
_SECTOR_INSET = 1.7
LEADING = 1.1
#: Words are wider than tall: sectors a little, tiles more. Where that would leave a
#: tile too thin for a number, the next is tried.
_SECTOR_ASPECTS = (1.2, 0.6, 2.5, 0.25)
_ASPECTS = (1.9, 1.0, 0.4, 4.0, 0.15)
#: Lower than this, px, a band has no room for its name.
_LOWEST_BAND = 15.0
#: Sectors below this part of the panel are laid out together.
_SMALL_SECTOR = 0.05
# Less of the area than this is nothing to the eye, and squarify divides by it.
_SMALLEST_PART = 1e-6
_NARROWEST = 230.0
SLOT = 204.0
_NAME_SIZES = (15.0, 13.5, 12.0, 11.0, 10.0)
_SMALL_SIZES = (11.0, 10.0)
WORD_GAP = 7.0


@dataclass(frozen=True)
class Box:
    """A rectangle in px."""

    x: float
    y: float
    width: float
    height: float


@dataclass
class Tile:
    """One activity of the mart and its rectangle in px."""

    flow: Flow
    code: str
    name: str
    abbreviation: str
    full_name: str
    sector: str
    sector_name: str
    value_eur: int
    share: float
    position: int
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0
    lines: list[str] = field(default_factory=list)
    size: float = 0.0
    has_value: bool = True
    is_inline: bool = False
    left: float = _INSET
    top: float = _INSET
    right: float = _INSET
    bottom: float = _INSET

    @property
    def inner(self) -> Box:
        """What is drawn of it, the gaps left out."""
        return Box(
            self.x + self.left,
            self.y + self.top,
            max(self.width - self.left - self.right, 0.3),
            max(self.height - self.top - self.bottom, 0.3),
        )

    @property
    def number(self) -> str:
        """What the key calls it: its rank, or a dot for the rest."""
        return "+" if self.code == OTHER else str(self.position)


def boxes(
    totals: dict[Flow, int], width: float, height: float
) -> tuple[dict[Flow, Box], dict[Flow, float]]:
    """Place the two panels side by side, areas in proportion to the totals.

    A flow too small for its names gets a panel as wide as they need.

    Parameters
    ----------
    totals
        Euros of each flow.
    width, height
        Room in px for both panels and the gutter.

    Returns
    -------
    tuple
        The panels, and how many times too large each is drawn: 1, or more.
    """
    room = width - GUTTER
    whole = sum(totals.values())
    widths = {flow: room * totals[flow] / whole for flow in FLOWS}
    smallest = min(FLOWS, key=lambda flow: totals[flow])
    least = _NARROWEST if totals[smallest] else SLOT
    if widths[smallest] < least:
        largest: Flow = "export" if smallest == "import" else "import"
        widths = {smallest: least, largest: room - least}
    areas = {
        flow: widths[flow] / totals[flow] if totals[flow] else math.inf
        for flow in FLOWS
    }
    factors = {
        flow: areas[flow] / min(areas.values()) if totals[flow] else 1.0
        for flow in FLOWS
    }
    return {
        "import": Box(0.0, 0.0, widths["import"], height),
        "export": Box(widths["import"] + GUTTER, 0.0, widths["export"], height),
    }, factors


def lay_tiles(tiles: list[Tile], box: Box) -> None:
    """Lay the tiles of a panel: sector by sector, the largest first.

    The rest comes last, as a band along the lower edge: within the squares its size
    would squeeze the smallest activities into slivers.
    """
    if not tiles or box.width <= 0 or box.height <= 0:
        return
    named = [tile for tile in tiles if tile.code != OTHER]
    total = sum(tile.value_eur for tile in tiles)
    upper = box.height * sum(tile.value_eur for tile in named) / total
    if box.height - upper < _LOWEST_BAND:
        # Too low for its name, as a band: it is a tile among the small sectors.
        named, upper = tiles, box.height
    groups = _sectors(named, total)
    values = [sum(tile.value_eur for tile in group) for group in groups]
    room = Box(box.x, box.y, box.width, upper)
    fewest: tuple[int, list[Box]] = (len(tiles) + 1, [])
    for sector_aspect in _SECTOR_ASPECTS:
        parts = _squares(values, room, sector_aspect)
        blank = sum(
            _lay_sector(group, part) for group, part in zip(groups, parts, strict=True)
        )
        if blank < fewest[0]:
            fewest = (blank, parts)
        if not blank:
            break
    else:
        for group, part in zip(groups, fewest[1], strict=True):
            _lay_sector(group, part)
    for tile in tiles[len(named) :]:
        tile.x, tile.y = box.x, box.y + upper
        tile.width, tile.height = box.width, box.height - upper
        tile.top = _SECTOR_INSET


def _lay_sector(tiles: list[Tile], box: Box) -> int:
    """Lay the tiles of a sector; return how many have no room even for a number."""
    values = [tile.value_eur for tile in tiles]
    fewest: tuple[int, list[Box]] = (len(tiles) + 1, [])
    for aspect in _ASPECTS:
        places = _squares(values, box, aspect)
        _put(tiles, places, box)
        blank = sum(not shows_number(tile) for tile in tiles)
        if blank < fewest[0]:
            fewest = (blank, places)
        if not blank:
            return 0
    _put(tiles, fewest[1], box)
    return fewest[0]


def _put(tiles: list[Tile], places: list[Box], box: Box) -> None:
    """Put tiles in their places, wider gaps on the edges of the sector."""
    for tile, place in zip(tiles, places, strict=True):
        tile.x, tile.y = place.x, place.y
        tile.width, tile.height = place.width, place.height
        tile.left = _gap(place.x - box.x)
        tile.top = _gap(place.y - box.y)
        tile.right = _gap(box.x + box.width - place.x - place.width)
        tile.bottom = _gap(box.y + box.height - place.y - place.height)


def _gap(distance: float) -> float:
    """Widen the gap where a tile stands on the edge of its sector."""
    return _SECTOR_INSET if distance < 0.5 else _INSET


def _sectors(tiles: list[Tile], total: int) -> list[list[Tile]]:
    """Group tiles by sector, the small sectors together and last."""
    found: dict[str, list[Tile]] = {}
    for tile in tiles:
        found.setdefault(tile.sector, []).append(tile)

    def value(group: list[Tile]) -> int:
        return sum(tile.value_eur for tile in group)

    large = [g for g in found.values() if value(g) >= _SMALL_SECTOR * total]
    small = [
        tile for g in found.values() if value(g) < _SMALL_SECTOR * total for tile in g
    ]
    small.sort(key=lambda tile: tile.position)
    groups = sorted([*large, small] if small else large, key=value, reverse=True)
    if len(groups) > 1 and value(groups[-1]) < _SMALL_SECTOR * total:
        # Alone it would be a sliver along a whole side.
        groups[-2:] = [[*groups[-2], *groups[-1]]]
    return groups


def _squares(values: list[int], box: Box, aspect: float) -> list[Box]:
    """Squarify values into a box narrowed beforehand and stretched back."""
    if box.width <= 0 or box.height <= 0:
        return [Box(box.x, box.y, 0.0, 0.0) for _ in values]
    narrow = box.width / aspect
    total = sum(values)
    order = sorted(range(len(values)), key=lambda index: -values[index])
    sizes = squarify.normalize_sizes(
        [max(values[index], total * _SMALLEST_PART, 1e-9) for index in order],
        narrow,
        box.height,
    )
    placed = squarify.squarify(sizes, 0.0, box.y, narrow, box.height)
    found = [box] * len(values)
    for index, part in zip(order, placed, strict=True):
        found[index] = Box(
            box.x + part["x"] * aspect, part["y"], part["dx"] * aspect, part["dy"]
        )
    return found


def label(tile: Tile, value: str) -> bool:
    """Find the fullest label that fits; say whether the tile is named at all.

    Name and value in the largest type, then on one line, then the abbreviation with
    the value, then the name or the abbreviation alone.
    """
    tile.lines, tile.is_inline, tile.has_value = [], False, True
    if any(_fit(tile, tile.name, value, size) for size in _NAME_SIZES):
        return True
    if _fit_inline(tile, tile.name, value):
        return True
    short = tile.abbreviation
    if short and (
        any(_fit(tile, short, value, size) for size in _SMALL_SIZES)
        or _fit_inline(tile, short, value)
    ):
        return True
    tile.has_value = False
    return any(
        _fit(tile, name, "", size)
        for name in (tile.name, short)
        if name
        for size in _SMALL_SIZES
    )


def _fit(tile: Tile, name: str, value: str, size: float) -> bool:
    """Set a name on as many lines as it takes, and the value under it."""
    padding = padding_of(size) if value else 2.0
    width = tile.inner.width - 2 * padding
    height = tile.inner.height - 2 * padding
    if value and measure(value, value_size(size)) > width:
        return False
    for most in (1, 2, 3, 4):
        lines = wrap(name, width, size, SEMIBOLD, most)
        if any(ELLIPSIS in line for line in lines):
            continue
        if _block(len(lines), size, has_value=bool(value)) <= height:
            tile.lines, tile.size = lines, size
            return True
        return False
    return False


def _fit_inline(tile: Tile, name: str, value: str) -> bool:
    """Put name and value on one line in a low tile."""
    size = theme.SMALL_SIZE
    width = measure(name, size, SEMIBOLD) + WORD_GAP + measure(value, size)
    padding = padding_of(size)
    tile.is_inline = (
        width <= tile.inner.width - 2 * padding
        and size * (ASCENT + DESCENT) <= tile.inner.height
    )
    if tile.is_inline:
        tile.lines, tile.size = [name], size
    return tile.is_inline


def shows_number(tile: Tile) -> bool:
    """Say whether a tile without a label has room for its number.

    Only then does the key number it: a number that stands nowhere leads nowhere.
    """
    size = theme.SMALL_SIZE
    width = measure(tile.number, size, SEMIBOLD)
    return tile.inner.width >= width + 1 and tile.inner.height >= size * ASCENT + 1


def padding_of(name_size: float) -> float:
    """Room between a label and the edges of its tile, for a name of this size."""
    return 5.0 if name_size > 12 else 3.0


def value_size(name_size: float) -> float:
    """Size of the value under a name of this size."""
    return max(theme.SMALL_SIZE, name_size - 2)


def _block(lines: int, size: float, *, has_value: bool) -> float:
    if not has_value:
        return (lines - 1) * size * LEADING + size * (ASCENT + DESCENT)
    return lines * size * LEADING + value_size(size) * (ASCENT + DESCENT) - 1
