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
import shutil
import sys
from pathlib import Path

import duckdb

from common.errors import UserError
from common.progress import progress_bar
from common.warehouse import ENGINEER, PROJECT, PUBLISHED, Warehouse

#: The oldest DuckDB whose clients must be able to open the file.
STORAGE_VERSION = "v1.1.0"
SCHEMA = "marts"
#: The setting of profiles.yml: more spills to disk.
MEMORY = os.environ.get("COMMERCE_MEMORY", "2GB")


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


def published_models(manifest: Path) -> dict[str, list[str]]:
    """Name of each model of the schema `marts`, with its columns that are never null.

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
    marts = {
        node["alias"]: [
            name
            for name, column in node["columns"].items()
            if any(one["type"] == "not_null" for one in column["constraints"])
        ]
        for node in sorted(nodes, key=lambda node: node["name"])
        if node["resource_type"] == "model" and node["schema"] == SCHEMA
    }
    if not marts:
        raise UserError(f"{manifest} names no model of the schema {SCHEMA}.")
    return marts


def publish(source: Path, target: Path, marts: dict[str, list[str]]) -> None:
    """Copy tables and views of the schema `marts` from one DuckDB file to another.

    Parameters
    ----------
    source
        The engineer's file; only read.
    target
        The file to put in place.
    marts
        Names of the tables and views, every one of which must exist in the source,
        with their columns that must not be null.

    Raises
    ------
    UserError
        The source is missing, locked or incomplete, or the target cannot be written.
    """
    with Warehouse(source) as warehouse:
        found = {
            row["name"]
            for row in warehouse.rows(
                "select distinct table_name as name from duckdb_columns() "
                "where schema_name = ?",
                [SCHEMA],
            )
        }
    missing = sorted(marts.keys() - found)
    if missing:
        raise UserError(
            f"{source} lacks the marts {', '.join(missing)}. "
            "Run `dbt build` until it ends without error, then publish."
        )

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _delete_leftovers(target)
        # Named by process: two publications at once do not write into one file.
        unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
        try:
            _write(source, unfinished, marts)
            _flush_to_disk(unfinished)
            unfinished.replace(target)
        finally:
            _delete(unfinished)
    except duckdb.ConstraintException as error:
        raise UserError(
            f"a mart breaks its contract ({_reason(error)}). "
            "The file published before is unchanged; run `dbt build` to see which."
        ) from error
    except (OSError, duckdb.Error) as error:
        raise UserError(
            f"{target} cannot be written ({_reason(error)}). Check that "
            f"the folder {target.parent} can be written and that the disk has room; "
            "the file published before is unchanged."
        ) from error


def _delete_leftovers(target: Path) -> None:
    """Delete what publications that were killed have left."""
    for left in target.parent.glob(f".{target.name}.*.unfinished"):
        process = left.name.split(".")[-2]
        if process.isdigit() and not _is_running(int(process)):
            _delete(left)


def _delete(unfinished: Path) -> None:
    unfinished.unlink(missing_ok=True)
    unfinished.with_name(f"{unfinished.name}.wal").unlink(missing_ok=True)
    shutil.rmtree(f"{unfinished}.spill", ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass
    return True


def _reason(error: Exception) -> str:
    """Say what went wrong on one line."""
    return " ".join(str(error).split())[:500]


def _write(source: Path, unfinished: Path, marts: dict[str, list[str]]) -> None:
    unfinished.unlink(missing_ok=True)
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        connection.execute(f"set temp_directory = {_text(f'{unfinished}.spill')}")
        # Under the name it was made with: a view of another name finds no table.
        engineer = _name(source.stem)
        connection.execute(f"attach {_text(source)} as {engineer} (read_only)")
        connection.execute(
            f"attach {_text(unfinished)} as {_name(unfinished.name)} "
            f"(storage_version '{STORAGE_VERSION}')"
        )
        connection.execute(f"use {_name(unfinished.name)}")
        connection.execute(f"create schema {SCHEMA}")
        connection.execute(f"use {_name(unfinished.name)}.{SCHEMA}")
        progress = progress_bar(marts.items(), desc="Publishing", unit="mart")
        for mart, required in progress:
            _copy_mart(connection, source.stem, mart, required)
        connection.execute("use memory")
        connection.execute(f"detach {_name(unfinished.name)}")


def _copy_mart(
    connection: duckdb.DuckDBPyConnection, engineer: str, mart: str, required: list[str]
) -> None:
    """Make a table with the mart's columns, rows and comments."""
    place = "database_name = ? and schema_name = ? and table_name = ?"
    columns = connection.execute(
        f"select column_name, data_type, comment from duckdb_columns() where {place} "
        "order by column_index",
        [engineer, SCHEMA, mart],
    ).fetchall()
    definitions = [
        f"{_name(column)} {data_type}{' not null' if column in required else ''}"
        for column, data_type, _ in columns
    ]
    connection.execute(f"create table {_name(mart)} ({', '.join(definitions)})")
    connection.execute(
        f"insert into {_name(mart)} from {_name(engineer)}.{SCHEMA}.{_name(mart)}"
    )
    (comment,) = connection.execute(
        f"select comment from duckdb_tables() where {place} union all "
        f"select comment from duckdb_views() where {place.replace('table', 'view')}",
        2 * [engineer, SCHEMA, mart],
    ).fetchone()
    if comment:
        connection.execute(f"comment on table {_name(mart)} is {_text(comment)}")
    for column, _, text in columns:
        if text:
            connection.execute(
                f"comment on column {_name(mart)}.{_name(column)} is {_text(text)}"
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
