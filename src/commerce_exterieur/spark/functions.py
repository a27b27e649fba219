"""What `adapter.program` answers: of customs files, seeds and the mark of a run.

The counterpart of `intake.plugin`, which gives the same to the SQL of DuckDB.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from dbt_common.exceptions import CompilationError

from commerce_exterieur.customs.line import line_rule
from commerce_exterieur.files import sha256_of
from commerce_exterieur.intake.functions import IntakeFunctions
from commerce_exterieur.spark.tables import SparkFolder
from commerce_exterieur.warehouse import PROJECT


def functions_of_spark(folder: SparkFolder) -> dict[str, Callable[..., Any]]:
    """List the functions by the name that macros/engine_spark.sql calls them.

    Parameters
    ----------
    folder
        Where texts of zips and rows of seeds are put.
    """
    intake = IntakeFunctions(folder.path / "unpacked")
    seeds = folder.path / "seeds"

    def rows_as_parquet(query: str, name: str) -> dict[str, Any]:
        """Let DuckDB read a seed and write its rows where Spark takes them."""
        seeds.mkdir(parents=True, exist_ok=True)
        file = seeds / f"{name}.parquet"
        with duckdb.connect() as connection:
            # A query that begins with `from` is one too.
            rows = connection.sql(query)
            rows.write_parquet(str(file))
            counted = connection.execute(
                "select count(*) from read_parquet(?)", [str(file)]
            ).fetchone()
        assert counted is not None
        return {"uri": uri(str(file)), "rows": counted[0]}

    return {
        "customs_line_rule": lambda: json.dumps(line_rule()),
        "customs_inventory": intake.customs_inventory,
        "customs_labels": intake.customs_labels,
        "customs_stamp": intake.customs_stamp,
        "examine_seed": intake.examine_seed,
        "rows_as_parquet": rows_as_parquet,
        "uri": uri,
        "sha256_of_file": sha256_of_file,
        "macros_fingerprint": macros_fingerprint,
        "forget_finished_run": folder.forget_finished_run,
        "remember_finished_run": folder.remember_finished_run,
    }


def uri(path: str) -> str:
    """Name a file so that Spark, which reads names as patterns, takes each letter.

    Raises
    ------
    CompilationError
        Spark reads nothing, and says nothing, of a file so named.
    """
    name = Path(path).name
    if name.startswith(("_", ".")) or name.endswith("._COPYING_") or ":" in name:
        raise CompilationError(
            f"{path}: Spark does not read files whose name begins with _ or a dot, "
            "ends in ._COPYING_ or holds a colon. Rename it."
        )
    written = f"file://{Path(path).expanduser().absolute()}"
    for letter in "\\*?[]{}":
        written = written.replace(letter, f"\\{letter}")
    return written


def sha256_of_file(path: str) -> str:
    """SHA-256 of a file of the project, as text."""
    return sha256_of(PROJECT / path)


def macros_fingerprint() -> str:
    """Give a text that changes when a macro of the project or the line rule does."""
    texts = [file.read_bytes() for file in sorted((PROJECT / "macros").glob("*.sql"))]
    said = b"".join([*texts, json.dumps(line_rule()).encode()])
    return hashlib.md5(said, usedforsecurity=False).hexdigest()
