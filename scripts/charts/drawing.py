"""The finished figure, as the pages and files take it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Drawing:
    """One figure of one territory and year.

    Attributes
    ----------
    figure
        `balances`, `activities`, `exports` or `imports`.
    title, subtitle
        French sentences; the page prints them when the picture does not.
    spec
        Vega-Lite specification, data included.
    alt
        Text alternative in French: what is drawn, with the main numbers.
    table
        The figure as rows for a reader: French column heading → formatted text.
    cells
        The complete data, exact euros, under the same kind of headings.
    is_empty
        Nothing was traded; the picture says so.
    """

    figure: str
    territory_code: str
    year: int
    title: str
    subtitle: str
    spec: dict
    alt: str
    table: list[dict]
    is_empty: bool
    notice: str | None = None
    source: str | None = None
    cells: list[dict] = field(default_factory=list)
