"""The figures of a sheet, drawn: its own, and those it is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from commerce_exterieur import charts
from commerce_exterieur.charts.drawing import Drawing
from commerce_exterieur.factsheet.data import read_csv
from commerce_exterieur.factsheet.facts import FLOWS, Facts, Profile
from commerce_exterieur.warehouse import Territory, Warehouse
from commerce_exterieur.wording import LanguageCode


@dataclass(frozen=True)
class Picture:
    """A figure, drawn.

    Attributes
    ----------
    svg
        The picture; empty when nothing was traded.
    csv
        Its rows as CSV, or None when there are none.
    """

    drawing: Drawing
    svg: str
    csv: str | None


#: Draws a figure of a territory, `full` or `compact`.
DrawFigure = Callable[[str, Territory, charts.Size], Picture]
#: (figure, territory code) → picture.
Pictures = dict[tuple[str, str], Picture]


class Renderer:
    """Draws figures and keeps those that many sheets share (regions, France)."""

    def __init__(
        self,
        warehouse: Warehouse,
        year: int,
        language_code: LanguageCode = "fr",
        kept: Pictures | None = None,
    ) -> None:
        self._warehouse = warehouse
        self._year = year
        self._language_code = language_code
        self._kept = {} if kept is None else kept

    def __call__(self, figure: str, territory: Territory, size: charts.Size) -> Picture:
        """Draw a figure; one for comparison is drawn once."""
        key = (figure, territory.code)
        if size == "compact" and key in self._kept:
            return self._kept[key]
        drawing = charts.draw(
            self._warehouse,
            figure,
            territory,
            self._year,
            size=size,
            titled=False,
            language_code=self._language_code,
        )
        picture = Picture(
            drawing,
            "" if drawing.is_empty else charts.to_svg(drawing.spec),
            read_csv(self._warehouse, figure, territory, self._year),
        )
        if size == "compact":
            self._kept[key] = picture
        return picture

    def kept(self, figure: str, territory_code: str) -> Picture | None:
        """Give a figure drawn for comparison, if it was."""
        return self._kept.get((figure, territory_code))


def draw_pictures(facts: Facts, draw: DrawFigure) -> Pictures:
    """Draw what a sheet shows: its own figures, and small the flows around it."""
    own = ["activities"]
    if facts.profile.totals["has_both_flows"]:
        own.append("balances")
    wanted: list[tuple[str, Profile, charts.Size]] = [
        (figure, facts.profile, "full") for figure in own
    ]
    for flow in FLOWS:
        if facts.profile.total(flow):
            wanted.append((f"{flow}s", facts.profile, "full"))
        wanted += [
            (f"{flow}s", other, "compact")
            for other in facts.around
            if other.total(flow)
        ]
    return {
        (figure, profile.code): draw(figure, profile.territory, size)
        for figure, profile, size in wanted
    }
