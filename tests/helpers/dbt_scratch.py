"""A throw-away dbt project with this project's macros, for tests that run dbt."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    """What one dbt command left behind: status and message per node name."""

    exit_code: int
    output: str
    status: dict[str, str]
    message: dict[str, str]
    failures: dict[str, int | None]


def dbt(folder: Path, *arguments: str, warehouse: Path | None = None) -> Run:
    """Run dbt in a project folder, as a process of its own."""
    environment = dict(os.environ, NO_COLOR="1")
    if warehouse is not None:
        environment["COMMERCE_WAREHOUSE"] = str(warehouse)
    target = folder / "target"
    if folder == PROJECT:
        # Not the project's own target/: a test must not disturb a build.
        target = warehouse.parent / "target"
        arguments = (*arguments, "--target-path", str(target))
        environment["DBT_LOG_PATH"] = str(warehouse.parent / "logs")
    results = target / "run_results.json"
    results.unlink(missing_ok=True)
    done = subprocess.run(
        [str(Path(sys.executable).parent / "dbt"), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    rows = json.loads(results.read_text())["results"] if results.exists() else []
    names = {row["unique_id"].split(".")[2]: row for row in rows}
    return Run(
        exit_code=done.returncode,
        output=done.stdout + done.stderr,
        status={name: row["status"] for name, row in names.items()},
        message={name: row["message"] or "" for name, row in names.items()},
        failures={name: row["failures"] for name, row in names.items()},
    )


def scratch_project(folder: Path) -> Path:
    """Lay an empty dbt project out in a folder, with our macros and generic tests."""
    (folder / "seeds").mkdir(parents=True)
    (folder / "models").mkdir()
    shutil.copytree(PROJECT / "macros", folder / "macros")
    shutil.copytree(PROJECT / "tests" / "generic", folder / "tests" / "generic")
    (folder / "dbt_project.yml").write_text(
        "name: scratch\nversion: '1.0'\nprofile: scratch\n"
        "flags: {send_anonymous_usage_stats: false}\n"
    )
    (folder / "profiles.yml").write_text(
        "scratch: {target: dev, outputs: {dev: "
        "{type: duckdb, path: warehouse.duckdb, threads: 4}}}\n"
    )
    return folder
