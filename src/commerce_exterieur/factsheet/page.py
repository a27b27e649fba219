"""Set the content as one self-contained HTML page: no file and no request beside it."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from commerce_exterieur import fonts
from commerce_exterieur.charts.embedding import (
    environment,
    script_json,
    vega_script,
)
from commerce_exterieur.factsheet.sheet import Sheet

_FOLDER = Path(__file__).parent


def render_page(sheet: Sheet) -> str:
    """Set the sheet as HTML text.

    Every label is escaped by the template; the drawings' data stands in a JSON script
    element, escaped so that nothing in it can close the element.
    """
    return _template().render(
        sheet=sheet,
        beside={},
        member_links={},
        style=Markup(_style()),
        bundle=Markup(vega_script()),
        start=Markup(_start()),
        figures=Markup(script_json(_specs(sheet))),
        policy=_policy(),
    )


def _specs(sheet: Sheet) -> dict[str, dict]:
    return {figure.id: figure.spec for figure in sheet.figures}


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    return environment(_FOLDER).get_template("factsheet.html.j2")


@lru_cache(maxsize=1)
def _style() -> str:
    return (
        f"{fonts.font_face_css()}\n{_FOLDER.joinpath('style.css').read_text('utf-8')}"
    )


@lru_cache(maxsize=1)
def _start() -> str:
    return "".join(
        _FOLDER.joinpath(name).read_text("utf-8")
        for name in ("touch.js", "page.js", "sections.js")
    )


@lru_cache(maxsize=1)
def _policy() -> str:
    """Only the two scripts of this page may run, and nothing may be fetched.

    Vega writes inline styles, so these stay allowed.
    """
    hashes = " ".join(
        "'sha256-"
        + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        + "'"
        for script in (vega_script(), _start())
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )
