"""A Spark run that is killed: what was there can be read, and the next one mends."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from spark_kills import kill_when, spark

from commerce_exterieur.spark.tables import SparkFolder

pytestmark = pytest.mark.kills


def rows(folder: SparkFolder, table: str) -> int:
    """Count the rows of a table as a reader of its files does."""
    files = folder.tables / table / "**" / "*.parquet"
    with duckdb.connect() as connection:
        answer = connection.execute(
            "select count(*) from read_parquet(?)", [str(files)]
        ).fetchone()
    assert answer is not None
    return answer[0]


def test_a_killed_run_leaves_what_was_there_and_the_next_one_mends_it(
    spark_folder: SparkFolder, tmp_path: Path
) -> None:
    folder = SparkFolder(tmp_path / "killed")
    seeds = ("--", "seed", "--select", "activities", "countries", "products")
    first = spark(folder, *seeds)
    said, _ = first.communicate()
    assert first.returncode == 0, said
    counted = {
        table: rows(folder, f"reference.db/{table}")
        for table in ("activities", "countries", "products")
    }
    folder.remember_finished_run({"run_id": "before"})

    kill_when(
        spark(folder, *seeds), lambda: any(folder.tables.glob("*.db/*__made_????????"))
    )

    # Whatever is there is whole, and nothing would be handed over.
    assert not folder.mark.exists()
    for table, count in counted.items():
        if (folder.tables / "reference.db" / table).exists():
            assert rows(folder, f"reference.db/{table}") == count

    again = spark(folder, *seeds)
    said, _ = again.communicate()
    assert again.returncode == 0, said
    assert re.search(
        r"reference\S+__made_[0-9a-f]{8} was half made by a run that was cut short",
        said,
    )
    assert {path.name for path in (folder.tables / "reference.db").iterdir()} == set(
        counted
    )
    assert {
        table: rows(folder, f"reference.db/{table}") for table in counted
    } == counted
