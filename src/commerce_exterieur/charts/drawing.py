"""The finished figure, as the pages and files take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from commerce_exterieur.charts.rows import RowGroup
from commerce_exterieur.wording import LanguageCode, Unit

Kind = Literal["activity", "country", "flow", "rank", "amount"]


@dataclass(frozen=True)
class Table:
    """Rows of a figure as a reader reads them.

    Attributes
    ----------
    columns
        Heads, in the language of the figure.
    kinds
        What stands in each column; amounts are set to the right.
    rows
        Formatted text.
    """

    columns: list[str]
    kinds: list[Kind]
    rows: list[list[str]]


@dataclass(frozen=True)
class Drawing:
    """One figure of one territory and year.

    Attributes
    ----------
    figure
        `balances`, `activities`, `exports` or `imports`.
    title, subtitle
        Sentences; the page prints them when the picture does not.
    spec
        Vega-Lite specification, data included.
    alt
        Text alternative: what is drawn, with the main numbers.
    tables
        What the figure names, rounded, in the parts it is made of.
    cells
        The complete data, exact euros.
    groups
        What it shows as rows of bars, for narrow screens.
    is_empty
        Nothing was traded; the picture says so.
    unit
        The unit of all its amounts but the exact ones.
    note
        What its numbers need said under them.
    """

    figure: str
    language: LanguageCode
    territory_code: str
    year: int
    title: str
    subtitle: str
    spec: dict
    alt: str
    tables: list[Table]
    cells: Table
    groups: tuple[RowGroup, ...]
    is_empty: bool
    unit: Unit
    note: str | None = None
    notice: str | None = None
    source: str | None = None
