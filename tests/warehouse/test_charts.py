"""The figures draw what the marts hold, readably, whatever is traded."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

import altair as alt
import numpy as np
import pytest
import tiny_warehouse
import vl_convert
from every_drawing import drawings_of_sheets
from label_boxes import faults, is_ascending, picture_size
from sample import SAMPLE
from written_units import units

from commerce_exterieur import charts, fonts
from commerce_exterieur.charts import canvas, theme
from commerce_exterieur.charts.text import ELLIPSIS
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording.french import harmonise
from commerce_exterieur.wording.numbers import format_eur, format_euros

TERRITORIES = ["D52", "D75", "D48", "D974", "D99", "R44", "R94", "FR"]
SANKEYS = {"exports": "export", "imports": "import"}


@pytest.fixture(scope="module")
def engineer() -> Warehouse:
    with Warehouse(SAMPLE) as warehouse:
        yield warehouse


def draw(warehouse: Warehouse, figure: str, code: str, **options: object) -> object:
    """Draw a figure of the latest year."""
    territory = warehouse.territory(code)
    return charts.draw(warehouse, figure, territory, warehouse.year(None), **options)


def tiny(tmp_path: Path, cells: list, **options: object) -> Warehouse:
    """Open a warehouse of a few cells."""
    return Warehouse(tiny_warehouse.write(tmp_path / "tiny.duckdb", cells, **options))


def texts(spec: dict) -> list[dict]:
    """All texts a specification writes."""
    return [
        row
        for name, rows in spec["datasets"].items()
        if name.startswith("text_")
        for row in rows
    ]


def words(spec: dict) -> str:
    """What the picture says, as one string."""
    return "\n".join(row["text"] for row in texts(spec))


# ------------------------------------------------------------- figures and marts


@pytest.mark.parametrize("code", TERRITORIES)
@pytest.mark.parametrize("figure", SANKEYS)
@pytest.mark.parametrize("size", ["full", "compact"])
def test_sankeys_conserve_value_to_the_euro(
    engineer: Warehouse, code: str, figure: str, size: str
) -> None:
    drawing = draw(engineer, figure, code, size=size)
    data = drawing.spec["datasets"]
    flow = SANKEYS[figure]
    total = engineer.rows(
        f"select {flow}_eur as total from marts.fct_territory_totals "
        "where territory_code = ? and year = ?",
        [code, drawing.year],
    )[0]["total"]
    direct = data["ribbons"] + data["top_flows"]
    ends: dict[tuple[str, str], int] = defaultdict(int)
    for row in direct + data["strands"]:
        for side in ("left", "right"):
            if row[side]:
                ends[side, row[side]] += row["value_eur"]
    middle = min(row["x"] for row in data["nodes"])
    for row in data["nodes"]:
        side = "left" if row["x"] == middle else "right"
        assert ends.pop((side, row["code"])) == row["value_eur"]
    assert not ends
    for side in ("left", "right"):
        assert (
            sum(row["value_eur"] for row in direct + data["strands"] if row[side])
            == total
        )
    printed = format_eur(total, unit="M€")
    assert printed in drawing.subtitle


@pytest.mark.parametrize("code", TERRITORIES)
@pytest.mark.parametrize("figure", SANKEYS)
def test_sankeys_draw_the_cells_and_the_order_of_the_marts(
    engineer: Warehouse, code: str, figure: str
) -> None:
    drawing = draw(engineer, figure, code)
    data = drawing.spec["datasets"]
    sides = ("activity", "country") if figure == "exports" else ("country", "activity")
    key = [code, drawing.year, SANKEYS[figure]]
    cells = engineer.rows(
        "select * from marts.rpt_factsheet_flows "
        "where territory_code = ? and year = ? and flow = ?",
        key,
    )
    expected = {
        (row[f"{sides[0]}_code"], row[f"{sides[1]}_code"]): row["value_eur"]
        for row in cells
    }
    direct = data["ribbons"] + data["top_flows"]
    drawn = {(row["left"], row["right"]): row["value_eur"] for row in direct}
    assert drawn.items() <= expected.items()
    bundled = sum(expected.values()) - sum(drawn.values())
    into = sum(row["value_eur"] for row in data["strands"] if row["left"])
    out = sum(row["value_eur"] for row in data["strands"] if row["right"])
    assert into == out == bundled
    tips = "".join(row["detail"] for row in data["strands"])
    for pair in expected.keys() - drawn.keys():
        assert format_euros(expected[pair]) in tips
    top = {
        (row[f"{sides[0]}_code"], row[f"{sides[1]}_code"])
        for row in cells
        if row["is_top_flow"]
    }
    assert {(row["left"], row["right"]) for row in data["top_flows"]} == top
    for x in {row["x"] for row in data["nodes"]}:
        column = [row for row in data["nodes"] if row["x"] == x]
        side = sides[0] if x == min(row["x"] for row in data["nodes"]) else sides[1]
        nodes = engineer.rows(
            "select member_code, value_eur from marts.rpt_factsheet_nodes "
            "where territory_code = ? and year = ? and flow = ? and side = ? "
            "order by position",
            [*key, side],
        )
        assert [(row["code"], row["value_eur"]) for row in column] == [
            (row["member_code"], row["value_eur"]) for row in nodes
        ]
        assert is_ascending([row["y"] for row in column])


@pytest.mark.parametrize("code", TERRITORIES)
def test_balances_draw_the_mart(engineer: Warehouse, code: str) -> None:
    drawing = draw(engineer, "balances", code)
    data = drawing.spec["datasets"]
    rows = engineer.rows(
        "select * from marts.rpt_factsheet_countries "
        "where territory_code = ? and year = ? order by position",
        [code, drawing.year],
    )
    assert [row["code"] for row in data["rows"]] == [
        row["country_code"] for row in rows
    ]
    assert [row["value_eur"] for row in data["pills"]] == [
        row["balance_eur"] for row in rows
    ]
    bars = {(row["code"], row["flow"]): row for row in data["bars"]}
    scales = []
    for row in rows:
        for flow in ("import", "export"):
            value = row[f"{flow}_eur"]
            if not value:
                assert (row["country_code"], flow) not in bars
                continue
            bar = bars[row["country_code"], flow]
            assert bar["value_eur"] == value
            scales.append((bar["x2"] - bar["x"], value))
    longest, largest = max(scales, key=lambda pair: pair[1])
    for length, value in scales:
        assert length == pytest.approx(longest * value / largest, abs=0.02)


@pytest.mark.parametrize("code", TERRITORIES)
def test_activities_draw_the_mart_on_one_scale(engineer: Warehouse, code: str) -> None:
    drawing = draw(engineer, "activities", code)
    tiles = drawing.spec["datasets"]["tiles"]
    rows = engineer.rows(
        "select flow, activity_code, value_eur from marts.rpt_factsheet_activities "
        "where territory_code = ? and year = ? order by flow desc, position",
        [code, drawing.year],
    )
    assert [(row["flow"], row["code"], row["value_eur"]) for row in tiles] == [
        (row["flow"], row["activity_code"], row["value_eur"]) for row in rows
    ]
    # One scale in each panel; the smaller may be enlarged, and says how many times.
    scales = {}
    for flow in ("import", "export"):
        own = [row for row in tiles if row["flow"] == flow]
        if not own:
            continue
        # The gaps between tiles and sectors belong to them, at most 3.4 px a side.
        areas = np.array([(r["x2"] - r["x"]) * (r["y2"] - r["y"]) for r in own])
        gapped = np.array(
            [(r["x2"] - r["x"] + 3.4) * (r["y2"] - r["y"] + 3.4) for r in own]
        )
        values = np.array([row["value_eur"] for row in own])
        left, right = min(r["x"] for r in own), max(r["x2"] for r in own)
        top, bottom = min(r["y"] for r in own), max(r["y2"] for r in own)
        scale = (right - left + 3) * (bottom - top + 3) / values.sum()
        scales[flow] = scale
        assert (areas <= values * scale * 1.02 + 1).all()
        assert (gapped >= values * scale * 0.97 - 3).all()
    said = [row["text"] for row in texts(drawing.spec) if "surface ×" in row["text"]]
    if len(scales) == 2:
        factor = max(scales.values()) / min(scales.values())
        assert bool(said) == (factor >= 1.1), (factor, said)


def test_nearly_all_value_is_named_in_its_tile() -> None:
    """A text that begins in a tile names it, a number does not."""
    named = whole = blank = tiles_drawn = 0
    for drawing in drawings_of_sheets("activities"):
        written = texts(drawing.spec)
        for tile in drawing.spec["datasets"]["tiles"]:
            inside = [
                row["text"]
                for row in written
                if tile["x"] <= row["x"] <= tile["x2"]
                and tile["y"] <= row["y"] <= tile["y2"] + 3
            ]
            whole += tile["value_eur"]
            tiles_drawn += 1
            if any(re.search(r"[A-Za-zÀ-ÿ]{2}", text) for text in inside):
                named += tile["value_eur"]
            elif not inside:
                blank += 1
                # Only a sliver along a whole side has no room for a number.
                sides = tile["x2"] - tile["x"], tile["y2"] - tile["y"]
                assert min(sides) < 9, (drawing.territory_code, tile)
    print(f"{named / whole:.1%} of the value named, {blank} of {tiles_drawn} blank")
    assert named >= 0.9 * whole
    assert blank <= 0.002 * tiles_drawn


@pytest.mark.parametrize("code", ["D52", "D974", "R44", "FR"])
def test_every_tile_is_named_in_it_or_in_the_key(
    engineer: Warehouse, code: str
) -> None:
    drawing = draw(engineer, "activities", code)
    written = " ".join(row["text"] for row in texts(drawing.spec))
    names = engineer.rows(
        "select activity_short_fr, activity_abbreviation_fr "
        "from marts.rpt_factsheet_activities where territory_code = ? and year = ? "
        "and activity_code <> '*other'",
        [code, drawing.year],
    )
    for row in names:
        full = row["activity_short_fr"].replace("'", "’")
        short = row["activity_abbreviation_fr"].replace("'", "’")
        assert full in written or short in written, row


def test_no_ribbon_is_thinner_than_half_a_point(engineer: Warehouse) -> None:
    for code in TERRITORIES:
        for figure in SANKEYS:
            data = draw(engineer, figure, code).spec["datasets"]
            for row in data["ribbons"] + data["top_flows"] + data["strands"]:
                start = float(re.match(r"M\S+ (\S+?)C", row["path"])[1])
                lower = float(re.search(r" (\S+)Z$", row["path"])[1])
                assert lower - start >= theme.HAIRLINE - 0.02


# ----------------------------------------------------------------------- formats


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


# -------------------------------------------------------------------- edge cases

HOSTILE = '<script>alert(1)</script> & "deux" l\'un'


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


# ------------------------------------------------------------------------- texts


# ------------------------------------------------------------------------ colours


# ------------------------------------------------------------------- the command


def test_texts_of_a_template_are_drawn_in_the_packaged_face(
    engineer: Warehouse,
) -> None:
    svg = charts.to_svg(draw(engineer, "balances", "D52").spec)
    assert set(re.findall(r'font-family="([^"]+)"', svg)) == {fonts.STACK}
    assert {weight for weight, _ in canvas.TEXT_LAYERS} == {400, 600}
