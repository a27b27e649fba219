"""Publish the marts: copy them into `build/warehouse.duckdb`, the analysts' file.

The engineer's file (`build/dev/warehouse.duckdb`) holds every layer. The published
one holds the schema `marts` alone, as tables with their comments, in a storage version
that DuckDB clients since 1.1 can read.

Only what a finished run left is published: a complete `dbt build` whose tests passed
leaves a mark in the engineer's file (`macros/finished_run.sql`), which names the marts
and what their rows come to. The copy must come to the same, before it takes its place
and, read as readers will, after; or else the file published before is put back. Both
files are held meanwhile, so that no program that asks DuckDB can write to them.

The copy is written beside its final name and put in place by one `os.replace`, so a
reader never sees half a file, keeps the one it has open, and a failed or killed
publication leaves the previous file as it was. Nobody is to write to the published
file: it is read-only, and a log that a writer left (`.wal`), which DuckDB would replay
onto the new file, is deleted. What remains is a program with such rights that opens the
new file for writing all the same, or one that still holds a file published long before:
its log appears after the verification, and the scripts of this project refuse it.
"""

from __future__ import annotations

import argparse
import errno
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from commerce_exterieur.errors import UserError
from commerce_exterieur.files import flush_to_disk, only_writer
from commerce_exterieur.mart_hash import create_columns_hashes
from commerce_exterieur.progress import NO_BAR_OF_DUCKDB, progress_bar
from commerce_exterieur.warehouse import (
    ENGINEER,
    PROJECT,
    PUBLISHED,
    cannot_open,
    require_file,
    write_ahead_logs,
)

#: The oldest DuckDB whose clients must be able to open the file.
STORAGE_VERSION = "v1.1.0"
SCHEMA = "marts"
MANIFEST = PROJECT / "target" / "manifest.json"
#: Above it neither key nor references are declared.
MOST_ROWS_WITH_A_KEY = 1_000
#: The setting of profiles.yml: more spills to disk.
MEMORY = os.environ.get("COMMERCE_MEMORY") or "1GB"
#: Names of the databases while copying; with a dot, which no file's name gives.
_FILE, _COPY, _MEMORY = "file.", "copy.", "memory."
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass(frozen=True)
class Mart:
    """A mart as the finished run left it.

    `refers_to` names a column and the mart whose key it holds, again and again.
    `columns_hash` is the digest of names, types and all comments; `rows_hash` the sum
    of the hashes of the rows, as text, none without a row. A mart with `view_sql` is
    published as that view of the others, and has no rows of its own.
    """

    name: str
    required_columns: list[str]
    key_columns: list[str]
    refers_to: list[dict[str, str]]
    columns_hash: str
    view_sql: str | None
    row_count: int
    rows_hash: str | None


@dataclass(frozen=True)
class Function:
    """A table macro of the marts as the finished run made it.

    `definition` is the query `sql` as DuckDB keeps it.
    """

    name: str
    parameters: str
    sql: str
    comment: str
    definition: str


@dataclass(frozen=True)
class FinishedRun:
    """The mark that a finished run left in the engineer's file."""

    run_id: str
    engine: str
    database_name: str
    tests_passed: int
    tests_warned: int
    marts: list[Mart]
    functions: list[Function]


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and publish; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=Path, default=ENGINEER, metavar="FILE")
    parser.add_argument("--target", type=Path, default=PUBLISHED, metavar="FILE")
    parser.add_argument(
        "--manifest",
        type=Path,
        metavar="FILE",
        help="dbt's manifest, to be compared with what is published "
        "(default for the engineer's file: target/manifest.json)",
    )
    options = parser.parse_args(arguments)
    is_ours = options.source == ENGINEER and MANIFEST.exists()
    manifest = options.manifest or (MANIFEST if is_ours else None)
    try:
        run = publish(options.source, options.target, manifest)
    except UserError as error:
        print(f"publish: {error}", file=sys.stderr)
        return 2
    warned = f", {run.tests_warned} warned" if run.tests_warned else ""
    print(
        f"Published {options.target} (run {run.run_id}, "
        f"{run.tests_passed} tests passed{warned})"
    )
    return 0


def last_finished_run(source: Path) -> str | None:
    """Name the run whose mark is in a file; none without file or mark."""
    if not source.exists():
        return None
    with _reading(source) as connection:
        try:
            return _only_row(
                connection.execute(
                    f"select run_id from {_name(_FILE)}.state.finished_run"
                )
            )[0]
        except duckdb.CatalogException:
            return None


def publish(source: Path, target: Path, manifest: Path | None = None) -> FinishedRun:
    """Copy the marts of a finished run from one DuckDB file to another.

    Parameters
    ----------
    source
        The engineer's file; only read.
    target
        The file to put in place.
    manifest
        dbt's manifest: it lists the marts of the project as it is now.

    Returns
    -------
    FinishedRun
        What was published.

    Raises
    ------
    UserError
        The source is missing, written to or not what a finished run left; the manifest
        lists other marts; the target is written to by another program, or cannot be.
    """
    require_file(source)
    # Through a link, to the file it stands for.
    target = target.resolve()
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        if target.exists() and target.samefile(source):
            raise UserError(f"{target} is the engineer's file: publish to another.")
        _make_folder(target.parent)
        with only_writer(target.parent), _without_writers(target):
            # Nobody else is at it: what is there was left by one that was killed.
            _delete(unfinished)
            try:
                run = _copy(source, unfinished)
                _refuse_strangers(source, run)
                if manifest:
                    _refuse_other_marts(manifest, source, run)
                _flush_to_disk(unfinished)
                if changed := _differences(unfinished, run):
                    raise _changed(source, ", ".join(changed))
                _put_in_place(unfinished, target, run)
            finally:
                _delete(unfinished)
    except (OSError, duckdb.Error) as error:
        raise _cannot_publish(source, target, error) from error
    return run


def _refuse_strangers(source: Path, run: FinishedRun) -> None:
    """Refuse a file with more in its schema `marts` than the run made.

    Raises
    ------
    UserError
        What an earlier project or another program left there is named.
    """
    with _reading(source) as connection:
        found = connection.execute(
            "select distinct table_name from duckdb_columns() "
            "where database_name = ? and schema_name = ? order by table_name",
            [_FILE, SCHEMA],
        ).fetchall()
    strangers = [name for (name,) in found if name not in {m.name for m in run.marts}]
    if strangers:
        raise UserError(
            f"{source} holds {', '.join(strangers)} in its schema {SCHEMA}, which the "
            "project does not make: an old mart, or somebody's own. Drop it there, "
            "or delete the file and run `dbt build`; then publish."
        )


def _refuse_other_marts(manifest: Path, source: Path, run: FinishedRun) -> None:
    """Refuse a file that is not of the project as dbt last read it.

    Raises
    ------
    UserError
        The manifest cannot be read, or lists marts that the file lacks or the reverse.
    """
    try:
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
        listed = {
            node["alias"]
            for node in nodes
            if node["resource_type"] == "model" and node["schema"] == SCHEMA
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{manifest} cannot be read as dbt's manifest ({error}). Run `dbt build`, "
            "then publish."
        ) from error
    made = {mart.name for mart in run.marts}
    differences = [
        f"{which} {', '.join(sorted(marts))}"
        for which, marts in (("lacks", listed - made), ("holds", made - listed))
        if marts
    ]
    if differences:
        raise UserError(
            f"{source} is not of this project as {manifest} lists its marts: it "
            f"{' and '.join(differences)}. Run `dbt build`, then publish."
        )


def _changed(source: Path, what: str) -> UserError:
    return UserError(
        f"{source} was changed since its tests ({what}). Run `dbt build` until it ends "
        "without error, then publish."
    )


def _cannot_publish(source: Path, target: Path, error: Exception) -> UserError:
    """Say what went wrong, and what to do about it."""
    said = " ".join(str(error).split())[:500]
    unchanged = "The file published before is unchanged"
    if isinstance(error, duckdb.ConstraintException):
        return UserError(
            f"a mart breaks its contract ({said}). {unchanged}; "
            "run `dbt build` to see which."
        )
    if isinstance(error, duckdb.ProgrammingError):
        return _changed(source, said)
    if any(os.strerror(number) in said for number in _NO_RIGHT):
        advice = "Change its rights, or those of its folder."
    elif "failed to offload" in said or any(
        os.strerror(number) in said for number in _NO_ROOM
    ):
        advice = f"Make room on the disk of {target.parent}."
    elif isinstance(error, duckdb.OutOfMemoryException):
        advice = f"Allow more memory than COMMERCE_MEMORY={MEMORY}."
    else:
        advice = "Run this again once the cause is gone."
    return UserError(f"{target} cannot be written ({said}). {advice} {unchanged}.")


def _make_folder(folder: Path) -> None:
    """Make a folder that everybody may read, whatever the umask."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        each.chmod(0o755)


@contextmanager
def _without_writers(target: Path) -> Iterator[None]:
    """Hold the lock of a reader of the file published before, if there is one.

    Raises
    ------
    UserError
        A program has it open for writing.
    """
    try:
        held = target.open("rb")
    except FileNotFoundError:
        yield
        return
    with held:
        try:
            fcntl.lockf(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(
                f"{target} is open for writing in another program, which would write "
                "on into the file to be published. Close it, and publish again. "
                f"{_who_writes(target)}"
            ) from error
        yield


def _who_writes(file: Path) -> str:
    try:
        duckdb.connect(str(file), read_only=True).close()
    except duckdb.Error as error:
        return f"DuckDB says: {str(error).splitlines()[0]}"
    return ""


def _delete(unfinished: Path) -> None:
    for file in (unfinished, *write_ahead_logs(unfinished)):
        file.unlink(missing_ok=True)
    shutil.rmtree(f"{unfinished}.spill", ignore_errors=True)


def _copy(source: Path, unfinished: Path) -> FinishedRun:
    """Write the marts of the source, which stays locked for writers, to a new file."""
    with _reading(source) as connection:
        run = _finished_run(connection, source)
        connection.execute(f"set temp_directory = {_text(f'{unfinished}.spill')}")
        # Views know their database by the name it had when they were made.
        connection.execute(f"alter database memory set alias to {_name(_MEMORY)}")
        engineer = _name(run.database_name)
        connection.execute(f"alter database {_name(_FILE)} set alias to {engineer}")
        connection.execute(
            f"attach {_text(unfinished)} as {_name(_COPY)} "
            f"(storage_version '{STORAGE_VERSION}')"
        )
        connection.execute(f"create schema {_name(_COPY)}.{SCHEMA}")
        connection.execute(f"use {_name(_COPY)}.{SCHEMA}")
        keyed = _keyed(run.marts)
        # What others refer to first; views last: they are made of the tables.
        marts = sorted(
            run.marts,
            key=lambda mart: (mart.view_sql is not None, bool(mart.refers_to)),
        )
        described = _descriptions(connection, run.database_name)
        if gone := [mart.name for mart in marts if mart.name not in described]:
            raise _changed(source, ", ".join(gone))
        progress = progress_bar(marts, desc="Publishing", unit="mart")
        for mart in progress:
            _copy_mart(connection, run.database_name, mart, described[mart.name], keyed)
        for function in run.functions:
            made = _name(function.name)
            connection.execute(
                f"create macro {made}({function.parameters}) as table {function.sql}"
            )
            connection.execute(
                f"comment on macro table {made} is {_text(function.comment)}"
            )
        connection.execute(f"use {_name(_MEMORY)}")
        connection.execute(f"detach {_name(_COPY)}")
    return run


@contextmanager
def _reading(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a file as a reader who comes anew; it stays locked for writers."""
    try:
        connection = duckdb.connect(config={"memory_limit": MEMORY})
    except duckdb.Error as error:
        raise UserError(
            f"COMMERCE_MEMORY is '{MEMORY}', which is no amount of memory for DuckDB "
            f"(it says: {error}). Write it as 2GB."
        ) from error
    with connection:
        connection.execute(NO_BAR_OF_DUCKDB)
        try:
            connection.execute(f"attach {_text(file)} as {_name(_FILE)} (read_only)")
        except duckdb.Error as error:
            raise cannot_open(file, error) from error
        try:
            yield connection
        except duckdb.Error as error:
            if "Corrupt database" in str(error) or str(file) in str(error):
                raise cannot_open(file, error) from error
            raise


def _finished_run(connection: duckdb.DuckDBPyConnection, source: Path) -> FinishedRun:
    """Read the mark of a finished run, and make sure that it can be relied on."""
    mark = f"{_name(_FILE)}.state.finished_run"
    try:
        run_id, made_with, database, passed, warned = _only_row(
            connection.execute(
                "select run_id, engine, database_name, tests_passed, tests_warned "
                f"from {mark}"
            )
        )
        marts = connection.execute(
            "select mart.name, mart.required_columns, mart.key_columns, "
            "mart.refers_to, mart.columns_hash, mart.view_sql, mart.row_count, "
            f"mart.rows_hash from (select unnest(marts) as mart from {mark})"
        ).fetchall()
        functions = connection.execute(
            "select name, parameters, sql, comment, definition from "
            f"(select unnest(functions, recursive := true) from {mark})"
        ).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise UserError(
            f"{source} is not what a finished run left: the last one failed, was cut "
            "short, or made or tested a part only. Run `dbt build`, of everything and "
            "until it ends without error, then publish."
        ) from error
    run = FinishedRun(
        run_id,
        made_with,
        database,
        passed,
        warned,
        [Mart(*mart) for mart in marts],
        [Function(*function) for function in functions],
    )
    (engine,) = _only_row(connection.execute("select 'duckdb ' || version()"))
    if not run.tests_passed:
        raise UserError(
            f"{source} was made to compare engines, and no test was run on it. "
            "Run `commerce spark` or `dbt build`, then publish."
        )
    if run.engine != engine:
        raise UserError(
            f"{source} was made with {run.engine}, and this is {engine}, which cannot "
            "tell whether it was changed since. Run `dbt build`, then publish."
        )
    return run


def _only_row(answer: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    """Take the row of a query that always has one."""
    row = answer.fetchone()
    assert row is not None
    return row


def _keyed(marts: list[Mart]) -> dict[str, list[str]]:
    """Say which marts have their key declared, and of which columns.

    DuckDB keeps an index for each: of large tables that would cost more than it tells.
    """
    return {
        mart.name: mart.key_columns
        for mart in marts
        if mart.view_sql is None
        and mart.row_count <= MOST_ROWS_WITH_A_KEY
        and mart.key_columns
        and set(mart.key_columns) <= set(mart.required_columns)
    }


def _constraints(mart: Mart, keyed: dict[str, list[str]]) -> list[str]:
    """Write the key of a mart, and what it refers to, for `create table`."""
    if mart.name not in keyed:
        return []
    key = ", ".join(_name(column) for column in keyed[mart.name])
    return [f"primary key ({key})"] + [
        f"foreign key ({column}) references {_name(reference['mart'])} ({column})"
        for reference in mart.refers_to
        if keyed.get(reference["mart"]) == [reference["column_name"]]
        for column in [_name(reference["column_name"])]
    ]


@dataclass(frozen=True)
class _Description:
    """Comment of a mart, and name, type and comment of its columns, in order."""

    comment: str | None
    columns: list[tuple[str, str, str | None]]


def _descriptions(
    connection: duckdb.DuckDBPyConnection, engineer: str
) -> dict[str, _Description]:
    """Ask for all at once: DuckDB reads every view anew each time it is asked."""
    place = "database_name = ? and schema_name = ?"
    found = connection.execute(
        f"select table_name, comment from duckdb_tables() where {place} union all "
        f"select view_name, comment from duckdb_views() where {place}",
        2 * [engineer, SCHEMA],
    ).fetchall()
    columns = connection.execute(
        "select table_name, column_name, data_type, comment from duckdb_columns() "
        f"where {place} order by table_name, column_index",
        [engineer, SCHEMA],
    ).fetchall()
    return {
        name: _Description(comment, [row[1:] for row in columns if row[0] == name])
        for name, comment in found
    }


def _copy_mart(
    connection: duckdb.DuckDBPyConnection,
    engineer: str,
    mart: Mart,
    described: _Description,
    keyed: dict[str, list[str]],
) -> None:
    """Make a table with the mart's columns, rows and comments, or its view."""
    made = _name(mart.name)
    kind = "table" if mart.view_sql is None else "view"
    if mart.view_sql is not None:
        connection.execute(f"create view {made} as {mart.view_sql}")
    else:
        parts = [
            f"{_name(column)} {data_type}"
            + (" not null" if column in mart.required_columns else "")
            for column, data_type, _ in described.columns
        ]
        connection.execute(
            f"create table {made} ({', '.join(parts + _constraints(mart, keyed))})"
        )
        connection.execute(f"insert into {made} from {_name(engineer)}.{SCHEMA}.{made}")
    if described.comment:
        connection.execute(f"comment on {kind} {made} is {_text(described.comment)}")
    for column, _, comment in described.columns:
        if comment is not None:
            connection.execute(
                f"comment on column {made}.{_name(column)} is {_text(comment)}"
            )


def _flush_to_disk(file: Path) -> None:
    """Make a file complete, readable by all and writable by nobody."""
    file.chmod(0o444)
    flush_to_disk(file)


def _differences(file: Path, run: FinishedRun) -> list[str]:
    """Read a copy as readers do; what is not as the run left it."""
    with _reading(file) as connection:
        create_columns_hashes(connection)
        columns = dict(
            connection.execute("from columns_hashes(?, ?)", [_FILE, SCHEMA]).fetchall()
        )
        return [
            mart.name
            for mart in run.marts
            if (columns.get(mart.name), *_rows(connection, mart))
            != (mart.columns_hash, mart.row_count, mart.rows_hash)
        ] + [
            function.name
            for function in run.functions
            if _definition(connection, function)
            != [(function.definition, function.comment)]
        ]


def _rows(connection: duckdb.DuckDBPyConnection, mart: Mart) -> tuple[Any, ...]:
    """Ask what its rows come to, as `mart_content` in macros/finished_run.sql does."""
    if mart.view_sql is not None:
        return 0, None
    return _only_row(
        connection.execute(
            "select count(*), cast(sum(hash(mart)) as varchar) "
            f"from {_name(_FILE)}.{SCHEMA}.{_name(mart.name)} as mart"
        )
    )


def _definition(
    connection: duckdb.DuckDBPyConnection, function: Function
) -> list[tuple[Any, ...]]:
    """Ask for the query and the comment of a table macro, one row a definition."""
    return connection.execute(
        "select macro_definition, comment from duckdb_functions() "
        "where database_name = ? and schema_name = ? and function_name = ?",
        [_FILE, SCHEMA, function.name],
    ).fetchall()


def _put_in_place(unfinished: Path, target: Path, run: FinishedRun) -> None:
    """Give the copy its name; take it away again if it does not read as it is."""
    previous = target.with_name(f".{target.name}.previous")
    previous.unlink(missing_ok=True)
    if target.exists():
        _link(target, previous)
    _delete_logs(target)
    unfinished.replace(target)
    _delete_logs(target)
    try:
        wrong = ", ".join(_differences(target, run))
    except (UserError, duckdb.Error) as error:
        wrong = str(error.__cause__ or error).splitlines()[0]
    wrong = wrong or ", ".join(log.name for log in write_ahead_logs(target))
    if wrong:
        if previous.exists():
            previous.replace(target)
        else:
            target.unlink()
        _delete_logs(target)
        raise UserError(
            f"{target} does not read as it was written ({wrong}): another program "
            "writes to it. The file published before was put back. Close that "
            "program, and publish again."
        )
    previous.unlink(missing_ok=True)


def _link(file: Path, name: Path) -> None:
    """Give a file a second name; a copy where the disk knows no links."""
    try:
        name.hardlink_to(file)
    except OSError:
        shutil.copy2(file, name)


def _delete_logs(target: Path) -> None:
    """Delete what DuckDB would replay onto the published file, and say so."""
    for log in write_ahead_logs(target):
        log.unlink()
        print(
            f"publish: deleted {log}, left by a program that had opened the published "
            "file for writing. What it wrote is not in the file published now.",
            file=sys.stderr,
        )


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str | Path) -> str:
    return "'" + str(value).replace("'", "''") + "'"


if __name__ == "__main__":
    sys.exit(main())
