"""SQL that an assistant wrote: what is run of it, for how long, and what it sums."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from commerce_exterieur.errors import UserError
from commerce_exterieur.warehouse import Warehouse

#: Functions that may stand in `from`: the others reach for files, run texts as SQL, or
#: switch logging on, which closed doors do not prevent.
_IN_FROM = {"range", "generate_series", "unnest"}
_SUMS = {"sum", "fsum", "kahan_sum", "sum_no_overflow"}
#: A column that holds one of these holds the other.
_HOLDS = {"territory_level": {"territory_level", "territory_code"}}
_LONGEST_SQL = 20_000


@dataclass(frozen=True)
class Statement:
    """One `select`, and what it names.

    Attributes
    ----------
    marts
        The marts it reads.
    columns
        Every column it names, whichever table it is of.
    summed
        Those of them that stand within a sum.
    constants
        Its texts and numbers.
    """

    sql: str
    marts: frozenset[str]
    columns: frozenset[str]
    summed: frozenset[str]
    constants: frozenset[str | int]


def read_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> Statement:
    """Let DuckDB read one `select`, which is not run.

    Raises
    ------
    UserError
        It is no single `select`, or reads something else than marts.
    """
    if len(sql) > _LONGEST_SQL:
        raise UserError(f"The SQL has more than {_LONGEST_SQL} characters: shorten it.")
    statements = connection.extract_statements(sql)
    only_select = "Write one SELECT statement, and nothing else."
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise UserError(only_select)
    if statements[0].named_parameters:
        raise UserError("Write the values into the SQL: it can take no parameters.")
    (text,) = connection.execute("select json_serialize_sql(?)", [sql]).fetchone() or (
        "{}",
    )
    try:
        tree = json.loads(text)
    except RecursionError as error:
        raise UserError("The SQL is nested too deeply: write it flatter.") from error
    # Among others `pragma`, which counts as a select until here.
    if tree.get("error", True):
        raise UserError(only_select)
    return _named(sql, tree)


def _named(sql: str, tree: dict[str, Any]) -> Statement:
    tables, columns, summed = set(), set(), set()
    constants: set[str | int] = set()
    for node in _nodes(tree):
        kind = node.get("type")
        if kind == "TABLE_FUNCTION":
            name = node["function"]["function_name"].lower()
            if name not in _IN_FROM:
                raise UserError(
                    f"{name}() may not stand in FROM: only marts are read, and "
                    f"{', '.join(sorted(_IN_FROM))}."
                )
        elif kind == "BASE_TABLE":
            if node["schema_name"].lower() not in ("", "marts"):
                raise UserError(
                    f"The schema {node['schema_name']!r} is not read: marts only."
                )
            tables.add(node["table_name"].lower())
        elif kind == "COLUMN_REF":
            columns.add(node["column_names"][-1].lower())
        elif kind == "FUNCTION" and node["function_name"].lower() in _SUMS:
            summed |= {
                each["column_names"][-1].lower()
                for each in _nodes(node["children"])
                if each.get("type") == "COLUMN_REF"
            }
        elif kind == "VALUE_CONSTANT":
            value = node["value"].get("value")
            if isinstance(value, str | int):
                constants.add(value)
    return Statement(
        sql,
        frozenset(tables),
        frozenset(columns),
        frozenset(summed),
        frozenset(constants),
    )


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Give every object of a tree of JSON, in no order."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def sum_warnings(warehouse: Warehouse, statement: Statement) -> list[str]:
    """Warn of sums that `dim_column` does not vouch for.

    A modest rule: it knows the marts and columns that a statement names, not which
    column is of which mart, nor what a filter says. Where a column may be summed in one
    of the marts, it is taken to be that one's.
    """
    rows = warehouse.rows(
        """
        select
            column_name,
            min(mart_name) as mart_name,
            bool_or(is_additive) as is_additive,
            bool_or(is_additive and additive_within is null) as is_free,
            min(additive_within) as additive_within
        from marts.dim_column
        where
            list_contains($marts, mart_name)
            and list_contains($columns, column_name)
            and data_type in ('bigint', 'double', 'integer')
            and not is_key
        group by column_name
        order by column_name
        """,
        {"marts": sorted(statement.marts), "columns": sorted(statement.summed)},
    )
    told = []
    for row in rows:
        name, mart = row["column_name"], row["mart_name"]
        if not row["is_additive"]:
            told.append(
                f"`{name}` of {mart} is not declared additive: a sum of it may "
                "mean nothing."
            )
        elif not row["is_free"]:
            loose = [
                within
                for within in row["additive_within"].split(", ")
                if not _HOLDS.get(within, {within}) & statement.columns
            ]
            if loose:
                told.append(
                    f"`{name}` of {mart} adds up only within one "
                    f"{' and '.join(loose)}: filter on it or group by it, or the same "
                    "euro is counted several times."
                )
    return told


def run(
    connection: duckdb.DuckDBPyConnection, sql: str, max_rows: int, seconds: float
) -> tuple[list[dict[str, Any]], bool]:
    """Run a statement; return its first rows, and whether they are all.

    Raises
    ------
    UserError
        It took too long, or two of its columns have one name.
    """
    with _time_limit(connection, seconds):
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description or []]
        found = cursor.fetchmany(max_rows + 1)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UserError(f"Two columns are called {twice!r}: name each with AS.")
    rows = [dict(zip(names, row, strict=True)) for row in found[:max_rows]]
    return rows, len(found) <= max_rows


@contextmanager
def _time_limit(
    connection: duckdb.DuckDBPyConnection, seconds: float
) -> Iterator[None]:
    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise UserError(
            f"The query took more than {seconds:g} s and was stopped: filter or "
            "aggregate more."
        ) from error
    finally:
        timer.cancel()
