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
}


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
