"""Activities: two treemaps, imports and exports, on one scale of euros per area."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import altair as alt
import squarify

from commerce_exterieur.charts import canvas as canvas_module
from commerce_exterieur.charts import frame, theme
from commerce_exterieur.charts.canvas import Canvas
from commerce_exterieur.charts.drawing import Drawing, Table
from commerce_exterieur.charts.subject import Subject
from commerce_exterieur.charts.text import (
    ASCENT,
    DESCENT,
    ELLIPSIS,
    SEMIBOLD,
    ellipsize,
    measure,
    wrap,
)
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import Language, LanguageCode, Unit, language

OTHER = "*other"
Flow = Literal["import", "export"]
FLOWS: tuple[Flow, Flow] = ("import", "export")

_HEIGHTS = {"full": 458.0, "compact": 330.0}
_TREEMAP = 300.0
_SMALLEST_TREEMAP = 150.0
_GUTTER = 16.0
_HEAD = 20.0
_INSET = 0.75
_LEADING = 1.1
_ASPECT = 1.45
# Less of the area than this is nothing to the eye, and squarify divides by it.
_SMALLEST_PART = 1e-6
_NARROWEST = 168.0
_SLOT = 204.0
_NAME_SIZES = (15.0, 13.5, 12.0, 11.0, 10.0)
_KEY_LEADING = 13.5
_KEY_GAP = 8.0
_KEY_COLUMNS = 3
_FEWEST_ASIDE = 4
_CHIP = 15.0
_DOT = 7.0
_WORD_GAP = 7.0
_COLORS = {"import": theme.IMPORT, "export": theme.EXPORT}
_SHADES = {"import": theme.IMPORT_SHADES, "export": theme.EXPORT_SHADES}


@dataclass
class Tile:
    """One activity of the mart and its rectangle in px."""

    flow: Flow
    code: str
    name: str
    full_name: str
    value_eur: int
    share: float
    position: int
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0
    lines: list[str] = field(default_factory=list)
    size: float = 0.0
    is_inline: bool = False

    @property
    def number(self) -> str:
        """What the key calls it: its rank, or a dot for the rest."""
        return "+" if self.code == OTHER else str(self.position)


@dataclass(frozen=True)
class Box:
    """A rectangle in px."""

    x: float
    y: float
    width: float
    height: float


# ------------------------------------------------------------------------ reading


def read(warehouse: Warehouse, subject: Subject) -> dict[Flow, list[Tile]]:
    """Read the tiles of both flows in the order of the mart."""
    rows = warehouse.rows(
        """
        select * from marts.rpt_factsheet_activities
        where territory_code = ? and year = ? and value_share is not null
        order by flow, position
        """,
        [subject.territory.code, subject.year],
    )
    words = subject.words
    tiles: dict[Flow, list[Tile]] = {flow: [] for flow in FLOWS}
    for row in rows:
        rest = row["activity_code"] == OTHER
        tiles[row["flow"]].append(
            Tile(
                flow=row["flow"],
                code=row["activity_code"],
                name=(
                    words.say("chart.others", count=row["members"])
                    if rest
                    else words.named(row, "activity_short") or row["activity_code"]
                ),
                full_name=(
                    words.others("activity", row["members"])
                    if rest
                    else words.named(row, "activity_name") or row["activity_code"]
                ),
                value_eur=row["value_eur"],
                share=row["value_share"],
                position=row["position"],
            )
        )
    return tiles


# ------------------------------------------------------------------------- layout


def boxes(totals: dict[Flow, int], width: float, height: float) -> dict[Flow, Box]:
    """Place the two panels side by side, areas in proportion to the totals.

    Both have the full height while the smaller one is wide enough for its head; below
    that it keeps its share of the area in a square, and the room under it is for its
    key.

    Parameters
    ----------
    totals
        Euros of each flow.
    width, height
        Room in px for both panels and the gutter.
    """
    room = width - _GUTTER
    largest = max(FLOWS, key=lambda flow: totals[flow])
    smallest: Flow = "export" if largest == "import" else "import"
    share = totals[smallest] / (totals[smallest] + totals[largest])
    slots = {smallest: share * room, largest: (1 - share) * room}
    heights = {smallest: height, largest: height}
    widths = dict(slots)
    if slots[smallest] < _NARROWEST:
        slots = {smallest: _SLOT, largest: room - _SLOT}
        side = math.sqrt(slots[largest] * height * totals[smallest] / totals[largest])
        widths = {smallest: side, largest: slots[largest]}
        heights[smallest] = side
    return {
        "import": Box(0.0, 0.0, widths["import"], heights["import"]),
        "export": Box(
            slots["import"] + _GUTTER, 0.0, widths["export"], heights["export"]
        ),
    }


def lay_tiles(tiles: list[Tile], box: Box) -> None:
    """Squarify the tiles into the box, in the order of the mart.

    Words are wider than tall: the tiles are squares of a box narrowed beforehand and
    stretched back, areas unchanged, so that more names find room.

    The rest comes last, as a band along the lower edge: within the squares its size
    would squeeze the smallest activities into slivers.
    """
    if not tiles or box.width <= 0 or box.height <= 0:
        return
    named = [tile for tile in tiles if tile.code != OTHER]
    total = sum(tile.value_eur for tile in tiles)
    upper = box.height * sum(tile.value_eur for tile in named) / total
    narrow = box.width / _ASPECT
    sizes = squarify.normalize_sizes(
        [max(tile.value_eur, total * _SMALLEST_PART) for tile in named], narrow, upper
    )
    placed = squarify.squarify(sizes, 0.0, box.y, narrow, upper)
    for tile, rectangle in zip(named, placed, strict=True):
        tile.x, tile.y = box.x + rectangle["x"] * _ASPECT, rectangle["y"]
        tile.width, tile.height = rectangle["dx"] * _ASPECT, rectangle["dy"]
    for tile in tiles[len(named) :]:
        tile.x, tile.y = box.x, box.y + upper
        tile.width, tile.height = box.width, box.height - upper


def label(tile: Tile, value: str) -> bool:
    """Find the largest type in which name and value fit; say whether one was found."""
    tile.lines, tile.is_inline = [], False
    for size in _NAME_SIZES:
        padding = _padding(size)
        width = tile.width - 2 * (_INSET + padding)
        height = tile.height - 2 * (_INSET + padding)
        if measure(value, _value_size(size)) > width:
            continue
        for most in (1, 2, 3, 4):
            lines = wrap(tile.name, width, size, SEMIBOLD, most)
            if any(ELLIPSIS in line for line in lines):
                continue
            if _block(len(lines), size) <= height:
                tile.lines, tile.size = lines, size
                return True
            break
    return _label_inline(tile, value)


def _label_inline(tile: Tile, value: str) -> bool:
    """Put name and value on one line in a low tile."""
    size = theme.SMALL_SIZE
    width = measure(tile.name, size, SEMIBOLD) + _WORD_GAP + measure(value, size)
    padding = _padding(size)
    tile.is_inline = (
        width <= tile.width - 2 * (_INSET + padding)
        and size * (ASCENT + DESCENT) + 2 * _INSET <= tile.height
    )
    if tile.is_inline:
        tile.lines, tile.size = [tile.name], size
    return tile.is_inline


def shows_number(tile: Tile) -> bool:
    """Say whether a tile without a label has room for its number.

    Only then does the key number it: a number that stands nowhere leads nowhere.
    """
    size = theme.SMALL_SIZE
    width, height = tile.width - 2 * _INSET, tile.height - 2 * _INSET
    return width >= measure(tile.number, size, SEMIBOLD) + 3 and height >= size + 1


def _padding(name_size: float) -> float:
    return 5.0 if name_size > 12 else 3.5


def _value_size(name_size: float) -> float:
    return max(theme.SMALL_SIZE, name_size - 2)


def _block(lines: int, size: float) -> float:
    return lines * size * _LEADING + _value_size(size) * (ASCENT + DESCENT) - 1


# ------------------------------------------------------------------------ drawing


def draw(warehouse: Warehouse, subject: Subject, *, size: str, titled: bool) -> Drawing:
    """Draw both treemaps."""
    tiles = read(warehouse, subject)
    unit, words = subject.unit, subject.words
    title = words.say("chart.activities.title", of=subject.of)
    is_empty = not any(tiles.values())
    subtitle = words.say(
        "chart.activities.subtitle_none" if is_empty else "chart.activities.subtitle",
        year=subject.year,
    )
    canvas = Canvas(theme.WIDTH)
    y = (
        frame.heading(canvas, title, subtitle, subject, compact=size == "compact")
        if titled
        else 0.0
    )
    if is_empty:
        y = frame.empty_panel(canvas, y, subject)
    else:
        room = _HEIGHTS[size] - y - frame.footer_height(subject, titled=titled)
        y = _draw_panels(canvas, tiles, subject, y, room, unit)
    canvas.height = frame.footer(canvas, y, subject, titled=titled)
    text = _alternative(tiles, subject)
    return Drawing(
        figure="activities",
        language=words.code,
        territory_code=subject.territory.code,
        year=subject.year,
        title=title,
        subtitle=subtitle,
        spec=canvas.specification(
            template(words.code), title, text, margin=theme.MARGIN if titled else 0
        ),
        alt=text,
        tables=[_table(tiles[flow], flow, subject) for flow in FLOWS if tiles[flow]],
        cells=_cells(tiles, words),
        is_empty=is_empty,
        unit=unit,
        notice=subject.notice,
        source=subject.source,
    )


def _draw_panels(
    canvas: Canvas,
    tiles: dict[Flow, list[Tile]],
    subject: Subject,
    top: float,
    room: float,
    unit: Unit,
) -> float:
    """Lay out, shrinking the treemaps until their key fits too; return the edge."""
    words = subject.words
    values = {
        id(tile): words.eur(tile.value_eur, unit=unit)
        for flow in FLOWS
        for tile in tiles[flow]
    }
    totals = {flow: subject.total(flow) for flow in FLOWS}
    height = min(_TREEMAP, room - _HEAD)
    while True:
        placed = boxes(totals, canvas.width, height)
        for flow in FLOWS:
            lay_tiles(tiles[flow], placed[flow])
        keyed = [
            tile
            for flow in FLOWS
            for tile in tiles[flow]
            if not label(tile, values[id(tile)])
        ]
        aside = _aside(keyed, placed, height)
        below = [tile for tile in keyed if tile not in aside]
        rows = math.ceil(len(below) / _KEY_COLUMNS)
        needed = _HEAD + height + (rows * _KEY_LEADING + _KEY_GAP if rows else 0)
        if needed <= room or height <= _SMALLEST_TREEMAP:
            break
        height -= 4
    y = top + _HEAD
    for flow in FLOWS:
        box = placed[flow]
        head = words.say(f"chart.{flow}s")
        total = words.eur(totals[flow], unit=unit)
        text = f"{head} · {total}" if totals[flow] else head
        canvas.text(
            box.x + theme.EDGE * (flow == "import"),
            top + 13,
            text,
            13.0,
            weight=SEMIBOLD,
            color=_COLORS[flow],
        )
        if not tiles[flow]:
            _draw_absent(canvas, box, y, height, subject.nothing(flow))
        for tile in tiles[flow]:
            _draw_tile(canvas, tile, y, values[id(tile)], words)
    if aside:
        box = placed[aside[0].flow]
        for row, tile in enumerate(aside):
            base = y + box.height + _KEY_GAP + (row + 0.75) * _KEY_LEADING
            _draw_key(canvas, tile, values[id(tile)], box.x, base, _SLOT)
    width = (canvas.width - 2 * _GUTTER) / _KEY_COLUMNS
    for index, tile in enumerate(below):
        column, row = divmod(index, rows)
        base = y + height + _KEY_GAP + (row + 0.75) * _KEY_LEADING
        x = column * (width + _GUTTER)
        _draw_key(canvas, tile, values[id(tile)], x, base, width)
    return y + height + (rows * _KEY_LEADING + _KEY_GAP if rows else 0) + 1


def _aside(keyed: list[Tile], placed: dict[Flow, Box], height: float) -> list[Tile]:
    """Pick the part of the key that has room under a panel kept small."""
    for flow in FLOWS:
        own = [tile for tile in keyed if tile.flow == flow]
        free = height - placed[flow].height - _KEY_GAP
        rows = int(free / _KEY_LEADING)
        if own and rows >= _FEWEST_ASIDE:
            return own[:rows]
    return []


def _draw_absent(canvas: Canvas, box: Box, y: float, height: float, text: str) -> None:
    """Say why there is nothing where the panel of the flow would be."""
    width = _SLOT
    canvas.rect("panel", box.x, y, box.x + width, y + height, color=theme.CALM)
    for index, line in enumerate(wrap(text, width - 20, 13.0)):
        canvas.text(
            box.x + width / 2,
            y + height / 2 + 17 * index,
            line,
            13.0,
            align="center",
            color=theme.SOFT_INK,
        )


def _draw_tile(
    canvas: Canvas, tile: Tile, top: float, value: str, words: Language
) -> None:
    x, y = tile.x + _INSET, top + tile.y + _INSET
    width, height = tile.width - 2 * _INSET, tile.height - 2 * _INSET
    corners = (x, y, x + max(width, 0.3), y + max(height, 0.3))
    exact: dict[str, Any] = {
        "key": f"{tile.flow}:{tile.code}",
        "head": words.say(f"chart.{tile.flow}s"),
        "name": tile.full_name,
        "value_eur": tile.value_eur,
        "value": words.euros(tile.value_eur),
        "share": words.share(tile.share, 2),
    }
    canvas.rect(
        "tiles",
        *corners,
        color=_tile_color(tile),
        flow=tile.flow,
        code=tile.code,
        **exact,
    )
    canvas.rect("targets", *corners, color=theme.WHITE, **exact)
    if not tile.lines:
        if shows_number(tile):
            size = theme.SMALL_SIZE
            canvas.text(
                x + width / 2,
                y + height / 2 + size * 0.34,
                tile.number,
                size,
                weight=SEMIBOLD,
                align="center",
                color=theme.WHITE,
            )
        return
    padding = _padding(tile.size)
    if tile.is_inline:
        baseline = y + height / 2 + tile.size * 0.34
        name_width = canvas.text(
            x + padding,
            baseline,
            tile.name,
            tile.size,
            weight=SEMIBOLD,
            color=theme.WHITE,
        )
        canvas.text(
            x + padding + name_width + _WORD_GAP,
            baseline,
            value,
            tile.size,
            color=theme.WHITE,
        )
        return
    baseline = y + padding + tile.size * ASCENT
    for line in tile.lines:
        canvas.text(
            x + padding, baseline, line, tile.size, weight=SEMIBOLD, color=theme.WHITE
        )
        baseline += tile.size * _LEADING
    small = _value_size(tile.size)
    canvas.text(
        x + padding,
        baseline - (tile.size - small) * 0.5,
        value,
        small,
        color=theme.WHITE,
    )


def _tile_color(tile: Tile) -> str:
    """Darker for larger shares, so that neighbours differ; grey for the rest."""
    if tile.code == OTHER:
        return theme.OTHER_TILE
    dark, light = _SHADES[tile.flow]
    return theme.mix(light, dark, min(1.0, tile.share / 0.15))


def _draw_key(
    canvas: Canvas, tile: Tile, value: str, x: float, base: float, width: float
) -> None:
    """Write a line of the key: number, name, value, from `x` to `x + width` px.

    A tile too small for a number has a dot of its colour instead.
    """
    size = theme.SMALL_SIZE
    chip = {"color": _tile_color(tile), "flow": tile.flow, "code": tile.code}
    if shows_number(tile):
        canvas.rect("chips", x, base - 9.5, x + _CHIP, base + 2.5, **chip)
        canvas.text(
            x + _CHIP / 2,
            base,
            tile.number,
            size,
            weight=SEMIBOLD,
            align="center",
            color=theme.WHITE,
        )
    else:
        left, top = x + (_CHIP - _DOT) / 2, base - 3.5 - _DOT / 2
        canvas.rect("chips", left, top, left + _DOT, top + _DOT, **chip)
    room = width - _CHIP - 5 - 6 - measure(value, size)
    name = ellipsize(tile.name, room, size)
    canvas.text(
        x + _CHIP + 5,
        base,
        name,
        size,
        full=tile.full_name if name != tile.name else None,
    )
    canvas.text(x + width, base, value, size, align="right", color=theme.SOFT_INK)


@lru_cache
def template(language_code: LanguageCode) -> dict:
    """Give the specification without its data and size, in a language."""
    return canvas_module.worded(_template(), language(language_code))


@lru_cache(maxsize=1)
def _template() -> dict:
    hover = alt.selection_point(
        name="tile", fields=["key"], on="pointerover", clear="pointerout"
    )
    exact = [
        alt.Tooltip("head:N", title="chart.flow"),
        alt.Tooltip("name:N", title="chart.activity"),
        alt.Tooltip("value:N", title="chart.value"),
        alt.Tooltip("share:N", title="chart.share_of_total"),
    ]
    layers: list[Any] = [
        canvas_module.rects("panel"),
        canvas_module.rects(
            "tiles",
            fillOpacity=alt.when("tile.key && tile.key[0] === datum.key")
            .then(alt.value(0.82))
            .otherwise(alt.value(1)),
        ),
        canvas_module.rects("chips", corner=2),
        *canvas_module.text_layers(),
        canvas_module.rects(
            "targets", exact, fillOpacity=alt.FillOpacityValue(0)
        ).add_params(hover),
    ]
    return canvas_module.template(layers)


def _alternative(tiles: dict[Flow, list[Tile]], subject: Subject) -> str:
    words = subject.words
    parts = []
    for flow in FLOWS:
        if not tiles[flow]:
            key = "alt_absent" if flow in subject.absent else "alt_no"
            parts.append(words.say(f"chart.activities.{key}_{flow}s"))
            continue
        first = ", ".join(
            f"{tile.name} ({words.share(tile.share)})"
            for tile in tiles[flow][:3]
            if tile.code != OTHER
        )
        total = words.eur(subject.total(flow), unit=subject.unit)
        parts.append(
            words.say(f"chart.activities.alt_{flow}s", total=total, first=first)
        )
    return words.say(
        "chart.activities.alt",
        of=subject.of,
        year=subject.year,
        imports=parts[0],
        exports=parts[1],
    )


def _table(tiles: list[Tile], flow: Flow, subject: Subject) -> Table:
    words, unit = subject.words, subject.unit
    return Table(
        columns=[
            words.say(f"chart.{flow}s"),
            words.say("chart.value"),
            words.say("chart.share"),
        ],
        kinds=["activity", "amount", "amount"],
        rows=[
            [
                tile.full_name,
                words.eur(tile.value_eur, unit=unit),
                words.share(tile.share),
            ]
            for tile in tiles
        ],
    )


def _cells(tiles: dict[Flow, list[Tile]], words: Language) -> Table:
    return Table(
        columns=[
            words.say("chart.flow"),
            words.say("chart.activity"),
            words.say("chart.value"),
            words.say("chart.share_of_flow"),
        ],
        kinds=["flow", "activity", "amount", "amount"],
        rows=[
            [
                words.say(f"chart.{flow}s"),
                tile.full_name,
                words.euros(tile.value_eur),
                words.share(tile.share, 2),
            ]
            for flow in FLOWS
            for tile in tiles[flow]
        ],
    )
