"""The page that puts two territories side by side, from the data of their pages."""

from __future__ import annotations

from commerce_exterieur import charts
from commerce_exterieur.factsheet.sheet import Attribution
from commerce_exterieur.site.gazetteer import Gazetteer
from commerce_exterieur.site.layout import PageAddress
from commerce_exterieur.site.page import render
from commerce_exterieur.wording import Language

_ROWS = (
    "value", "balance", "coverage", "change", "region_share", "region_rank",
    "france_share", "france_rank", "eu_share", "top_country", "top_3", "top_activity",
    "diversity",
)  # fmt: skip


def compare_page(
    gazetteer: Gazetteer,
    address: PageAddress,
    words: Language,
    year: int,
    attribution: Attribution,
    made: set[str],
) -> str:
    """Set the page that puts two territories side by side."""
    levels = (
        ("country", None),
        ("region", words.say("site.territory.regions")),
        ("department", words.say("site.home.department")),
        ("set", words.say("site.home.sets")),
    )
    return render(
        "compare.html.j2",
        address,
        words,
        year=year,
        groups=[
            {
                "heading": heading,
                "places": [
                    {
                        "code": territory.code,
                        "name": words.label(territory.name)
                        + (f" ({territory.code[1:]})" if level == "department" else ""),
                    }
                    for territory in gazetteer.of_level(level)
                    if territory.code in made
                ],
            }
            for level, heading in levels
        ],
        rows=[{"id": name, "label": _row_label(name, words)} for name in _ROWS],
        figures=[
            {"id": figure, "heading": words.say(f"{figure}.heading")}
            for figure in charts.FIGURES
        ],
        attribution=attribution,
    )


def _row_label(name: str, words: Language) -> str:
    """Name an indicator without the year and region a sheet would put in."""
    own = f"site.row.{name}"
    return words.say(own if words.has(own) else f"key.{name}")
