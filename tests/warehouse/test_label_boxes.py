"""No two labels of any figure of any territory meet, leave the picture or shrink."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
import vl_convert
from label_boxes import faults, faults_of, picture_size, text_boxes
from sample import SAMPLE

from commerce_exterieur import charts, fonts
from commerce_exterieur.charts.text import REGULAR, SEMIBOLD, measure
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import LANGUAGES

_WORKERS = 2


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


@pytest.fixture(scope="module")
def engineer() -> Warehouse:
    with Warehouse(SAMPLE) as warehouse:
        yield warehouse


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_labels_meet_in_any_figure_of_any_territory(
    engineer: Warehouse, code: str
) -> None:
    year = engineer.year(None)
    territories = engineer.rows(
        "select territory_code, level from marts.dim_territory order by all"
    )
    wanted = [
        (row["territory_code"], figure, "full")
        for row in territories
        for figure in charts.FIGURES
    ] + [
        (row["territory_code"], figure, "compact")
        for row in territories
        if row["level"] != "department"
        for figure in ("exports", "imports")
    ]
    jobs = [(SAMPLE, wanted[part::_WORKERS], year, code) for part in range(_WORKERS)]
    # vl-convert runs threads, which a forked process would not have.
    with ProcessPoolExecutor(_WORKERS, get_context("spawn")) as pool:
        found = [fault for part in pool.map(faults_of, jobs) for fault in part]
    assert not found, "\n".join(found[:40])
