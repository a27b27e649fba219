"""Small copies of the sample, changed, and the sheets made from them."""

from __future__ import annotations

from pathlib import Path

import duckdb
from sample import SAMPLE

from commerce_exterieur.factsheet.content import Artist, build_sheet
from commerce_exterieur.warehouse import Warehouse

YEAR = 2024
HOSTILE = '<script>alert(1)</script> #panic("x") $x$ *gras* </script> & \\end'
# Facts no figure or sentence of a sheet reads.
_LARGE = ("fct_trade_flows", "fct_rankings", "fct_trade_balances")


def small_copy(path: Path, *changes: str) -> Path:
    """Copy the marts a sheet reads and run SQL on the copy."""
    with duckdb.connect(str(path)) as connection:
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
        connection.execute("detach sample")
        for change in changes:
            connection.execute(change)
    return path


def without_flow(territory: str, flow: str) -> list[str]:
    """SQL that takes one flow away from a territory, as the marts would show it."""
    here = f"territory_code = '{territory}'"
    nulls = ", ".join(
        f"{column} = null"
        for column in (
            f"{flow}_region_share",
            f"{flow}_france_share",
            f"{flow}_eu_share",
            f"{flow}_change_ratio",
            f"{flow}_rank_in_region",
            f"{flow}_rank_in_france",
            f"{flow}_top_country_code",
            f"{flow}_top_activity_code",
            f"{flow}_top_3_countries_share",
        )
    )
    return [
        *(
            f"delete from marts.rpt_factsheet_{table} where {here} and flow = '{flow}'"
            for table in ("flows", "nodes", "activities")
        ),
        f"update marts.rpt_factsheet_countries set {flow}_eur = 0 where {here}",
        f"delete from marts.rpt_factsheet_countries where {here} "
        "and import_eur = 0 and export_eur = 0",
        f"update marts.fct_territory_totals set {flow}_eur = 0 where {here}",
        f"delete from marts.fct_territory_totals where {here} "
        "and import_eur = 0 and export_eur = 0",
        f"update marts.rpt_factsheet_key_figures set {flow}_eur = 0, "
        f"coverage_ratio = null, {nulls} where {here}",
        "update marts.rpt_factsheet_key_figures set "
        f"balance_eur = export_eur - import_eur where {here}",
    ]


def sheet_of(path: Path, code: str, year: int = YEAR) -> dict:
    """The content of one sheet."""
    with Warehouse(path) as warehouse:
        return build_sheet(
            warehouse, warehouse.territory(code), year, Artist(warehouse, year)
        )
