"""DuckDB and Spark side by side: what a build costs, and what a million lines more do.

Once, on few lines: the seeds, every model, and every model again when nothing has
changed. Then, for each size, the keyed models and what they stand on, which is what
grows with the lines: anew, and unchanged. Each command is a process of its own that
reads the project first. Processor seconds are of all threads and children, Java too. Of
Spark its own event log says how many shuffles there were, of how many bytes, and how
unevenly they fell to tasks. Run from the project's folder, with Spark installed
(`make spark`):

    .venv/bin/python benchmarks/engines.py --whole
    .venv/bin/python benchmarks/engines.py --million-lines 1 2 --skew 1
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import sys
from collections import defaultdict
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

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
YEAR_OF_LINES = (IMPORT_LINES + EXPORT_LINES) / 1e6
FEW = 0.2
MILLION_LINES = (FEW, 1.0, 3.5)
#: What is timed on few lines, and for each size, as options of dbt.
WHOLE = {
    "seeds": ["seed"],
    "models": ["run", "--full-refresh"],
    "unchanged": ["run"],
}
OF_LINES = ["--select", "+config.materialized:keyed"]
LINES = {
    "lines": ["run", "--full-refresh", *OF_LINES],
    "unchanged": ["run", *OF_LINES],
}
#: No command may take longer, in seconds: the machine is not ours alone.
LIMIT = 720
#: A table while it is made (macros/spark_materializations.sql).
MADE = re.compile(r"\b(\w+)__made_[0-9a-f]{8}\b")


def main() -> None:
    """Measure each size, write the figures down after each, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--million-lines", type=float, nargs="*", default=MILLION_LINES)
    parser.add_argument("--whole", action="store_true", help="few lines, every model")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--folder", type=Path, default=PROJECT / "build" / "benchmarks", metavar="DIR"
    )
    parser.add_argument(
        "--skew",
        type=float,
        metavar="MILLION",
        help="measure how the lines of this size fall to tasks, and one department's",
    )
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    options, of_dbt = parser.parse_known_args()
    if options.worker:
        sys.exit(dbt_on_spark(*options.worker, of_dbt))
    options.folder = options.folder.absolute()
    if of_dbt:
        parser.error(f"unknown: {' '.join(of_dbt)}")
    measured = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
    if options.whole:
        for engine in ("engine_duckdb", "engine_spark"):
            shutil.rmtree(options.folder / engine, ignore_errors=True)
        measured["whole"] = measure(options, FEW, WHOLE)
        MEASURED.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n")
    for million in options.million_lines if not options.whole else ():
        measured[f"{million}"] = measure(options, million, LINES)
        MEASURED.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n")
    if options.skew:
        measured["skew"] = {
            name: {
                model: row
                for model, row in unmerged_shuffles(options.folder, customs).items()
                if row["bytes"] > 1e5
            }
            for name, customs in (
                ("as simulated", options.folder / f"lines_{options.skew}"),
                ("one department", one_department(options.folder, options.skew)),
            )
        }
        MEASURED.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n")
    report(measured)


def measure(
    options: argparse.Namespace, million: float, steps: dict[str, list[str]]
) -> dict[str, Any]:
    """Run the steps with both engines: medians of the rounds, and Spark's shuffles."""
    customs = options.folder / f"lines_{million}"
    simulate(customs, 2024, share=million / YEAR_OF_LINES)
    costs: dict[str, dict[str, list[Cost]]] = {}
    shuffled: dict[str, dict[str, float]] = {}
    for engine, build in ENGINES.items():
        if "seeds" not in steps and not (options.folder / f"engine_{engine}").exists():
            build(options.folder, customs, WHOLE["seeds"])
    for _ in range(options.rounds):
        for engine, build in ENGINES.items():
            for step, of_dbt in steps.items():
                cost = build(options.folder, customs, of_dbt)
                costs.setdefault(engine, {}).setdefault(step, []).append(cost)
                if engine == "spark" and "--full-refresh" in of_dbt:
                    shuffled = shuffles(options.folder / "events")
    return {
        "rounds": options.rounds,
        "shuffles": shuffled,
        **{
            engine: {step: medians(costs[engine][step]) for step in steps}
            for engine in ENGINES
        },
    }


def one_department(folder: Path, million: float) -> Path:
    """Copy files that were simulated, nine of ten lines in one department."""
    made = folder / f"one_department_{million}"
    for file in (folder / f"lines_{million}").glob("*/*.txt"):
        copy = made / file.relative_to(folder / f"lines_{million}")
        copy.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as lines, copy.open("wb") as target:
            for number, line in enumerate(lines):
                fields = line.split(b";")
                if number % 10:
                    fields[3:5] = b"75", b"11"
                target.write(b";".join(fields))
    return made


def unmerged_shuffles(folder: Path, customs: Path) -> dict[str, dict[str, float]]:
    """Make the models that read every line; small shuffles are left as they fall."""
    with_spark(
        folder,
        customs,
        LINES["lines"],
        {
            "spark.sql.shuffle.partitions": "64",
            "spark.sql.adaptive.coalescePartitions.enabled": "false",
        },
    )
    return shuffles(folder / "events")


def with_duckdb(folder: Path, customs: Path, of_dbt: list[str]) -> Cost:
    """Run a command of dbt with DuckDB."""
    warehouse = folder / "engine_duckdb"
    warehouse.mkdir(parents=True, exist_ok=True)
    return said(
        f"{customs.name} duckdb {of_dbt}",
        run(
            *("timeout", str(LIMIT), DBT, "--quiet", *of_dbt),
            *("--target-path", str(warehouse / "target")),
            *("--vars", json.dumps({"customs_dir": str(customs)})),
            COMMERCE_WAREHOUSE=str(warehouse / "warehouse.duckdb"),
        ),
    )


def with_spark(
    folder: Path,
    customs: Path,
    of_dbt: list[str],
    settings: dict[str, str] | None = None,
) -> Cost:
    """Run it with Spark, whose event log is then in `events`."""
    events = folder / "events"
    shutil.rmtree(events, ignore_errors=True)
    events.mkdir(parents=True)
    return said(
        f"{customs.name} spark {of_dbt}",
        run(
            *("timeout", str(LIMIT), PYTHON, __file__, "--worker"),
            *(str(folder / "engine_spark"), str(customs), str(events)),
            *(json.dumps(settings or {}), *of_dbt),
        ),
    )


ENGINES = {"duckdb": with_duckdb, "spark": with_spark}


def said(what: str, cost: Cost) -> Cost:
    """Say on the terminal what a step took."""
    print(
        f"{what}: {cost.seconds:.1f} s, {cost.cpu_seconds:.1f} of processor, "
        f"{cost.peak_mb:.0f} MB",
        file=sys.stderr,
    )
    return cost


def dbt_on_spark(
    folder: str, customs: str, events: str, settings: str, of_dbt: list[str]
) -> int:
    """Be the process that owns the session: its Java must end before it does."""
    from commerce_exterieur.spark.command import run_dbt_on_spark
    from commerce_exterieur.spark.session import end_java
    from commerce_exterieur.spark.tables import SparkFolder

    try:
        return run_dbt_on_spark(
            SparkFolder(Path(folder)),
            [*of_dbt, "--quiet"],
            customs_dir=Path(customs),
            settings={
                **json.loads(settings),
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
    none. Of the stage that read most: how many `tasks` it had, and how many times the
    mean the one read that read most (`largest`).
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
            name, {"shuffles": 0, "bytes": 0, "tasks": 0, "largest": 0.0, "_": 0}
        )
        row["shuffles"] += wrote > 0
        row["bytes"] += wrote
        if sum(read[stage]) > row["_"]:
            row["_"] = sum(read[stage])
            row["tasks"] = len(read[stage])
            row["largest"] = round(max(read[stage]) / statistics.mean(read[stage]), 2)
    for row in found.values():
        del row["_"]
    return found


def report(measured: dict) -> None:
    """Print the costs, what a million lines more costs, and what is shuffled."""
    print("million lines  engine  step        seconds  processor s  peak MB")
    sizes = sorted(measured.keys() - {"whole", "skew"}, key=float)
    for size in ("whole", *sizes):
        for engine in ENGINES:
            for step, row in measured.get(size, {}).get(engine, {}).items():
                show(size, engine, step, row)
    for less, more in pairwise(sizes):
        for engine in ENGINES:
            spent = [measured[size][engine]["lines"]["cpu_seconds"] for size in sizes]
            of = dict(zip(sizes, spent, strict=True))
            each = (of[more] - of[less]) / (float(more) - float(less))
            print(f"{less} to {more}, {engine}: {each:.1f} processor s a million more")
    for size, rows in (
        *((size, measured[size]["shuffles"]) for size in measured if size != "skew"),
        *measured.get("skew", {}).items(),
    ):
        count, moved = (
            sum(row[name] for row in rows.values()) for name in ("shuffles", "bytes")
        )
        print(f"{size}: {count} shuffles, {moved / 1e6:.1f} MB")
        for name, row in sorted(rows.items(), key=lambda item: -item[1]["bytes"])[:10]:
            print(
                f"  {name:32}{row['shuffles']:>3}{row['bytes'] / 1e6:>8.1f} MB, "
                f"the largest of {row['tasks']} tasks {row['largest']:.1f} of the mean"
            )


def show(size: str, engine: str, step: str, row: dict[str, float]) -> None:
    """Print a row of costs."""
    print(
        f"{size:>13}  {engine:6}  {step:10}{row['seconds']:>9.1f}"
        f"{row['cpu_seconds']:>13.1f}{row['peak_mb']:>9.0f}"
    )


if __name__ == "__main__":
    main()
