"""Publish the marts: copy them into `build/warehouse.duckdb`, the analysts' file.

The engineer's file (`build/dev/warehouse.duckdb`) holds every layer. The published
one holds the schema `marts` alone, as tables with their comments, in a storage version
that DuckDB clients since 1.1 can read. It is written beside its final name and put in
place by one `os.replace`, so a reader never sees half a file and a failed run leaves
the previous file as it was.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import duckdb
from tqdm import tqdm

from common.errors import UserError
from common.warehouse import ENGINEER, PROJECT, PUBLISHED, Warehouse

#: The oldest DuckDB whose clients must be able to open the file.
STORAGE_VERSION = "v1.1.0"
SCHEMA = "marts"


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and publish; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=Path, default=ENGINEER, metavar="FILE")
    parser.add_argument("--target", type=Path, default=PUBLISHED, metavar="FILE")
    parser.add_argument(
        "--manifest",
        type=Path,
        default=PROJECT / "target" / "manifest.json",
        metavar="FILE",
        help="dbt's manifest, which says which models are marts",
    )
    options = parser.parse_args(arguments)
    try:
        publish(options.source, options.target, published_models(options.manifest))
    except UserError as error:
        print(f"publish: {error}", file=sys.stderr)
        return 2
    print(f"Published {options.target}")
    return 0


def published_models(manifest: Path) -> list[str]:
    """Names of the models of the schema `marts`, sorted.

    Read from dbt's manifest, so that a model renamed or deleted since an earlier build
    does not leave its old table behind in the published file.

    Raises
    ------
    UserError
        There is no manifest, or it names no mart.
    """
    try:
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f"{manifest} cannot be read ({error}). Run `dbt build` first."
        ) from error
    names = sorted(
        node["alias"]
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] == SCHEMA
    )
    if not names:
        raise UserError(f"{manifest} names no model of the schema {SCHEMA}.")
    return names


def publish(source: Path, target: Path, tables: list[str]) -> None:
    """Copy tables of the schema `marts` from one DuckDB file to another.

    Parameters
    ----------
    source
        The engineer's file; only read.
    target
        The file to put in place.
    tables
        Names of the tables; every one must exist in the source.

    Raises
    ------
    UserError
        The source is missing, locked or incomplete, or the target cannot be written.
    """
    with Warehouse(source) as warehouse:
        found = {
            row["table_name"]
            for row in warehouse.rows(
                "select table_name from duckdb_tables() where schema_name = ?",
                [SCHEMA],
            )
        }
    missing = sorted(set(tables) - found)
    if missing:
        raise UserError(
            f"{source} lacks the marts {', '.join(missing)}. "
            "Run `dbt build` until it ends without error, then publish."
        )

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Named by process: two publications at once do not write into one file.
        unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
        try:
            _write(source, unfinished, tables)
            _flush_to_disk(unfinished)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
            unfinished.with_name(unfinished.name + ".wal").unlink(missing_ok=True)
    except (OSError, duckdb.IOException) as error:
        raise UserError(
            f"{target} cannot be written ({str(error).splitlines()[0]}). Check that "
            f"the folder {target.parent} can be written and that the disk has room; "
            "the file published before is unchanged."
        ) from error


def _write(source: Path, unfinished: Path, tables: list[str]) -> None:
    unfinished.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(
            f"attach {_text(source)} as source (read_only)",
        )
        connection.execute(
            f"attach {_text(unfinished)} as published "
            f"(storage_version '{STORAGE_VERSION}')"
        )
        connection.execute(f"create schema published.{SCHEMA}")
        connection.execute(f"use published.{SCHEMA}")
        for table in tqdm(tables, desc="Publishing", unit="table", file=sys.stderr):
            _copy_table(connection, table)
        connection.execute("use memory")
        connection.execute("detach published")


def _copy_table(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Copy definition (types, not null), rows and comments; check the row count."""
    definition, comment = connection.execute(
        "select sql, comment from duckdb_tables() where database_name = 'source' "
        "and schema_name = ? and table_name = ?",
        [SCHEMA, table],
    ).fetchone()
    # The definition names its schema without a database: it is made in the current one.
    connection.execute(definition)
    (copied,) = connection.execute(
        f"insert into {_name(table)} from source.{SCHEMA}.{_name(table)}"
    ).fetchone()
    (expected,) = connection.execute(
        f"select count(*) from source.{SCHEMA}.{_name(table)}"
    ).fetchone()
    if copied != expected:
        raise UserError(f"{table}: {copied} rows copied of {expected}.")
    if comment:
        connection.execute(f"comment on table {_name(table)} is {_text(comment)}")
    columns = connection.execute(
        "select column_name, comment from duckdb_columns() where comment is not null "
        "and database_name = 'source' and schema_name = ? and table_name = ?",
        [SCHEMA, table],
    ).fetchall()
    for column, text in columns:
        connection.execute(
            f"comment on column {_name(table)}.{_name(column)} is {_text(text)}"
        )


def _flush_to_disk(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str | Path) -> str:
    return "'" + str(value).replace("'", "''") + "'"


if __name__ == "__main__":
    sys.exit(main())
