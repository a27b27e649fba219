"""Open a warehouse for reading, and say plainly why when it cannot be opened."""

from __future__ import annotations

import difflib
import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import duckdb

from commerce_exterieur.errors import UserError
from commerce_exterieur.progress import NO_BAR_OF_DUCKDB

PROJECT = Path(__file__).resolve().parents[2]
PUBLISHED = PROJECT / "build" / "warehouse.duckdb"
#: Where dbt builds: the setting of profiles.yml, relative to the project as for dbt.
ENGINEER = PROJECT / (
    os.environ.get("COMMERCE_WAREHOUSE") or "build/dev/warehouse.duckdb"
)


#: For SQL of strangers: no file, no network, no setting, no variable of ours, nothing
#: spilled to disk.
LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "python_enable_replacements": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
    "memory_limit": "1GB",
    "temp_directory": "",
}
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
    has_sheet: bool
    is_one_department: bool
    is_ranked: bool

    @classmethod
    def of_row(cls, row: dict) -> Territory:
        """Take a row of `dim_territory`."""
        return cls(
            code=row["territory_code"],
            level=row["level"],
            name=row["territory_name"],
            region_code=row["region_code"],
            name_with_article=row["name_with_article"],
            has_sheet=row["has_sheet"],
            is_one_department=row["is_one_department"],
            is_ranked=row["is_ranked"],
        )


class Warehouse:
    """A read-only connection to the schema `marts`.

    Parameters
    ----------
    path
        A DuckDB file; by default the published one.
    is_locked
        Whether strangers write the SQL: the connection is then `LOCKED`. One process
        opens a file in one of the two ways at a time.

    Raises
    ------
    UserError
        The file is missing, may not be read, is written to or was left so by a killed
        writer, is not a DuckDB file, or has no marts.
    """

    def __init__(self, path: Path = PUBLISHED, *, is_locked: bool = False) -> None:
        self.path = Path(path)
        require_file(self.path)
        try:
            self.connection = duckdb.connect(
                str(self.path), read_only=True, config=LOCKED if is_locked else {}
            )
        except duckdb.Error as error:
            raise cannot_open(self.path, error) from error
        if not is_locked:
            self.connection.execute(NO_BAR_OF_DUCKDB)
        try:
            self._require_marts()
        except UserError:
            self.connection.close()
            raise

    def _require_marts(self) -> None:
        for log in write_ahead_logs(self.path):
            raise UserError(
                f"{log} lies beside {self.path.name}: a program that wrote to the file "
                "was killed, and DuckDB would show what it wrote. Run `make build`, "
                "which makes the file anew without it."
            )
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

    def rows(self, sql: str, parameters: list | dict | None = None) -> list[dict]:
        """Run one parametrised query; one dict per row, columns as keys."""
        cursor = self.connection.execute(sql, parameters or [])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def build_info(self) -> dict:
        """Return the single row of `marts.build_info`."""
        return self.rows("select * from marts.build_info")[0]

    def territory(self, wanted: str) -> Territory:
        """Look a territory up by its code, its number or its name.

        `D52`, `52`, `Haute-Marne` and `haute marne` are one. A bare number is a
        department's, as customs (`9A`) or INSEE (`971`) write it, since that is what
        people type: a region takes its letter (`R44`).

        Raises
        ------
        UserError
            None is meant, or more than one; the message names three at most.
        """
        found = self.rows(
            "select * from marts.dim_territory where territory_code = ?", [wanted]
        )
        row = found[0] if found else self._meant(wanted)
        code = row["territory_code"]
        if not CODE.fullmatch(code):
            raise UserError(
                f"The code {code!r} of {self.path} cannot name a file: codes are "
                "letters, digits and hyphens. Mend it in seeds/reference and run "
                "`make build`."
            )
        return Territory.of_row(row)

    def _meant(self, wanted: str) -> dict:
        """Find the one territory that a number or a name means."""
        rows = self.rows("select * from marts.dim_territory order by territory_code")
        said = folded(wanted)
        for row in rows:
            parts = _insee_codes(row)
            if len(parts) > 1 and said.removeprefix("d") in map(folded, parts):
                raise UserError(
                    f"There is no territory {wanted!r}: customs publish "
                    f"{' and '.join(parts)} as one, {_shown(row)}."
                )
        for spelt in (_codes, _names):
            meant = [row for row in rows if said in spelt(row)]
            if len(meant) == 1:
                return meant[0]
            if meant:
                places = " or ".join(map(_shown, meant[:3]))
                raise UserError(f"{wanted!r} may be {places}. Name it by its code.")
        by_code = {row["territory_code"]: row for row in rows}
        near = nearest(said, {code: spellings(row) for code, row in by_code.items()})
        close = " or ".join(_shown(by_code[code]) for code in near)
        raise UserError(
            f"There is no territory {wanted!r}. {close}?"
            if close
            else f"There is no territory {wanted!r}. Write D52 or 52 for a department, "
            "R44 for a region, FR for France, or a name."
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
            "from marts.rpt_factsheet_territories where year = ?",
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


def write_ahead_logs(path: Path) -> list[Path]:
    """List the files beside a database that DuckDB reads as its latest changes."""
    ends = (".wal", ".wal.checkpoint", ".wal.recovery")
    logs = (path.with_name(f"{path.name}{end}") for end in ends)
    return [log for log in logs if log.exists()]


def require_file(path: Path) -> None:
    """Make sure that there is a file to open.

    Raises
    ------
    UserError
        There is none, or its folder may not be read.
    """
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserError(
            f"{path} does not exist. Run `make build` to make it, or name another file."
        ) from error
    except OSError as error:
        raise UserError(f"{path} cannot be opened: {error.strerror}.") from error
    if is_folder:
        raise UserError(f"{path} is a folder, not a DuckDB file.")


def cannot_open(path: Path, error: duckdb.Error) -> UserError:
    """Say why DuckDB could not open or read a file, and what to do about it."""
    said = str(error)
    if "Could not set lock" in said:
        return UserError(
            f"{path} is locked by another program that writes to it. "
            "Wait until it has finished, or close it, and run this again. "
            f"DuckDB says: {_first_line(error)}"
        )
    if "Permission denied" in said or "Operation not permitted" in said:
        cause = "you may not read it"
        advice = "Change its rights, or ask its owner."
    elif "not a valid DuckDB database file" in said:
        cause = "it is not a DuckDB file"
        advice = "Name another one, or delete it and run `make build`."
    elif "database file with version number" in said:
        cause = f"its version is not one that DuckDB {duckdb.__version__} reads"
        advice = "Run `make install`, or delete it and run `make build`."
    elif logs := write_ahead_logs(path):
        cause = f"a killed program left {logs[0].name} beside it"
        advice = "Delete both and run `make build`."
    elif "Corrupt database" in said or "Could not read enough bytes" in said:
        cause = "it is damaged"
        advice = "Delete it and run `make build`."
    else:
        cause = "DuckDB could not read it"
        advice = "Run this again once the cause is gone."
    return UserError(
        f"{path} cannot be opened: {cause}. {advice} DuckDB says: {_first_line(error)}"
    )


def folded(text: str) -> str:
    """Reduce a text to what people agree on: letters without accents, and digits."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text))).casefold()


def _insee_codes(row: dict) -> list[str]:
    """INSEE codes of a department: several where customs publish several as one."""
    # Warehouses of earlier versions have no such column.
    return (row.get("insee_codes") or "").split("|")


def _codes(row: dict) -> set[str]:
    """List the codes of a territory: `d52`, and of a department `52`."""
    numbers: set[str] = set()
    if row["level"] == "department":
        numbers = set(map(folded, [row.get("customs_code") or "", *_insee_codes(row)]))
        numbers |= {number.lstrip("0") for number in numbers}
        numbers |= {f"d{number}" for number in numbers}
    return {folded(row["territory_code"])} | numbers - {"", "d"}


def _names(row: dict) -> set[str]:
    """List the names of a territory: `hautemarne`, `lahautemarne`."""
    return {folded(row["territory_name"]), folded(row["name_with_article"])}


def spellings(row: dict) -> set[str]:
    """List what a row of `dim_territory` answers to, folded."""
    return _codes(row) | _names(row)


def nearest(said: str, ways: dict[str, set[str]]) -> list[str]:
    """List the three codes at most that are spelt most like what was said."""
    ratings = {
        code: max((likeness(said, each) for each in spelt), default=0.0)
        for code, spelt in ways.items()
    }
    least = max(0.7, max(ratings.values(), default=0) - 0.15)
    close = [code for code in ways if ratings[code] >= least]
    return sorted(close, key=lambda code: -ratings[code])[:3]


def likeness(said: str, spelling: str) -> float:
    """Rate how alike two spellings are; a part of a name (Belfort) is alike enough."""
    ratio = difflib.SequenceMatcher(None, said, spelling).ratio()
    return max(ratio, 0.8) if len(said) > 2 and said in spelling else ratio


def _shown(row: dict) -> str:
    return f"{row['territory_code']} ({row['level']} {row['territory_name']})"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
