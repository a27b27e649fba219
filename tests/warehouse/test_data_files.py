"""The data files of figures and of the site open as they are meant, also in Excel."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from sample import SAMPLE
from sheet_copies import renamed, small_copy

from commerce_exterieur import charts
from commerce_exterieur.factsheet.data import (
    PANELS,
    QUERIES,
    read_csv,
    read_parquet,
    to_csv,
)
from commerce_exterieur.factsheet.facts import sheet_codes
from commerce_exterieur.warehouse import Warehouse

YEAR = 2024
BOM = b"\xef\xbb\xbf"


def cells(content: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))


def test_every_file_of_the_site_says_that_it_is_unicode(site: Path) -> None:
    found = list(site.rglob("*.csv"))
    assert len(found) >= 4 * len(charts.FIGURES) + 1
    for path in found:
        content = path.read_bytes()
        assert content.startswith(BOM), path.name
        assert content.count(BOM) == 1, path.name
        content.decode("utf-8")


def test_whole_numbers_are_whole_in_every_file(site: Path) -> None:
    for path in site.rglob("*.csv"):
        content = path.read_text("utf-8-sig")
        assert not re.search(r"(?m)(^|,)-?\d+\.0*(,|$)", content), path.name
        rows = list(csv.DictReader(io.StringIO(content)))
        assert "value" in rows[0] or any(name.endswith("_eur") for name in rows[0])
        money = [name for name in rows[0] if name.endswith("_eur")]
        for row in rows:
            held = [row[name] for name in money]
            if row.get("measure") in ("exports", "imports", "balance"):
                held.append(row["value"])
            assert all(re.fullmatch(r"-?\d+", value) for value in held), (
                path.name,
                row,
            )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+33 1 23", "'+33 1 23"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "' =1"),
        ("\n=1", "'\n=1"),
        ("-12", "-12"),
        ("+3,5", "+3,5"),
        ("*other", "*other"),
        ("Chine = Asie", "Chine = Asie"),
        (-12, "-12"),
        (-0.5, "-0.5"),
        (123.0, "123"),
        (-1_306_600_000.0, "-1306600000"),
        (True, "true"),
        (None, ""),
    ],
)
def test_a_cell_is_what_it_was_and_no_formula(value: object, written: str) -> None:
    assert cells(to_csv([{"name": "Essai", "cell": value}]))[1] == ["Essai", written]


def test_no_cell_of_any_file_is_a_formula(tmp_path: Path) -> None:
    path = small_copy(
        tmp_path / "warehouse.duckdb",
        renamed("country_name_fr", "'=cmd(' || {code} || ')'"),
        renamed("activity_name_en", "'@' || {code}"),
        renamed("territory_name", "'-' || {code}"),
    )
    formula = re.compile(r"[=+@\t\r\n]|-(?![0-9.e-]+$)")
    with Warehouse(path) as warehouse:
        for code in ("D52", "R44"):
            territory = warehouse.territory(code)
            for figure in charts.FIGURES:
                content = read_csv(warehouse, figure, territory, YEAR)
                found = cells(content)
                assert f"'-{code}" in found[1], figure
                for row in found:
                    assert not any(map(formula.match, row)), (figure, row)
                # The names are there, only told to be texts.
                assert "'=cmd(DE)" in content or "'@" in content
                assert f"-{code}".encode() in read_parquet(
                    warehouse, figure, territory, YEAR
                )


def test_files_of_every_territory_are_whole() -> None:
    with Warehouse(SAMPLE) as warehouse:
        for territory in map(warehouse.territory, sheet_codes(warehouse)):
            for figure in QUERIES:
                content = read_csv(warehouse, figure, territory, YEAR)
                if content is None and figure in PANELS:
                    continue
                assert content.startswith("\ufeff")
                widths = {len(row) for row in cells(content)}
                assert len(widths) == 1, (territory.code, figure)
                assert not re.search(r"(?m)(^|,)-?\d+\.0*(,|$)", content)
