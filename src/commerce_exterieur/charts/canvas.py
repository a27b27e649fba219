"""Draw in pixels with Vega-Lite: one Altair template a figure, data swapped per use.

Building Altair objects takes far longer than rendering, so a figure's layers are built
once (`template`) over named data sets, and each drawing only fills them in. Positions
are pixels from the top left corner: the layouts (squarified tiles, Sankey ribbons,
measured labels) are computed, not left to a scale.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any, Literal

import altair as alt

from commerce_exterieur import fonts
from commerce_exterieur.charts import theme
from commerce_exterieur.charts.text import REGULAR, measure
from commerce_exterieur.wording import LanguageCode, language

Channel = alt.X | alt.Y
Align = Literal["left", "center", "right"]
Weight = Literal[400, 600]
WEIGHTS: tuple[Weight, ...] = (fonts.REGULAR, fonts.SEMIBOLD)
ALIGNS: tuple[Align, ...] = ("left", "center", "right")
TEXT_LAYERS: list[tuple[Weight, Align]] = [
    (weight, align) for weight in WEIGHTS for align in ALIGNS
]
# A symbol of this area is drawn at the size its path is written in.
_PATH_SIZE = 4


def pixel(channel: type[Channel], name: str) -> Channel:
    """Make an x or y channel that takes the field as pixels."""
    return channel(f"{name}:Q", scale=None, axis=None, title=None)


def rects(
    name: str,
    tooltip: list[alt.Tooltip] | None = None,
    corner: float = 0.0,
    **more: object,
) -> alt.Chart:
    """Make a layer of rectangles: x, y, x2, y2, color; `corner` radius in px."""
    channels = {"fill": alt.Fill("color:N", scale=None, legend=None)} | more
    return (
        alt.Chart(alt.NamedData(name), name=name)
        .mark_rect(aria=False, cornerRadius=corner)
        .encode(
            x=pixel(alt.X, "x"),
            x2=alt.X2("x2"),
            y=pixel(alt.Y, "y"),
            y2=alt.Y2("y2"),
            **_tooltip(tooltip),
            **channels,
        )
    )


def paths(
    name: str,
    tooltip: list[alt.Tooltip] | None = None,
    **more: object,
) -> alt.Chart:
    """Make a layer of outlines: path (SVG, in pixels of the picture), color, edge.

    `edge`, in px, is the width of a white line that keeps neighbours of one colour
    apart.
    """
    return (
        alt.Chart(alt.NamedData(name), name=name)
        .mark_point(
            filled=True,
            size=_PATH_SIZE,
            stroke=theme.WHITE,
            opacity=1,
            aria=False,
        )
        .encode(
            x=alt.XValue(0),
            y=alt.YValue(0),
            shape=alt.Shape("path:N", scale=None, legend=None),
            fill=alt.Fill("color:N", scale=None, legend=None),
            strokeWidth=alt.StrokeWidth("edge:Q", scale=None, legend=None),
            **_tooltip(tooltip),
            **more,
        )
    )


def discs(name: str, diameter: float) -> alt.Chart:
    """Make a layer of discs of one diameter in px: x, y (centre), color."""
    return (
        alt.Chart(alt.NamedData(name), name=name)
        .mark_point(
            shape="circle",
            filled=True,
            size=diameter**2,
            strokeWidth=1.2,
            stroke=theme.WHITE,
            opacity=1,
            aria=False,
        )
        .encode(
            x=pixel(alt.X, "x"),
            y=pixel(alt.Y, "y"),
            fill=alt.Fill("color:N", scale=None, legend=None),
        )
    )


@lru_cache(maxsize=1)
def text_layers() -> list[alt.Chart]:
    """Make a layer a weight and alignment: x, y (baseline), text, size, color."""
    return [
        alt.Chart(alt.NamedData(name), name=name)
        .mark_text(
            align=align,
            baseline="alphabetic",
            font=fonts.STACK,
            fontWeight=weight,
            aria=False,
        )
        .encode(
            x=pixel(alt.X, "x"),
            y=pixel(alt.Y, "y"),
            text=alt.Text("text:N"),
            size=alt.Size("size:Q", scale=None, legend=None),
            color=alt.Color("color:N", scale=None, legend=None),
            tooltip=alt.when("datum.full")
            .then(alt.Tooltip("full:N"))
            .otherwise(alt.value(None)),
        )
        for weight, align in TEXT_LAYERS
        for name in [text_layer(weight, align)]
    ]


def template(layers: list[alt.Chart]) -> dict:
    """Build the specification of a figure without its data and size.

    Titles of tooltips are keys of the catalogue, for `worded`. The specification is
    checked against Vega-Lite's schema by the tests, not each time a program starts.
    """
    return (
        alt.layer(*layers)
        .properties(padding=0, autosize="none", background=theme.WHITE)
        .configure(font=fonts.STACK, view=alt.ViewConfig(stroke=None))
        .to_dict(validate=False)
    )


@lru_cache
def worded(template: Callable[[], dict], language_code: LanguageCode) -> dict:
    """Put the words of a language in place of the keys of a template."""
    words = language(language_code)

    def said(node: Any) -> Any:  # noqa: ANN401
        if isinstance(node, list):
            return [said(each) for each in node]
        if not isinstance(node, dict):
            return node
        return {
            name: words.say(value)
            if name == "title" and isinstance(value, str)
            else said(value)
            for name, value in node.items()
        }

    return said(template())


def text_layer(weight: int, align: str) -> str:
    """Name the layer and data set of texts of this weight and alignment."""
    return f"text_{weight}_{align}"


# XML has no place for them.
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]")
_ANCHORS = {"left": "start", "center": "middle", "right": "end"}


def split_texts(spec: dict) -> tuple[dict, str]:
    """Part a specification into its shapes and its texts, the latter as SVG.

    The texts are drawn above the shapes, as in the order of the layers.
    """
    names = {text_layer(weight, align) for weight, align in TEXT_LAYERS}
    shapes = spec | {
        "layer": [layer for layer in spec["layer"] if layer["name"] not in names],
        "datasets": {
            name: rows for name, rows in spec["datasets"].items() if name not in names
        },
    }
    texts = "".join(
        f'<text text-anchor="{_ANCHORS[align]}" '
        f'transform="translate({row["x"]:g},{row["y"]:g})" '
        f'font-family="{fonts.STACK}" font-size="{row["size"]:g}px" '
        f'font-weight="{weight}" fill="{row["color"]}">'
        f"{escape(_CONTROL.sub(' ', row['text']))}</text>"
        for weight, align in TEXT_LAYERS
        for row in spec["datasets"][text_layer(weight, align)]
    )
    margin = spec["padding"]
    return shapes, f'<g transform="translate({margin},{margin})">{texts}</g>'


@dataclass
class Canvas:
    """The data sets of one picture, filled by its layout."""

    width: float
    height: float = 0.0
    data: dict[str, list[dict]] = field(default_factory=dict)

    def add(self, layer: str, **row: object) -> None:
        """Add one row to the data set of a layer."""
        self.data.setdefault(layer, []).append(row)

    def rect(
        self, layer: str, x: float, y: float, x2: float, y2: float, **row: object
    ) -> None:
        """Add a rectangle, corners in px."""
        self.add(layer, x=_px(x), y=_px(y), x2=_px(x2), y2=_px(y2), **row)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        weight: int = REGULAR,
        align: Align = "left",
        color: str = theme.INK,
        full: str | None = None,
    ) -> float:
        """Write one line with its baseline at `y`; return its width in px.

        `full` is what the tooltip says when the text had to be shortened.
        """
        self.add(
            text_layer(weight, align),
            x=_px(x),
            y=_px(y),
            text=text,
            size=size,
            color=color,
            full=full,
        )
        return measure(text, size, weight)

    def specification(
        self, base: dict, title: str, description: str, *, margin: float = 0
    ) -> dict:
        """Fill the template with this picture's data, size and text alternative."""
        # A copy of the top is enough: layers and settings are only read.
        spec = dict(base)
        spec["width"] = math.ceil(self.width)
        spec["height"] = math.ceil(self.height)
        spec["padding"] = margin
        spec["description"] = description
        spec["usermeta"] = {"title": title}
        names = [layer["name"] for layer in spec["layer"]]
        unknown = set(self.data) - set(names)
        if unknown:
            raise KeyError(f"no layer for the data sets {sorted(unknown)}")
        spec["datasets"] = {name: self.data.get(name, []) for name in names}
        return spec


def _tooltip(fields: list[alt.Tooltip] | None) -> dict:
    return {} if fields is None else {"tooltip": fields}


def _px(value: float) -> float:
    return round(value, 2)
