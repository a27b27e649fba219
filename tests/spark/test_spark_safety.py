"""What must not pass in silence on Spark: bad casts, overflows, changed files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from dbt_common.exceptions import CompilationError
from dbt_scratch import PROJECT, dbt
from finished import finish
from sample import SAMPLE, require_sample
from spark_settings import SMALL

from commerce_exterieur import publication
from commerce_exterieur.errors import UserError
from commerce_exterieur.spark.command import run_dbt_on_spark
from commerce_exterieur.spark.tables import SparkFolder

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LARGEST = 2**63 - 1
#: Each is wrong on every engine, and no number.
WRONG = {
    "a bad cast": "select cast('12a' as bigint) as value",
    "a cast too large": f"select cast('{LARGEST}0' as bigint) as value",
    "a cast of a sum too large": "select cast(sum(n) as bigint) as value from "
    f"(select cast({LARGEST} as bigint) as n union all select cast(1 as bigint) as n) "
    "as numbers",
    "a product too large": f"select cast({LARGEST} as bigint) * 2 as value",
    "a date that is none": "select cast('2024-13-01' as date) as value",
}


RIGHT = f"select cast('{LARGEST}' as bigint) as value"


@pytest.fixture(scope="module")
def session(spark_folder: SparkFolder) -> Iterator[SparkSession]:
    """A session as dbt finds it."""
    from commerce_exterieur.spark.session import start_session

    session = start_session(spark_folder.path, SMALL)
    yield session
    session.stop()


@pytest.mark.parametrize("sql", WRONG.values(), ids=WRONG)
def test_what_is_wrong_raises_on_both_engines(sql: str, session: SparkSession) -> None:
    from pyspark.errors import PySparkException

    with pytest.raises(duckdb.Error):
        duckdb.sql(sql).fetchall()
    with pytest.raises(PySparkException):
        session.sql(sql).collect()


def test_what_is_right_does_not(session: SparkSession) -> None:
    found = [duckdb.sql(RIGHT).fetchall(), session.sql(RIGHT).collect()]
    assert found == [[(LARGEST,)]] * 2


def test_dbt_keeps_it_so(
    spark_folder: SparkFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMERCE_SPARK_THREADS", "3")
    # dbt-spark would turn it off with every statement.
    for sql, is_right in ((WRONG["a bad cast"], False), (RIGHT, True)):
        shown = ["show", "--quiet", "--inline", sql]
        assert (run_dbt_on_spark(spark_folder, shown, settings=SMALL) == 0) == is_right


def test_files_that_were_changed_are_not_handed_over(tmp_path: Path) -> None:
    folder = SparkFolder(tmp_path)
    mart = folder.tables / "marts.db" / "dim_activity"
    mart.mkdir(parents=True)
    (mart / "part-0.parquet").write_bytes(b"rows")
    with pytest.raises(UserError, match="not what a finished run left"):
        folder.finished_run()
    folder.remember_finished_run({"run_id": "one"})
    assert folder.finished_run()["run_id"] == "one"
    for change in (b"other rows", None):
        if change is None:
            (mart / "part-0.parquet").unlink()
        else:
            (mart / "part-0.parquet").write_bytes(change)
        with pytest.raises(UserError, match=r"changed since its tests \(marts.db"):
            folder.finished_run()
    (mart / "part-0.parquet").write_bytes(b"rows")
    (mart / "part-1.parquet").write_bytes(b"more")
    with pytest.raises(UserError, match="changed since its tests"):
        folder.finished_run()
    folder.forget_finished_run()
    assert not folder.mark.exists()


def test_what_the_mark_names_is_handed_over_and_nothing_else(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    require_sample(request.config.getoption("--sample"))
    # Spark writes a folder a key, and none for no key.
    folder = SparkFolder(tmp_path)
    (folder.tables / "marts.db" / "fct_unit_values").mkdir(parents=True)
    rankings = folder.tables / "marts.db" / "fct_rankings"
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{SAMPLE}' as sample (read_only)")
        connection.execute(
            f"copy sample.marts.fct_rankings to '{rankings}' "
            "(format parquet, partition_by (year))"
        )
        folder.remember_finished_run({"run_id": "one"})
        # Names that Spark does not read, and DuckDB would.
        (key,) = rankings.glob("year=2024")
        for name in ("_copy.parquet", ".copy.parquet"):
            shutil.copy(next(key.glob("data*.parquet")), key / name)
        assert folder.finished_run()["run_id"] == "one"
        handed = {"tables": str(folder.tables), "mark": str(folder.mark)}
        run = dbt(
            PROJECT,
            *("run", "--select", "fct_rankings", "fct_unit_values"),
            *("--vars", json.dumps({"handed_over": handed})),
            warehouse=file,
        )
        assert run.exit_code == 0, run.output
        connection.execute(f"attach '{file}' as made (read_only)")
        assert connection.execute("from made.marts.fct_unit_values").fetchall() == []
        counted = [
            connection.execute(
                f"select count(*), sum(hash(r)) from {place}.marts.fct_rankings as r"
            ).fetchone()
            for place in ("made", "sample")
        ]
        assert counted[0] == counted[1]


def test_what_no_test_was_run_on_is_not_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(tmp_path / "one.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.fct_one as select 1 as n")
    finish(tmp_path / "one.duckdb", {"fct_one": []})
    with duckdb.connect(str(tmp_path / "one.duckdb")) as connection:
        connection.execute("update state.finished_run set tests_passed = 0")
    places = ["--source", "one.duckdb", "--target", "two.duckdb"]
    places[1::2] = [str(tmp_path / name) for name in places[1::2]]
    assert publication.main(places) == 2
    assert "no test was run on it" in capsys.readouterr().err
    assert not (tmp_path / "two.duckdb").exists()


def test_half_made_tables_are_swept_and_named(tmp_path: Path) -> None:
    folder = SparkFolder(tmp_path)
    for name in ("known", "unknown"):
        table = folder.tables / "marts.db" / name
        table.mkdir(parents=True)
        (table / "part-0.parquet").write_bytes(b"rows")
    known = folder.tables / "marts.db" / "known"
    left = known / ".spark-staging-1" / "_temporary" / "year=2021"
    left.mkdir(parents=True)
    (left / "part-0.parquet").write_bytes(b"half")
    # Neither is in the mark of a run, nor handed over.
    assert set(folder.files()) == {
        f"marts.db/{name}/part-0.parquet" for name in ("known", "unknown")
    }
    assert folder.sweep({("marts", "known")}) == [
        "marts.db/unknown",
        "marts.db/known/.spark-staging-1",
    ]
    assert [path.name for path in known.iterdir()] == ["part-0.parquet"]
    assert [path.name for path in known.parent.iterdir()] == ["known"]


@pytest.mark.parametrize("name", ["_Region.txt", "a:b.txt", "Region.txt._COPYING_"])
def test_a_name_that_spark_passes_over_is_refused(name: str) -> None:
    from commerce_exterieur.spark.functions import uri

    with pytest.raises(CompilationError, match="Rename it"):
        uri(f"/files/{name}")
    assert uri("/files/a {b}.txt") == "file:///files/a \\{b\\}.txt"


def test_the_mark_is_json_beside_the_tables(tmp_path: Path) -> None:
    folder = SparkFolder(tmp_path)
    folder.remember_finished_run({"run_id": "one", "tests_passed": 3})
    assert json.loads(folder.mark.read_text("utf-8")) == {
        "run_id": "one",
        "tests_passed": 3,
        "files": {},
    }
