"""What dbt itself costs, beside `dbt ls` with partial parse.

In turn, several rounds, in processor seconds: `dbt ls`, `dbt run` with nothing changed,
`dbt build` of the sample with its tests. Quoted: medians, and how many times `dbt ls`.
Run from the project's folder; the warehouse and the target are the benchmark's own:

    .venv/bin/python benchmarks/dbt_costs.py --rounds 5
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]

#: The commands, and how many times `dbt ls` each may cost.
COMMANDS = {"ls": None, "run": 1.6, "build": 2.6}


def main() -> None:
    """Build once, time the commands in turn, print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        processor_seconds("build", Path(folder))
        taken: dict[str, list[float]] = {command: [] for command in COMMANDS}
        for _ in range(options.rounds):
            for command, seconds in taken.items():
                seconds.append(processor_seconds(command, Path(folder)))
    medians = {command: statistics.median(taken[command]) for command in taken}
    for command, most in COMMANDS.items():
        ratio = medians[command] / medians["ls"]
        print(
            f"dbt {command:6}{medians[command]:6.2f} s{ratio:6.2f} ×"
            + (f" (target {most})" if most else "")
        )


def processor_seconds(command: str, folder: Path) -> float:
    """User and system seconds of one dbt command that must succeed.

    Parameters
    ----------
    command
        The subcommand of dbt.
    folder
        Where the warehouse, `target` and `logs` of the benchmark are.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [
            *(str(Path(sys.executable).parent / "dbt"), command),
            *("--target-path", str(folder / "target")),
        ],
        cwd=PROJECT,
        env=dict(
            os.environ,
            COMMERCE_WAREHOUSE=str(folder / "warehouse.duckdb"),
            DBT_LOG_PATH=str(folder / "logs"),
        ),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(after[:2]) - sum(before[:2])


if __name__ == "__main__":
    main()
