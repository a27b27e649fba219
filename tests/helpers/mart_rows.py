"""Everything the marts of a warehouse say, to compare two of them."""

from __future__ import annotations

from pathlib import Path

import duckdb


def marts(warehouse: Path) -> dict[str, list[tuple]]:
    """Every row of every mart, the run and its moment apart."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        names = connection.execute(
            "select distinct table_name from duckdb_columns() "
            "where schema_name = 'marts' and not internal order by 1"
        ).fetchall()
        of_the_run = "exclude (run_id, built_at)"
        rows = {
            name: connection.execute(
                f"select * {of_the_run if name == 'build_info' else ''} "
                f"from marts.{name} order by all"
            ).fetchall()
            for (name,) in names
        }
    assert len(rows) > 15
    return rows
