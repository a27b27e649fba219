"""Years of history: what each costs, what one more quarter costs, and how much memory.

Full builds of 1, 3, 6 and 12 real-size years (42 million lines), by `dbt run` of every
model in a warehouse that holds the seeds; then, on the twelve years, a build when
nothing has changed, one when a quarter has come, and one when a rolling file restates
five. dbt's fixed cost is that of the same command on files of a few lines; for one more
quarter it is that of a build when nothing has changed. Run from the project's folder
(about a quarter of an hour and 6 GB of disk), then draw what was measured:

    .venv/bin/python benchmarks/history.py
    .venv/bin/python benchmarks/history.py --draw
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
from pathlib import Path

import altair as alt
from workload import PROJECT, PYTHON, Cost, Warehouse, run, simulate

YEARS = (1, 3, 6, 12)
LONGEST = max(YEARS)
FIRST_YEAR = 2013
MEASURED = PROJECT / "benchmarks" / "history.json"
DRAWN = PROJECT / "docs" / "history.svg"
MILLION_LINES_A_YEAR = 3.5


def main() -> None:
    """Measure, or draw what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draw", action="store_true")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--years", type=int, nargs="+", default=YEARS)
    parser.add_argument(
        "--folder", type=Path, default=PROJECT / "build" / "benchmarks", metavar="DIR"
    )
    options = parser.parse_args()
    if options.draw:
        draw(json.loads(MEASURED.read_text()))
        return
    measured = measure(options.folder, options.rounds, sorted(options.years))
    MEASURED.write_text(json.dumps(measured, indent=1) + "\n")
    report(measured)


def measure(folder: Path, rounds: int, histories: list[int]) -> dict:
    """Build every history, then let quarters arrive on the longest."""
    source = folder / "years"
    vintages = [simulate(source, FIRST_YEAR + number) for number in range(LONGEST)]
    few = folder / "few"
    simulate(few, 2024, share=0.001)
    idle = Warehouse(folder / "few_lines", few)
    idle.dbt("parse")
    fixed = [timed("few lines", full(idle)) for _ in range(rounds)]
    full_builds = []
    for years in histories:
        customs = folder / "history" / f"{years}"
        shutil.rmtree(customs, ignore_errors=True)
        customs.mkdir(parents=True)
        for vintage in vintages[-years:]:
            shutil.copytree(vintage, customs / vintage.name, copy_function=link)
        warehouse = Warehouse(folder / f"history_{years}", customs)
        warehouse.dbt("parse")
        costs = [timed(f"{years} years", full(warehouse)) for _ in range(rounds)]
        full_builds.append(
            {
                "years": years,
                "seconds": median(costs) - median(fixed),
                "cpu_seconds": processor(costs) - processor(fixed),
                "peak_mb": max(cost.peak_mb for cost in costs),
                "warehouse_mb": warehouse.file.stat().st_size / 1e6,
            }
        )
    arrivals = measure_arrivals(folder, warehouse, customs, rounds)
    # Only what was tested is published.
    warehouse.dbt("build")
    published = run(
        *(PYTHON, "scripts/publish.py", "--source", str(warehouse.file)),
        *("--target", str(folder / "published.duckdb")),
    )
    return {
        "fixed_seconds": median(fixed),
        "full_builds": full_builds,
        **arrivals,
        "publish": {
            "seconds": published.seconds,
            "peak_mb": published.peak_mb,
            "file_mb": (folder / "published.duckdb").stat().st_size / 1e6,
        },
    }


def measure_arrivals(
    folder: Path, warehouse: Warehouse, customs: Path, rounds: int
) -> dict:
    """Measure builds when nothing, one quarter, or five quarters have come."""
    next_year = simulate(folder / "next", FIRST_YEAR + LONGEST)
    unchanged, quarter, rolling = [], [], []
    for _ in range(rounds):
        unchanged.append(timed("no change", warehouse.dbt("run")))
        one = arrive(customs, "2025-05", [(next_year, "1")])
        quarter.append(timed("one more quarter", warehouse.dbt("run")))
        last_year = customs / f"{FIRST_YEAR + LONGEST}-02"
        five = arrive(customs, "2025-08", [(last_year, "1234"), (next_year, "1")])
        rolling.append(timed("a rolling file", warehouse.dbt("run")))
        for vintage in (one, five):
            shutil.rmtree(vintage)
        warehouse.dbt("run")
    return {
        "unchanged": {
            "seconds": median(unchanged),
            "cpu_seconds": processor(unchanged),
        },
        "one more quarter": {
            "seconds": median(quarter) - median(unchanged),
            "cpu_seconds": processor(quarter) - processor(unchanged),
        },
        "a rolling file": {
            "seconds": median(rolling) - median(unchanged),
            "cpu_seconds": processor(rolling) - processor(unchanged),
        },
    }


def arrive(customs: Path, name: str, parts: list[tuple[Path, str]]) -> Path:
    """Write a vintage of rolling files with some quarters of other vintages."""
    vintage = customs / name
    shutil.rmtree(vintage, ignore_errors=True)
    vintage.mkdir()
    shutil.copy(parts[0][0] / "manifest.json", vintage)
    for flow in ("Export", "Import"):
        with (vintage / f"REGIONAL_CPF4PAYS{flow[0]}.txt").open("wb") as target:
            for source, quarters in parts:
                (file,) = source.glob(f"*{flow}.txt")
                with file.open("rb") as lines:
                    target.writelines(
                        line for line in lines if chr(line[2]) in quarters
                    )
    return vintage


def full(warehouse: Warehouse) -> Cost:
    """Build everything from the seeds on."""
    warehouse.empty()
    return warehouse.dbt("run")


def link(source: str, target: str) -> None:
    """Put a file in a second place without copying its bytes."""
    Path(target).hardlink_to(source)


def timed(what: str, cost: Cost) -> Cost:
    """Say on the terminal what a step took."""
    print(f"{what}: {cost.seconds:.1f} s, {cost.peak_mb:.0f} MB", file=sys.stderr)
    return cost


def median(costs: list[Cost]) -> float:
    """Median seconds."""
    return statistics.median(cost.seconds for cost in costs)


def processor(costs: list[Cost]) -> float:
    """Median processor seconds."""
    return statistics.median(cost.cpu_seconds for cost in costs)


def report(measured: dict) -> None:
    """Print the table and the shares of a full build."""
    print("years  seconds  processor s  the same per M lines  peak MB  file MB")
    for row in measured["full_builds"]:
        lines = row["years"] * MILLION_LINES_A_YEAR
        print(
            f"{row['years']:>5}{row['seconds']:>9.1f}{row['cpu_seconds']:>13.1f}"
            f"{row['cpu_seconds'] / lines:>22.2f}{row['peak_mb']:>9.0f}"
            f"{row['warehouse_mb']:>9.0f}"
        )
    whole = measured["full_builds"][-1]
    for what in ("one more quarter", "a rolling file"):
        row = measured[what]
        print(
            f"{what}: {row['seconds']:.1f} s, {row['cpu_seconds']:.1f} of processor: "
            f"{row['cpu_seconds'] / whole['cpu_seconds']:.1%} of the whole"
        )
    publish = measured["publish"]
    print(f"publish: {publish['seconds']:.1f} s, {publish['peak_mb']:.0f} MB")


def draw(measured: dict) -> None:
    """Draw time per line and peak memory against the years of history."""
    rows = [
        {
            "years": row["years"],
            "Processor seconds per million lines": row["cpu_seconds"]
            / (row["years"] * MILLION_LINES_A_YEAR),
            "Peak memory, GB": row["peak_mb"] / 1000,
        }
        for row in measured["full_builds"]
    ]
    panels = []
    for measure_name, highest in (
        ("Processor seconds per million lines", 6),
        ("Peak memory, GB", 3),
    ):
        base = alt.Chart(
            alt.Data(values=rows), title=measure_name, width=300, height=200
        ).encode(
            x=alt.X(
                "years:Q",
                title="years of 3.5 million lines",
                axis=alt.Axis(values=list(YEARS), grid=False, tickSize=4),
                scale=alt.Scale(domain=[0, LONGEST + 0.5]),
            ),
            y=alt.Y(
                field=measure_name,
                type="quantitative",
                title=None,
                axis=alt.Axis(tickCount=3, domain=False, ticks=False),
                scale=alt.Scale(domain=[0, highest]),
            ),
        )
        label = base.mark_text(
            align="left", dx=2, dy=15, color="#333", fontSize=12
        ).encode(text=alt.Text(field=measure_name, type="quantitative", format=".2f"))
        panels.append(
            base.mark_line(color="#000091", strokeWidth=2)
            + base.mark_point(color="#000091", filled=True, size=60, opacity=1)
            + label
        )
    chart = (
        alt.hconcat(*panels, spacing=40)
        # First: it would undo the others.
        .configure(background="white", font="Source Sans Pro, sans-serif")
        .configure_view(stroke=None)
        .configure_title(anchor="start", fontSize=14, fontWeight=600)
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight=400)
    )
    chart.save(DRAWN)
    print(DRAWN)


if __name__ == "__main__":
    main()
