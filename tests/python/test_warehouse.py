"""Opening the warehouse: what a user is told when it cannot be read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt_scratch import PROJECT
from jinja2 import Environment

from common.errors import UserError
from common.warehouse import ENGINEER, Warehouse


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


def test_an_unknown_territory_or_year_lists_those_that_exist(
    warehouse: Warehouse,
) -> None:
    with pytest.raises(UserError, match="D52") as unknown:
        warehouse.territory("52")
    assert "R44" in str(unknown.value)
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
