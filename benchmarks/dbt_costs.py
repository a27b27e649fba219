"""What dbt itself costs, beside `dbt ls` with partial parse.

In turn, several rounds, in processor seconds: `dbt ls`, `dbt run` with nothing changed,
`dbt build` of the sample with its tests, and `dbt build` of a project that has as many
nodes of each kind, none of which does anything: what dbt takes for itself. Quoted:
medians, and how many times `dbt ls`. Run from the project's folder; the warehouse and
the target are the benchmark's own:

    .venv/bin/python benchmarks/dbt_costs.py --rounds 5
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
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
        ours, idle = Path(folder) / "ours", Path(folder) / "idle"
        processor_seconds("build", ours)
        nodes = Counter(
            node.get("resource_type", "unit_test")
            for kind in ("nodes", "unit_tests")
            for node in json.loads((ours / "target" / "manifest.json").read_text())[
                kind
            ].values()
        )
        project_that_does_nothing(idle, nodes)
        processor_seconds("build", idle, idle)
        taken: dict[str, list[float]] = {name: [] for name in (*COMMANDS, "idle")}
        for _ in range(options.rounds):
            for command in COMMANDS:
                taken[command].append(processor_seconds(command, ours))
            taken["idle"].append(processor_seconds("build", idle, idle))
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    print(", ".join(f"{count} {kind}s" for kind, count in nodes.items()))
    for name, seconds in medians.items():
        most = COMMANDS.get(name)
        said = "build of as many nodes that do nothing" if name == "idle" else name
        print(
            f"dbt {said:40}{seconds:6.2f} s{seconds / medians['ls']:6.2f} ×"
            + (f" (target {most})" if most else "")
        )


def project_that_does_nothing(folder: Path, nodes: Counter[str]) -> None:
    """Write a project with so many nodes of each kind: one row, one column each.

    Parameters
    ----------
    folder
        Where to put it.
    nodes
        How many models, seeds, tests and unit tests.
    """
    for place in ("models", "seeds", "tests"):
        (folder / place).mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "name: idle\nprofile: idle\n"
        "flags: {send_anonymous_usage_stats: false, log_level_file: none}\n"
        "models: {+materialized: table}\n"
    )
    (folder / "profiles.yml").write_text(
        "idle: {target: dev, outputs: {dev: {type: duckdb, threads: 1, "
        "path: \"{{ env_var('COMMERCE_WAREHOUSE') }}\"}}}\n"
    )
    for number in range(nodes["seed"]):
        (folder / "seeds" / f"seed_{number}.csv").write_text("n\n1\n")
    for number in range(nodes["model"]):
        (folder / "models" / f"model_{number}.sql").write_text("select 1 as n")
    for number in range(nodes["test"]):
        (folder / "tests" / f"test_{number}.sql").write_text("select 1 where false")
    (folder / "models" / "unit_tests.yml").write_text(
        json.dumps(
            {
                "unit_tests": [
                    {
                        "name": f"unit_test_{number}",
                        "model": f"model_{number}",
                        "given": [],
                        "expect": {"rows": [{"n": 1}]},
                    }
                    for number in range(nodes["unit_test"])
                ]
            }
        )
    )


def processor_seconds(command: str, folder: Path, project: Path = PROJECT) -> float:
    """User and system seconds of one dbt command that must succeed.

    Parameters
    ----------
    command
        The subcommand of dbt.
    folder
        Where the warehouse, `target` and `logs` of the benchmark are.
    project
        The project of dbt.
    """
    folder.mkdir(exist_ok=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [
            *(str(Path(sys.executable).parent / "dbt"), command),
            *("--target-path", str(folder / "target")),
        ],
        cwd=project,
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
