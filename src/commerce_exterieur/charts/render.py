"""From a specification to files: SVG, PNG and a page that works offline."""

from __future__ import annotations

import json
from functools import lru_cache
from html import escape

import vl_convert

from commerce_exterieur import fonts
from commerce_exterieur.charts.canvas import split_texts
from commerce_exterieur.charts.drawing import Drawing
from commerce_exterieur.wording import language

VEGA_LITE = "6.4"
_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{fonts}
body{{font-family:"{family}",sans-serif;color:#1a1f2b;margin:2rem auto;
max-width:720px;padding:0 1rem;line-height:1.45}}
figure{{margin:0;overflow-x:auto}}
h1{{position:absolute;left:-9999px}}
.notice{{color:#8a3a00;font-weight:600}}
.source,figcaption{{color:#565d6b;font-size:.9rem}}
table{{border-collapse:collapse;width:100%;font-size:.9rem}}
caption{{text-align:left;font-weight:600;padding:.5rem 0}}
th,td{{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #e3e6ec}}
summary{{cursor:pointer;margin:1rem 0 .5rem}}
#vg-tooltip-element{{font-family:"{family}",sans-serif;font-size:13px}}
body #vg-tooltip-element table tr td.key{{color:#565d6b}}
#vg-tooltip-element td.value{{white-space:pre-line;max-width:340px}}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<figure>
<div id="figure" role="img" aria-label="{alt}"></div>
<figcaption>{alt}</figcaption>
</figure>
{mentions}
<details>
<summary>{data}</summary>
{table}
</details>
</main>
<script>{bundle}</script>
<script>
vegaEmbed("#figure", {spec}, {{
  mode: "vega-lite", renderer: "svg",
  actions: {{export: true, source: false, compiled: false, editor: false}},
  i18n: {i18n},
  downloadFileName: {file_name}
}});
</script>
</body>
</html>
"""


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
    mentions = [
        f'<p class="{name}">{escape(text)}</p>'
        for name, text in (
            ("notice", drawing.notice),
            ("source", drawing.note),
            ("source", drawing.source),
        )
        if text
    ]
    words = language(drawing.language)
    file_name = f"{drawing.territory_code}_{drawing.year}_{drawing.figure}"
    menu = {
        "CLICK_TO_VIEW_ACTIONS": words.say("figure.save"),
        "SVG_ACTION": words.say("figure.save_svg"),
        "PNG_ACTION": words.say("figure.save_png"),
    }
    return _PAGE.format(
        lang=drawing.language,
        data=escape(words.say("figure.data")),
        i18n=_script_json(menu),
        title=escape(f"{drawing.title} ({drawing.year})"),
        family=fonts.FAMILY,
        fonts=fonts.font_face_css(),
        alt=escape(drawing.alt, quote=True),
        mentions="\n".join(mentions),
        table=_table(drawing),
        bundle=_bundle(),
        spec=_script_json(drawing.spec),
        file_name=_script_json(file_name),
    )


@lru_cache(maxsize=1)
def _bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, from the vl-convert package."""
    return vl_convert.javascript_bundle(  # type: ignore[call-arg]  # says its stub alone
        vl_version=VEGA_LITE
    ).replace("</script", "<\\/script")


def _script_json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _table(drawing: Drawing) -> str:
    if drawing.is_empty:
        return f"<p>{escape(drawing.alt)}</p>"
    heads = "".join(
        f'<th scope="col">{escape(head)}</th>' for head in drawing.cells.columns
    )
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in drawing.cells.rows
    )
    return (
        f"<table><caption>{escape(drawing.title)} ({drawing.year})</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody></table>"
    )
