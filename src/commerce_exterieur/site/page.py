"""Setting a page: the templates, and what every page is given."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import jinja2

from commerce_exterieur import factsheet
from commerce_exterieur.charts.embedding import environment
from commerce_exterieur.site import layout
from commerce_exterieur.site.layout import PageAddress
from commerce_exterieur.wording import Language


def render(
    template: str, address: PageAddress, words: Language, *, year: int, **values: object
) -> str:
    """Set a page; every value is escaped by the template.

    Parameters
    ----------
    template
        Name of the template.
    address
        Where the page stands.
    words
        Its language; the template says sentences with `say`.
    values
        What the template prints.
    """
    defaults = {"compared": None, "site_address": None}
    page = (
        _environment()
        .get_template(template)
        .render(
            defaults
            | {
                "address": address,
                "year": year,
                "words": words,
                "say": words.say,
                "other": layout.OTHER[words.code],
                "home": layout.HOME,
                "compare": layout.compare_page(year),
            }
            | values
        )
    )
    return re.sub(r"(?m)^ +", "", page)


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return environment(
        Path(__file__).parent / "templates", Path(factsheet.__file__).parent
    )
