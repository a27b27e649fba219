"""Builds of a folder of customs files, each in a warehouse of its own."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
from customs_folder import put
from dbt_scratch import PROJECT, Run, dbt

#: Arguments of a build that runs no test of dbt.
NO_TESTS = ("--exclude-resource-type", "test", "unit_test")


def deliver(customs: Path, files: dict[str, bytes]) -> Path:
    """Put files, by path, into a folder of customs files."""
    for name, content in files.items():
        put(customs / name, content)
    return customs


def build(
    folder: Path,
    customs_dir: Path,
    *arguments: str,
    command: str = "build",
    **settings: object,
) -> Run:
    """Run `dbt build`, or another command, on a folder of files.

    `settings` are vars of dbt.
    """
    return dbt(
        PROJECT,
        command,
        *("--vars", json.dumps({"customs_dir": str(customs_dir)} | settings)),
        *arguments,
        warehouse=folder / "warehouse.duckdb",
    )


def rows(folder: Path, sql: str) -> list[tuple]:
    """Ask the warehouse of a build."""
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as made:
        return made.execute(sql).fetchall()
