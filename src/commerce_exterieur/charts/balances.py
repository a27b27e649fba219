"""Balances by country: imports to the left, exports to the right, and the balance."""

from __future__ import annotations

from dataclasses import dataclass
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
from commerce_exterieur.charts.text import SEMIBOLD, ellipsize, measure
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording.numbers import balance_sign

_ROW = 24.0
_BAR = 13.0
_WIDEST_NAME = 170.0
_LABEL_GAP = 5.0
_COLUMN_GAP = 14.0
_PILL_PADDING = 9.0


@dataclass(frozen=True)
class Partner:
    """One country of the mart, whole euros, with its printed numbers."""

    code: str
    name: str
    import_eur: int
    export_eur: int
    balance_eur: int
    import_text: str
    export_text: str
    balance_text: str


@dataclass(frozen=True)
class Panel:
    """Where the bars stand: the axis in px and the scale in px per euro."""

    axis: float
    scale: float


def read(warehouse: Warehouse, subject: Subject) -> list[Partner]:
    """Read the main partners in the order of the mart."""
    unit = subject.unit
    rows = warehouse.rows(
        """
        select * from marts.rpt_factsheet_countries
        where territory_code = ? and year = ?
        order by position
        """,
        [subject.territory.code, subject.year],
    )
    words = subject.words
    return [
        Partner(
            code=row["country_code"],
            name=words.named(row, "country_name") or row["country_code"],
            import_eur=row["import_eur"],
            export_eur=row["export_eur"],
            balance_eur=row["balance_eur"],
            import_text=words.eur(row["import_eur"], unit=unit, bare=True),
            export_text=words.eur(row["export_eur"], unit=unit, bare=True),
            balance_text=words.eur(
                row["balance_eur"], unit=unit, signed=True, bare=True
            ),
        )
        for row in rows
    ]


def fit(partners: list[Partner], left: float, right: float, heads: tuple) -> Panel:
    """Find the largest scale at which bars and labels stay between two edges.

    Parameters
    ----------
    left, right
        Edges of the panel in px.
    heads
        Widths in px of the heads over the two halves, which must fit too.
    """

    def reach(scale: float) -> tuple[float, float]:
        imports = [
            partner.import_eur * scale + _label_room(partner.import_text)
            for partner in partners
        ]
        exports = [
            partner.export_eur * scale + _label_room(partner.export_text)
            for partner in partners
        ]
        return max(*imports, heads[0]), max(*exports, heads[1])

    room = right - left
    largest = max(max(p.import_eur, p.export_eur) for p in partners)
    low, high = 0.0, room / max(largest, 1)
    for _ in range(60):
        middle = (low + high) / 2
        if sum(reach(middle)) <= room:
            low = middle
        else:
            high = middle
    before, after = reach(low)
    return Panel(axis=left + before + (room - before - after) / 2, scale=low)


def _label_room(text: str) -> float:
    return _LABEL_GAP + measure(text, theme.VALUE_SIZE)


def draw(warehouse: Warehouse, subject: Subject, *, size: str, titled: bool) -> Drawing:
    """Draw the balances by country."""
    has_balance = subject.balance_eur is not None
    partners = read(warehouse, subject) if has_balance else []
    words = subject.words
    begun = Frame.begin(
        "balances",
        subject,
        words.say("chart.balances.title", of=subject.of),
        _subtitle(subject, partners),
        titled=titled,
        compact=size == "compact",
    )
    if partners:
        bottom = _draw_rows(begun.canvas, partners, begun.top, subject)
    else:
        bottom = frame.empty_panel(begun.canvas, begun.top, subject)
    return begun.finish(
        bottom,
        template,
        alt=_alternative(partners, subject),
        tables=[_table(partners, subject)] if partners else [],
        cells=_cells(partners, subject),
        groups=_groups(partners, subject) if partners else (),
        is_empty=not partners,
        unit=subject.unit,
        # Whole euros subtract as printed.
        note=words.say("figure.rounding") if partners and subject.unit != "€" else None,
    )


def _draw_rows(
    canvas: Canvas, partners: list[Partner], top: float, subject: Subject
) -> float:
    names = [
        ellipsize(partner.name, _WIDEST_NAME, theme.NAME_SIZE, SEMIBOLD)
        for partner in partners
    ]
    words = subject.words
    heads = [f"{head} ({words.unit(subject.unit)})" for head in _heads(subject)]
    balance_width = max(
        measure(heads[2], theme.HEAD_SIZE, SEMIBOLD),
        *(
            measure(partner.balance_text, theme.VALUE_SIZE, SEMIBOLD)
            + 2 * _PILL_PADDING
            for partner in partners
        ),
    )
    left = (
        theme.EDGE
        + max(measure(name, theme.NAME_SIZE, SEMIBOLD) for name in names)
        + _COLUMN_GAP
    )
    balance_right = canvas.width - theme.EDGE
    balance_left = balance_right - balance_width
    head_room = tuple(
        measure(head, theme.HEAD_SIZE, SEMIBOLD) + _LABEL_GAP for head in heads[:2]
    )
    panel = fit(partners, left, balance_left - _COLUMN_GAP, head_room)
    y = top + theme.HEAD_SIZE
    canvas.text(
        panel.axis - _LABEL_GAP,
        y,
        heads[0],
        theme.HEAD_SIZE,
        weight=SEMIBOLD,
        align="right",
        color=theme.IMPORT,
    )
    canvas.text(
        panel.axis + _LABEL_GAP,
        y,
        heads[1],
        theme.HEAD_SIZE,
        weight=SEMIBOLD,
        color=theme.EXPORT,
    )
    canvas.text(
        balance_right, y, heads[2], theme.HEAD_SIZE, weight=SEMIBOLD, align="right"
    )
    y += 7
    first = y
    for index, (partner, name) in enumerate(zip(partners, names, strict=True)):
        exact = {
            "code": partner.code,
            "country": partner.name,
            "imports": words.eur(partner.import_eur, unit=subject.unit),
            "exports": words.eur(partner.export_eur, unit=subject.unit),
            "balance": words.eur(partner.balance_eur, unit=subject.unit, signed=True),
        }
        band = theme.WHITE if index % 2 else theme.CALM
        canvas.rect("rows", 0, y, canvas.width, y + _ROW, color=band, **exact)
        canvas.rect("targets", 0, y, canvas.width, y + _ROW, color=theme.WHITE, **exact)
        _draw_row(canvas, partner, name, y, panel, (balance_left, balance_right))
        y += _ROW
    canvas.rect("axis", panel.axis - 0.5, first, panel.axis + 0.5, y, color=theme.INK)
    return y + 1


def _draw_row(
    canvas: Canvas,
    partner: Partner,
    name: str,
    y: float,
    panel: Panel,
    balance: tuple[float, float],
) -> None:
    middle = y + _ROW / 2
    base = middle + theme.VALUE_SIZE * 0.34
    canvas.text(
        theme.EDGE + 3,
        middle + theme.NAME_SIZE * 0.33,
        name,
        theme.NAME_SIZE,
        weight=SEMIBOLD,
        full=partner.name if name != partner.name else None,
    )
    import_end = panel.axis - partner.import_eur * panel.scale
    export_end = panel.axis + partner.export_eur * panel.scale
    for flow, end, value, color in (
        ("import", import_end, partner.import_eur, theme.IMPORT),
        ("export", export_end, partner.export_eur, theme.EXPORT),
    ):
        if value:
            low, high = sorted((panel.axis, end))
            canvas.rect(
                "bars",
                low,
                middle - _BAR / 2,
                high,
                middle + _BAR / 2,
                color=color,
                flow=flow,
                code=partner.code,
                value_eur=value,
            )
    canvas.text(
        import_end - _LABEL_GAP,
        base,
        partner.import_text,
        theme.VALUE_SIZE,
        align="right",
        color=theme.INK if partner.import_eur else theme.SOFT_INK,
    )
    canvas.text(
        export_end + _LABEL_GAP,
        base,
        partner.export_text,
        theme.VALUE_SIZE,
        color=theme.INK if partner.export_eur else theme.SOFT_INK,
    )
    ink, tint = theme.BALANCE_COLORS[balance_sign(partner.balance_eur)]
    canvas.rect(
        "pills",
        balance[0],
        middle - 9,
        balance[1],
        middle + 9,
        color=tint,
        code=partner.code,
        value_eur=partner.balance_eur,
    )
    canvas.text(
        balance[1] - _PILL_PADDING,
        base,
        partner.balance_text,
        theme.VALUE_SIZE,
        weight=SEMIBOLD,
        align="right",
        color=ink,
    )


@lru_cache(maxsize=1)
def template() -> dict:
    """Give the specification without data and size, with keys in place of words."""
    hover = alt.selection_point(
        name="row", fields=["code"], on="pointerover", clear="pointerout"
    )
    exact = [
        alt.Tooltip("country:N", title="chart.country"),
        alt.Tooltip("imports:N", title="chart.imports"),
        alt.Tooltip("exports:N", title="chart.exports"),
        alt.Tooltip("balance:N", title="chart.balance"),
    ]
    layers: list[Any] = [
        canvas_module.rects("panel"),
        canvas_module.rects(
            "rows",
            fill=alt.when("row.code && row.code[0] === datum.code")
            .then(alt.value(theme.HOVER))
            .otherwise(alt.Fill("color:N", scale=None, legend=None)),
        ),
        canvas_module.rects("pills", corner=9),
        canvas_module.rects("bars"),
        canvas_module.rects("axis"),
        *canvas_module.text_layers(),
        canvas_module.rects(
            "targets", exact, fillOpacity=alt.FillOpacityValue(0)
        ).add_params(hover),
    ]
    return canvas_module.template(layers)


def _heads(subject: Subject) -> list[str]:
    return [
        subject.words.say(f"chart.{name}") for name in ("imports", "exports", "balance")
    ]


def _subtitle(subject: Subject, partners: list[Partner]) -> str:
    words = subject.words
    if not partners:
        return words.say("chart.balances.subtitle_none", year=subject.year)
    return words.say(
        "chart.balances.subtitle",
        year=subject.year,
        imports=words.eur(subject.import_eur, unit=subject.unit),
        exports=words.eur(subject.export_eur, unit=subject.unit),
        balance=words.eur(subject.balance_eur, unit=subject.unit, signed=True),
    )


def _alternative(partners: list[Partner], subject: Subject) -> str:
    words, unit = subject.words, subject.unit
    if not partners:
        key = "alt_none" if subject.balance_eur is not None else "alt_no_balance"
        return words.say(f"chart.balances.{key}", of=subject.of, year=subject.year)
    first = [
        words.say(
            "chart.balances.alt_partner",
            country=partner.name,
            imports=words.eur(partner.import_eur, unit=unit),
            exports=words.eur(partner.export_eur, unit=unit),
            balance=words.eur(partner.balance_eur, unit=unit, signed=True),
        )
        for partner in partners[:3]
    ]
    return words.say(
        "chart.balances.alt",
        of=subject.of,
        year=subject.year,
        count=len(partners),
        first=words.say("chart.semicolon").join(first),
    )


def _table(partners: list[Partner], subject: Subject) -> Table:
    words, unit = subject.words, subject.unit
    return Table(
        columns=[words.say("chart.country"), *_heads(subject)],
        kinds=["country", "amount", "amount", "amount"],
        rows=[
            [
                partner.name,
                words.eur(partner.import_eur, unit=unit),
                words.eur(partner.export_eur, unit=unit),
                words.eur(partner.balance_eur, unit=unit, signed=True),
            ]
            for partner in partners
        ],
    )


def _groups(partners: list[Partner], subject: Subject) -> tuple[RowGroup, ...]:
    most = longest(
        value for each in partners for value in (each.import_eur, each.export_eur)
    )
    return (
        RowGroup(
            subject.words.say(
                "chart.balances.rows", unit=subject.words.unit(subject.unit)
            ),
            "",
            tuple(
                Row(
                    partner.name,
                    (
                        RowBar(
                            "import", partner.import_eur / most, partner.import_text
                        ),
                        RowBar(
                            "export", partner.export_eur / most, partner.export_text
                        ),
                    ),
                    partner.balance_text,
                    balance_sign(partner.balance_eur),
                )
                for partner in partners
            ),
        ),
    )


def _cells(partners: list[Partner], subject: Subject) -> Table:
    words = subject.words
    return Table(
        columns=[words.say("chart.country"), *_heads(subject)],
        kinds=["country", "amount", "amount", "amount"],
        rows=[
            [
                partner.name,
                words.euros(partner.import_eur),
                words.euros(partner.export_eur),
                words.euros(partner.balance_eur, signed=True),
            ]
            for partner in partners
        ],
    )
