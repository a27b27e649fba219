"""DuckDB and Spark side by side: what seeds and models cost on files of three sizes.

For each size both engines load the seeds, build every model, and build again when
nothing has changed, each command a process of its own that reads the project first.
Processor seconds are of all threads and children, Java too. Of Spark's build its own
event log says how many shuffles there were, of how many bytes, and how unevenly they
fell to tasks. Run from the project's folder, with Spark installed (`make spark`):

    .venv/bin/python benchmarks/engines.py
    .venv/bin/python benchmarks/engines.py --million-lines 0.2 --rounds 3
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import sys
from collections import defaultdict
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

from workload import (
    DBT,
    EXPORT_LINES,
    IMPORT_LINES,
    PROJECT,
    PYTHON,
    Cost,
    run,
    simulate,
)

MEASURED = PROJECT / "benchmarks" / "engines.json"
MILLION_LINES = (0.2, 1.0, 3.5)
YEAR_OF_LINES = (IMPORT_LINES + EXPORT_LINES) / 1e6
#: Each command of a build, and how it is called here.
STEPS = {"seeds": "seed", "models": "run", "unchanged": "run"}
#: No command may take longer, in seconds: the machine is not ours alone.
LIMIT = 720
#: A table while it is made (macros/spark_materializations.sql).
MADE = re.compile(r"\b(\w+)__made_[0-9a-f]{8}\b")


def main() -> None:
    """Measure each size, write the figures down after each, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--million-lines", type=float, nargs="+", default=MILLION_LINES)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--folder", type=Path, default=PROJECT / "build" / "benchmarks", metavar="DIR"
    )
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        sys.exit(dbt_on_spark(*options.worker))
    sizes = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
    for million in options.million_lines:
        customs = options.folder / f"lines_{million}"
        simulate(customs, 2024, share=million / YEAR_OF_LINES)
        rounds = [measure(options.folder, customs) for _ in range(options.rounds)]
        sizes[f"{million}"] = {
            "rounds": options.rounds,
            "load": round(os.getloadavg()[2], 1),
            **{
                engine: {
                    step: medians([each[engine][step] for each in rounds])
                    for step in STEPS
                }
                for engine in ("duckdb", "spark")
            },
            "shuffles": shuffles(options.folder / "events"),
        }
        MEASURED.write_text(json.dumps(sizes, indent=1, sort_keys=True) + "\n")
    report(sizes)


def measure(folder: Path, customs: Path) -> dict[str, dict[str, Cost]]:
    """Build with both engines from nothing, and once more: engine, step, cost."""
    costs: dict[str, dict[str, Cost]] = {"duckdb": {}, "spark": {}}
    warehouse, spark, events = (
        folder / "engine_duckdb",
        folder / "engine_spark",
        folder / "events",
    )
    for made in (warehouse, spark):
        shutil.rmtree(made, ignore_errors=True)
    warehouse.mkdir(parents=True)
    for step, command in STEPS.items():
        costs["duckdb"][step] = run(
            *("timeout", str(LIMIT), DBT, "--quiet", command),
            *("--target-path", str(warehouse / "target")),
            *("--vars", json.dumps({"customs_dir": str(customs)})),
            COMMERCE_WAREHOUSE=str(warehouse / "warehouse.duckdb"),
        )
        logged = events if step == "models" else folder / "events_not_read"
        shutil.rmtree(logged, ignore_errors=True)
        logged.mkdir()
        costs["spark"][step] = run(
            *("timeout", str(LIMIT), PYTHON, __file__, "--worker"),
            *(command, str(spark), str(customs), str(logged)),
        )
        for engine, cost in ((engine, costs[engine][step]) for engine in costs):
            print(
                f"{customs.name} {engine} {step}: {cost.seconds:.1f} s, "
                f"{cost.cpu_seconds:.1f} of processor, {cost.peak_mb:.0f} MB",
                file=sys.stderr,
            )
    return costs


def dbt_on_spark(command: str, folder: str, customs: str, events: str) -> int:
    """Be the process that owns the session: its Java must end before it does."""
    from commerce_exterieur.spark.command import run_dbt_on_spark
    from commerce_exterieur.spark.session import end_java
    from commerce_exterieur.spark.tables import SparkFolder

    try:
        return run_dbt_on_spark(
            SparkFolder(Path(folder)),
            [command, "--quiet"],
            customs_dir=Path(customs),
            settings={
                "spark.eventLog.enabled": "true",
                "spark.eventLog.dir": Path(events).as_uri(),
                "spark.eventLog.rolling.enabled": "false",
                "spark.eventLog.compress": "false",
            },
        )
    finally:
        end_java()


def medians(costs: list[Cost]) -> dict[str, float]:
    """Seconds, processor seconds and peak memory of the rounds."""
    rows = [asdict(cost) for cost in costs]
    return {
        name: round(statistics.median(row[name] for row in rows), 1)
        for name in ("seconds", "cpu_seconds", "peak_mb")
    }


def shuffles(events: Path) -> dict[str, dict[str, float]]:
    """Read Spark's event log: by model, what was shuffled.

    A stage that writes a shuffle is one; what is copied to every task (broadcast) is
    none. `largest_share` is that of the task that read most of its stage, in the stage
    that read most; `tasks`, how many there were.
    """
    model_of, stages_of = {}, {}
    written: dict[int, int] = defaultdict(int)
    read: dict[int, list[int]] = defaultdict(list)
    (log,) = [file for file in events.iterdir() if file.is_file()]
    with log.open(encoding="utf-8") as lines:
        for event in map(json.loads, lines):
            kind = event["Event"].rsplit(".", 1)[-1]
            if kind == "SparkListenerSQLExecutionStart":
                if found := MADE.search(event["physicalPlanDescription"]):
                    model_of[str(event["executionId"])] = found[1]
            elif kind == "SparkListenerJobStart":
                execution = event["Properties"].get("spark.sql.execution.id")
                for stage in event["Stage IDs"]:
                    stages_of.setdefault(stage, execution)
            elif kind == "SparkListenerTaskEnd" and "Task Metrics" in event:
                metrics, stage = event["Task Metrics"], event["Stage ID"]
                written[stage] += metrics["Shuffle Write Metrics"][
                    "Shuffle Bytes Written"
                ]
                fetched = metrics["Shuffle Read Metrics"]
                read[stage].append(
                    fetched["Local Bytes Read"] + fetched["Remote Bytes Read"]
                )
    found: dict[str, dict[str, float]] = {}
    for stage, wrote in written.items():
        name = model_of.get(stages_of.get(stage) or "", "everything else")
        row = found.setdefault(
            name, {"shuffles": 0, "bytes": 0, "tasks": 0, "largest_share": 0.0, "_": 0}
        )
        row["shuffles"] += wrote > 0
        row["bytes"] += wrote
        if sum(read[stage]) > row["_"]:
            row["_"] = sum(read[stage])
            row["tasks"] = len(read[stage])
            row["largest_share"] = round(max(read[stage]) / sum(read[stage]), 2)
    for row in found.values():
        del row["_"]
    return found


def report(sizes: dict) -> None:
    """Print the costs, what a million lines more costs, and what is shuffled."""
    print("million lines  engine  step        seconds  processor s  peak MB")
    ordered = sorted(sizes, key=float)
    for million in ordered:
        for engine in ("duckdb", "spark"):
            for step, row in sizes[million][engine].items():
                print(
                    f"{million:>13}  {engine:6}  {step:10}{row['seconds']:>9.1f}"
                    f"{row['cpu_seconds']:>13.1f}{row['peak_mb']:>9.0f}"
                )
    for less, more in pairwise(ordered):
        for engine in ("duckdb", "spark"):
            spent = [
                sizes[size][engine]["models"]["cpu_seconds"] for size in (less, more)
            ]
            each = (spent[1] - spent[0]) / (float(more) - float(less))
            print(f"{less} to {more}, {engine}: {each:.1f} processor s a million more")
    largest = sizes[ordered[-1]]["shuffles"]
    total = [
        sum(row[name] for row in largest.values()) for name in ("shuffles", "bytes")
    ]
    print(f"{ordered[-1]} million lines: {total[0]} shuffles, {total[1] / 1e6:.0f} MB")
    for name, row in sorted(largest.items(), key=lambda item: -item[1]["bytes"])[:12]:
        print(
            f"  {name:32}{row['shuffles']:>3}{row['bytes'] / 1e6:>8.1f} MB, largest of "
            f"{row['tasks']} tasks {row['largest_share']:.0%}"
        )


if __name__ == "__main__":
    main()
