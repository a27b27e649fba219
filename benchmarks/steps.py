"""What DuckDB's time is made of for one real-size year: each step alone, in turn.

    .venv/bin/python benchmarks/steps.py --rounds 5

Every step reads the text and does all the steps before it; its own cost is the
difference. The sum and what follows are timed on the tables themselves, with the SQL
that `benchmarks/one_year.py` left compiled: run that first.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import time
from pathlib import Path

import duckdb
from workload import PROJECT

SCAN = (
    "read_csv({paths}, auto_detect = false, header = false, delim = '\\x01', "
    "quote = '', escape = '', strict_mode = false, columns = {{'line': 'VARCHAR'}})"
)


def main() -> None:
    """Time the steps, print the median of each and its share of the whole."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--folder", type=Path, default=PROJECT / "build" / "benchmarks", metavar="DIR"
    )
    options = parser.parse_args()
    built = options.folder / "one_year"
    file = built / "steps" / "warehouse.duckdb"
    file.parent.mkdir(exist_ok=True)
    shutil.copy(built / "warehouse.duckdb", file)
    results = json.loads((built / "target" / "run_results.json").read_text())["results"]
    nodes = json.loads((built / "target" / "manifest.json").read_text())["nodes"]
    compiled = {
        nodes[result["unique_id"]]["name"]: result["compiled_code"]
        for result in results
        if result["unique_id"].startswith("model.")
        and nodes[result["unique_id"]]["config"]["materialized"] != "view"
    }
    with duckdb.connect(str(file), config={"memory_limit": "2GB"}) as connection:
        seconds = measure(connection, compiled, options.rounds)
    whole = sum(seconds.values())
    for step, own in seconds.items():
        print(f"{step:34}{own:>7.2f} s{own / whole:>7.0%}")


def measure(
    connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], rounds: int
) -> dict[str, float]:
    """Seconds each step adds, median over the rounds; steps in order of the build."""
    paths = [
        path
        for (path,) in connection.execute(
            "select read_from from staging.stg_customs__files order by all"
        ).fetchall()
    ]
    scan = SCAN.format(paths=paths)
    pattern = compiled["stg_customs__lines"].split("regexp_full_match(raw_line, ")[1]
    pattern = pattern.split("')")[0] + "'"
    matched = f"from {scan} where regexp_full_match(line, {pattern})"
    typed = connection.execute(
        "select string_agg('max(' || column_name || ')', ', ') from duckdb_columns() "
        "where table_name = 'stg_customs__lines'"
    ).fetchone()[0]
    lines = compiled["stg_customs__lines"]
    reading = {
        "scan the text": f"select sum(strlen(line)) from {scan}",
        "match every line": f"select sum(strlen(line)) {matched}",
        "cut at ;": f"select sum(len(string_split(line, ';'))) {matched}",
        "codes to ENUM, measures to integers": f"select {typed} from ({lines})",
        "write the lines": f"create or replace table timed as {lines}",
    }
    flows = {"sum to the finest flows": "int_flows_summed"}
    after = [
        name
        for name in compiled
        if name not in ("stg_customs__files", "stg_customs__lines", "int_flows_summed")
    ]
    taken: dict[str, list[float]] = {}
    for _ in range(rounds):
        before = 0.0
        for step, sql in reading.items():
            spent = timed(connection, sql)
            taken.setdefault(step, []).append(max(spent - before, 0.0))
            before = max(spent, before)
        for step, name in flows.items():
            sql = f"create or replace table timed as {compiled[name]}"
            taken.setdefault(step, []).append(timed(connection, sql))
        taken.setdefault("everything after", []).append(
            sum(
                timed(connection, f"create or replace table timed as {compiled[name]}")
                for name in after
            )
        )
    return {step: statistics.median(spent) for step, spent in taken.items()}


def timed(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    """Run one statement; its seconds."""
    start = time.perf_counter()
    connection.execute(sql).fetchall()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
