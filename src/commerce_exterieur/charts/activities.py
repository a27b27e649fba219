"""Activities: two treemaps, imports and exports, on one scale of euros per area."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import altair as alt

from commerce_exterieur.charts import canvas as canvas_module
from commerce_exterieur.charts import frame, theme
from commerce_exterieur.charts.canvas import Canvas
from commerce_exterieur.charts.drawing import Drawing, Table
from commerce_exterieur.charts.frame import Frame
from commerce_exterieur.charts.rows import Row, RowBar, RowGroup, longest
from commerce_exterieur.charts.subject import Subject
from commerce_exterieur.charts.text import (
    ASCENT,
    SEMIBOLD,
    ellipsize,
    measure,
    wrap,
)
from commerce_exterieur.charts.treemap_layout import (
    FLOWS,
    GUTTER,
    LEADING,
    OTHER,
    SLOT,
    WORD_GAP,
    Box,
    Flow,
    Tile,
    boxes,
    label,
    lay_tiles,
    padding_of,
    shows_number,
    value_size,
)
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import Language

_HEIGHTS = {"full": 560.0, "compact": 330.0}
_TREEMAP = 420.0
_SMALLEST_TREEMAP = 150.0
_HEAD = 20.0
#: From this factor on, a panel is said to be enlarged.
_ENLARGED = 1.05
_KEY_LEADING = 13.5
_KEY_GAP = 8.0
_KEY_COLUMN = 170.0
_CHIP = 15.0
_DOT = 7.0
_COLORS = {"import": theme.IMPORT, "export": theme.EXPORT}
_SHADES = {"import": theme.IMPORT_SHADES, "export": theme.EXPORT_SHADES}
_MOST_ROWS = 12


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
                abbreviation=words.named(row, "activity_abbreviation") or "",
                full_name=(
                    words.others("activity", row["members"])
                    if rest
                    else words.named(row, "activity_name") or row["activity_code"]
                ),
                sector=row["sector_code"] or "",
                sector_name=words.named(row, "sector_name") or "",
                value_eur=row["value_eur"],
                share=row["value_share"],
                position=row["position"],
            )
        )
    return tiles


# ------------------------------------------------------------------------ drawing


def draw(warehouse: Warehouse, subject: Subject, *, size: str, titled: bool) -> Drawing:
    """Draw both treemaps."""
    tiles = read(warehouse, subject)
    words = subject.words
    is_empty = not any(tiles.values())
    begun = Frame.begin(
        "activities",
        subject,
        words.say("chart.activities.title", of=subject.of),
        _subtitle(subject, theme.WIDTH, is_empty=is_empty),
        titled=titled,
        compact=size == "compact",
    )
    if is_empty:
        bottom = frame.empty_panel(begun.canvas, begun.top, subject)
    else:
        room = _HEIGHTS[size] - begun.top - frame.footer_height(subject, titled=titled)
        bottom = _draw_panels(begun.canvas, tiles, subject, begun.top, room)
    return begun.finish(
        bottom,
        template,
        alt=_alternative(tiles, subject),
        tables=[_table(tiles[flow], flow, subject) for flow in FLOWS if tiles[flow]],
        cells=_cells(tiles, words),
        groups=_groups(tiles, subject),
        is_empty=is_empty,
        unit=subject.unit,
    )


def _subtitle(subject: Subject, width: float, *, is_empty: bool) -> str:
    """Say what is shown, and whether areas compare across the panels."""
    words, year = subject.words, subject.year
    if is_empty:
        return words.say("chart.activities.subtitle_none", year=year)
    _, factors = boxes({flow: subject.total(flow) for flow in FLOWS}, width, 1.0)
    for flow, factor in factors.items():
        if factor >= _ENLARGED:
            return words.say(
                "chart.activities.subtitle_enlarged",
                year=year,
                flow=words.say(f"chart.{flow}s").lower(),
                factor=_factor(factor, words),
            )
    return words.say("chart.activities.subtitle", year=year)


def _factor(factor: float, words: Language) -> str:
    return words.decimal(factor, 0 if factor >= 10 else 1)


def _draw_panels(
    canvas: Canvas,
    tiles: dict[Flow, list[Tile]],
    subject: Subject,
    top: float,
    room: float,
) -> float:
    """Lay out, shrinking the treemaps until their key fits too; return the edge."""
    words = subject.words
    values = {
        id(tile): words.eur(tile.value_eur, unit=subject.unit)
        for flow in FLOWS
        for tile in tiles[flow]
    }
    totals = {flow: subject.total(flow) for flow in FLOWS}
    height = min(_TREEMAP, room - _HEAD)
    while True:
        placed, factors = boxes(totals, canvas.width, height)
        for flow in FLOWS:
            lay_tiles(tiles[flow], placed[flow])
        keyed = {
            flow: [tile for tile in tiles[flow] if not label(tile, values[id(tile)])]
            for flow in FLOWS
        }
        columns = {
            flow: max(1, int((placed[flow].width + GUTTER) // _KEY_COLUMN))
            for flow in FLOWS
        }
        rows = max(math.ceil(len(keyed[flow]) / columns[flow]) for flow in FLOWS)
        needed = _HEAD + height + (rows * _KEY_LEADING + _KEY_GAP if rows else 0)
        if needed <= room or height <= _SMALLEST_TREEMAP:
            break
        height -= 4
    y = top + _HEAD
    for flow in FLOWS:
        box = placed[flow]
        _draw_head(canvas, subject, flow, box, top, factors[flow])
        if not tiles[flow]:
            _draw_absent(canvas, box, y, height, subject.nothing(flow))
        for tile in tiles[flow]:
            _draw_tile(canvas, tile, y, values[id(tile)], words)
        width = (box.width - GUTTER * (columns[flow] - 1)) / columns[flow]
        deep = math.ceil(len(keyed[flow]) / columns[flow])
        for index, tile in enumerate(keyed[flow]):
            column, row = divmod(index, deep)
            base = y + height + _KEY_GAP + (row + 0.75) * _KEY_LEADING
            x = box.x + column * (width + GUTTER)
            _draw_key(canvas, tile, values[id(tile)], x, base, width)
    return y + height + (rows * _KEY_LEADING + _KEY_GAP if rows else 0) + 1


def _draw_head(
    canvas: Canvas,
    subject: Subject,
    flow: Flow,
    box: Box,
    top: float,
    factor: float,
) -> None:
    """Write the total of a panel over it, and how many times too large it is."""
    words, total = subject.words, subject.total(flow)
    text = words.say(f"chart.{flow}s")
    if total:
        text = f"{text} · {words.eur(total, unit=subject.unit)}"
    x = box.x + theme.EDGE * (flow == "import")
    width = canvas.text(x, top + 13, text, 13.0, weight=SEMIBOLD, color=_COLORS[flow])
    if factor >= _ENLARGED:
        said = words.say("chart.activities.enlarged", factor=_factor(factor, words))
        room = box.width - width - WORD_GAP
        if measure(said, theme.SMALL_SIZE) <= room:
            canvas.text(
                x + width + WORD_GAP,
                top + 13,
                said,
                theme.SMALL_SIZE,
                color=theme.SOFT_INK,
            )


def _draw_absent(canvas: Canvas, box: Box, y: float, height: float, text: str) -> None:
    """Say why there is nothing where the panel of the flow would be."""
    width = SLOT
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
    box = tile.inner
    x, y, width, height = box.x, top + box.y, box.width, box.height
    corners = (x, y, x + width, y + height)
    exact: dict[str, Any] = {
        "key": f"{tile.flow}:{tile.code}",
        "head": words.say(f"chart.{tile.flow}s"),
        "name": tile.full_name,
        "sector": tile.sector_name,
        "value_eur": tile.value_eur,
        "value": value,
        "share": words.say(
            f"chart.told_{tile.flow}s", share=words.share(tile.share, 2)
        ),
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
    padding = padding_of(tile.size) if tile.has_value else 2.0
    if tile.is_inline:
        baseline = y + height / 2 + tile.size * 0.34
        name_width = canvas.text(
            x + padding,
            baseline,
            tile.lines[0],
            tile.size,
            weight=SEMIBOLD,
            color=theme.WHITE,
        )
        canvas.text(
            x + padding + name_width + WORD_GAP,
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
        baseline += tile.size * LEADING
    if not tile.has_value:
        return
    small = value_size(tile.size)
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
    name = tile.name
    if tile.abbreviation and measure(name, size) > room:
        name = tile.abbreviation
    name = ellipsize(name, room, size)
    canvas.text(
        x + _CHIP + 5,
        base,
        name,
        size,
        full=tile.full_name if name != tile.name else None,
    )
    canvas.text(x + width, base, value, size, align="right", color=theme.SOFT_INK)


@lru_cache(maxsize=1)
def template() -> dict:
    """Give the specification without data and size, with keys in place of words."""
    hover = alt.selection_point(
        name="tile", fields=["key"], on="pointerover", clear="pointerout"
    )
    exact = [
        alt.Tooltip("head:N", title="chart.flow"),
        alt.Tooltip("name:N", title="chart.activity"),
        alt.Tooltip("sector:N", title="chart.sector"),
        alt.Tooltip("value:N", title="chart.value"),
        alt.Tooltip("share:N", title="chart.share"),
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
            for tile in tiles[:_MOST_ROWS]
        ]
        + (
            [[words.say("chart.activities.more"), "–", "–"]]
            if len(tiles) > _MOST_ROWS
            else []
        ),
    )


def _groups(tiles: dict[Flow, list[Tile]], subject: Subject) -> tuple[RowGroup, ...]:
    """Both flows one under the other, on one scale."""
    words = subject.words
    most = longest(tile.value_eur for flow in FLOWS for tile in tiles[flow])
    return tuple(
        RowGroup(
            words.say(
                "chart.rows_total",
                name=words.say(f"chart.{flow}s"),
                total=words.eur(subject.total(flow), unit=subject.unit),
            ),
            flow,
            tuple(
                Row(
                    tile.name,
                    (
                        RowBar(
                            "rest" if tile.code == OTHER else flow,
                            tile.value_eur / most,
                            words.say(
                                "chart.rows_value",
                                value=words.eur(tile.value_eur, unit=subject.unit),
                                share=words.share(tile.share),
                            ),
                        ),
                    ),
                )
                for tile in tiles[flow]
            ),
        )
        for flow in FLOWS
        if tiles[flow]
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
