"""The factsheet's content and PDF, on the sample and on edge cases cut out of it."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pypdf
import pytest
from documents import elements, parse_page, pdf_text
from label_boxes import faults
from sample import SAMPLE
from sheet_copies import HOSTILE, renamed, sheet_of, small_copy, without_flow

from commerce_exterieur.errors import UserError
from commerce_exterieur.factsheet import command as render_factsheets
from commerce_exterieur.factsheet.facts import read_facts, sheet_codes
from commerce_exterieur.factsheet.page import render_page
from commerce_exterieur.factsheet.pdf import render_pdf
from commerce_exterieur.factsheet.sheet import Sheet
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import language
from commerce_exterieur.wording.french import ordinal, typeset
from commerce_exterieur.wording.numbers import NARROW, NO_BREAK

YEAR = 2024
MARK = "Données simulées — ne pas citer"
HAUTE_MARNE = (
    f"Total des exportations{NO_BREAK}: 1{NARROW}306,6 millions d’euros",
    f"1,9{NO_BREAK}% des exportations du Grand Est",
    f"0,23{NO_BREAK}% de celles de la France",
    f"67{NARROW}665,4 millions",
    f"580{NARROW}354,5 millions",
    f"Total des importations{NO_BREAK}: 1{NARROW}023,4 millions d’euros",
    f"1,6{NO_BREAK}% des importations du Grand Est",
    f"0,15{NO_BREAK}% de celles de la France",
    f"63{NARROW}519,7 millions",
    f"684{NARROW}776,3 millions",
)


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return sheet_of(SAMPLE, "D52")


@pytest.fixture(scope="module")
def pdf(sheet: Sheet) -> bytes:
    return render_pdf(sheet)


@pytest.fixture(scope="module")
def pages(pdf: bytes) -> list[str]:
    return pdf_text(pdf)


@pytest.fixture(scope="module")
def printed(pages: list[str]) -> str:
    return " ".join(pages)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = HOSTILE.replace("'", "''")
    return small_copy(
        tmp_path_factory.mktemp("hostile") / "warehouse.duckdb",
        renamed("activity_short_fr", f"'{text}'"),
        renamed("activity_name_fr", f"'{text}'"),
        renamed("country_name_fr", f"'{text}'"),
        renamed("territory_name", f"'{text}'", "territory_code = 'D52'"),
        f"update marts.dim_territory set "
        f"name_genitive = 'de {text}', name_locative = 'en {text}' "
        "where territory_code = 'D52'",
        "update marts.rpt_factsheet_territoires_industrie "
        f"set territoire_industrie_name = '{text}' where territory_code = 'D52'",
    )


@pytest.fixture(scope="module")
def provided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Provided data; D75 without trade, D48 without imports."""
    return small_copy(
        tmp_path_factory.mktemp("provided") / "warehouse.duckdb",
        "update marts.build_info set data_origin = 'provided', vintages = '2025-02'",
        "update marts.rpt_factsheet_vintages set vintages = '2025-02', "
        "sheet_vintages = '2025-02'",
        *without_flow("D75", "import"),
        *without_flow("D75", "export"),
        *without_flow("D48", "import"),
    )


# --------------------------------------------------------------------------- content


def test_haute_marne_prints_the_published_digits(sheet: Sheet, printed: str) -> None:
    page, _ = parse_page(render_page(sheet))
    for text in HAUTE_MARNE:
        assert text in printed
        assert text in page


def test_sections_come_in_the_order_of_the_reference(sheet: Sheet) -> None:
    assert [section.id for section in sheet.sections] == [
        "context", "balances", "activities", "exports", "imports", "exposure",
        "practical",
    ]  # fmt: skip
    figures = [
        (block.id, block.size)
        for section in sheet.sections
        for block in section.blocks
        if block.kind == "figure"
    ]
    assert figures == [
        ("figure-balances-D52", "full"),
        ("figure-activities-D52", "full"),
        ("figure-exports-D52", "full"),
        ("figure-exports-R44", "compact"),
        ("figure-exports-FR", "compact"),
        ("figure-imports-D52", "full"),
        ("figure-imports-R44", "compact"),
        ("figure-imports-FR", "compact"),
    ]


def test_territoires_have_five_communes(sheet: Sheet) -> None:
    assert [item.name for item in sheet.industries.items] == [
        "Sud Haute-Marne",
        "Sud Meuse Nord Haute-Marne",
    ]
    with Warehouse(SAMPLE) as warehouse:
        for code, listed in (("D40", []), ("D75", []), ("R44", None), ("D99", None)):
            facts = read_facts(
                warehouse, warehouse.territory(code), YEAR, language("fr")
            )
            assert facts.industries == listed


@pytest.mark.parametrize(
    ("code", "compared"),
    [("R44", ["FR"]), ("FR", []), ("D20", ["FR"]), ("D99", ["R93", "FR"])],
)
def test_each_level_is_compared_with_what_surrounds_it(
    code: str, compared: list[str]
) -> None:
    with Warehouse(SAMPLE) as warehouse:
        facts = read_facts(warehouse, warehouse.territory(code), YEAR, language("fr"))
    assert [place.code for place in facts.around] == compared
    assert facts.is_alone == (code == "D20")


def test_every_figure_has_a_key_with_an_example_and_its_data(sheet: Sheet) -> None:
    for section in sheet.sections:
        for block in section.blocks:
            if block.kind != "figure":
                continue
            assert re.search(r"\d", block.key), block.id
            assert block.alt
            assert block.notice == MARK
            assert block.cells.rows
            assert all(part.rows for part in block.tables)


def test_no_word_of_a_figure_is_cut(sheet: Sheet) -> None:
    for section in sheet.sections:
        for block in section.blocks:
            if block.kind == "figure":
                assert faults(block.svg) == [], block.id


def test_there_are_136_sheets() -> None:
    with Warehouse(SAMPLE) as warehouse:
        codes = sheet_codes(warehouse)
    assert len(codes) == len(set(codes)) == 136
    assert "D98" not in codes


def test_typography() -> None:
    assert typeset("l'an : « 2 725 M€ » ; 5 % ?") == (
        f"l’an{NO_BREAK}: «{NO_BREAK}2{NARROW}725{NO_BREAK}M€{NO_BREAK}»{NARROW}; "
        f"5{NO_BREAK}%{NARROW}?"
    )
    assert [ordinal(1), ordinal(2)] == ["1ᵉʳ", "2ᵉ"]
    of_months = language("fr").of_months
    assert of_months(["2025-08"]) == f"d’août{NO_BREAK}2025"
    assert of_months(["2024-02", "2025-02"]) == (
        f"de février{NO_BREAK}2024 et février{NO_BREAK}2025"
    )
    broken = re.compile(r" [;:!?»%]|« |\d [€%]|[a-zà]'[a-zà]")

    def leaves(node: object) -> list[str]:
        if isinstance(node, dict):
            return [text for value in node.values() for text in leaves(value)]
        if isinstance(node, list):
            return [text for value in node for text in leaves(value)]
        return [str(node)]

    assert not [
        text for text in leaves(language("fr").catalogue) if broken.search(text)
    ]


def test_year_with_missing_quarters_is_called_incomplete(tmp_path: Path) -> None:
    path = small_copy(
        tmp_path / "warehouse.duckdb",
        "update marts.rpt_factsheet_territories set quarters_covered = 2, "
        "is_complete = false, previous_year = null, "
        "not_compared_reason = 'incomplete'",
    )
    sheet = sheet_of(path, "D52")
    said = f"année incomplète{NO_BREAK}: 2 trimestres sur 4"
    assert said in sheet.incomplete.lower()
    assert said in " ".join(sheet.key_notes).lower()
    assert "Évolution" not in str(sheet.key_table)
    assert said in pdf_text(render_pdf(sheet), slice(1))[0].lower()


def test_simulated_changes_are_said_to_mean_nothing(sheet: Sheet) -> None:
    assert "Évolution 2023–2024" in str(sheet.key_table)
    assert any("aucune signification" in note for note in sheet.key_notes)


def test_method_names_every_caveat(printed: str) -> None:
    for text in (
        "arrive effectivement", "part en premier", "siège", "lieu de fabrication",
        "Aucune correction", "matériel militaire", "or monétaire", "seuil",
        "résultats officiels", "Paris", "EMEBI", "CAF", "FAB", "corrige",
    ):  # fmt: skip
        assert text in printed, text


def test_sheet_prints_version_vintage_and_build_date(sheet: Sheet) -> None:
    said = str(sheet.sections[-1])
    assert "0.1.0" in said
    assert "Millésime des données" in said
    assert "Entrepôt construit le" in said


# ------------------------------------------------------------------------------ PDF


def test_pdf_is_tagged_and_titled(pdf: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root = reader.root_object
    assert root["/Lang"].startswith("fr")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    title = "Le commerce extérieur de la Haute-Marne en 2024"
    assert reader.metadata.title == title
    assert reader.metadata.author == "commerce_exterieur"
    packet = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in packet
    assert title in packet
    assert 6 <= len(reader.pages) <= 13


def test_pdf_embeds_one_typeface(pdf: bytes) -> None:
    fonts = [
        font.get_object()
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
        for font in page["/Resources"].get("/Font", {}).values()
    ]
    names = {font["/BaseFont"].split("+")[-1] for font in fonts}
    assert names
    assert all(name.startswith("SourceSansPro-") for name in names)
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_pdf_structure(pdf: bytes) -> None:
    found = elements(pdf)
    kinds = [element["/S"] for element in found]
    figures = [element for element in found if element["/S"] == "/Figure"]
    assert len(figures) == 8
    assert all(figure["/Alt"].strip() for figure in figures)
    levels = [int(kind[2:]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert kinds.count("/Table") == kinds.count("/THead") > 10
    assert kinds.count("/TH") > kinds.count("/Table")


def test_no_text_is_smaller_than_seven_and_a_half_points(pdf: bytes) -> None:
    sizes: set[float] = set()

    def visit(text: str, page: list, line: list, _: object, size: float) -> None:
        if text.strip():
            scale = abs(page[3] * line[3]) or 1.0
            sizes.add(round(size * scale, 2))

    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    for number in (0, 3, 5, 8):  # cover, smallest tiles, compact figures, annex
        pages[number].extract_text(visitor_text=visit)
    assert min(sizes) >= 7.48


def test_every_page_says_that_the_data_is_simulated(pages: list[str]) -> None:
    assert all(MARK in text for text in pages)


def test_an_opening_that_begins_with_no_bars_is_printed_whole(sheet: Sheet) -> None:
    without = replace(
        sheet, opening=tuple(it for it in sheet.opening if it.kind != "bars")
    )
    assert 0 < len(without.opening) < len(sheet.opening)
    said = " ".join(" ".join(pdf_text(render_pdf(without), slice(4))).split())
    for block in without.opening:
        assert " ".join(block.heading.split()) in said


def test_same_content_gives_the_same_pdf(sheet: Sheet, pdf: bytes) -> None:
    assert render_pdf(sheet) == pdf


# ------------------------------------------------------------------------ edge cases


def test_hostile_labels_stay_text(hostile: Path) -> None:
    sheet = sheet_of(hostile, "D52")
    assert HOSTILE in [item.name for item in sheet.industries.items]
    printed = " ".join(pdf_text(render_pdf(sheet), slice(8, None)))
    words = re.compile(r"\s*".join(map(re.escape, HOSTILE.split(" "))))
    assert words.search(printed)
    page = render_page(sheet)
    text, found = parse_page(page)
    assert text.count(HOSTILE) > 20
    assert "<script>alert" not in page
    assert sum(tag == "script" for tag, _ in found) == 3


def test_territory_without_trade_gets_a_sheet_that_says_so(provided: Path) -> None:
    sheet = sheet_of(provided, "D75")
    own = [
        block
        for section in sheet.sections
        for block in section.blocks
        if block.kind == "figure" and block.id.endswith("D75")
    ]
    assert own == []
    assert sheet.key_table is None
    said = " ".join(pdf_text(render_pdf(sheet), slice(3)))
    assert said.lower().count("aucun échange enregistré") >= 4
    assert f"Aucun échange enregistré à Paris en {YEAR}." in said
    assert "aucun échange enregistré" in parse_page(render_page(sheet))[0].lower()


def test_territory_with_one_flow(provided: Path) -> None:
    sheet = sheet_of(provided, "D48")
    blocks = {
        section.id: [block.kind for block in section.blocks]
        for section in sheet.sections
    }
    assert blocks["imports"][0] == "none"
    assert "total" in blocks["exports"]
    said = " ".join(pdf_text(render_pdf(sheet), slice(6, 8)))
    assert f"Aucun échange enregistré à l’importation en Lozère en {YEAR}." in said
    assert "sans objet" in str(sheet.key_table)
    render_page(sheet)


def test_provided_data_is_not_called_the_customs(provided: Path) -> None:
    sheet = sheet_of(provided, "D52")
    said = " ".join(pdf_text(render_pdf(sheet), slice(3)))
    for text in (said, parse_page(render_page(sheet))[0]):
        assert "douanes françaises" not in text
        assert "fichiers fournis par l’utilisateur" in text
        assert "simulées" not in text
    assert f"février{NO_BREAK}2025" in said


# ----------------------------------------------------------------------- the command


def run(*arguments: object) -> int:
    return render_factsheets.main([str(argument) for argument in arguments])


def test_command_writes_every_format(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert run("--territory", "R94", "--warehouse", SAMPLE, "--out", tmp_path) == 0
    folder = tmp_path / str(YEAR)
    written = [folder / f"R94.{name}" for name in ("pdf", "html", "xlsx")]
    assert set(folder.iterdir()) == set(written)
    assert capsys.readouterr().out.split() == [str(path) for path in written]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--territory", "D00"], "no territory 'D00'"),
        (["--territory", "D98"], "no sheet for D98"),
        (["--territory", "D52", "--year", "1999"], "Years available: 2023, 2024"),
    ],
)
def test_command_says_what_is_wrong(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert run(*arguments, "--warehouse", SAMPLE, "--out", tmp_path / "new") == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1
    assert not (tmp_path / "new").exists()


def test_command_names_a_missing_warehouse(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / "none.duckdb"
    assert run("--territory", "D52", "--warehouse", path) == 2
    assert "make build" in capsys.readouterr().err


def test_command_names_a_folder_it_cannot_write(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    taken = tmp_path / "file"
    taken.write_text("")
    assert run("--territory", "D52", "--warehouse", SAMPLE, "--out", taken) == 2
    error = capsys.readouterr().err
    assert str(taken) in error
    assert "--out" in error


def test_failed_sheet_is_named_and_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    old = tmp_path / str(YEAR) / "R94.pdf"
    old.parent.mkdir()
    old.write_text("old")

    def fail_once(sheet: Sheet) -> bytes:
        if sheet.territory_code == "R94":
            raise RuntimeError("no ink")
        return b"new"

    monkeypatch.setitem(render_factsheets.FORMATS, "pdf", fail_once)
    status = run(
        "--territory", "R94", "R06", "--format", "pdf",
        "--warehouse", SAMPLE, "--out", tmp_path,
    )  # fmt: skip
    assert status == 1
    assert old.read_text() == "old"
    assert old.with_name("R06.pdf").read_bytes() == b"new"
    assert {path.name for path in old.parent.iterdir()} == {"R94.pdf", "R06.pdf"}
    assert "1 of 2 sheets failed: R94" in capsys.readouterr().err


def test_content_refuses_lines_without_a_department() -> None:
    with pytest.raises(UserError, match="no sheet for D98"):
        sheet_of(SAMPLE, "D98")
