"""Exports and imports: who trades what with whom, as ribbons between two columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt

from commerce_exterieur.charts import canvas as canvas_module
from commerce_exterieur.charts import frame, theme
from commerce_exterieur.charts.canvas import Align, Canvas
from commerce_exterieur.charts.drawing import Drawing, Kind, Table
from commerce_exterieur.charts.frame import Frame
from commerce_exterieur.charts.rows import Row, RowBar, RowGroup, longest
from commerce_exterieur.charts.sankey_key import BADGE_RADIUS, draw_badges, draw_key
from commerce_exterieur.charts.sankey_layout import (
    NODE_GAP,
    OTHER,
    UNSPECIFIED,
    Cell,
    Flows,
    Node,
    Ribbon,
    Side,
    Strand,
    place,
    ribbon_path,
    ribbons,
)
from commerce_exterieur.charts.subject import Subject
from commerce_exterieur.charts.text import (
    ASCENT,
    REGULAR,
    SEMIBOLD,
    ellipsize,
    measure,
    wrap,
)
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import Language, Unit
from commerce_exterieur.wording.numbers import unit_for

_NODE_WIDTH = 9.0
_LABEL_GAP = 7.0
_WORD_GAP = 6.0


@dataclass(frozen=True)
class Style:
    """Sizes in px of one of the two formats."""

    height: float
    row: float
    name_size: float
    value_size: float
    widest_label: float
    one_line: bool


STYLES = {
    "full": Style(484, 46, theme.NAME_SIZE, theme.VALUE_SIZE, 176, False),
    "compact": Style(264, 25, 11.0, 10.5, 262, True),
}


def read(warehouse: Warehouse, subject: Subject, flow: str) -> Flows:
    """Read nodes and cells; exports run activity → country, imports the other way."""
    key = [subject.territory.code, subject.year, flow]
    nodes = warehouse.rows(
        """
        select * from marts.rpt_factsheet_nodes
        where territory_code = ? and year = ? and flow = ?
        and value_share is not null
        order by side, position
        """,
        key,
    )
    flows = warehouse.rows(
        """
        select activity_code, country_code, value_eur, value_share, is_top_flow
        from marts.rpt_factsheet_flows
        where territory_code = ? and year = ? and flow = ?
        and value_share is not null
        order by value_eur desc, activity_code, country_code
        """,
        key,
    )
    sides: dict[str, list[Node]] = {"activity": [], "country": []}
    for row in nodes:
        sides[row["side"]].append(_node(row, subject.words))
    sources = _SIDES[flow]
    cells = []
    rank = 0
    for row in flows:
        rank += row["is_top_flow"]
        cells.append(
            Cell(
                left=row[f"{sources[0]}_code"],
                right=row[f"{sources[1]}_code"],
                value_eur=row["value_eur"],
                share=row["value_share"],
                rank=rank if row["is_top_flow"] else None,
            )
        )
    unit = unit_for(subject.total(flow))
    by_sector = subject.territory.level != "department"
    return Flows(sides[sources[0]], sides[sources[1]], cells, unit, by_sector)


def _node(row: dict, words: Language) -> Node:
    name = words.named(row, "member_short") or row["member_code"]
    full = words.named(row, "member_name") or row["member_code"]
    if row["member_code"] == OTHER:
        name = words.say("chart.others", count=row["members"])
        full = words.others(row["side"], row["members"])
    elif row["member_code"] == UNSPECIFIED:
        name = words.say("chart.unspecified")
        full = words.say("chart.unspecified_full")
    return Node(row["member_code"], name, full, row["value_eur"], row["value_share"])


# ------------------------------------------------------------------------ drawing

_SIDES: dict[str, tuple[Kind, Kind]] = {
    "export": ("activity", "country"),
    "import": ("country", "activity"),
}


def draw(
    warehouse: Warehouse, flow: str, subject: Subject, *, size: str, titled: bool
) -> Drawing:
    """Draw the Sankey of `export` or `import`."""
    flows = read(warehouse, subject, flow)
    style = STYLES[size]
    words = subject.words
    begun = Frame.begin(
        f"{flow}s",
        subject,
        words.say(f"chart.{flow}s_title", of=subject.of),
        _subtitle(flow, subject, flows),
        titled=titled,
        compact=style.one_line,
    )
    if flows.cells:
        bottom = _draw_flows(begun.canvas, flows, flow, begun.top, style, subject)
    else:
        bottom = frame.empty_panel(begun.canvas, begun.top, subject, flow)
    return begun.finish(
        bottom,
        template,
        alt=_alternative(flows, flow, subject),
        tables=_tables(flows, flow, subject) if flows.cells else [],
        cells=_cells(flows, flow, words),
        groups=_groups(flows, flow, words) if flows.cells else (),
        is_empty=not flows.cells,
        unit=flows.unit,
    )


def _draw_flows(
    canvas: Canvas,
    flows: Flows,
    flow: str,
    top: float,
    style: Style,
    subject: Subject,
) -> float:
    words = subject.words
    heights: dict[Side, list[float]] = {}
    widths: dict[Side, float] = {}
    heads: dict[Side, str] = dict(
        zip(("left", "right"), _heads(flow, flows, words), strict=True)
    )
    columns: dict[Side, list[Node]] = {"left": flows.left, "right": flows.right}
    for side, nodes in columns.items():
        for node in nodes:
            _label(node, style, flows.unit, words)
        heights[side] = [node.label_height for node in nodes]
        head = measure(heads[side], style.value_size) - _LABEL_GAP - _NODE_WIDTH
        widths[side] = max(head, *(_label_width(node, style) for node in nodes))
    rows = max(len(flows.left), len(flows.right))
    needed = max(sum(h) + NODE_GAP * (len(h) - 1) for h in heights.values())
    height = max(min(style.height, 60 + rows * style.row), needed + 40)
    scale = place(flows, height, heights)
    x0 = theme.EDGE + widths["left"] + _LABEL_GAP + _NODE_WIDTH
    x1 = canvas.width - theme.EDGE - widths["right"] - _LABEL_GAP - _NODE_WIDTH
    # Room for the column heads, whose baseline this is.
    top += style.value_size * ASCENT
    canvas.text(
        x0, top, heads["left"], style.value_size, align="right", color=theme.SOFT_INK
    )
    canvas.text(x1, top, heads["right"], style.value_size, color=theme.SOFT_INK)
    top += 9
    for node in flows.left + flows.right:
        node.y += top
    direct, strands = ribbons(flows, scale)
    _draw_ribbons(canvas, direct, strands, flows, flow, (x0, x1), words)
    _draw_nodes(canvas, flows.left, "left", flow, x0 - _NODE_WIDTH, style, words)
    _draw_nodes(canvas, flows.right, "right", flow, x1, style, words)
    top_flows = sorted(
        (ribbon for ribbon in direct if ribbon.rank), key=lambda ribbon: ribbon.rank
    )
    draw_badges(canvas, top_flows, x0, x1)
    return draw_key(canvas, flows, top_flows, top + height, style.value_size, subject)


def _label(node: Node, style: Style, unit: Unit, words: Language) -> None:
    """Set the lines of a node's label and the height they need, in px."""
    value = words.eur(node.value_eur, unit=unit)
    node.value = value
    node.figures = f"{value} · {words.share(node.share)}"
    if style.one_line:
        room = style.widest_label - _WORD_GAP - measure(node.figures, style.value_size)
        node.lines = [ellipsize(node.name, room, style.name_size, SEMIBOLD)]
        node.label_height = style.name_size + 2.5
        return
    node.lines = wrap(node.name, style.widest_label, style.name_size, SEMIBOLD, 2)
    node.label_height = len(node.lines) * (style.name_size + 1) + style.value_size + 2.5


def _label_width(node: Node, style: Style) -> float:
    figures = measure(node.figures, style.value_size)
    name = max(measure(line, style.name_size, SEMIBOLD) for line in node.lines)
    return name + _WORD_GAP + figures if style.one_line else max(name, figures)


def _draw_ribbons(
    canvas: Canvas,
    direct: list[Ribbon],
    strands: list[Strand],
    flows: Flows,
    flow: str,
    ends: tuple[float, float],
    words: Language,
) -> None:
    x0, x1 = ends
    bend = (x0 + x1) / 2
    left, right = flows.nodes("left"), flows.nodes("right")
    for strand in strands:
        if strand.is_incoming:
            start, end, node = x0, bend, left[strand.code]
            others = [right[cell.right] for cell in strand.cells]
        else:
            start, end, node = bend, x1, right[strand.code]
            others = [left[cell.left] for cell in strand.cells]
        canvas.add(
            "strands",
            path=ribbon_path(start, strand.start, end, strand.end, strand.thickness),
            color=theme.RIBBON_OTHER,
            edge=0,
            left=strand.left,
            right=strand.right,
            key=f"{strand.left}>{strand.right}",
            name=node.full_name,
            value_eur=strand.value_eur,
            value=words.eur(strand.value_eur, unit=flows.unit),
            detail="\n".join(
                f"{other.full_name}{words.say('chart.colon')}"
                f"{words.euros(cell.value_eur)}"
                for other, cell in zip(others, strand.cells, strict=True)
            ),
        )

    def depth(ribbon: Ribbon) -> tuple[bool, float]:
        rest = ribbon.left.startswith("*") or ribbon.right.startswith("*")
        return not rest, -ribbon.thickness

    for ribbon in sorted(direct, key=depth):
        rest = ribbon.left.startswith("*") or ribbon.right.startswith("*")
        color = theme.RIBBON_OTHER if rest else theme.RIBBON
        named: dict[str, Any] = dict(
            zip(
                _SIDES[flow],
                (left[ribbon.left].full_name, right[ribbon.right].full_name),
                strict=True,
            )
        )
        canvas.add(
            "top_flows" if ribbon.rank else "ribbons",
            path=ribbon_path(x0, ribbon.start, x1, ribbon.end, ribbon.thickness),
            color=theme.TOP_FLOW if ribbon.rank else color,
            # The white edge would eat a thin ribbon up.
            edge=0.8 if ribbon.rank and ribbon.thickness > 4 else 0,
            left=ribbon.left,
            right=ribbon.right,
            key=f"{ribbon.left}>{ribbon.right}",
            **named,
            value_eur=ribbon.value_eur,
            value=words.eur(ribbon.value_eur, unit=flows.unit),
            share=words.say(f"chart.told_{flow}s", share=words.share(ribbon.share, 2)),
        )


def _draw_nodes(
    canvas: Canvas,
    nodes: list[Node],
    side: Side,
    flow: str,
    x: float,
    style: Style,
    words: Language,
) -> None:
    """Draw the bars of one column at `x` px with their labels on the outer side."""
    outward = -1 if side == "left" else 1
    label_x = x - _LABEL_GAP if side == "left" else x + _NODE_WIDTH + _LABEL_GAP
    for node in nodes:
        exact = {
            "side": side,
            "code": node.code,
            "name": node.full_name,
            "value_eur": node.value_eur,
            "value": node.value,
            "share": words.say(f"chart.told_{flow}s", share=words.share(node.share, 2)),
        }
        canvas.rect(
            "nodes",
            x,
            node.y,
            x + _NODE_WIDTH,
            node.y + node.height,
            color=theme.WHITE if node.code == UNSPECIFIED else _node_color(node),
            edge=_node_color(node),
            **exact,
        )
        reach = label_x + outward * _label_width(node, style)
        inner = x + _NODE_WIDTH if side == "left" else x
        half = max(node.height, node.label_height) / 2
        canvas.rect(
            "targets",
            min(inner, reach),
            node.middle - half,
            max(inner, reach),
            node.middle + half,
            color=theme.WHITE,
            **exact,
        )
        if style.one_line:
            _write_line(canvas, node, side, label_x, style)
        else:
            _write_block(canvas, node, side, label_x, style)


def _write_line(canvas: Canvas, node: Node, side: Side, x: float, style: Style) -> None:
    """Write name and figures on one line, in this order on both sides."""
    y = node.middle + style.name_size * 0.34
    align: Align = "right" if side == "left" else "left"
    name = (node.lines[0], style.name_size, SEMIBOLD, theme.INK)
    figures = (node.figures, style.value_size, REGULAR, theme.SOFT_INK)
    inner, outer = (figures, name) if side == "left" else (name, figures)
    outward = -1 if side == "left" else 1
    for text, size, weight, color in (inner, outer):
        width = canvas.text(x, y, text, size, weight=weight, align=align, color=color)
        x += outward * (width + _WORD_GAP)


def _write_block(
    canvas: Canvas, node: Node, side: Side, x: float, style: Style
) -> None:
    """Write the name over the figures, centred on the node."""
    align: Align = "right" if side == "left" else "left"
    leading = style.name_size + 1
    y = node.middle - (len(node.lines) * leading + style.value_size) / 2
    y += style.name_size * 0.8
    for line in node.lines:
        canvas.text(x, y, line, style.name_size, weight=SEMIBOLD, align=align)
        y += leading
    canvas.text(
        x, y - 0.5, node.figures, style.value_size, align=align, color=theme.SOFT_INK
    )


def _node_color(node: Node) -> str:
    return theme.NODE_OTHER if node.is_rest else theme.NODE


@lru_cache(maxsize=1)
def template() -> dict:
    """Give the specification without data and size, with keys in place of words."""
    nodes = alt.selection_point(
        name="node", fields=["side", "code"], on="pointerover", clear="pointerout"
    )
    flows, top_flows = (
        alt.selection_point(
            name=name, fields=["key"], on="pointerover", clear="pointerout"
        )
        for name in ("ribbon", "top_flow")
    )
    # A selection is `{}` at rest and holds empty lists while another mark is hovered.
    hovered = " || ".join(
        f"({name}.{field} && {name}.{field}.length > 0)"
        for name, field in (("node", "code"), ("ribbon", "key"), ("top_flow", "key"))
    )
    own = (
        "(node.code && node.code.length > 0"
        " && node.code[0] === datum[node.side[0]])"
        " || (ribbon.key && ribbon.key[0] === datum.key)"
        " || (top_flow.key && top_flow.key[0] === datum.key)"
    )

    def opacity(at_rest: float) -> object:
        lit = alt.when(own).then(alt.value(0.95))
        return lit.when(hovered).then(alt.value(0.12)).otherwise(alt.value(at_rest))

    amount = [
        alt.Tooltip("value:N", title="chart.value"),
        alt.Tooltip("share:N", title="chart.share"),
    ]
    strands = canvas_module.paths(
        "strands",
        [
            alt.Tooltip("name:N", title="chart.strands"),
            alt.Tooltip("value:N", title="chart.value"),
            alt.Tooltip("detail:N", title="chart.detail"),
        ],
        fillOpacity=opacity(0.75),
    )
    flow = [
        alt.Tooltip("activity:N", title="chart.activity"),
        alt.Tooltip("country:N", title="chart.country"),
        *amount,
    ]
    direct = canvas_module.paths("ribbons", flow, fillOpacity=opacity(0.6))
    top = canvas_module.paths("top_flows", flow, fillOpacity=opacity(0.88))
    bars = canvas_module.rects(
        "nodes",
        stroke=alt.Stroke("edge:N", scale=None, legend=None),
    )
    targets = canvas_module.rects(
        "targets",
        [alt.Tooltip("name:N", title="chart.name"), *amount],
        fillOpacity=alt.FillOpacityValue(0),
    )
    return canvas_module.template(
        [
            canvas_module.rects("panel"),
            strands,
            direct.add_params(flows),
            top.add_params(top_flows),
            bars,
            canvas_module.discs("badges", 2 * BADGE_RADIUS),
            *canvas_module.text_layers(),
            targets.add_params(nodes),
        ]
    )


# -------------------------------------------------------------------------- words


def _heads(flow: str, flows: Flows, words: Language) -> list[str]:
    """Name the columns: exports run from activities, imports from countries."""
    country = "destination" if flow == "export" else "origin"
    heads = {
        "activity": words.say("chart.sector" if flows.by_sector else "chart.activity"),
        "country": words.say(f"chart.{country}"),
    }
    return [heads[kind] for kind in _SIDES[flow]]


def _subtitle(flow: str, subject: Subject, flows: Flows) -> str:
    words = subject.words
    if not flows.cells:
        return f"{words.say(f'chart.{flow}s')} {subject.year}"
    return words.say(
        "chart.flows_subtitle",
        flow=words.say(f"chart.{flow}s"),
        year=subject.year,
        total=words.eur(subject.total(flow), unit=flows.unit),
        red=words.sentences("chart.red")[
            sum(cell.rank is not None for cell in flows.cells)
        ],
    )


def _alternative(flows: Flows, flow: str, subject: Subject) -> str:
    words = subject.words
    if not flows.cells:
        key = "alt_absent" if flow in subject.absent else "alt_no"
        return words.say(f"chart.{key}_{flow}s", of=subject.of, year=subject.year)

    def first(nodes: list[Node]) -> str:
        named = [node for node in nodes if not node.is_rest][:3]
        return ", ".join(f"{n.name} ({words.share(n.share)})" for n in named)

    columns = dict(zip(_SIDES[flow], (flows.left, flows.right), strict=True))
    return words.say(
        f"chart.alt_{flow}s",
        of=subject.of,
        year=subject.year,
        total=words.eur(subject.total(flow), unit=flows.unit),
        activities=first(columns["activity"]) or words.say("chart.no_activity"),
        countries=first(columns["country"]) or words.say("chart.no_country"),
    )


def _tables(flows: Flows, flow: str, subject: Subject) -> list[Table]:
    """List both columns of nodes, then the numbered flows."""
    words, unit = subject.words, flows.unit
    amounts = [words.say("chart.value"), words.say("chart.share")]
    sides = zip(
        _heads(flow, flows, words), _SIDES[flow], (flows.left, flows.right), strict=True
    )
    tables = [
        Table(
            columns=[head, *amounts],
            kinds=[kind, "amount", "amount"],
            rows=[
                [
                    node.full_name,
                    words.eur(node.value_eur, unit=unit),
                    words.share(node.share),
                ]
                for node in nodes
            ],
        )
        for head, kind, nodes in sides
    ]
    top_flows = Table(
        columns=[words.say("chart.number"), words.say("chart.flow"), *amounts],
        kinds=["rank", "flow", "amount", "amount"],
        rows=[
            [
                str(cell.rank),
                flows.both_ends(cell.left, cell.right),
                words.eur(cell.value_eur, unit=unit),
                words.share(cell.share),
            ]
            for cell in flows.cells
            if cell.rank
        ],
    )
    return [*tables, top_flows] if top_flows.rows else tables


def _groups(flows: Flows, flow: str, words: Language) -> tuple[RowGroup, ...]:
    """Give the largest flows, then both sides of the diagram."""
    most = longest(node.value_eur for node in (*flows.left, *flows.right))
    left, right = flows.nodes("left"), flows.nodes("right")

    def row(label: str, color: str, value_eur: int, share: float) -> Row:
        text = words.say(
            "chart.rows_value",
            value=words.eur(value_eur, unit=flows.unit),
            share=words.share(share),
        )
        return Row(label, (RowBar(color, value_eur / most, text),))

    top = [cell for cell in flows.cells if cell.rank]
    groups = [
        RowGroup(
            words.say("chart.rows_top"),
            "top",
            tuple(
                row(
                    words.say(
                        "chart.rows_flow",
                        start=left[cell.left].name,
                        end=right[cell.right].name,
                    ),
                    "top",
                    cell.value_eur,
                    cell.share,
                )
                for cell in top
            ),
        )
    ]
    for heading, nodes in zip(
        _heads(flow, flows, words), (flows.left, flows.right), strict=True
    ):
        groups.append(
            RowGroup(
                heading,
                flow,
                tuple(
                    row(
                        node.name,
                        "rest" if node.code in (OTHER, UNSPECIFIED) else flow,
                        node.value_eur,
                        node.share,
                    )
                    for node in nodes
                ),
            )
        )
    return tuple(group for group in groups if group.rows)


def _cells(flows: Flows, flow: str, words: Language) -> Table:
    left, right = flows.nodes("left"), flows.nodes("right")
    return Table(
        columns=[
            *_heads(flow, flows, words),
            words.say("chart.value"),
            words.say("chart.share_of_total"),
        ],
        kinds=[*_SIDES[flow], "amount", "amount"],
        rows=[
            [
                left[cell.left].full_name,
                right[cell.right].full_name,
                words.euros(cell.value_eur),
                words.share(cell.share, 2),
            ]
            for cell in flows.cells
        ],
    )
