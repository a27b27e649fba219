"""No two labels of any figure of any territory meet, leave the picture or shrink."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import vl_convert
from every_drawing import every_drawing
from label_boxes import faults, picture_size, text_boxes
from sample import SAMPLE

from commerce_exterieur import charts, fonts
from commerce_exterieur.charts import Drawing
from commerce_exterieur.charts.text import REGULAR, SEMIBOLD, measure
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import LANGUAGES, LanguageCode


def _svg(texts: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50">'
        f'<g transform="translate(10,5)"><g>{texts}</g></g></svg>'
    )


def _text(text: str, x: float, y: float, anchor: str = "start") -> str:
    return (
        f'<text text-anchor="{anchor}" transform="translate({x},{y})" '
        f'font-family="{fonts.STACK}" font-size="10px" font-weight="400">'
        f"{text}</text>"
    )


def test_boxes_add_up_nested_translations_and_anchors() -> None:
    start, end = text_boxes(_svg(_text("ab", 20, 30) + _text("ab", 20, 30, "end")))
    assert start.left == 30
    assert end.right == pytest.approx(30)
    assert start.right - start.left == pytest.approx(measure("ab", 10))
    assert start.top < 35 < start.bottom


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        (_text("ab", 0, 20) + _text("cd", 5, 22), "meet"),
        (_text("une longue étiquette", 40, 20), "outside"),
        (_text("ab", 0, 20).replace("10px", "9px"), "too small"),
        (_text("ab", 0, 20).replace("Source Sans Pro", "Arial"), "typeface"),
    ],
)
def test_faults_are_found(texts: str, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults(_svg(texts)))


def test_neighbours_are_not_faults() -> None:
    assert faults(_svg(_text("ab", 0, 15) + _text("cd", 0, 27))) == []


@pytest.mark.parametrize("weight", [REGULAR, SEMIBOLD])
@pytest.mark.parametrize(
    "text",
    [
        "Équipements automobiles",
        "580\u202f354,5\u00a0M€ · 16,1\u00a0%",
        "Parfums, cosmétiques, entretien",
        "\u2212104\u202f421,8",
    ],
)
def test_measured_widths_are_those_of_the_renderer(text: str, weight: int) -> None:
    """The renderer grows the picture to the text, so its width is the text's."""

    def rendered(family: str) -> float:
        mark = {"type": "text", "align": "left", "font": family, "fontSize": 100}
        spec = {
            "width": 1,
            "height": 1,
            "padding": 0,
            "data": {"values": [{}]},
            "mark": mark | {"fontWeight": weight, "x": 0},
            "encoding": {"text": {"value": text}},
            "config": {"view": {"stroke": None}},
        }
        return picture_size(vl_convert.vegalite_to_svg(spec))[0]

    fonts.register()
    width = measure(text, 100, weight)
    assert rendered(fonts.STACK) == pytest.approx(width, rel=0.02)
    assert rendered("DejaVu Sans Mono") != pytest.approx(width, rel=0.02)


@pytest.mark.parametrize("figure", charts.FIGURES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_no_labels_meet_in_a_figure_of_any_territory(
    code: LanguageCode, figure: str
) -> None:
    assert_sound(every_drawing(figure, code).values())


@pytest.mark.parametrize("figure", ["exports", "imports"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_no_labels_meet_in_the_compact_sankeys_of_larger_territories(
    code: LanguageCode, figure: str
) -> None:
    with Warehouse(SAMPLE) as warehouse:
        small = warehouse.rows(
            "select territory_code as code from marts.dim_territory "
            "where level <> 'department' order by code"
        )
        territories = [warehouse.territory(row["code"]) for row in small]
        year = warehouse.year(None)
        assert_sound(
            charts.draw(
                warehouse, figure, territory, year, size="compact", language_code=code
            )
            for territory in territories
        )


def assert_sound(drawings: Iterable[Drawing]) -> None:
    found = [
        f"{drawing.territory_code}: {fault}"
        for drawing in drawings
        for fault in faults(charts.to_svg(drawing.spec))
    ]
    assert not found, "\n".join(found[:40])
