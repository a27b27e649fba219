"""Both engines on the same files: are all marts the same?

    .venv/bin/python tests/parity.py    # make parity; some ten minutes

Three times: the bundled sample, built and tested by both; official files of two
vintages with malformed lines, unknown codes, a header, a file of other bytes and lists
of labels; then one of those files changed, one added and one removed, where each engine
keeps what it can. Keys, euros and texts must be the same, ratios within 1e-12, and so
must the rows of `rejected_lines`. Exit status: 1 when something differs.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "helpers"))

from official_files import changed_later, official_files

from commerce_exterieur.build import of_customs, run_dbt
from commerce_exterieur.spark.command import run_dbt_on_spark
from commerce_exterieur.spark.handover import hand_over
from commerce_exterieur.spark.parity import differences
from commerce_exterieur.spark.tables import SparkFolder

#: For few rows: a program compiled for each stage costs more than it saves.
SMALL = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
}


def main() -> int:
    """Build with both, three times; the exit status."""
    with tempfile.TemporaryDirectory(prefix="parity_") as made:
        folder = Path(made)
        customs = folder / "customs {é,1} files"
        failed = _compare(folder / "sample", None, "build")
        official_files(customs)
        failed += _compare(folder / "official", customs, "run")
        changed_later(customs)
        failed += _compare(folder / "official", customs, "run")
    print(f"parity: {failed} marts differ" if failed else "parity: all marts agree")
    return 1 if failed else 0


def _compare(folder: Path, customs: Path | None, command: str) -> int:
    """Build with both engines and print what differs; how many marts do."""
    began = time.monotonic()
    spark = SparkFolder(folder / "spark")
    one = folder / "warehouse.duckdb"
    folder.mkdir(exist_ok=True)
    seeds = [] if command == "build" else ["seed", "run"]
    for each in seeds or [command]:
        _require(
            run_dbt(
                *(each, "--quiet", "--target-path", str(folder / "target")),
                variables=of_customs(customs, None),
                warehouse=one,
            ),
            f"dbt {each} with DuckDB",
        )
        _require(
            run_dbt_on_spark(
                spark, [each, "--quiet"], customs_dir=customs, settings=SMALL
            ),
            f"dbt {each} with Spark",
        )
    if command != "build":
        # Nothing was tested here, and nothing is published: the marts are compared.
        spark.remember_finished_run({"run_id": "parity", "as_of": ""})
    found = differences(one, hand_over(spark))
    shown = customs.name if customs else "the sample"
    print(f"parity: {shown}, {time.monotonic() - began:.0f} s", flush=True)
    for line in found:
        print(f"  {line}", flush=True)
    return len(found)


def _require(status: int, what: str) -> None:
    if status:
        sys.exit(f"parity: {what} failed.")


if __name__ == "__main__":
    sys.exit(main())
