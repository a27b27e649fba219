"""Hand-made engineer's files that look like what a finished run left."""

from __future__ import annotations

from pathlib import Path

import duckdb

from commerce_exterieur.mart_hash import create_columns_hashes


def finish(file: Path, marts: dict[str, list[str]], run_id: str = "a-run") -> None:
    """Leave the mark of `macros/finished_run.sql` in a file.

    Parameters
    ----------
    file
        A DuckDB file, its tables and views made under its present name.
    marts
        Tables and views of the schema `marts`, with their columns never null.
    """
    contents = " union all ".join(
        f"select '{mart}' as name, cast({required} as varchar[]) as required_columns, "
        "cast([] as varchar[]) as key_columns, "
        "cast([] as struct(column_name varchar, mart varchar)[]) as refers_to, "
        "(select columns_hash from columns_hashes(current_database(), 'marts') "
        f"where mart_name = '{mart}') as columns_hash, "
        "cast(null as varchar) as view_sql, "
        "count(*) as row_count, cast(sum(hash(mart)) as varchar) as rows_hash "
        f"from marts.{mart} as mart"
        for mart, required in marts.items()
    )
    with duckdb.connect(str(file)) as connection:
        create_columns_hashes(connection)
        connection.execute("create schema if not exists state")
        connection.execute(
            "create or replace table state.finished_run as "
            f"select '{run_id}' as run_id, 'duckdb ' || version() as engine, "
            "current_database() as database_name, 12 as tests_passed, "
            "1 as tests_warned, "
            "cast([] as struct(name varchar, parameters varchar, sql varchar, "
            "comment varchar, definition varchar)[]) as functions, "
            f"list(marts) as marts from ({contents}) as marts"
        )
