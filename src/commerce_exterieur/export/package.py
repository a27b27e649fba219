"""The marts as files: Parquet, two kinds of CSV, and a Data Package to describe them.

`data/<mart>.csv` is for programs (UTF-8, comma, decimal point), `data_fr/<mart>.csv`
for French spreadsheets (byte order mark, semicolon, decimal comma),
`parquet/<mart>.parquet` for DuckDB, R, Power BI. `datapackage.json` tells types,
descriptions, keys, hashes, source and licence; names and types are those of the marts.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from commerce_exterieur.errors import UserError
from commerce_exterieur.files import cannot_write, make_folder, only_writer
from commerce_exterieur.warehouse import Warehouse

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

Column = dict[str, Any]


def marts_to_export(warehouse: Warehouse) -> list[str]:
    """List the marts that are exported: facts and dimensions, not what pages print."""
    return [
        row["mart_name"]
        for row in warehouse.rows(
            "select distinct mart_name from marts.dim_column "
            "where not starts_with(mart_name, 'rpt_') order by mart_name"
        )
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
    known = marts_to_export(warehouse)
    chosen = known if marts is None else list(dict.fromkeys(marts))
    for mart in chosen:
        if mart not in known:
            raise UserError(
                f"There is no mart {mart!r} to export. There are: {', '.join(known)}."
            )
    is_export = (folder / "datapackage.json").exists()
    if folder.exists() and not is_export and any(_files_of(folder)):
        raise UserError(
            f"{folder} holds other files than an export, which would be lost. "
            "Name another folder with --out."
        )
    try:
        make_folder(folder.parent)
        with only_writer(folder.parent):
            draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
            try:
                _write(warehouse, draft, chosen)
                _put_in_place(draft, folder)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return chosen


def _files_of(place: Path) -> Iterable[Path]:
    return place.iterdir() if place.is_dir() else [place]


def _put_in_place(draft: Path, folder: Path) -> None:
    draft.chmod(0o755)
    previous = folder.with_name(f".{folder.name}.previous")
    shutil.rmtree(previous, ignore_errors=True)
    if folder.exists():
        folder.replace(previous)
    draft.replace(folder)
    shutil.rmtree(previous, ignore_errors=True)


def _write(warehouse: Warehouse, folder: Path, marts: list[str]) -> None:
    for name in ("data", "data_fr", "parquet"):
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
        ("*", f"parquet/{mart}.parquet", "format parquet, compression zstd"),
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
    (comment,) = warehouse.rows(
        "select comment from (select table_name as name, comment, schema_name "
        "from duckdb_tables() union all "
        "select view_name, comment, schema_name from duckdb_views()) "
        "where schema_name = 'marts' and name = ?",
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
        "description": comment["comment"],
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
        "type": "array" if _is_list(column) else _TYPES[column["data_type"]],
        "description": column["description"],
        "additive": column["is_additive"],
    }
    if field["type"] == "datetime":
        field["format"] = _INSTANT
    if column["additive_within"]:
        field["additiveWithin"] = column["additive_within"].split(", ")
    return field


def _file(folder: Path, path: str) -> dict[str, Any]:
    """Tell where a file is, how long, and its hash."""
    with (folder / path).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "path": path,
        "bytes": (folder / path).stat().st_size,
        "hash": f"sha256:{digest}",
    }


def _package(warehouse: Warehouse, resources: list[dict[str, Any]]) -> dict[str, Any]:
    build = warehouse.build_info()
    origin = build["data_origin"]
    package: dict[str, Any] = {
        "name": "commerce-exterieur",
        "title": "Le commerce extérieur des territoires français",
        "description": (
            "Foreign trade in goods of French departments and regions: marts of the "
            f"project commerce_exterieur, data: {origin}, vintages: "
            f"{build['vintages']}, years {build['first_year']} to {build['last_year']}."
        ),
        "version": build["project_version"],
        "created": build["built_at"].strftime(_INSTANT) + "Z",
        "sources": [{"title": _SOURCES[origin]}],
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
