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
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from official_files import changed_later
from sample import SAMPLE, require_sample
from spark_kills import kill_when, spark
from spark_settings import SMALL

from commerce_exterieur import publication
from commerce_exterieur.build import of_customs, run_dbt
from commerce_exterieur.charts import command as charts
from commerce_exterieur.spark.command import run_dbt_on_spark
from commerce_exterieur.spark.handover import hand_over
from commerce_exterieur.spark.parity import differences
from commerce_exterieur.spark.tables import SparkFolder


@dataclass(frozen=True)
class Both:
    """The same files with both engines."""

    spark: SparkFolder
    place: Path
    customs: Path | None

    @property
    def warehouse(self) -> Path:
        """What DuckDB made of them."""
        return self.place / "warehouse.duckdb"

    def with_duckdb(self, *arguments: str) -> int:
        """Run dbt with DuckDB; its exit status."""
        return run_dbt(
            *(*arguments, "--quiet", "--target-path", str(self.place / "target")),
            variables=of_customs(self.customs, None),
            warehouse=self.warehouse,
        )

    def with_spark(self, *arguments: str) -> int:
        """Run dbt with Spark; its exit status."""
        return run_dbt_on_spark(
            self.spark,
            [*arguments, "--quiet"],
            customs_dir=self.customs,
            settings=SMALL,
        )

    def differences(self) -> list[str]:
        """Compare the marts; what was not tested is handed over all the same."""
        if not self.spark.mark.exists():
            self.spark.remember_finished_run({"run_id": "untested", "as_of": ""})
        return differences(self.warehouse, hand_over(self.spark))

    def found(self) -> list[dict[str, tuple[str, int | None]]]:
        """What each test of dbt found with either engine: status, rows."""
        return [
            {
                result["unique_id"]: (result["status"], result["failures"])
                for result in json.loads(
                    (target / "run_results.json").read_text("utf-8")
                )["results"]
                # The hooks before and after are of the run, not of a test.
                if not result["unique_id"].startswith("operation.")
            }
            for target in (self.place / "target", self.spark.path / "target")
        ]


@pytest.fixture(scope="module")
def both(
    spark_warehouse: tuple[SparkFolder, Path], tmp_path_factory: pytest.TempPathFactory
) -> Both:
    """The official files, made with Spark already, and with DuckDB."""
    spark, customs = spark_warehouse
    made = Both(spark, tmp_path_factory.mktemp("duckdb"), customs)
    for command in ("seed", "run"):
        assert made.with_duckdb(command) == 0
    return made


def test_official_files_make_the_same_marts(both: Both) -> None:
    assert both.differences() == []
    with duckdb.connect(str(both.warehouse), read_only=True) as connection:
        rejected = "select count(*) from marts.rejected_lines"
        assert connection.execute(rejected).fetchone() == (19,)


def test_every_test_finds_the_same_in_them(both: Both) -> None:
    # Lines are rejected, and the tests say so.
    assert both.with_duckdb("test") == 1
    assert both.with_spark("test") == 1
    one, other = both.found()
    assert one == other
    assert len(one) > 150
    assert {status for status, _ in one.values()} >= {"pass", "fail", "warn"}


@pytest.mark.kills
def test_changed_files_make_the_same_marts_after_two_kills(
    both: Both, capfd: pytest.CaptureFixture[str]
) -> None:
    from commerce_exterieur.spark.session import end_java

    assert both.customs is not None
    changed_later(both.customs)
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
                *("--customs-dir", str(both.customs)),
                *("--", "run", "--select", "+int_flows_summed"),
            ),
            lambda place=place: any(place.glob(".spark-staging-*")),
        )
        assert not both.spark.mark.exists()
    # The next run says what it takes away, and makes it good.
    capfd.readouterr()
    assert both.with_spark("run") == 0
    assert half_made in capfd.readouterr().out
    assert both.differences() == []
    # A quarter that no file touches is left alone.
    summed = both.spark.tables / "intermediate.db" / "int_flows_summed"
    kept = [file.stat().st_mtime for file in summed.glob("year=2023/*/*.parquet")]
    made = [file.stat().st_mtime for file in summed.glob("year=2024/quarter=3/*")]
    assert max(kept) < min(made)


def test_the_sample_is_built_tested_and_published_alike(
    one_java: None, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if not request.config.getoption("--with-sample"):
        pytest.skip("four minutes more: make parity")
    require_sample(request.config.getoption("--sample"))
    shutil.copy(SAMPLE, tmp_path)
    sample = Both(SparkFolder(tmp_path / "spark"), tmp_path, None)
    assert sample.with_spark("build") == 0
    assert sample.differences() == []
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
