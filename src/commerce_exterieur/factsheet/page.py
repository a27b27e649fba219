"""Set the content as one self-contained HTML page: no file and no request beside it."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path

import jinja2
import vl_convert
from markupsafe import Markup

from commerce_exterieur import fonts
from commerce_exterieur.charts.render import VEGA_LITE
from commerce_exterieur.factsheet.sheet import Sheet

_FOLDER = Path(__file__).parent


def render_page(sheet: Sheet) -> str:
    """Set the sheet as HTML text.

    Every label is escaped by the template; the drawings' data stands in a JSON script
    element, escaped so that nothing in it can close the element.
    """
    return _template().render(
        sheet=sheet,
        style=Markup(_style()),
        bundle=Markup(_bundle()),
        start=Markup(_start()),
        figures=Markup(script_json(_specs(sheet))),
        policy=_policy(),
    )


def script_json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _specs(sheet: Sheet) -> dict[str, dict]:
    return {figure.id: figure.spec for figure in sheet.figures}


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    return environment(_FOLDER).get_template("commerce_exterieur.factsheet.html.j2")


def environment(*folders: Path) -> jinja2.Environment:
    """Give what sets templates of these folders: every value is escaped."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # An SVG of ours: a serialised document, its texts already escaped.
    made.filters["trusted"] = Markup
    return made


@lru_cache(maxsize=1)
def _style() -> str:
    return (
        f"{fonts.font_face_css()}\n{_FOLDER.joinpath('style.css').read_text('utf-8')}"
    )


@lru_cache(maxsize=1)
def _start() -> str:
    return _FOLDER.joinpath("page.js").read_text("utf-8")


@lru_cache(maxsize=1)
def _bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed, once a page."""
    script = vl_convert.javascript_bundle(vl_version=VEGA_LITE)  # type: ignore[call-arg]
    return script.replace("</script", "<\\/script")


@lru_cache(maxsize=1)
def _policy() -> str:
    """Only the two scripts of this page may run, and nothing may be fetched.

    Vega writes inline styles, so these stay allowed.
    """
    hashes = " ".join(
        "'sha256-"
        + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        + "'"
        for script in (_bundle(), _start())
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )
