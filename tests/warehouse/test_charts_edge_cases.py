"""Figures stay readable and honest, whatever is traded: nothing, one euro, too much."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import tiny_warehouse
from drawn_figures import draw, words
from label_boxes import faults, picture_size
from sample import SAMPLE
from written_units import units

from commerce_exterieur import charts
from commerce_exterieur.charts.text import ELLIPSIS
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording.french import harmonise

HOSTILE = '<script>alert(1)</script> & "deux" l\'un'


@pytest.fixture(scope="module")
def engineer() -> Warehouse:
    with Warehouse(SAMPLE) as warehouse:
        yield warehouse


def tiny(tmp_path: Path, cells: list, **options: object) -> Warehouse:
    """Open a warehouse of a few cells."""
    return Warehouse(tiny_warehouse.write(tmp_path / "tiny.duckdb", cells, **options))


@pytest.mark.parametrize("figure", charts.FIGURES)
def test_labels_are_escaped(tmp_path: Path, figure: str) -> None:
    cells = [
        (flow, activity, country, value)
        for flow in ("import", "export")
        for activity, country, value in (("A", "DE", 90), ("B", "IT", 10))
    ]
    names = {"A": HOSTILE, "DE": HOSTILE}
    with tiny(tmp_path, cells, names=names, genitive=f"de {HOSTILE}") as warehouse:
        drawing = draw(warehouse, figure, "D00")
    svg = charts.to_svg(drawing.spec)
    seen = "".join(ElementTree.fromstring(svg).itertext())
    assert harmonise(HOSTILE) in seen or f"<script>alert(1)</script> {ELLIPSIS}" in seen
    assert "<script>alert" not in svg
    assert "<script>alert" not in charts.to_html(drawing)


@pytest.mark.parametrize("figure", charts.FIGURES)
@pytest.mark.parametrize("size", ["full", "compact"])
def test_a_territory_without_trade_says_so(
    tmp_path: Path, figure: str, size: str
) -> None:
    with tiny(tmp_path, []) as warehouse:
        drawing = draw(warehouse, figure, "D00", size=size)
    assert drawing.is_empty
    assert "Aucun échange enregistré" in words(drawing.spec)
    assert "aucun échange enregistré" in drawing.alt
    assert drawing.tables == [] and drawing.cells.rows == []
    assert faults(charts.to_svg(drawing.spec)) == []
    assert "Aucun échange enregistré" in charts.to_html(drawing)


EXTREMES = {
    "one_euro": [("export", "A", "DE", 1)],
    "one_flow": [("export", "A", "DE", 5_000_000), ("export", "B", "IT", 2_000_000)],
    "dominant": [
        ("export", "A", "DE", 970_000_000),
        *(
            ("export", f"B{n:02}", country, 1_000_000 + n)
            for n in range(10)
            for country in ("IT", "ES", "*other", "*unspecified")
        ),
        ("import", "A", "DE", 3),
    ],
    "one_partner": [("import", f"A{n:02}", "DE", 10**n) for n in range(11)],
    "huge": [
        (flow, f"A{n:02}", f"C{m:02}", 700_000_000_000 // (1 + 7 * n + 3 * m))
        for flow in ("import", "export")
        for n in range(10)
        for m in range(10)
    ],
    "long_names": [
        ("export", f"Fabrication très spécifique n° {n:02}", f"République {m:02}", 10)
        for n in range(11)
        for m in range(12)
    ],
    "euros_beside_billions": [
        ("export", "A", "DE", 700_000_000_000),
        *(("export", f"B{n:02}", "IT", 1 + n) for n in range(15)),
        ("export", "*other", "ES", 2),
        *(("import", f"B{n:02}", "IT", 10 ** (11 - n)) for n in range(12)),
    ],
    "rest_only": [("export", "*other", "*unspecified", 12_345)],
    "hundredth": [
        *(("export", f"A{n:02}", "DE", 100_000_000 // (n + 1)) for n in range(16)),
        *(("import", f"A{n:02}", "DE", 1_000_000 // (n + 1)) for n in range(16)),
    ],
}


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("figure", charts.FIGURES)
@pytest.mark.parametrize("size", ["full", "compact"])
def test_extremes_are_drawn_without_faults(
    tmp_path: Path, name: str, figure: str, size: str
) -> None:
    with tiny(tmp_path, EXTREMES[name]) as warehouse:
        drawing = draw(warehouse, figure, "D00", size=size)
    svg = charts.to_svg(drawing.spec)
    assert faults(svg) == []
    margins = 2 * drawing.spec["padding"]
    width, height = drawing.spec["width"], drawing.spec["height"]
    assert picture_size(svg) == (width + margins, height + margins)
    written = words(drawing.spec)
    assert not re.findall(r"\b0,0\b", written)
    if not drawing.is_empty:
        assert units(written, drawing.alt) == {drawing.unit}


def test_a_dominant_partner_leaves_room_for_the_others(tmp_path: Path) -> None:
    with tiny(tmp_path, EXTREMES["dominant"]) as warehouse:
        nodes = draw(warehouse, "exports", "D00").spec["datasets"]["nodes"]
    for x in {row["x"] for row in nodes}:
        column = [row for row in nodes if row["x"] == x]
        assert column[0]["y2"] - column[0]["y"] > 90
        middles = [(row["y"] + row["y2"]) / 2 for row in column]
        assert np.diff(middles).min() > 25


@pytest.mark.parametrize(
    ("origin", "said", "unsaid"),
    [
        ("simulated", "Données simulées — ne pas citer", "douanes"),
        ("provided", "fichiers fournis par l’utilisateur", "douanes"),
        (
            "official",
            "Source\u00a0: douanes françaises, résultats de février\u00a02025",
            "simulées",
        ),
    ],
)
def test_the_source_is_cited_for_what_it_is(
    tmp_path: Path, origin: str, said: str, unsaid: str
) -> None:
    with tiny(tmp_path, EXTREMES["one_flow"], origin=origin) as warehouse:
        for figure in charts.FIGURES:
            drawing = draw(warehouse, figure, "D00")
            for text in (words(drawing.spec), charts.to_html(drawing)):
                assert said in text
                assert unsaid not in text
            assert faults(charts.to_svg(drawing.spec)) == []


def test_unknown_figures_and_sizes_are_refused(engineer: Warehouse) -> None:
    with pytest.raises(ValueError, match="bilan"):
        draw(engineer, "bilan", "D52")
    with pytest.raises(ValueError, match="tiny"):
        draw(engineer, "exports", "D52", size="tiny")
