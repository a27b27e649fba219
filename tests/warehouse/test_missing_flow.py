"""A year of one flow alone: pictures, sheets and site say so, and claim no balance."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from customs_build import NO_TESTS, build, deliver
from documents import parse_page, pdf_text
from missing_flow import FILES, accepted

from commerce_exterieur import charts
from commerce_exterieur.factsheet.content import build_sheet
from commerce_exterieur.factsheet.page import render_page
from commerce_exterieur.factsheet.pdf import render_pdf
from commerce_exterieur.factsheet.pictures import Renderer
from commerce_exterieur.factsheet.sheet import Sheet
from commerce_exterieur.site import command as build_site
from commerce_exterieur.site import layout
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import LANGUAGES, LanguageCode, language

#: What a year whose exports are missing must never say.
FALSE = {
    "fr": ("0 M€", "0 k€", "aucune exportation", "enregistré à l'", "0 trimestre"),
    "en": ("€0m", "€0k", "no exports recorded", "0 quarters"),
}
SAID = {"fr": "non livrées", "en": "not delivered"}


@pytest.fixture(scope="module")
def path() -> Path:
    folder, run = accepted()
    assert run.exit_code == 0, run.output
    return folder / "warehouse.duckdb"


def plain(text: str) -> str:
    """Ordinary spaces and apostrophes."""
    return re.sub(r"\s+", " ", text.replace("’", "'"))


def assert_nothing_false(text: str, code: LanguageCode) -> None:
    found = plain(text)
    for words in FALSE[code]:
        assert not re.search(rf"(?<![\d,.]){re.escape(words)}", found), words


def drawn(
    path: Path, figure: str, year: int, code: LanguageCode
) -> charts.drawing.Drawing:
    with Warehouse(path) as warehouse:
        return charts.draw(
            warehouse, figure, warehouse.territory("D52"), year, language_code=code
        )


def texts(drawing: charts.drawing.Drawing) -> str:
    return " ".join(
        str(row["text"])
        for rows in drawing.spec["datasets"].values()
        for row in rows
        if "text" in row
    )


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("figure", charts.FIGURES)
def test_a_picture_says_that_the_flow_was_not_delivered(
    path: Path, figure: str, code: LanguageCode
) -> None:
    drawing = drawn(path, figure, 2023, code)
    page = parse_page(charts.to_html(drawing))[0]
    for text in (texts(drawing), drawing.alt, page):
        assert_nothing_false(text, code)
    words = language(code)
    if figure != "imports":
        assert words.say("chart.absent_exports", year=2023) in texts(drawing)
    if figure in ("exports", "activities"):
        assert SAID[code] in drawing.alt
    if figure == "balances":
        assert words.say("chart.balances.alt_no_balance", of="", year=2023)[-40:] in (
            drawing.alt
        )
    assert drawing.is_empty == (figure in ("exports", "balances"))
    assert charts.to_svg(drawing.spec)


@pytest.mark.parametrize("figure", ["exports", "imports", "activities"])
def test_pictures_of_uneven_flows_are_drawn_but_no_balance(
    path: Path, figure: str
) -> None:
    assert not drawn(path, figure, 2024, "fr").is_empty
    balances = drawn(path, "balances", 2024, "fr")
    assert balances.is_empty
    assert language("fr").say("chart.no_balance", year=2024) in texts(balances)


def sheet_of(path: Path, territory: str, year: int, code: LanguageCode) -> Sheet:
    with Warehouse(path) as warehouse:
        renderer = Renderer(warehouse, year, code)
        place = warehouse.territory(territory)
        return build_sheet(warehouse, place, year, renderer, code)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("territory", ["D52", "R44", "FR", "D01"])
def test_a_sheet_says_that_the_exports_were_not_delivered(
    path: Path, territory: str, code: LanguageCode
) -> None:
    sheet = sheet_of(path, territory, 2023, code)
    words = language(code)
    quarters = words.say("sheet.some_quarters", count=2)
    said = words.say("sheet.no_exports", year=2023, quarters=quarters)
    assert sheet.incomplete == said
    tiles = {tile.id: (tile.value, tile.detail) for tile in sheet.tiles}
    assert tiles["export"] == (
        words.say("sheet.not_delivered"),
        words.say("key.absent"),
    )
    for name in ("balance", "coverage"):
        assert tiles[name] == (words.say("key.none"), words.say("key.uneven"))
    (balances,) = next(one.blocks for one in sheet.sections if one.id == "balances")
    assert balances.text == words.say("balances.none", year=2023)
    (exports,) = next(one.blocks for one in sheet.sections if one.id == "exports")
    assert exports.text == words.say("exports.absent", year=2023)

    for text in (
        parse_page(render_page(sheet))[0],
        " ".join(pdf_text(render_pdf(sheet))),
    ):
        assert plain(said) in plain(text)
        if territory != "D01":  # which imported nothing
            assert_nothing_false(text, code)


def test_a_table_of_key_figures_has_the_imports_alone(path: Path) -> None:
    table = sheet_of(path, "D52", 2023, "fr").key_table
    rows = {row.id: row.cells for row in table.rows}
    assert [plain(cell) for cell in rows["value"]] == [
        "non livrées",
        "220,0 M€ (2 trimestres sur 4)",
    ]
    assert {exports for exports, _ in rows.values()} == {"non livrées"}


def test_uneven_flows_are_shown_with_their_quarters_and_no_balance(path: Path) -> None:
    sheet = sheet_of(path, "D52", 2024, "fr")
    assert plain(sheet.incomplete).startswith(
        "Année incomplète : les exportations sont livrées pour 3 trimestres sur 4, les "
        "importations pour 4 trimestres."
    )
    values = {tile.id: plain(tile.value) for tile in sheet.tiles}
    assert values == {
        "export": "330,0 M€",
        "import": "440,0 M€",
        "balance": "non calculé",
        "coverage": "non calculé",
    }
    kinds = {one.id: [block.kind for block in one.blocks] for one in sheet.sections}
    assert "figure" in kinds["exports"] and kinds["balances"] == ["none"]
    assert pdf_text(render_pdf(sheet))


def test_missing_imports_are_said_alike(path: Path, tmp_path: Path) -> None:
    """The other way round, on the marts of a year of exports alone."""
    exports = {
        name.replace("Import", "Export"): content.replace(b"I;", b"E;")
        for name, content in FILES.items()
        if "2023" in name
    }
    run = build(
        tmp_path,
        deliver(tmp_path / "customs", exports),
        *NO_TESTS,
    )
    assert run.exit_code == 0, run.output
    sheet = sheet_of(tmp_path / "warehouse.duckdb", "D52", 2023, "fr")
    assert plain(sheet.incomplete).startswith("Importations non livrées : pour 2023")
    tiles = {tile.id: tile for tile in sheet.tiles}
    assert plain(tiles["import"].value) == "non livrées"
    assert plain(tiles["export"].value) == "220,0 M€"
    drawing = drawn(tmp_path / "warehouse.duckdb", "imports", 2023, "fr")
    assert "Importations 2023 non livrées" in plain(texts(drawing))


def test_no_page_of_the_site_takes_a_missing_flow_for_none(
    path: Path, tmp_path: Path
) -> None:
    status = build_site.main(
        [
            *("--territory", "D52", "R44", "FR", "--year", "2023"),
            *("--warehouse", str(path), "--out", str(tmp_path)),
        ]
    )
    assert status == 0
    pages = {
        "fr": [tmp_path / "index.html", *(tmp_path / "2023").glob("*.html")],
        "en": [*(tmp_path / "en").rglob("*.html")],
    }
    for code, found in pages.items():
        assert len(found) > 3
        sheets = [one for one in found if re.match(r"D52|R44|FR", one.name)]
        assert len(sheets) == 3
        for one in sheets:
            text = parse_page(one.read_text("utf-8"))[0]
            assert SAID[code] in text
            assert_nothing_false(text, code)
    home = parse_page((tmp_path / "index.html").read_text("utf-8"))[0]
    assert "non livrées" in home
    script = layout.figures_script("D52", 2023, "full")
    told = (tmp_path / script).read_text("utf-8").partition("=")[2]
    told = json.loads(told.rstrip(";\n"))
    assert "exports" not in told["figures"] and "imports" in told["figures"]
    assert told["key"]["value"][0] == "non livrées"
    with Warehouse(path) as warehouse:
        (industry, *_) = warehouse.rows(
            "select territoire_industrie_id as id "
            "from marts.rpt_factsheet_territoires_industrie "
            "where territory_code = 'D52' order by id"
        )
    page = (tmp_path / layout.industry_page(industry["id"], 2023)).read_text("utf-8")
    text = parse_page(page)[0]
    assert "non livrées" in text and "Exportations non livrées : pour" in plain(text)
