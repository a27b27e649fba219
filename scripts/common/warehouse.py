"""Open a warehouse for reading, and say plainly why when it cannot be opened."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from common.errors import UserError

PROJECT = Path(__file__).resolve().parents[2]
PUBLISHED = PROJECT / "build" / "warehouse.duckdb"
#: Where dbt builds: the setting of profiles.yml.
ENGINEER = Path(
    os.environ.get("COMMERCE_WAREHOUSE", PROJECT / "build" / "dev" / "warehouse.duckdb")
)


#: A code names files, so it is a plain name.
CODE = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True)
class Territory:
    """One row of `dim_territory`."""

    code: str
    level: str
    name: str
    region_code: str | None
    name_with_article: str


class Warehouse:
    """A read-only connection to the schema `marts`.

    Parameters
    ----------
    path
        A DuckDB file; by default the published one.

    Raises
    ------
    UserError
        The file is missing, locked by a writer, not a DuckDB file, or has no marts.
    """

    def __init__(self, path: Path = PUBLISHED) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise UserError(
                f"{self.path} does not exist. Run `make build` to make it, "
                "or name another file with --warehouse."
            )
        try:
            self.connection = duckdb.connect(str(self.path), read_only=True)
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise UserError(
                    f"{self.path} is locked by another program that writes to it. "
                    "Wait until it has finished, or close it, and run this again. "
                    f"DuckDB says: {_first_line(error)}"
                ) from error
            raise UserError(
                f"{self.path} cannot be opened as a DuckDB file. Delete it and run "
                f"`make build`. DuckDB says: {_first_line(error)}"
            ) from error
        found = self.rows(
            "select 1 from duckdb_tables() where schema_name = 'marts' "
            "and table_name in ('build_info', 'dim_territory')"
        )
        if len(found) < 2:
            raise UserError(
                f"{self.path} holds no finished build (no schema `marts`). "
                "Run `make build` again."
            )

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def rows(self, sql: str, parameters: list | None = None) -> list[dict]:
        """Run one parametrised query; one dict per row, columns as keys."""
        cursor = self.connection.execute(sql, parameters or [])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def build_info(self) -> dict:
        """Return the single row of `marts.build_info`."""
        return self.rows("select * from marts.build_info")[0]

    def territory(self, code: str) -> Territory:
        """Look a territory up by its code.

        Raises
        ------
        UserError
            No such code; the message lists the codes that exist.
        """
        found = self.rows(
            """
            select territory_code, territory_level, territory_name, region_code,
                name_with_article
            from marts.dim_territory where territory_code = ?
            """,
            [code],
        )
        if not found:
            codes = [
                row["territory_code"]
                for row in self.rows(
                    "select territory_code from marts.dim_territory order by all"
                )
            ]
            raise UserError(
                f"There is no territory {code!r}. Departments are written D52, D01, "
                f"D971, regions R44, France FR. Known codes: {' '.join(codes)}"
            )
        if not CODE.fullmatch(code):
            raise UserError(
                f"The code {code!r} of {self.path} cannot name a file: codes are "
                "letters, digits and hyphens. Mend it in seeds/reference and run "
                "`make build`."
            )
        row = found[0]
        return Territory(
            code=row["territory_code"],
            level=row["territory_level"],
            name=row["territory_name"],
            region_code=row["region_code"],
            name_with_article=row["name_with_article"],
        )

    def years(self) -> list[int]:
        """List the years in the warehouse, ascending."""
        return [
            row["year"]
            for row in self.rows(
                "select distinct year from marts.fct_territory_totals order by year"
            )
        ]

    def absent_flows(self, year: int) -> frozenset[str]:
        """Name the flows of a year, `import` and `export`, that no file delivered."""
        rows = self.rows(
            "select distinct import_quarters as import, export_quarters as export "
            "from marts.rpt_factsheet_key_figures where year = ?",
            [year],
        )
        return frozenset(flow for row in rows for flow in row if row[flow] == 0)

    def year(self, wanted: int | None) -> int:
        """Choose the year asked for, or the latest complete one (four quarters).

        Raises
        ------
        UserError
            The year is not in the warehouse; the message lists those that are.
        """
        years = self.years()
        if not years:
            raise UserError(
                f"{self.path} holds no trade line, so there is nothing to draw."
            )
        if wanted is None:
            complete = self.rows(
                "select max(year) as year from marts.fct_territory_totals "
                "where quarters_covered = 4"
            )[0]["year"]
            return complete or years[-1]
        if wanted not in years:
            raise UserError(
                f"There is no year {wanted} in {self.path}. "
                f"Years available: {', '.join(map(str, years))}."
            )
        return wanted


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
