"""What is told of two warehouses that should be the same."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from commerce_exterieur.spark.parity import BothEngines, differences

ROWS = "(1, 'DE', 10, 0.5), (2, null, 20, null)"


def mart(file: Path, rows: str, name: str = "fct_flows") -> Path:
    """A file with one mart of these rows."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            f"create table marts.{name} as select * from (values {rows}) "
            "as t (key, code, value_eur, ratio)"
        )
        connection.execute(f"alter table marts.{name} alter ratio set data type double")
    return file


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return mart(tmp_path / "one.duckdb", ROWS)


@pytest.mark.parametrize(
    "rows", [ROWS, "(2, null, 20, null), (1, 'DE', 10, 0.5 + 1e-14)"]
)
def test_what_is_the_same_differs_in_nothing(
    rows: str, one: Path, tmp_path: Path
) -> None:
    assert differences(one, mart(tmp_path / "other.duckdb", rows)) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("(1, 'DE', 11, 0.5), (2, null, 20, null)", "1 rows only in the first, 1 only"),
        ("(1, 'DE', 10, 0.5)", "1 rows only in the first, 0 only in the second"),
        (f"{ROWS}, (2, null, 20, null)", "0 rows only in the first, 1 only"),
        ("(1, 'DE', 10, 0.5000001), (2, null, 20, null)", "1 with other ratios"),
        ("(1, 'DE', 10, null), (2, null, 20, null)", "1 with other ratios"),
        ("(1, 'DE', 10.0, 0.5), (2, null, 20, null)", "columns differ"),
    ],
    ids=["a euro", "a row less", "a row twice", "a ratio", "no ratio", "a type"],
)
def test_what_is_not_is_told(rows: str, said: str, one: Path, tmp_path: Path) -> None:
    (found,) = differences(one, mart(tmp_path / "other.duckdb", rows))
    assert found.startswith("fct_flows: ") and said in found


def test_a_mart_of_one_alone_is_told(one: Path, tmp_path: Path) -> None:
    other = mart(tmp_path / "other.duckdb", ROWS, "fct_others")
    assert differences(one, other) == [
        f"fct_flows: only in {one}",
        f"fct_others: only in {other}",
    ]


def test_a_test_that_found_something_else_is_told(tmp_path: Path) -> None:
    both = BothEngines(tmp_path)
    results = [
        ("test.a", "pass", 0, None),
        ("model.b", "error", None, "Compilation Error\n  a.txt: no customs file"),
        ("operation.c", "success", None, "took 3 s"),
    ]
    for target, changed in zip(both.targets, (results, results[:2]), strict=True):
        target.mkdir(parents=True)
        names = ("unique_id", "status", "failures", "message")
        (target / "run_results.json").write_text(
            json.dumps(
                {"results": [dict(zip(names, row, strict=True)) for row in changed]}
            )
        )
    assert both.differing_results() == []
    file = both.targets[1] / "run_results.json"
    file.write_text(file.read_text().replace("a.txt", "b.txt").replace("pass", "fail"))
    assert [said.split(":")[0] for said in both.differing_results()] == [
        "model.b",
        "test.a",
    ]
