"""The workbook of a sheet, read as a stranger does: its numbers are the marts'."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from sample import SAMPLE
from sheet_copies import YEAR, small_copy

from commerce_exterieur.factsheet import data
from commerce_exterieur.factsheet.content import build_sheet
from commerce_exterieur.factsheet.pictures import Renderer
from commerce_exterieur.factsheet.workbook import render_workbook
from commerce_exterieur.warehouse import PROJECT, Warehouse
from commerce_exterieur.wording import LANGUAGES, LanguageCode, language

HEAD_ROW = 6


def read(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def made(path: Path, code: str, language_code: LanguageCode = "fr") -> bytes:
    with Warehouse(path) as warehouse:
        renderer = Renderer(warehouse, YEAR, language_code)
        territory = warehouse.territory(code)
        return render_workbook(
            build_sheet(warehouse, territory, YEAR, renderer, language_code)
        )


@pytest.fixture(scope="module")
def book() -> Workbook:
    return read(made(SAMPLE, "D52"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_column_of_the_data_files_has_a_label_and_a_meaning(
    code: LanguageCode,
) -> None:
    words = PROJECT / "src" / "commerce_exterieur" / "wording" / f"{code}.toml"
    told = tomllib.loads(words.read_text("utf-8"))["workbook"]
    with Warehouse(SAMPLE) as warehouse:
        for query in data.QUERIES.values():
            rows = warehouse.connection.execute(query, ["D52", YEAR])
            for column in rows.description:
                key = column[0].removesuffix("_fr").removesuffix("_en")
                if key not in ("panel", "data_origin", "vintages"):
                    assert told["column"][key]
                    assert told["means"][key]


@pytest.mark.parametrize("flow", ["export", "import"])
def test_rows_are_numbers_and_their_total_is_a_formula(
    book: Workbook, flow: str
) -> None:
    tab = book[language("fr").say(f"workbook.tab.{flow}s")]
    heads = [cell.value for cell in tab[HEAD_ROW]]
    at = heads.index("Montant (€)")
    with Warehouse(SAMPLE) as warehouse:
        held = warehouse.rows(data.QUERIES[f"{flow}s"], ["D52", YEAR])
        (total,) = warehouse.rows(
            "select value_eur from marts.rpt_factsheet_key_figures "
            "where territory_code = 'D52' and year = ? and flow = ?",
            [YEAR, flow],
        )
    values = [row[at].value for row in tab.iter_rows(min_row=HEAD_ROW + 1)]
    assert values[:-1] == [row["value_eur"] for row in held]
    assert sum(values[:-1]) == total["value_eur"]
    assert values[-1].startswith("=SUBTOTAL(109")
    # The rest has a name too.
    names = {row[1].value for row in tab.iter_rows(min_row=HEAD_ROW + 1)}
    assert "Autres" in names
    shares = heads.index("Part du flux")
    assert tab.cell(HEAD_ROW + 1, shares + 1).number_format == "0.0%"


def test_a_reader_without_formulas_sees_the_total() -> None:
    stream = io.BytesIO(made(SAMPLE, "D52"))
    tab = openpyxl.load_workbook(stream, data_only=True)["Exportations"]
    values = [row[4].value for row in tab.iter_rows(min_row=HEAD_ROW + 1)]
    assert values[-1] == sum(values[:-1]) > 0


def test_key_figures_are_those_of_the_mart(book: Workbook) -> None:
    tab = book["Chiffres clés"]
    told = {row[0].value: (row[1].value, row[2].value) for row in tab.iter_rows()}
    with Warehouse(SAMPLE) as warehouse:
        exports, imports = warehouse.rows(
            "select * from marts.rpt_factsheet_key_figures "
            "where territory_code = 'D52' and year = ? order by flow",
            [YEAR],
        )
    assert told["Montant (€)"] == (exports["value_eur"], imports["value_eur"])
    assert told["Part du total national"] == pytest.approx(
        (exports["france_share"], imports["france_share"]), rel=1e-12
    )
    assert told["Rang en France"] == (
        exports["rank_in_france"],
        imports["rank_in_france"],
    )


def test_it_says_what_it_is_and_lists_its_tabs(book: Workbook) -> None:
    cover = book.worksheets[0]
    text = "\n".join(
        str(cell.value) for row in cover.iter_rows() for cell in row if cell.value
    )
    assert "Données simulées" in text
    assert "Lieu réel d’arrivée ou de départ" in text
    for tab in book.worksheets[1:]:
        assert tab.title in text
    for tab in book.worksheets[1:-1]:
        head = [tab.cell(row, 1).value for row in range(1, 5)]
        assert any("données simulées" in str(each) for each in head), tab.title
    shown = {cell.value for tab in book.worksheets[2:-1] for cell in tab[HEAD_ROW]} - {
        None
    }
    meant = {row[0].value for row in book["Dictionnaire"].iter_rows(min_row=2)}
    assert shown <= meant


def test_the_same_sheet_gives_the_same_workbook() -> None:
    assert made(SAMPLE, "D48") == made(SAMPLE, "D48")


def test_a_label_is_no_formula(tmp_path: Path) -> None:
    label = '=HYPERLINK("http://example.org")'
    copy = small_copy(
        tmp_path / "warehouse.duckdb",
        "update marts.rpt_factsheet_countries set country_name_fr = "
        f"'{label}' where territory_code = 'D52' and position = 1",
    )
    tab = read(made(copy, "D52"))["Soldes"]
    (cell,) = [
        cell for row in tab.iter_rows() for cell in row if "HYPER" in str(cell.value)
    ]
    assert cell.data_type == "s"
    assert cell.value == label


def test_an_apostrophe_that_guards_nothing_stays(tmp_path: Path) -> None:
    copy = small_copy(
        tmp_path / "warehouse.duckdb",
        "update marts.rpt_factsheet_countries set country_name_fr = "
        "chr(39) || 's-Gravenhage' where territory_code = 'D52' and position = 1",
    )
    tab = read(made(copy, "D52"))["Soldes"]
    said = [str(cell.value) for row in tab.iter_rows() for cell in row]
    assert any(each.endswith("s-Gravenhage") and len(each) == 13 for each in said)


@pytest.mark.parametrize("code", ["FR", "R44", "D976"])
def test_every_level_has_a_workbook(code: str) -> None:
    book = read(made(SAMPLE, code, "en"))
    assert book.sheetnames[0] == "Read me"
    assert book.sheetnames[-1] == "Dictionary"


@pytest.mark.skipif(
    shutil.which("soffice") is None and not os.environ.get("CI"),
    reason="needs LibreOffice Calc (Debian: libreoffice-calc-nogui)",
)
def test_libreoffice_comes_to_the_same_totals(tmp_path: Path) -> None:
    """A second program adds up: the values kept in the file are taken away first."""
    source = tmp_path / "D52.xlsx"
    # openpyxl writes formulas without what they came to.
    read(made(SAMPLE, "D52")).save(source)
    kept = openpyxl.load_workbook(source, data_only=True)["Exportations"]
    assert list(kept.iter_rows())[-1][4].value is None
    done = subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            *("--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"),
            *("--outdir", str(tmp_path / "recalculated"), str(source)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    book = openpyxl.load_workbook(
        tmp_path / "recalculated" / "D52.xlsx", data_only=True
    )
    with Warehouse(SAMPLE) as warehouse:
        held = warehouse.rows(
            "select flow, value_eur from marts.rpt_factsheet_key_figures "
            "where territory_code = 'D52' and year = ?",
            [YEAR],
        )
    words = language("fr")
    assert len(held) == 2
    for row in held:
        tab = book[words.say(f"workbook.tab.{row['flow']}s")]
        heads = [cell.value for cell in tab[HEAD_ROW]]
        column = [line[heads.index("Montant (€)")].value for line in tab.iter_rows()]
        assert column[-1] == row["value_eur"]
        assert not any(
            str(cell.value).startswith(("#", "Err:"))
            for line in tab.iter_rows()
            for cell in line
        )
