"""Sheets, pages, figures and files cite what they were made from, and nothing else."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import duckdb
import pypdf
import pytest
from documents import parse_page, pdf_text
from label_boxes import faults
from sheet_copies import sheet_of, small_copy, without_flow

from commerce_exterieur import charts
from commerce_exterieur.errors import UserError
from commerce_exterieur.factsheet.content import build_sheet
from commerce_exterieur.factsheet.data import read_csv, read_parquet
from commerce_exterieur.factsheet.page import render_page
from commerce_exterieur.factsheet.pdf import render_pdf
from commerce_exterieur.factsheet.pictures import Renderer
from commerce_exterieur.factsheet.sheet import Sheet
from commerce_exterieur.site import assets, sheets
from commerce_exterieur.site import command as build_site
from commerce_exterieur.site.layout import PREFIX
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import LANGUAGES, LanguageCode, language

YEAR = 2024
#: What the warehouse holds: three results that the year 2024 was not made from.
HELD = "2023-08, 2024-02, 2024-08, 2025-02, 2025-05"
CITED = {
    "fr": {
        ("2025-02",): "Source : douanes françaises, résultats de février 2025",
        ("2024-02", "2025-02"): (
            "Source : douanes françaises, résultats de février 2024 et février 2025"
        ),
        ("2024-02",): "Source : douanes françaises, résultats de février 2024",
    },
    "en": {
        ("2025-02",): "Source: French customs, results of February 2025",
        ("2024-02", "2025-02"): (
            "Source: French customs, results of February 2024 and February 2025"
        ),
        ("2024-02",): "Source: French customs, results of February 2024",
    },
}


def official(path: Path, *changes: str, origin: str = "official") -> Path:
    """A copy in which 2024 is made from one vintage, 2023 from another."""
    return small_copy(
        path,
        f"update marts.build_info set data_origin = '{origin}', vintages = '{HELD}'",
        "update marts.rpt_factsheet_vintages set vintages = '2024-02', "
        "sheet_vintages = '2024-02' where year = 2023",
        "update marts.rpt_factsheet_vintages set vintages = '2025-02', "
        "sheet_vintages = '2024-02, 2025-02' where year = 2024",
        *changes,
    )


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # D75 trades nothing, so that its sheet compares nothing.
    return official(
        tmp_path_factory.mktemp("official") / "warehouse.duckdb",
        *without_flow("D75", "import"),
        *without_flow("D75", "export"),
    )


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def sources(text: str, code: LanguageCode) -> set[tuple[str, ...]]:
    """The vintages a text cites as its sources."""
    text = plain(text)
    found = set()
    for vintages, sentence in CITED[code].items():
        # The one that goes on with another month is another sentence.
        if re.search(re.escape(sentence) + r"(?! (et|and) )", text):
            found.add(vintages)
    return found


def sheet_in(path: Path, territory: str, code: LanguageCode, year: int = YEAR) -> Sheet:
    with Warehouse(path) as held:
        renderer = Renderer(held, year, code)
        return build_sheet(held, held.territory(territory), year, renderer, code)


def months_of(text: str, code: LanguageCode) -> set[str]:
    """The months a text names, but those of its own explanations."""
    words = language(code)
    return {
        month for month in HELD.split(", ") if plain(words.month(month)) in plain(text)
    }


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sheet_cites_its_year_and_the_one_it_is_compared_with(
    warehouse: Path, code: LanguageCode
) -> None:
    sheet = sheet_in(warehouse, "R94", code)
    both, own = ("2024-02", "2025-02"), ("2025-02",)
    assert sources(sheet.source_line, code) == {both}
    assert sources(sheet.metadata, code) == {both}
    assert months_of(sheet.metadata, code) == set(both)
    told = [figure.source for figure in sheet.figures]
    # A figure shows no other year.
    assert told and {frozenset(sources(each, code)) for each in told} == {
        frozenset({own})
    }
    pdf = render_pdf(sheet)
    printed = pdf_text(pdf)
    # The picture on the first page shows the year, the key figures compare.
    assert sources(printed[0], code) == {own}
    assert both in sources(printed[1], code)
    assert set().union(*(sources(page, code) for page in printed)) == {both, own}
    assert months_of(" ".join(printed), code) == set(both)
    metadata = pypdf.PdfReader(io.BytesIO(pdf)).metadata
    assert months_of(str(metadata.subject), code) == set(both)
    page, _ = parse_page(render_page(sheet))
    assert sources(page, code) == {both, own}
    assert months_of(page, code) == set(both)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sheet_that_compares_nothing_cites_its_year(
    warehouse: Path, code: LanguageCode
) -> None:
    for territory, year, vintage in (
        ("D75", 2024, "2025-02"),
        ("D48", 2023, "2024-02"),
    ):
        sheet = sheet_in(warehouse, territory, code, year)
        page, _ = parse_page(render_page(sheet))
        assert sources(page, code) == {(vintage,)}, territory
        assert months_of(page + sheet.metadata, code) == {vintage}, territory


@pytest.mark.parametrize("figure", charts.FIGURES)
def test_a_figure_and_its_files_cite_their_year(warehouse: Path, figure: str) -> None:
    with Warehouse(warehouse) as held:
        territory = held.territory("D52")
        for year, vintage in ((2023, "2024-02"), (2024, "2025-02")):
            for code in LANGUAGES:
                drawing = charts.draw(held, figure, territory, year, language_code=code)
                assert sources(drawing.source, code) == {(vintage,)}
                written = " ".join(
                    row["text"] for row in drawing.spec["datasets"]["text_400_left"]
                )
                assert months_of(written, code) == {vintage}
            content = read_csv(held, figure, territory, year).removeprefix("\ufeff")
            rows = list(csv.DictReader(io.StringIO(content)))
            assert {row["vintages"] for row in rows} == {vintage}
            path = warehouse.with_name("rows.parquet")
            path.write_bytes(read_parquet(held, figure, territory, year))
            with duckdb.connect() as memory:
                found = memory.sql(f"select distinct vintages from '{path}'").fetchall()
            assert found == [(vintage,)]


def test_a_site_cites_what_each_page_shows(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "vega_script", lambda: "")
    monkeypatch.setattr(sheets, "render_pdf", lambda _: b"%PDF-1.7")
    site = tmp_path / "site"
    options = ["--warehouse", str(warehouse), "--out", str(site), "--jobs", "1"]
    assert build_site.main([*options, "--year", "2024", "--territory", "D48"]) == 0
    both, own = ("2024-02", "2025-02"), ("2025-02",)
    for code in LANGUAGES:
        folder = site / PREFIX[code] / str(YEAR)
        expected = {
            "D48.html": {both, own},
            "compare.html": {both},
            "index.html": {own},
            "ti-8413.html": {own},
        }
        for name, cited in expected.items():
            text, _ = parse_page((folder / name).read_text("utf-8"))
            assert sources(text, code) == cited, name
            assert months_of(text, code) == {one for each in cited for one in each}
        for path in (folder / "figures").glob("*.js"):
            if path.stem.endswith("-members"):  # numbers alone
                continue
            assert months_of(path.read_text("utf-8"), code) == set(own), path.name
    for path in site.rglob("*.csv"):
        found = {
            row["vintages"] for row in csv.DictReader(path.open(encoding="utf-8-sig"))
        }
        # Quarters are shown with those of the year before.
        before = {"2024-02"} if path.stem.endswith("_quarters") else set()
        assert found == {"2025-02"} | before, path.name


@pytest.mark.parametrize("code", LANGUAGES)
def test_provided_data_is_never_cited_as_the_customs(
    tmp_path: Path, code: LanguageCode
) -> None:
    path = official(tmp_path / "warehouse.duckdb", origin="provided")
    sheet = sheet_in(path, "D48", code)
    page, _ = parse_page(render_page(sheet))
    assert sources(page, code) == set()
    assert months_of(page, code) == {"2024-02", "2025-02"}
    cited = {"fr": "douanes françaises", "en": "Source: French customs"}[code]
    assert cited not in page + sheet.metadata
    with Warehouse(path) as held:
        drawing = charts.draw(
            held, "exports", held.territory("D48"), YEAR, language_code=code
        )
    assert cited not in drawing.source
    assert months_of(drawing.source, code) == {"2025-02"}


def test_a_long_list_of_vintages_fits_every_picture(tmp_path: Path) -> None:
    months = ", ".join(
        f"202{year}-{month:02}" for year in (3, 4) for month in range(1, 13)
    )
    path = official(
        tmp_path / "warehouse.duckdb",
        f"update marts.rpt_factsheet_vintages set vintages = '{months}'",
    )
    with Warehouse(path) as held:
        for figure in charts.FIGURES:
            for size in ("full", "compact"):
                territory = held.territory("D976")
                drawing = charts.draw(held, figure, territory, YEAR, size=size)
                assert faults(charts.to_svg(drawing.spec)) == []


def test_a_year_without_vintages_is_refused(tmp_path: Path) -> None:
    path = official(
        tmp_path / "warehouse.duckdb", "delete from marts.rpt_factsheet_vintages"
    )
    with pytest.raises(UserError, match="from which vintages 2024 is made"):
        sheet_of(path, "D52")
