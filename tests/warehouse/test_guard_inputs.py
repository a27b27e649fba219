"""A mistyped customs_dir or as_of costs nothing of what was built."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from customs_build import NO_TESTS
from dbt_scratch import PROJECT, Run, dbt

FLOWS = ("--select", "+fct_trade_flows")


def call(folder: Path, *arguments: str, customs: str, as_of: str = "") -> Run:
    """Run dbt on customs files in a folder, beside the warehouse."""
    settings = {"customs_dir": customs, "as_of": as_of}
    return dbt(
        PROJECT,
        *arguments,
        *("--vars", json.dumps(settings)),
        warehouse=folder / "warehouse.duckdb",
    )


def held(folder: Path) -> dict[str, object]:
    """All that is in the warehouse: a sum of the rows of each table, and the views."""
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as made:
        found: dict[str, object] = {
            f"{schema}.{name}": made.execute(
                f"select count(*), bit_xor(hash(held)) from {schema}.{name} as held"
            ).fetchone()
            for schema, name in made.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall()
        }
        found["views"] = made.execute(
            "select schema_name, view_name, sql from duckdb_views() "
            "where not internal order by all"
        ).fetchall()
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a warehouse built from one file of customs."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "empty").mkdir()
    file = folder / "customs" / "2024-11" / "Region_2024_Export.txt"
    file.parent.mkdir(parents=True)
    file.write_text("E;1;2024;52;13;C24C;2451;DE;7;1\n")
    run = call(folder, "build", *FLOWS, *NO_TESTS, customs=str(folder / "customs"))
    assert run.exit_code == 0, run.output
    return folder


@pytest.mark.parametrize(
    ("customs", "as_of", "selected", "said"),
    [
        ("nowhere", "", [], "does not exist"),
        ("customs/2024-11/Region_2024_Export.txt", "", [], "is not a folder"),
        ("empty", "", [], "holds no file"),
        ("customs", "2019-01", [], "the oldest is 2024-11"),
        ("customs", "2019-01", ["int_periods_selected+"], "the oldest is 2024-11"),
        ("", "2024-11", [], "the bundled sample has no vintages"),
        ("customs", "2024", [], "a vintage is written YYYY-MM"),
    ],
)
def test_what_cannot_be_met_is_refused_before_anything_runs(
    built: Path, customs: str, as_of: str, selected: list[str], said: str
) -> None:
    before = held(built)
    assert before["intermediate.int_flows_summed"][0] == 1
    assert before["views"]
    run = call(
        built,
        "build",
        *(["--select", *selected] if selected else []),
        *NO_TESTS,
        customs=customs and str(built / customs),
        as_of=as_of,
    )
    assert run.exit_code != 0
    assert said in run.output
    assert "Traceback" not in run.output
    assert not run.status
    assert "START" not in run.output
    assert held(built) == before


def test_what_can_be_met_is_not_refused(built: Path) -> None:
    customs = str(built / "customs")
    run = call(built, "run", *FLOWS, customs=customs, as_of="2024-11")
    assert run.exit_code == 0, run.output


def test_a_customs_dir_of_blanks_is_the_sample(built: Path) -> None:
    run = call(built, "ls", "--resource-type", "seed", customs=" ")
    assert run.exit_code == 0, run.output
    assert "customs_2024_import" in run.output
