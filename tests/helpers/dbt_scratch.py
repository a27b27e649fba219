"""A throw-away dbt project with this project's macros, for tests that run dbt."""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import shutil
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from shared import made_once

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PROJECT = Path(__file__).resolve().parents[2]
# Importing dbt takes longer than most of what is asked of it: a server has imported
# it, and each command is a process of its own forked from it.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    ["dbt.cli.main", "dbt.adapters.duckdb", "commerce_exterieur.intake.plugin"]
)
#: Commands that can be given a project that is parsed already.
_TAKE_PARSED = {"build", "run", "run-operation", "seed", "test"}


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
    parsed = None
    if folder == PROJECT:
        if arguments[0] in _TAKE_PARSED:
            given = dict(pairwise(arguments)).get("--vars", "{}")
            parsed = parsed_project(**json.loads(given))
        # Not the project's own target/: a test must not disturb a build.
        target = warehouse.parent / "target"
        arguments = (*arguments, "--target-path", str(target))
        environment["DBT_LOG_PATH"] = str(warehouse.parent / "logs")
    results = target / "run_results.json"
    results.unlink(missing_ok=True)
    output = target.with_name("output.txt")
    output.parent.mkdir(parents=True, exist_ok=True)
    process = _FORKS.Process(
        target=_run, args=(folder, list(arguments), environment, output, parsed)
    )
    process.start()
    process.join()
    rows = json.loads(results.read_text())["results"] if results.exists() else []
    names = {row["unique_id"].split(".")[2]: row for row in rows}
    return Run(
        exit_code=process.exitcode,
        output=output.read_text(encoding="utf-8"),
        status={name: row["status"] for name, row in names.items()},
        message={name: row["message"] or "" for name, row in names.items()},
        failures={name: row["failures"] for name, row in names.items()},
    )


def parsed_project(
    *, customs_dir: str = "", allow_missing_flow: bool = False, **_: object
) -> Path:
    """Our project as dbt parses it with these vars: done once a session.

    Parsing takes longer than most of our builds. Two vars decide something in it,
    which seeds there are and how severe a test is; the others, and where the files
    lie, are asked when a model runs.
    """
    source = "files" if customs_dir.strip() else "sample"
    settings = {"customs_dir": customs_dir, "allow_missing_flow": allow_missing_flow}

    def make(folder: Path) -> None:
        # The project knows its database by the name of this file.
        file = folder / "warehouse.duckdb"
        run = dbt(PROJECT, "parse", "--vars", json.dumps(settings), warehouse=file)
        assert run.exit_code == 0, run.output

    made = made_once(f"parsed_{source}_{allow_missing_flow}", make)
    return made / "target" / "partial_parse.msgpack"


def read_manifest(parsed: Path) -> Manifest:
    """What `parsed_project` left, as dbt wants it."""
    from dbt.contracts.graph.manifest import Manifest

    manifest = Manifest.from_msgpack(parsed.read_bytes())
    manifest.build_flat_graph()
    return manifest


def _run(
    folder: Path,
    arguments: list[str],
    environment: dict[str, str],
    output: Path,
    parsed: Path | None,
) -> None:
    """Be the command `dbt`, in a process that has just been forked."""
    from dbt.cli.main import cli

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    with output.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.argv = ["dbt", *arguments]
    try:
        # As dbt's own runner for programs hands it over.
        cli(arguments, obj={"manifest": read_manifest(parsed)} if parsed else {})
    finally:
        # A forked process would end without: DuckDB would leave its log.
        atexit._run_exitfuncs()


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
        "{type: duckdb, path: warehouse.duckdb, threads: 4, "
        "plugins: [{module: commerce_exterieur.intake.plugin, alias: program}]}}}\n"
    )
    return folder
