"""Opening the warehouse: what a user is told when it cannot be read."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt_scratch import PROJECT
from jinja2 import Environment
from tiny_warehouse import write

import build_site
import render_charts
import render_factsheets
from common.errors import UserError
from common.warehouse import ENGINEER, Warehouse
from website.catalogue import read_catalogue


@pytest.fixture
def warehouse() -> Warehouse:
    with Warehouse(ENGINEER) as opened:
        yield opened


def test_a_missing_warehouse_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="make build"):
        Warehouse(tmp_path / "none.duckdb")


def test_a_file_that_is_not_a_warehouse_is_named(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.duckdb"
    garbage.write_text("not a database" * 1000)
    with pytest.raises(UserError, match=r"garbage\.duckdb cannot be opened"):
        Warehouse(garbage)
    empty = tmp_path / "empty.duckdb"
    duckdb.connect(str(empty)).close()
    with pytest.raises(UserError, match="no finished build"):
        Warehouse(empty)


def test_a_locked_warehouse_says_who_should_do_what(tmp_path: Path) -> None:
    file = tmp_path / "locked.duckdb"
    duckdb.connect(str(file)).close()
    writer = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); "
            "print('open', flush=True); sys.stdin.read()",
            str(file),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert writer.stdout.readline() == b"open\n"
        with pytest.raises(UserError, match="locked by another program"):
            Warehouse(file)
    finally:
        writer.communicate()


@pytest.mark.parametrize(
    ("code", "spellings"),
    [
        ("D52", "D52|52|d52|D-52|Haute-Marne|haute marne|HAUTE‑MARNE"),
        ("D44", "44|Loire-Atlantique"),
        ("R44", "R44|r44|grand est|Grand-Est|le Grand Est"),
        ("D01", "01|1|D1|ain|L’Ain"),
        ("D971", "971|9A|9a|D9A|d971"),
        ("D20", "20|D20"),
        ("FR", "FR|fr|France|la france"),
        ("R11", "Île-de-France|ile de france"),
        ("D21", "cote d'or"),
        ("D51", "Marne"),
    ],
)
def test_a_territory_is_understood_as_people_write_it(
    warehouse: Warehouse, code: str, spellings: str
) -> None:
    for spelling in spellings.split("|"):
        assert warehouse.territory(spelling).code == code


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("2A", ["D20"]),
        ("2b", ["D20"]),
        ("D2A", ["D20"]),
        ("Corse", ["D20", "R94"]),
        ("guadeloupe", ["D971", "R01"]),
        ("Réunion", ["D974", "R04"]),
        ("hautmarne", ["D52"]),
        ("Marn", ["D51", "D52", "D77"]),
        ("97", ["D971", "D972", "D973"]),
        ("belfort", ["D90"]),
        ("D00", []),
        ("Atlantis", []),
        ("", []),
        ("D52; touch x #", []),
    ],
)
def test_what_could_be_meant_is_named_and_no_more_than_three(
    warehouse: Warehouse, said: str, codes: list[str]
) -> None:
    with pytest.raises(UserError) as error:
        warehouse.territory(said)
    assert repr(said) in str(error.value)
    assert re.findall(r"([A-Z]\w+) \(", str(error.value)) == codes
    assert ("as one" in str(error.value)) == (codes == ["D20"])
    assert ("R44 for a region" in str(error.value)) == (not codes)


def test_every_command_understands_the_same(warehouse: Warehouse) -> None:
    said = ["haute marne", "52", "D52"]
    sheets = argparse.Namespace(all=False, territory=said)
    drawn = render_charts._territories(warehouse, said)
    assert [one.code for one in drawn] == ["D52", "R44", "FR"]
    (sheet,) = render_factsheets._territories(warehouse, sheets)
    assert sheet.code == "D52"
    assert build_site._wanted(warehouse, read_catalogue(warehouse), said) == ["D52"]
    for command in (render_charts, render_factsheets, build_site):
        assert command.main(["--territory", "2A", "--warehouse", str(ENGINEER)]) == 2


def test_a_warehouse_of_an_earlier_version_still_names_its_territories(
    tmp_path: Path,
) -> None:
    with Warehouse(write(tmp_path / "tiny.duckdb", [])) as tiny:
        assert tiny.territory("essai").code == "D00"


def test_an_unknown_year_lists_those_that_exist(warehouse: Warehouse) -> None:
    with pytest.raises(UserError, match="2023, 2024"):
        warehouse.year(1999)


def test_a_hostile_code_is_a_value_not_sql(warehouse: Warehouse) -> None:
    with pytest.raises(UserError):
        warehouse.territory("D52' or '1'='1")


def test_the_default_year_is_the_latest_complete_one(warehouse: Warehouse) -> None:
    assert warehouse.year(None) == 2024
    assert warehouse.territory("D52").name_with_article == "la Haute-Marne"


@pytest.mark.parametrize("said", [None, "", "else/where.duckdb", "/else/where.duckdb"])
def test_dbt_and_python_mean_the_same_file_and_memory(
    said: str | None, tmp_path: Path
) -> None:
    names = ("COMMERCE_WAREHOUSE", "COMMERCE_MEMORY")
    environment = {} if said is None else dict.fromkeys(names, said)
    script = (
        "from common.warehouse import ENGINEER; from publish import MEMORY; "
        "print(ENGINEER, MEMORY)"
    )
    python = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(PROJECT / "scripts"), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    profiles = Environment(autoescape=False).from_string(
        (PROJECT / "profiles.yml").read_text()
    )
    dbt = yaml.safe_load(profiles.render(env_var=environment.get))
    output = dbt["commerce_exterieur"]["outputs"]["dev"]
    # dbt works in the project's folder.
    file, memory = PROJECT / output["path"], output["settings"]["memory_limit"]
    assert python.stdout.split() == [str(file), memory]
    assert file.is_relative_to(PROJECT) == (said != "/else/where.duckdb")
    assert file != PROJECT
