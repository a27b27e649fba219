"""The data behind each figure, as files: exact amounts, codes, and both languages.

Each row says where it is from: a file travels without the page it was on.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from pathlib import Path

from commerce_exterieur.warehouse import Territory, Warehouse

_FLOWS = """
    select
        flows.year,
        flows.territory_level,
        flows.territory_code,
        flows.territory_name,
        flows.flow,
        flows.activity_code,
        flows.activity_name_fr,
        flows.activity_name_en,
        flows.country_code,
        flows.country_name_fr,
        flows.country_name_en,
        flows.value_eur,
        flows.value_share,
        flows.is_top_flow,
        build.data_origin,
        made.vintages
    from marts.rpt_factsheet_flows as flows
    cross join marts.build_info as build
    left join marts.rpt_factsheet_vintages as made using (year)
    where flows.territory_code = ? and flows.year = ? and flows.flow = '{flow}'
    order by flows.value_eur desc, flows.activity_code, flows.country_code
"""
_SHARES = """
    select
        shares.year,
        shares.territory_level,
        shares.territory_code,
        shares.panel,
        shares.position,
        shares.member_code,
        shares.member_name_fr,
        shares.member_name_en,
        shares.value_eur,
        shares.share,
        shares.reference_share,
        shares.ratio,
        shares.rank_in_france,
        shares.duty_min_pct,
        shares.duty_max_pct,
        build.data_origin,
        made.vintages
    from marts.rpt_factsheet_shares as shares
    cross join marts.build_info as build
    left join marts.rpt_factsheet_vintages as made using (year)
    where
        shares.territory_code = ? and shares.year = ?
        and shares.panel = '{panel}'
    order by shares.position
"""
#: Figure → its query; the parameters are the territory and the year.
QUERIES = {
    "balances": """
        select
            partners.year,
            partners.territory_level,
            partners.territory_code,
            partners.territory_name,
            partners.position,
            partners.country_code,
            partners.country_name_fr,
            partners.country_name_en,
            partners.import_eur,
            partners.export_eur,
            partners.balance_eur,
            build.data_origin,
            made.vintages
        from marts.rpt_factsheet_countries as partners
        cross join marts.build_info as build
        left join marts.rpt_factsheet_vintages as made using (year)
        where partners.territory_code = ? and partners.year = ?
        order by partners.position
    """,
    "activities": """
        select
            shown.year,
            shown.territory_level,
            shown.territory_code,
            shown.territory_name,
            shown.flow,
            shown.position,
            shown.activity_code,
            shown.activity_name_fr,
            shown.activity_name_en,
            shown.value_eur,
            shown.value_share,
            shown.members,
            build.data_origin,
            made.vintages
        from marts.rpt_factsheet_activities as shown
        cross join marts.build_info as build
        left join marts.rpt_factsheet_vintages as made using (year)
        where shown.territory_code = ? and shown.year = ?
        order by shown.flow, shown.position
    """,
    "exports": _FLOWS.format(flow="export"),
    "imports": _FLOWS.format(flow="import"),
    "quarters": """
        select
            quarters.year,
            quarters.quarter,
            quarters.period_start,
            quarters.territory_level,
            quarters.territory_code,
            quarters.import_eur,
            quarters.import_status,
            quarters.export_eur,
            quarters.export_status,
            build.data_origin,
            made.vintages
        from marts.fct_territory_quarters as quarters
        cross join marts.build_info as build
        left join marts.rpt_factsheet_vintages as made using (year)
        where quarters.territory_code = $1 and $2 - quarters.year in (0, 1)
        order by quarters.year, quarters.quarter
    """,
    "revisions": """
        select
            revisions.year,
            revisions.territory_level,
            revisions.territory_code,
            revisions.territory_name,
            revisions.flow,
            revisions.vintage,
            revisions.published_on,
            revisions.value_eur,
            revisions.change_from_first_eur,
            revisions.change_from_first_share,
            revisions.is_current,
            build.data_origin
        from marts.rpt_factsheet_revisions as revisions
        cross join marts.build_info as build
        where revisions.territory_code = ? and revisions.year = ?
        order by revisions.vintage, revisions.flow
    """,
    "key-figures": """
        select
            figures.year,
            figures.territory_level,
            figures.territory_code,
            figures.territory_name,
            figures.flow,
            figures.value_eur,
            figures.value_status,
            figures.change_ratio,
            figures.region_share,
            figures.france_share,
            figures.rank_in_region,
            figures.rank_in_france,
            figures.eu_share,
            figures.top_country_name_fr,
            figures.top_country_name_en,
            figures.top_country_share,
            figures.top_3_countries_share,
            figures.top_activity_name_fr,
            figures.top_activity_name_en,
            figures.top_activity_share,
            figures.partners,
            figures.activities,
            build.data_origin,
            made.sheet_vintages as vintages
        from marts.rpt_factsheet_key_figures as figures
        cross join marts.build_info as build
        left join marts.rpt_factsheet_vintages as made using (year)
        where figures.territory_code = ? and figures.year = ?
        order by figures.flow
    """,
    "places": """
        select
            figures.year,
            figures.territory_level,
            figures.territory_code,
            figures.territory_name,
            figures.flow,
            figures.rank_in_france,
            figures.value_eur,
            build.data_origin,
            made.vintages
        from marts.rpt_factsheet_key_figures as figures
        inner join marts.dim_territory as own
            on own.territory_code = ? and own.level = figures.territory_level
        cross join marts.build_info as build
        left join marts.rpt_factsheet_vintages as made using (year)
        where figures.year = ? and figures.rank_in_france is not null
        order by figures.flow, figures.rank_in_france
    """,
}
QUERIES |= {
    f"largest-{flow}s": f"select * from ({_FLOWS.format(flow=flow)}) where is_top_flow"
    for flow in ("export", "import")
}
QUERIES |= {
    panel.replace("_", "-"): _SHARES.format(panel=panel)
    for panel in ("specialities", "groups", "us_activities", "dependence")
}
#: The blocks whose rows are read with the facts.
PANELS = (
    "specialities", "largest-exports", "largest-imports", "places", "quarters",
    "revisions", "groups", "us-activities", "dependence", "key-figures",
)  # fmt: skip


def file_name(figure: str, territory_code: str, year: int) -> str:
    """Name the data file of a figure, without its ending: `D52_2024_exports`."""
    return f"{territory_code}_{year}_{figure}"


def read_csv(
    warehouse: Warehouse, figure: str, territory: Territory, year: int
) -> str | None:
    """Read the rows of a figure as CSV.

    Returns
    -------
    str or None
        None when the figure is empty.
    """
    rows = warehouse.rows(QUERIES[figure], [territory.code, year])
    return to_csv(rows) if rows else None


def read_panels(
    warehouse: Warehouse, territory: Territory, year: int
) -> dict[str, str]:
    """Read the blocks that are no drawing: name → rows as CSV, where there are any."""
    found = {name: read_csv(warehouse, name, territory, year) for name in PANELS}
    return {name: text for name, text in found.items() if text is not None}


def to_csv(rows: list[dict]) -> str:
    """Write rows as the CSV files of the project are: comma, LF, a header, a BOM.

    Excel takes a file without the byte order mark for the letters of its system. It
    also takes a text that begins with `=`, `+`, `-`, `@`, a tab or a line end for a
    formula, which may call programs: such a text, unless it is a number, gets an
    apostrophe in front, by which spreadsheets know a text. The Parquet file beside has
    it as it is.

    Parameters
    ----------
    rows
        The keys of the first are the header.
    """
    text = io.StringIO()
    text.write("\ufeff")
    names = list(rows[0]) if rows else []
    writer = csv.DictWriter(text, fieldnames=names, lineterminator="\n")
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


_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def _cell(value: object) -> object:
    """Write booleans as DuckDB and JSON do, whole numbers whole, and no formula."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        return value
    is_safe = not _FORMULA.match(value) or _NUMBER.fullmatch(value)
    # Some readers take it for a line end, and the writer would not quote it.
    text = value.replace("\r", " ")
    return text if is_safe else f"'{text}"
