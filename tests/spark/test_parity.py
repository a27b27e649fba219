"""Both engines on the same files: are all marts the same, and all tests?

Official files of two vintages with malformed lines, unknown codes, a header, a file of
other bytes and lists of labels; then one of those files changed, one added and one
removed, where each engine keeps what it can; and, with `--with-sample`, the bundled
sample, published. Keys, euros and texts must be the same, ratios within 1e-12, and so
must the rows of `rejected_lines` and what every test of dbt found.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from official_files import changed_later
from sample import SAMPLE, require_sample
from spark_kills import kill_when, spark
from spark_settings import SMALL

from commerce_exterieur import publication
from commerce_exterieur.charts import command as charts
from commerce_exterieur.spark.parity import BothEngines
from commerce_exterieur.spark.tables import SparkFolder


@pytest.fixture(scope="module")
def both(spark_warehouse: tuple[SparkFolder, Path]) -> BothEngines:
    """The official files, made with Spark already, and with DuckDB."""
    spark, customs = spark_warehouse
    made = BothEngines(spark.path.parent, customs, settings=SMALL)
    for command in ("seed", "run"):
        assert made.with_duckdb(command) == 0
    return made


def test_official_files_make_the_same_marts(both: BothEngines) -> None:
    assert both.differing_marts() == []
    with duckdb.connect(str(both.warehouse), read_only=True) as connection:
        rejected = "select count(*) from marts.rejected_lines"
        assert connection.execute(rejected).fetchone() == (19,)


def test_every_test_finds_the_same_in_them(both: BothEngines) -> None:
    # Lines are rejected, and the tests say so.
    assert both.with_duckdb("test") == 1
    assert both.with_spark("test") == 1
    assert both.differing_results() == []
    one, _ = both.results()
    assert len(one) > 150
    assert {status for status, *_ in one.values()} >= {"pass", "fail", "warn"}


@pytest.mark.kills
def test_changed_files_make_the_same_marts_after_two_kills(
    both: BothEngines, capfd: pytest.CaptureFixture[str]
) -> None:
    from commerce_exterieur.spark.session import end_java

    assert both.customs_dir is not None
    changed_later(both.customs_dir)
    for command in ("seed", "run"):
        assert both.with_duckdb(command) == 0
    # Killed while the keys of a table are overwritten, first of the lines, which lie by
    # file, then of their sums, which lie by quarter.
    end_java()
    for schema, table in (
        ("staging", "stg_customs__lines"),
        ("intermediate", "int_flows_summed"),
    ):
        place = both.spark.tables / f"{schema}.db" / table
        half_made = f"{place.parent.name}/{table}/.spark-staging-"
        kill_when(
            spark(
                both.spark,
                *("--customs-dir", str(both.customs_dir)),
                *("--", "run", "--select", "+int_flows_summed"),
            ),
            lambda place=place: any(place.glob(".spark-staging-*")),
        )
        assert not both.spark.mark.exists()
    # The next run says what it takes away, and makes it good.
    capfd.readouterr()
    assert both.with_spark("run") == 0
    assert half_made in capfd.readouterr().out
    assert both.differing_marts() == []
    # A quarter that no file touches is left alone.
    summed = both.spark.tables / "intermediate.db" / "int_flows_summed"
    kept = [file.stat().st_mtime for file in summed.glob("year=2023/*/*.parquet")]
    made = [file.stat().st_mtime for file in summed.glob("year=2024/quarter=3/*")]
    assert max(kept) < min(made)


def test_unchanged_files_leave_every_key_alone(both: BothEngines) -> None:
    # Two threads ask what the keys are made from: neither may see half an answer.
    assert both.with_spark("run", "--select", "config.materialized:keyed") == 0
    results = json.loads((both.targets[1] / "run_results.json").read_text())["results"]
    told = {
        result["unique_id"].split(".")[-1]: result["message"]
        for result in results
        if result["unique_id"].startswith("model.")
    }
    assert len(told) > 10
    assert set(told.values()) == {"UNCHANGED"}, told


def test_the_sample_is_built_tested_and_published_alike(
    one_java: None, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if not request.config.getoption("--with-sample"):
        pytest.skip("four minutes more: make parity")
    require_sample(request.config.getoption("--sample"))
    shutil.copy(SAMPLE, tmp_path)
    sample = BothEngines(tmp_path, settings=SMALL)
    assert sample.with_spark("build") == 0
    assert sample.differing_marts() == []
    published = [tmp_path / "one.duckdb", tmp_path / "other.duckdb"]
    made = [sample.warehouse, sample.spark.path / "handed_over.duckdb"]
    for source, target in zip(made, published, strict=True):
        assert publication.main(["--source", str(source), "--target", str(target)]) == 0
    drawn = []
    for file in published:
        out = tmp_path / f"charts {file.stem}"
        arguments = ["--warehouse", str(file), "--out", str(out), "--territory", "D52"]
        assert charts.main([*arguments, "--year", "2024"]) == 0
        drawn.append(
            {path.relative_to(out): path.read_bytes() for path in out.rglob("*.json")}
        )
    assert drawn[0]
    assert drawn[0] == drawn[1]
