"""What the columns of a mart come to, asked of the built and the published one."""

from __future__ import annotations

import duckdb

#: Names, types and comments of the columns, in order, and the comment of the mart.
_COLUMNS_HASHES = """
    select
        table_name as mart_name,
        md5(string_agg(
            concat_ws(' ', column_name, data_type, comment), ',' order by column_index
        )) as columns_hash
    from (
        select * from duckdb_columns()
        union all by name
        select database_name, schema_name, table_name, comment, 0 as column_index
        from duckdb_tables()
        union all by name
        select
            database_name, schema_name, view_name as table_name, comment,
            0 as column_index
        from duckdb_views()
    )
    where
        database_name = of_database
        and schema_name = of_schema
    group by mart_name
"""


def create_columns_hashes(
    connection: duckdb.DuckDBPyConnection, schema: str | None = None
) -> None:
    """Let SQL ask `columns_hashes(database, schema)`: a row a mart, with an MD5 text.

    Parameters
    ----------
    schema
        Where the function goes; without, it is one of this connection alone.
    """
    made = f"macro {schema}." if schema else "temp macro "
    connection.execute(
        f"create or replace {made}columns_hashes(of_database, of_schema) as table "
        + _COLUMNS_HASHES
    )
