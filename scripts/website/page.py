"""Setting a page: the templates, and what every page is given."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup

import factsheet
from language import Language
from website import layout
from website.layout import Place

_FOLDERS = [
    Path(__file__).parent / "templates",
    Path(factsheet.__file__).parent,
]


def render(
    template: str, place: Place, words: Language, *, year: int, **values: object
) -> str:
    """Set a page; every value is escaped by the template.

    Parameters
    ----------
    template
        Name of the template.
    place
        Where the page stands.
    words
        Its language; the template says sentences with `say`.
    values
        What the template prints.
    """
    defaults = {"compared": None}
    page = (
        _environment()
        .get_template(template)
        .render(
            defaults
            | {
                "place": place,
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
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDERS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # An SVG of ours: a serialised document, its texts already escaped.
    environment.filters["trusted"] = lambda svg: Markup(_lighter(svg))
    return environment


def _lighter(svg: str) -> str:
    """Leave out attributes that change nothing: a figure has hundreds of them."""
    return re.sub(
        r' transform="translate\(0,0\)"| opacity="1"'
        r'| stroke="#[0-9A-Fa-f]{6}" stroke-width="0"',
        "",
        svg,
    )
