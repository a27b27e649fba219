"""One real-size year, loaded and rolled up: dbt, DuckDB alone, pandas, Polars.

All sides read the same two files (3.5 million lines), apply the same strict checks to
every physical line and write the same tables to disk: the rejected lines, the finest
flows and the five trade marts. Each round runs them in turn; quoted are medians and
their ratios. dbt's fixed cost is that of the same command on files of a few lines. Run
from the project's folder:

    .venv/bin/python benchmarks/one_year.py --rounds 3
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from pathlib import Path

from workload import PROJECT, PYTHON, TRADE_MARTS, Cost, Warehouse, run, simulate


def main() -> None:
    """Make the files, run every side in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--folder", type=Path, default=PROJECT / "build" / "benchmarks", metavar="DIR"
    )
    options = parser.parse_args()
    year, few = options.folder / "year", options.folder / "few"
    simulate(year, 2024)
    simulate(few, 2024, share=0.001)
    ours = Warehouse(options.folder / "one_year", year)
    idle = Warehouse(options.folder / "few_lines", few)
    out = options.folder / "rivals"

    def dbt(warehouse: Warehouse) -> Cost:
        warehouse.empty()
        return warehouse.dbt("run", "--select", *TRADE_MARTS)

    def duckdb() -> Cost:
        ours.empty()
        return run(
            *(PYTHON, "benchmarks/duckdb_alone.py"),
            *(str(ours.file), str(ours.target)),
        )

    def rival(name: str, *flags: str) -> Cost:
        shutil.rmtree(out, ignore_errors=True)
        return run(PYTHON, f"benchmarks/rivals/{name}.py", str(year), str(out), *flags)

    sides = {
        "dbt": lambda: dbt(ours),
        "dbt, few lines": lambda: dbt(idle),
        "DuckDB alone": duckdb,
        "pandas": lambda: rival("pandas_plain"),
        "pandas, tuned": lambda: rival("pandas_marts"),
        "Polars, tuned": lambda: rival("polars_marts"),
        "Polars, lean": lambda: rival("polars_marts", "--lean"),
    }
    dbt(ours)  # dbt parses its project once
    dbt(idle)
    costs: dict[str, list[Cost]] = {name: [] for name in sides}
    for _ in range(options.rounds):
        for name, side in sides.items():
            costs[name].append(side())
            last = costs[name][-1]
            print(f"{name}: {last.seconds:.1f} s", file=sys.stderr)
    report(costs)


def report(costs: dict[str, list[Cost]]) -> None:
    """Print medians, and ratios to what our models cost."""
    rows = {
        name: {
            "seconds": statistics.median(cost.seconds for cost in each),
            "processor s": statistics.median(cost.cpu_seconds for cost in each),
            "peak MB": statistics.median(cost.peak_mb for cost in each),
        }
        for name, each in costs.items()
    }
    fixed = rows.pop("dbt, few lines")
    for measure in ("seconds", "processor s"):
        rows["dbt"][measure] -= fixed[measure]
    print(f"{'':16}" + "".join(f"{each:>14}{'dbt / it':>10}" for each in fixed))
    for name, row in rows.items():
        cells = (
            f"{value:>14.1f}{rows['dbt'][each] / value:>10.2f}"
            for each, value in row.items()
        )
        print(f"{name:16}" + "".join(cells))
    print("dbt: its fixed cost, that of a few lines, is taken off")


if __name__ == "__main__":
    main()
