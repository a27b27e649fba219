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


def differences(one: Path, other: Path) -> dict[str, tuple[list, list]]:
    """Give a few rows of each side of marts that differ; pytest would show all."""
    left, right = marts(one), marts(other)
    found = {}
    for name in sorted(left.keys() | right.keys()):
        here, there = left.get(name, []), right.get(name, [])
        if here != there:
            ours, theirs = set(here), set(there)
            found[name] = (
                [row for row in here if row not in theirs][:3],
                [row for row in there if row not in ours][:3],
            )
    return found
