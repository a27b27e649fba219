"""Compare what a rival wrote with the marts of a warehouse, row by row, both ways.

Run as `python benchmarks/rivals/compare.py <warehouse.duckdb> <out_dir>`. Exits with 1
when a table differs: a row more or less, a column, a type. Doubles are rounded to 12
digits.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

TABLES = [
    "rejected_lines",
    "fct_trade_flows",
    "fct_territory_quarters",
    "fct_territory_totals",
    "fct_trade_balances",
    "fct_rankings",
    "fct_share_ratios",
]


def main() -> None:
    """Compare every table; print one line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("out_dir", type=Path)
    options = parser.parse_args()
    differ = 0
    with duckdb.connect() as connection:
        connection.execute(
            f"attach {literal(options.warehouse)} as warehouse (read_only)"
        )
        for table in TABLES:
            theirs = literal(options.out_dir / f"{table}.parquet")
            ours = OURS.get(table, f"warehouse.marts.{table}")
            said = difference(connection, ours, theirs)
            differ += said is not None
            print(f"{table}: {said or 'equal'}", end="")
            print(f", {count(connection, f'warehouse.marts.{table}')} rows")
    sys.exit(differ > 0)


def literal(path: Path) -> str:
    """Quote a path for SQL."""
    return "'" + str(path).replace("'", "''") + "'"


def count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    """Count the rows of a table or file."""
    return connection.execute(f"select count(*) from {source}").fetchone()[0]


#: What a mart says in more columns than the rivals' table.
OURS = {
    "fct_rankings": "(select *, coalesce(activity_code, country_code, product_code) "
    "as member_code from warehouse.marts.fct_rankings)",
}


def difference(
    connection: duckdb.DuckDBPyConnection, ours: str, theirs: str
) -> str | None:
    """Say how two tables differ in the columns of the second; None when they do not."""
    columns = [described(connection, source) for source in (theirs, ours)]
    if missing := set(columns[0]) - set(columns[1]):
        return f"DIFFERENT COLUMNS, without {sorted(missing)}"
    compared = ", ".join(
        f'round("{name}", 12)' if kind == "DOUBLE" else f'"{name}"'
        for name, kind in columns[0]
    )
    ours, theirs = (f"select {compared} from {source}" for source in (ours, theirs))
    missing = count(connection, f"({ours} except all {theirs})")
    added = count(connection, f"({theirs} except all {ours})")
    if missing or added:
        return f"DIFFERENT, {missing} rows missing and {added} too many"
    return None


def described(
    connection: duckdb.DuckDBPyConnection, source: str
) -> list[tuple[str, str]]:
    """Name and type of every column, in order."""
    return connection.execute(
        f"select column_name, column_type from (describe select * from {source})"
    ).fetchall()


if __name__ == "__main__":
    main()
