"""The figures of the factsheets: drawn from the marts, with Vega-Lite through Altair.

Ranking, sums and the choice of the highlighted flows are the marts'; these modules
only lay out and draw.
"""

from __future__ import annotations

from typing import Literal

from commerce_exterieur.charts import activities, balances, sankey
from commerce_exterieur.charts.canvas import worded
from commerce_exterieur.charts.drawing import Drawing
from commerce_exterieur.charts.render import to_html, to_png, to_svg
from commerce_exterieur.charts.subject import Subject
from commerce_exterieur.warehouse import Territory, Warehouse
from commerce_exterieur.wording import LanguageCode, language

_MODULES = {
    "balances": balances,
    "activities": activities,
    "exports": sankey,
    "imports": sankey,
}
FIGURES = tuple(_MODULES)
Size = Literal["full", "compact"]

__all__ = [
    "FIGURES",
    "Drawing",
    "Size",
    "draw",
    "template",
    "to_html",
    "to_png",
    "to_svg",
]


def template(figure: str, language_code: LanguageCode) -> dict:
    """Give what the specifications of a figure share: all but data and size."""
    return worded(_MODULES[figure].template, language_code)


def draw(
    warehouse: Warehouse,
    figure: str,
    territory: Territory,
    year: int,
    *,
    size: Size = "full",
    titled: bool = True,
    language_code: LanguageCode = "fr",
) -> Drawing:
    """Draw one figure of one territory and year.

    Parameters
    ----------
    warehouse
        An open warehouse.
    figure
        One of `FIGURES`.
    territory
        From `Warehouse.territory`.
    year
        A year of the warehouse; a territory without trade in it gets a figure that
        says so.
    size
        `compact` is the half-height format of the comparisons.
    titled
        False leaves title, subtitle, mention and source to the page around.

    language_code
        The language of its words and numbers.

    Raises
    ------
    ValueError
        There is no such figure or size.
    """
    if figure not in FIGURES or size not in sankey.STYLES:
        raise ValueError(f"no figure {figure!r} of size {size!r}")
    subject = Subject.load(warehouse, territory, year, language(language_code))
    if figure == "balances":
        return balances.draw(warehouse, subject, size=size, titled=titled)
    if figure == "activities":
        return activities.draw(warehouse, subject, size=size, titled=titled)
    flow = "export" if figure == "exports" else "import"
    return sankey.draw(warehouse, flow, subject, size=size, titled=titled)
