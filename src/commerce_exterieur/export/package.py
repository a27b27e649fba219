"""The marts as files: Parquet, two kinds of CSV, and a Data Package to describe them.

`data/<mart>.csv` is for programs (UTF-8, comma, decimal point), `data_fr/<mart>.csv`
for French spreadsheets (byte order mark, semicolon, decimal comma),
`parquet/<mart>.parquet` for DuckDB, R, Power BI. `datapackage.json` tells types,
descriptions (`description_fr` is a property of ours), keys, hashes, source and licence;
names and types are those of the marts.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from commerce_exterieur.errors import UserError
from commerce_exterieur.files import cannot_write, make_folder, sha256_of
from commerce_exterieur.warehouse import Warehouse

_PACKAGE_NAME = "commerce-exterieur"
_FOLDERS = ("data", "data_fr", "parquet")
#: DuckDB type → type of a Data Package. Lists are written as JSON.
_TYPES = {
    "bigint": "integer",
    "boolean": "boolean",
    "date": "date",
    "double": "number",
    "hugeint": "integer",
    "integer": "integer",
    "smallint": "integer",
    "timestamp": "datetime",
    "varchar": "string",
}
_MARK = "\ufeff"
_INSTANT = "%Y-%m-%dT%H:%M:%S"
_LICENCES = {
    "official": {
        "name": "etalab-2.0",
        "title": "Licence Ouverte 2.0",
        "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    },
}
_SOURCES = {
    "official": "Direction générale des douanes et droits indirects (DGDDI)",
    "provided": "Files provided by the user, not verified",
    "simulated": "Simulated by the project commerce_exterieur: no statistics",
}
#: A spreadsheet takes such a text for a formula, unless it is a number.
_FORMULA = r"^[=+\-@\t\r\n]"
_NUMBER = r"^[+-]?[0-9]+([.,][0-9]+)?$"

#: Views worked out when asked, of more rows than all tables together: by name alone.
ON_DEMAND = ["fct_evolutions"]

Column = dict[str, Any]


def marts_to_export(warehouse: Warehouse) -> list[str]:
    """List the marts that are exported: facts and dimensions, not what pages print."""
    return [
        row["mart_name"]
        for row in warehouse.rows(
            "select distinct mart_name from marts.dim_column "
            "where not starts_with(mart_name, 'rpt_') order by mart_name"
        )
        if row["mart_name"] not in ON_DEMAND
    ]


def write_package(
    warehouse: Warehouse, folder: Path, marts: Iterable[str] | None = None
) -> list[str]:
    """Write marts and their description; the folder is replaced as a whole, or kept.

    Parameters
    ----------
    folder
        What it held before goes, once the new files are complete.
    marts
        Default: those of `marts_to_export`.

    Returns
    -------
    list of str
        The marts written.

    Raises
    ------
    UserError
        There is no such mart; the folder holds something else, cannot be written to, or
        another program writes there.
    """
    try:
        usual = marts_to_export(warehouse)
    except duckdb.Error as error:
        raise UserError(
            f"{warehouse.path} has no dictionary (marts.dim_column): an older version "
            "made it. Run `make build`."
        ) from error
    chosen = usual if marts is None else list(dict.fromkeys(marts))
    known = usual + ON_DEMAND
    for mart in chosen:
        if mart not in known:
            raise UserError(
                f"There is no mart {mart!r} to export. There are: {', '.join(known)}."
            )
    # Absolute: DuckDB would expand a `~`, and a link stays a link.
    folder = folder.resolve()
    if folder.exists() and not _is_replaceable(folder):
        raise UserError(
            f"{folder} is no export, or holds other files beside one, which would be "
            "lost. Name another folder with --out."
        )
    try:
        make_folder(folder.parent)
        with _only_exporter(folder):
            for stale in folder.parent.glob(f"{_draft_prefix(folder)}*"):
                shutil.rmtree(stale, ignore_errors=True)  # of a killed export
            place = tempfile.mkdtemp(dir=folder.parent, prefix=_draft_prefix(folder))
            try:
                draft = Path(place) / "new"
                draft.mkdir()
                _write(warehouse, draft, chosen)
                if folder.exists():
                    folder.replace(Path(place) / "old")
                draft.replace(folder)
            finally:
                shutil.rmtree(place, ignore_errors=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    except duckdb.Error as error:
        said = " ".join(str(error).split())[:300]
        raise UserError(
            f"{warehouse.path} cannot be exported ({said}). Run `make build`, which "
            "makes it anew, and export again."
        ) from error
    return chosen


def _is_replaceable(folder: Path) -> bool:
    """Say whether a folder is empty, or an export and nothing else."""
    if not folder.is_dir():
        return False
    held = {path.name for path in folder.iterdir()}
    if not held:
        return True
    try:
        told = json.loads((folder / "datapackage.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    is_ours = isinstance(told, dict) and told.get("name") == _PACKAGE_NAME
    return is_ours and held <= {"datapackage.json", *_FOLDERS}


def _draft_prefix(folder: Path) -> str:
    return f".{folder.name}.export-"


@contextmanager
def _only_exporter(folder: Path) -> Iterator[None]:
    """Let no other export write beside: the folder above is locked meanwhile.

    Raises
    ------
    UserError
        Another export does.
    """
    descriptor = os.open(folder.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UserError(
            f"Another program is writing in {folder.parent}. Wait until it has "
            "finished, or name another folder."
        ) from error
    else:
        yield
    finally:
        os.close(descriptor)


def _write(warehouse: Warehouse, folder: Path, marts: list[str]) -> None:
    for name in _FOLDERS:
        (folder / name).mkdir()
    resources = []
    for mart in marts:
        columns = _columns(warehouse, mart)
        _copy(warehouse, folder, mart, columns)
        resources.append(_resource(warehouse, folder, mart, columns, marts))
    text = json.dumps(_package(warehouse, resources), ensure_ascii=False, indent=2)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def _columns(warehouse: Warehouse, mart: str) -> list[Column]:
    """Read what the dictionary says of a mart, its columns in order."""
    return warehouse.rows(
        "select * from marts.dim_column where mart_name = ? order by position", [mart]
    )


def _copy(warehouse: Warehouse, folder: Path, mart: str, columns: list[Column]) -> None:
    """Write the three files of a mart, sorted by its key."""
    keys = [column["column_name"] for column in columns if column["is_key"]]
    order = f"order by {', '.join(map(_name, keys))}" if keys else "order by all"
    rows = f"from marts.{_name(mart)} {order}"
    names = ", ".join(_name(column["column_name"]) for column in columns)
    plain = ", ".join(
        f"{_as_text(column)} as {_name(column['column_name'])}" for column in columns
    )
    # The byte order mark, by which Excel knows UTF-8, begins the first head.
    marks = [_MARK] + [""] * len(columns)
    french = ", ".join(
        f"{_in_french(column)} as {_name(mark + column['column_name'])}"
        for mark, column in zip(marks, columns, strict=False)
    )
    for select, path, options in (
        (names, f"parquet/{mart}.parquet", "format parquet, compression zstd"),
        (plain, f"data/{mart}.csv", "format csv, header"),
        (
            french,
            f"data_fr/{mart}.csv",
            "format csv, header, delimiter ';'",
        ),
    ):
        place = _text(folder / path)
        warehouse.connection.execute(
            f"copy (select {select} {rows}) to {place} ({options})"
        )
        (folder / path).chmod(0o644)


def _as_text(column: Column) -> str:
    """Write a column as programs read it."""
    name = _name(column["column_name"])
    if column["data_type"].startswith("timestamp"):
        return f"strftime({name}, '{_INSTANT}')"
    if _is_list(column):
        return f"cast(to_json({name}) as varchar)"
    return name


def _in_french(column: Column) -> str:
    """Write a column as a French spreadsheet reads it: decimal comma, no formula."""
    name = _name(column["column_name"])
    if column["data_type"] == "double":
        return f"replace(cast({name} as varchar), '.', ',')"
    if column["data_type"] == "varchar":
        return (
            f"case when regexp_matches({name}, '{_FORMULA}') "
            f"and not regexp_matches({name}, '{_NUMBER}') "
            f"then '''' || {name} else {name} end"
        )
    return _as_text(column)


def _resource(
    warehouse: Warehouse,
    folder: Path,
    mart: str,
    columns: list[Column],
    marts: list[str],
) -> dict[str, Any]:
    """Describe a mart and its files."""
    (told,) = warehouse.rows(
        "select description, description_fr from marts.dim_mart where mart_name = ?",
        [mart],
    )
    keys = [column["column_name"] for column in columns if column["is_key"]]
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in columns],
        "missingValues": [""],
    }
    if keys:
        schema["primaryKey"] = keys
    references = [
        {
            "fields": [column["column_name"]],
            "reference": {
                "resource": column["refers_to"],
                "fields": [column["column_name"]],
            },
        }
        for column in columns
        if column["refers_to"] in marts
    ]
    if references:
        schema["foreignKeys"] = references
    return {
        "name": mart,
        "type": "table",
        **told,
        **_file(folder, f"data/{mart}.csv"),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
        "alternatives": {
            "parquet": _file(folder, f"parquet/{mart}.parquet"),
            "csv_fr": _file(folder, f"data_fr/{mart}.csv")
            | {"dialect": {"delimiter": ";", "decimalChar": ","}},
        },
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column["column_name"],
        "type": "array" if _is_list(column) else _TYPES.get(column["data_type"], "any"),
        "description": column["description"],
        "description_fr": column["description_fr"],
        "additive": column["is_additive"],
    }
    if field["type"] == "datetime":
        field["format"] = _INSTANT
    if column["additive_within"]:
        field["additiveWithin"] = column["additive_within"].split(", ")
    return field


def _file(folder: Path, path: str) -> dict[str, Any]:
    """Tell where a file is, how long, and its hash."""
    return {
        "path": path,
        "bytes": (folder / path).stat().st_size,
        "hash": f"sha256:{sha256_of(folder / path)}",
    }


def _package(warehouse: Warehouse, resources: list[dict[str, Any]]) -> dict[str, Any]:
    build = warehouse.build_info()
    origin = build["data_origin"]
    package: dict[str, Any] = {
        "name": _PACKAGE_NAME,
        "title": "Le commerce extérieur des territoires français",
        "description": (
            "Foreign trade in goods of French departments and regions: marts of the "
            f"project commerce_exterieur, data: {origin}, vintages: "
            f"{build['vintages']}, years {build['first_year']} to {build['last_year']}."
        ),
        "version": build["project_version"],
        "created": build["built_at"].strftime(_INSTANT) + "Z",
        "sources": [{"title": _SOURCES.get(origin, origin)}],
        "dataOrigin": origin,
        "vintages": build["vintages"],
        "runId": build["run_id"],
        "resources": resources,
    }
    if origin in _LICENCES:
        package["licenses"] = [_LICENCES[origin]]
    return package


def _is_list(column: Column) -> bool:
    return column["data_type"].endswith("[]")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
