"""The ready queries answer, the page on connecting lists them, its doors are shut."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from sample import SAMPLE

from commerce_exterieur.warehouse import PROJECT

QUERIES = sorted((PROJECT / "docs" / "queries").glob("*.sql"))
CONNECT = (PROJECT / "docs" / "connect.md").read_text("utf-8")


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_ready_query_answers(path: Path) -> None:
    sql = path.read_text("utf-8")
    assert sql.startswith("-- ")
    with duckdb.connect(str(SAMPLE), read_only=True) as connection:
        rows = connection.execute(sql).fetchall()
    assert rows
    # Every column says something in some row.
    assert all(
        any(value is not None for value in column) for column in zip(*rows, strict=True)
    )


def test_the_page_lists_the_queries_there_are() -> None:
    listed = re.findall(r"^\| `(\d\d_\w+)` \|", CONNECT, re.MULTILINE)
    assert listed == [path.stem for path in QUERIES]
    assert len(listed) >= 10


def test_the_drawn_relations_are_those_of_the_dictionary() -> None:
    drawn = re.findall(r"^    (\w+) \|\|--o\{ (\w+) : (\w+)$", CONNECT, re.MULTILINE)
    marts = {mart for _, mart, _ in drawn}
    with duckdb.connect(str(SAMPLE), read_only=True) as connection:
        held = connection.execute(
            "select refers_to, mart_name, column_name from marts.dim_column "
            "where refers_to is not null"
        ).fetchall()
    # All there are of each mart that is drawn.
    assert set(drawn) == {row for row in held if row[1] in marts}
    assert {"fct_trade_flows", "fct_rankings"} < marts


def test_a_naive_sum_is_france() -> None:
    with duckdb.connect(str(SAMPLE), read_only=True) as connection:
        for flow in ("import", "export"):
            assert (
                connection.execute(
                    f"select sum({flow}_eur) from marts.trade_labelled "
                    "where year = 2024"
                ).fetchone()
                == connection.execute(
                    f"select {flow}_eur from marts.fct_territory_totals "
                    "where year = 2024 and territory_code = 'FR'"
                ).fetchone()
            )


# DuckDB refuses a second way of opening a file that this process holds open, as other
# tests do: what the page says is tried in a process of its own, as a reader would.
TRIED = """
import sys
import duckdb

secret, out = sys.argv[1:]
with {opened} as connection:
    assert connection.execute("select count(*) from marts.dim_territory").fetchone()
    for statement, expected in (
        (f"from '{{secret}}'", duckdb.PermissionException),
        ("set enable_external_access = true", duckdb.Error),
        (f"copy marts.dim_quarter to '{{out}}'", duckdb.Error),
        ("drop table marts.dim_quarter", duckdb.Error),
    ):
        try:
            connection.execute(statement)
        except expected:
            print("refused")
        else:
            sys.exit(f"not refused: {{statement}}")
"""


def test_a_shut_door_stays_shut(tmp_path: Path) -> None:
    (code,) = re.findall(
        r"```python\n(duckdb\.connect\(.*?\))\n```", CONNECT, re.DOTALL
    )
    assert '"build/warehouse.duckdb"' in code
    opened = code.replace('"build/warehouse.duckdb"', repr(str(SAMPLE)))
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    tried = subprocess.run(
        [sys.executable, "-c", TRIED.format(opened=opened), secret, tmp_path / "out"],
        capture_output=True,
        text=True,
    )
    assert tried.returncode == 0, tried.stderr
    assert tried.stdout.split() == ["refused"] * 4
