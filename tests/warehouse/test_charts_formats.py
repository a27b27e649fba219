"""What a figure is as a file: its specification, SVG, PNG and page, and their texts."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import altair as alt
import pytest
import vl_convert
from drawn_figures import SANKEYS, draw, words
from sample import SAMPLE

from commerce_exterieur import charts, fonts
from commerce_exterieur.charts import canvas, theme
from commerce_exterieur.warehouse import Warehouse


@pytest.fixture(scope="module")
def engineer() -> Warehouse:
    with Warehouse(SAMPLE) as warehouse:
        yield warehouse


@pytest.mark.parametrize("figure", charts.FIGURES)
def test_specifications_are_valid_and_complete(
    engineer: Warehouse, figure: str
) -> None:
    drawing = draw(engineer, figure, "D52")
    alt.LayerChart.from_dict(drawing.spec)
    assert "url" not in json.dumps(drawing.spec["layer"])
    names = {layer["data"]["name"] for layer in drawing.spec["layer"]}
    assert names == set(drawing.spec["datasets"])
    assert drawing.alt and drawing.tables and drawing.cells.rows
    for table in [*drawing.tables, drawing.cells]:
        assert len(table.columns) == len(table.kinds)
        for row in table.rows:
            assert len(row) == len(table.columns)
            assert all(isinstance(cell, str) and cell for cell in row)


@pytest.mark.parametrize("code", ["D52", "D98", "D75", "FR"])
def test_texts_are_set_as_vega_would_set_them(engineer: Warehouse, code: str) -> None:
    for figure in charts.FIGURES:
        for titled in (True, False):
            spec = draw(engineer, figure, code, titled=titled).spec
            ours, vegas = (
                sorted(re.findall(r"<text.*?</text>", svg))
                for svg in (charts.to_svg(spec), vl_convert.vegalite_to_svg(spec))
            )
            assert ours == vegas != []


def test_texts_of_a_template_are_drawn_in_the_packaged_face(
    engineer: Warehouse,
) -> None:
    svg = charts.to_svg(draw(engineer, "balances", "D52").spec)
    assert set(re.findall(r'font-family="([^"]+)"', svg)) == {fonts.STACK}
    assert {weight for weight, _ in canvas.TEXT_LAYERS} == {400, 600}


@pytest.mark.parametrize("figure", charts.FIGURES)
def test_formats_keep_to_the_page(engineer: Warehouse, figure: str) -> None:
    full = draw(engineer, figure, "D75").spec
    assert full["width"] == theme.WIDTH
    assert full["height"] <= {"balances": 640, "activities": 562}.get(figure, 640)
    if figure in SANKEYS:
        assert draw(engineer, figure, "R44", size="compact").spec["height"] <= 400


def test_an_untitled_figure_leaves_the_words_to_the_page(engineer: Warehouse) -> None:
    for figure in charts.FIGURES:
        titled = draw(engineer, figure, "D52")
        bare = draw(engineer, figure, "D52", titled=False)
        assert titled.title in words(titled.spec)
        assert titled.title not in words(bare.spec)
        assert "simulées" not in words(bare.spec)
        assert bare.spec["height"] < titled.spec["height"]


def test_drawing_twice_gives_the_same_specification(engineer: Warehouse) -> None:
    for figure in charts.FIGURES:
        assert draw(engineer, figure, "D52") == draw(engineer, figure, "D52")


def test_an_svg_carries_its_text_alternative(engineer: Warehouse) -> None:
    drawing = draw(engineer, "exports", "D52")
    root = ElementTree.fromstring(charts.to_svg(drawing.spec))
    assert root.get("role") == "img"
    assert root.get("aria-label") == drawing.alt
    assert "1\u202f306,6\u00a0M€" in drawing.alt
    assert "@font-face" in charts.to_svg(drawing.spec, embed_fonts=True)


def test_a_png_has_two_pixels_for_one(engineer: Warehouse) -> None:
    spec = draw(engineer, "balances", "D48").spec
    png = charts.to_png(spec)
    assert png.startswith(b"\x89PNG")
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    margins = 2 * theme.MARGIN
    assert width == 2 * (spec["width"] + margins)
    assert height == 2 * (spec["height"] + margins)


def test_the_page_works_offline(engineer: Warehouse) -> None:
    page = charts.to_html(draw(engineer, "exports", "D52"))
    assert page.startswith('<!DOCTYPE html>\n<html lang="fr">')
    assert "Données simulées — ne pas citer" in page
    libraries = max(re.findall(r"<script>(.*?)</script>", page, re.DOTALL), key=len)
    own = page.replace(libraries, "")
    assert not re.search(r"\b(src|href)\s*=|@import|url\((?!data:)", own)
    assert 'scope="col"' in page
