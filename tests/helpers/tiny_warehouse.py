"""A warehouse of a few cells, with the columns the figures read, for edge cases."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import duckdb

Cell = tuple[str, str, str, int]
YEAR = 2024
_TABLES = """
create schema marts;
create table marts.build_info (data_origin varchar);
create table marts.rpt_factsheet_vintages (
    year integer, vintages varchar, sheet_vintages varchar);
create table marts.dim_territory (
    territory_code varchar, level varchar, territory_name varchar,
    region_code varchar, name_with_article varchar, name_genitive varchar,
    has_sheet boolean, is_one_department boolean, is_ranked boolean);
create table marts.fct_territory_totals (
    year integer, territory_code varchar, import_eur bigint, export_eur bigint,
    balance_eur bigint, quarters_covered integer);
create table marts.rpt_factsheet_territories (
    year integer, territory_code varchar, import_quarters integer,
    export_quarters integer);
create table marts.rpt_factsheet_flows (
    year integer, territory_code varchar, flow varchar, activity_code varchar,
    country_code varchar, value_eur bigint, value_share double,
    is_top_flow boolean);
create table marts.rpt_factsheet_nodes (
    year integer, territory_code varchar, flow varchar, side varchar,
    member_code varchar, member_name_fr varchar, member_name_en varchar,
    member_short_fr varchar, member_short_en varchar, position integer,
    value_eur bigint, value_share double, members integer);
create table marts.rpt_factsheet_countries (
    year integer, territory_code varchar, country_code varchar,
    country_name_fr varchar, country_name_en varchar, position integer,
    import_eur bigint, export_eur bigint, balance_eur bigint);
create table marts.rpt_factsheet_activities (
    year integer, territory_code varchar, flow varchar, activity_code varchar,
    activity_name_fr varchar, activity_name_en varchar, activity_short_fr varchar,
    activity_short_en varchar, activity_abbreviation_fr varchar,
    activity_abbreviation_en varchar, sector_code varchar, sector_name_fr varchar,
    sector_name_en varchar, position integer, value_eur bigint,
    value_share double, members integer);
"""


def write(
    path: Path,
    cells: list[Cell],
    *,
    names: dict[str, str] | None = None,
    origin: str = "simulated",
    vintages: str = "2025-02",
    territory: str = "l'Essai",
    genitive: str = "de l'Essai",
    absent: str | None = None,
) -> Path:
    """Write the marts of one department, `D00`, and of France, which trades nothing.

    Parameters
    ----------
    path
        The DuckDB file to make.
    cells
        (flow, activity, country, whole euros), at most one a key; `*other` and
        `*unspecified` may stand for themselves.
    names
        Names of codes; a code without one is its own name.
    absent
        A flow that was not delivered.
    """
    names = names or {}
    with duckdb.connect(str(path)) as database:
        database.execute(_TABLES)
        database.execute("insert into marts.build_info values (?)", [origin])
        database.execute(
            "insert into marts.rpt_factsheet_vintages values (?, ?, ?)",
            [YEAR, vintages, vintages],
        )
        for row in (
            ["D00", "department", "Essai", None, territory, genitive],
            ["FR", "country", "France", None, "la France", "de la France"],
        ):
            database.execute(
                "insert into marts.dim_territory values "
                "(?, ?, ?, ?, ?, ?, true, false, true)",
                row,
            )
        _write_totals(database, cells, absent)
        _write_flows(database, cells)
        for flow in ("import", "export"):
            of_flow = [cell for cell in cells if cell[0] == flow]
            _write_sides(database, of_flow, flow, names)
        _write_countries(database, cells, names, absent)
    return path


def _write_totals(
    database: duckdb.DuckDBPyConnection, cells: list[Cell], absent: str | None
) -> None:
    imports = sum(cell[3] for cell in cells if cell[0] == "import")
    exports = sum(cell[3] for cell in cells if cell[0] == "export")
    # A territory that trades nothing has no row, but the year still exists.
    code = "D00" if cells else "D99"
    database.execute(
        "insert into marts.fct_territory_totals values (?, ?, ?, ?, ?, 4)",
        [YEAR, code, imports, exports, None if absent else exports - imports],
    )
    database.execute(
        "insert into marts.rpt_factsheet_territories values (?, 'D00', ?, ?)",
        [YEAR, *(0 if absent == flow else 4 for flow in ("import", "export"))],
    )


def _write_flows(database: duckdb.DuckDBPyConnection, cells: list[Cell]) -> None:
    for flow in ("import", "export"):
        ordered = sorted(
            (cell for cell in cells if cell[0] == flow),
            key=lambda cell: (-cell[3], cell[1], cell[2]),
        )
        named = [
            cell
            for cell in ordered
            if not cell[1].startswith("*") and not cell[2].startswith("*")
        ]
        total = sum(cell[3] for cell in ordered)
        for cell in ordered:
            database.execute(
                "insert into marts.rpt_factsheet_flows values "
                "(?, 'D00', ?, ?, ?, ?, ?, ?)",
                [YEAR, *cell, cell[3] / total, cell in named[:5]],
            )


def _write_sides(
    database: duckdb.DuckDBPyConnection,
    cells: list[Cell],
    flow: str,
    names: dict[str, str],
) -> None:
    total = sum(cell[3] for cell in cells)
    for side, column in (("activity", 1), ("country", 2)):
        for position, (code, value) in enumerate(_ranked(cells, column), start=1):
            name = names.get(code, code)
            database.execute(
                "insert into marts.rpt_factsheet_nodes values "
                "(?, 'D00', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 3)",
                [YEAR, flow, side, code, *4 * [name], position, value, value / total],
            )
            if side == "activity":
                database.execute(
                    "insert into marts.rpt_factsheet_activities values "
                    "(?, 'D00', ?, ?, ?, ?, ?, ?, ?, ?, 'C', 'C', 'C', ?, ?, ?, 3)",
                    [
                        *(YEAR, flow, code, *4 * [name], *2 * [name[:12]]),
                        *(position, value, value / total),
                    ],
                )


def _ranked(cells: list[Cell], column: int) -> list[tuple[str, int]]:
    sums: dict[str, int] = defaultdict(int)
    for cell in cells:
        sums[cell[column]] += cell[3]
    return sorted(
        sums.items(), key=lambda item: (item[0].startswith("*"), -item[1], item[0])
    )


def _write_countries(
    database: duckdb.DuckDBPyConnection,
    cells: list[Cell],
    names: dict[str, str],
    absent: str | None,
) -> None:
    for position, (code, _) in enumerate(_ranked(cells, 2), start=1):
        if code.startswith("*"):
            continue
        imports, exports = (
            sum(cell[3] for cell in cells if cell[0] == flow and cell[2] == code)
            for flow in ("import", "export")
        )
        database.execute(
            "insert into marts.rpt_factsheet_countries values "
            "(?, 'D00', ?, ?, ?, ?, ?, ?, ?)",
            [
                *(YEAR, code, *2 * [names.get(code, code)], position, imports, exports),
                None if absent else exports - imports,
            ],
        )
