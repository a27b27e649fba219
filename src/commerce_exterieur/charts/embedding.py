"""What pages with figures are set with: templates, scripts, and data inside them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import jinja2
import vl_convert
from markupsafe import Markup

VEGA_LITE = "6.4"


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


def script_json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


@lru_cache(maxsize=1)
def vega_script() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, from the vl-convert package.

    It may stand inside a page: nothing in it ends the script element.
    """
    script = vl_convert.javascript_bundle(  # type: ignore[call-arg]  # says its stub alone
        vl_version=VEGA_LITE
    )
    return script.replace("</script", "<\\/script")
