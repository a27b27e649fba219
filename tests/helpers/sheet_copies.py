"""Small copies of the sample, changed, and the sheets made from them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
from sample import SAMPLE
from shared import made_once

from commerce_exterieur.factsheet.content import build_sheet
from commerce_exterieur.factsheet.pictures import Renderer
from commerce_exterieur.factsheet.sheet import Sheet
from commerce_exterieur.warehouse import Warehouse

Change = str | Callable[[duckdb.DuckDBPyConnection], None]
YEAR = 2024
HOSTILE = '<script>alert(1)</script> #panic("x") $x$ *gras* </script> & \\end'
# Facts no figure or sentence of a sheet reads.
_LARGE = ("fct_trade_flows", "fct_rankings", "fct_trade_balances")


def small_copy(path: Path, *changes: Change) -> Path:
    """Copy the marts a sheet reads and run SQL on the copy."""

    def make(folder: Path) -> None:
        with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
            connection.execute(f"attach '{SAMPLE}' as sample (read_only)")
            connection.execute("create schema marts")
            tables = connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts' "
                "and database_name = 'sample'"
            ).fetchall()
            for (table,) in tables:
                where = "where false" if table in _LARGE else ""
                connection.execute(
                    f"create table marts.{table} as from sample.marts.{table} {where}"
                )

    shutil.copyfile(made_once("small", make) / "warehouse.duckdb", path)
    if not changes:
        return path
    with duckdb.connect(str(path)) as connection:
        for change in changes:
            if callable(change):
                change(connection)
            else:
                connection.execute(change)
    return path


def changed(path: Path, query: str) -> Path:
    """A changed copy: the process that built a site may still have the file open."""
    copy = path.with_stem(path.stem + "x")
    shutil.copyfile(path, copy)
    with duckdb.connect(str(copy)) as warehouse:
        warehouse.execute(query)
    return copy


def renamed(name: str, to: str, where: str = "true") -> Change:
    """Change a name, `country_name_fr`, in every mart that carries it.

    Parameters
    ----------
    to, where
        SQL for the new name and for the rows; `{code}` is the column with the code
        that is named.
    """
    kind, _, form = name.partition("_")

    def change(connection: duckdb.DuckDBPyConnection) -> None:
        for table, column in connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'marts'"
        ).fetchall():
            code, rows = column.removesuffix(form) + "code", where
            if column == f"member_{form}":
                known = f"select {kind}_code from marts.dim_{kind}"
                rows = f"{where} and member_code in ({known})"
            elif column not in (name, f"top_{name}"):
                continue
            connection.execute(
                f"update marts.{table} set {column} = {to.format(code=code)} "
                f"where {rows.format(code=code)} and {column} is not null"
            )

    return change


def without_flow(territory: str, flow: str) -> list[str]:
    """SQL that takes one flow away from a territory, as the marts would show it."""
    here = f"territory_code = '{territory}'"
    nulls = ", ".join(
        f"{column} = null"
        for column in (
            "region_share",
            "france_share",
            "eu_share",
            "change_ratio",
            "rank_in_region",
            "rank_in_france",
            "top_country_code",
            "top_activity_code",
            "top_3_countries_share",
        )
    )
    return [
        *(
            f"delete from marts.rpt_factsheet_{table} where {here} and flow = '{flow}'"
            for table in ("flows", "nodes", "activities", "revisions")
        ),
        # What is read from both flows goes with either.
        f"delete from marts.rpt_territory_findings where {here} "
        f"and coalesce(flow, '{flow}') = '{flow}'",
        f"delete from marts.rpt_factsheet_shares where {here} and "
        f"(panel = 'dependence') = ('{flow}' = 'import')",
        f"update marts.fct_territory_quarters set {flow}_eur = 0 where {here}",
        f"update marts.rpt_factsheet_countries set {flow}_eur = 0 where {here}",
        f"delete from marts.rpt_factsheet_countries where {here} "
        "and import_eur = 0 and export_eur = 0",
        f"update marts.fct_territory_totals set {flow}_eur = 0 where {here}",
        f"delete from marts.fct_territory_totals where {here} "
        "and import_eur = 0 and export_eur = 0",
        f"update marts.rpt_factsheet_key_figures set value_eur = 0, "
        f"value_status = 'not_traded', {nulls} "
        f"where {here} and flow = '{flow}'",
        f"update marts.rpt_factsheet_territories set {flow}_eur = 0, "
        f"coverage_ratio = null where {here}",
        "update marts.rpt_factsheet_territories set "
        f"balance_eur = export_eur - import_eur where {here}",
    ]


def sheet_of(path: Path, code: str, year: int = YEAR) -> Sheet:
    """The content of one sheet."""
    with Warehouse(path) as warehouse:
        return build_sheet(
            warehouse, warehouse.territory(code), year, Renderer(warehouse, year)
        )
