"""The data behind each figure, as files: exact amounts, codes, and both languages.

Each row says where it is from: a file travels without the page it was on.
"""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from common.warehouse import Territory, Warehouse

_FLOWS = """
    select
        flows.year,
        flows.territory_level,
        flows.territory_code,
        territories.territory_name,
        flows.flow,
        flows.activity_code,
        activities.activity_name_fr,
        activities.activity_name_en,
        flows.country_code,
        countries.country_name_fr,
        countries.country_name_en,
        flows.value_eur,
        flows.value_share,
        flows.is_top_flow,
        build.data_origin,
        build.vintages
    from marts.rpt_factsheet_flows as flows
    cross join marts.build_info as build
    left join marts.dim_territory as territories using (territory_code)
    left join marts.dim_activity as activities using (activity_code)
    left join marts.dim_country as countries using (country_code)
    where flows.territory_code = ? and flows.year = ? and flows.flow = '{flow}'
    order by flows.value_eur desc, flows.activity_code, flows.country_code
"""
#: Figure → its query; the parameters are the territory and the year.
QUERIES = {
    "balances": """
        select
            partners.year,
            partners.territory_level,
            partners.territory_code,
            territories.territory_name,
            partners.position,
            partners.country_code,
            countries.country_name_fr,
            countries.country_name_en,
            partners.import_eur,
            partners.export_eur,
            partners.balance_eur,
            build.data_origin,
            build.vintages
        from marts.rpt_factsheet_countries as partners
        cross join marts.build_info as build
        left join marts.dim_territory as territories using (territory_code)
        left join marts.dim_country as countries using (country_code)
        where partners.territory_code = ? and partners.year = ?
        order by partners.position
    """,
    "activities": """
        select
            shown.year,
            shown.territory_level,
            shown.territory_code,
            territories.territory_name,
            shown.flow,
            shown.position,
            shown.activity_code,
            activities.activity_name_fr,
            activities.activity_name_en,
            shown.value_eur,
            shown.value_share,
            shown.members,
            build.data_origin,
            build.vintages
        from marts.rpt_factsheet_activities as shown
        cross join marts.build_info as build
        left join marts.dim_territory as territories using (territory_code)
        left join marts.dim_activity as activities using (activity_code)
        where shown.territory_code = ? and shown.year = ?
        order by shown.flow, shown.position
    """,
    "exports": _FLOWS.format(flow="export"),
    "imports": _FLOWS.format(flow="import"),
}


def file_name(figure: str, territory_code: str, year: int) -> str:
    """Name the data file of a figure, without its ending: `D52_2024_exports`."""
    return f"{territory_code}_{year}_{figure}"


def read_csv(
    warehouse: Warehouse, figure: str, territory: Territory, year: int
) -> str | None:
    """Read the rows of a figure as CSV (UTF-8, comma, LF, a header).

    Returns
    -------
    str or None
        None when the figure is empty.
    """
    rows = warehouse.rows(QUERIES[figure], [territory.code, year])
    if not rows:
        return None
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return text.getvalue()


def read_parquet(
    warehouse: Warehouse, figure: str, territory: Territory, year: int
) -> bytes:
    """Read the same rows as a Parquet file."""
    rows = warehouse.connection.sql(QUERIES[figure], params=[territory.code, year])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        rows.write_parquet(str(path), compression="zstd")
        return path.read_bytes()


def _cell(value: object) -> object:
    """Write booleans as DuckDB and JSON do."""
    return str(value).lower() if isinstance(value, bool) else value
