"""From a specification to files: SVG, PNG and a page that works offline."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from pathlib import Path

import jinja2
import vl_convert
from markupsafe import Markup

from commerce_exterieur import fonts
from commerce_exterieur.charts.canvas import split_texts
from commerce_exterieur.charts.drawing import Drawing
from commerce_exterieur.charts.embedding import (
    VEGA_LITE,
    environment,
    script_json,
    vega_script,
)
from commerce_exterieur.wording import language


def to_svg(spec: dict, *, embed_fonts: bool = False) -> str:
    """Render a specification as SVG, with its text alternative inside.

    Vega draws the shapes. The texts, whose place and size the specification gives, are
    set here as Vega would write them: it would measure each one first, which takes ten
    times as long as all the rest.

    Parameters
    ----------
    spec
        Vega-Lite specification with its data.
    embed_fonts
        Put the typeface into the file, for a picture opened on its own in a browser;
        a page or a PDF that has the fonts already does not need it.
    """
    shapes, texts = split_texts(spec)
    svg = vl_convert.vegalite_to_svg(shapes, vl_version=VEGA_LITE)
    head, body = svg.split(">", 1)
    body = body.removesuffix("</svg>") + texts + "</svg>"
    label = escape(spec.get("description", ""), quote=True)
    style = f"<style>{fonts.font_face_css()}</style>" if embed_fonts else ""
    return f'{head} role="img" aria-label="{label}">{style}{body}'


def to_png(spec: dict, scale: float = 2.0) -> bytes:
    """Render a specification as PNG, `scale` pixels for one px of the design."""
    fonts.register()
    return vl_convert.vegalite_to_png(spec, vl_version=VEGA_LITE, scale=scale)


def to_html(drawing: Drawing) -> str:
    """One page with the interactive figure; scripts, data and fonts are inside."""
    words = language(drawing.language)
    file_name = f"{drawing.territory_code}_{drawing.year}_{drawing.figure}"
    menu = {
        "CLICK_TO_VIEW_ACTIONS": words.say("figure.save"),
        "SVG_ACTION": words.say("figure.save_svg"),
        "PNG_ACTION": words.say("figure.save_png"),
    }
    mentions = (
        ("notice", drawing.notice),
        ("source", drawing.note),
        ("source", drawing.source),
    )
    return _template().render(
        lang=drawing.language,
        data=words.say("figure.data"),
        i18n=Markup(script_json(menu)),
        title=f"{drawing.title} ({drawing.year})",
        family=fonts.FAMILY,
        fonts=Markup(fonts.font_face_css()),
        alt=drawing.alt,
        mentions=[(kind, text) for kind, text in mentions if text],
        cells=None if drawing.is_empty else drawing.cells,
        bundle=Markup(vega_script()),
        spec=Markup(script_json(drawing.spec)),
        file_name=Markup(script_json(file_name)),
    )


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    return environment(Path(__file__).parent).get_template("figure.html.j2")
