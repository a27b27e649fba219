"""Build, test and publish the warehouse, from any folder.

dbt finds the project, its profile and its plugin from the folder it is run in, and a
file that another program holds is a traceback. Here the folder does not matter, and
such a file is one line. What stands after `--` is dbt's: options of `dbt build`, or
another command with its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import yaml

from commerce_exterieur import publication
from commerce_exterieur.errors import UserError
from commerce_exterieur.options import add_customs
from commerce_exterieur.warehouse import ENGINEER, PROJECT, cannot_open

NOTHING_BUILT = "dbt built nothing anew; the published file is left as it was."


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, build and publish; the exit status of what failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_build_options(parser)
    options = parser.parse_args(arguments)
    try:
        require_free(ENGINEER)
        require_folder(options.customs_dir)
        command = command_of_dbt(
            options.dbt, of_customs(options.customs_dir, options.as_of)
        )
        before = publication.last_finished_run(ENGINEER)
        status = run_dbt(*command)
        if status or options.no_publish or command[0] != "build":
            return status
        if before and publication.last_finished_run(ENGINEER) == before:
            print(f"build: {NOTHING_BUILT}")
            return 0
    except UserError as error:
        print(f"build: {error}", file=sys.stderr)
        return 2
    return publication.main([])


def add_build_options(parser: argparse.ArgumentParser) -> None:
    """Add what every build is asked, whatever the engine."""
    add_customs(parser)
    parser.add_argument(
        "--no-publish", action="store_true", help="leave the published file as it is"
    )
    parser.add_argument(
        "dbt",
        nargs="*",
        metavar="-- [COMMAND] OPTION",
        help="words for dbt: options of `dbt build`, after which is published what is "
        "complete and tested; or another command, after which nothing is",
    )


def require_folder(customs_dir: Path | None) -> None:
    """Make sure that the folder of customs files, if one is named, is there.

    Raises
    ------
    UserError
        It is not.
    """
    if customs_dir and not customs_dir.is_dir():
        raise UserError(f"{customs_dir} is not a folder of customs files.")


def command_of_dbt(asked: list[str], variables: dict[str, Any]) -> list[str]:
    """Read what stands after `--`: a command of dbt, or options of `build` alone.

    Parameters
    ----------
    asked
        The words; `--vars` may be among them.
    variables
        The vars that our own options give.

    Returns
    -------
    list[str]
        The command with its options, all vars in one: of two `--vars` dbt forgets the
        first.

    Raises
    ------
    UserError
        The vars are no YAML mapping, or one of them is given twice.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--vars", action="append", default=[])
    given, command = parser.parse_known_args(asked)
    ours = {name for name, value in variables.items() if value}
    typed: dict[str, Any] = {}
    for text in given.vars:
        try:
            said = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise UserError(f"--vars {text!r} is no YAML ({error}).") from error
        if not isinstance(said, dict):
            raise UserError(f"--vars {text!r} is no YAML mapping, {{name: value}}.")
        if twice := sorted(map(str, (ours | typed.keys()) & said.keys())):
            raise UserError(
                f"{', '.join(twice)} is given twice, by an option and in --vars, or in "
                "two --vars. Give it once."
            )
        typed |= said
    if not command or command[0].startswith("-"):
        command = ["build", *command]
    return [*command, *vars_of_dbt(variables, typed)]


def require_free(file: Path) -> None:
    """Make sure that dbt may write to its file.

    Raises
    ------
    UserError
        Another program has it open, or it is no DuckDB file.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        return
    try:
        duckdb.connect(str(file)).close()
    except duckdb.Error as error:
        raise cannot_open(file, error) from error


def run_dbt(
    *arguments: str,
    variables: dict[str, Any] | None = None,
    warehouse: Path | None = None,
) -> int:
    """Run dbt on the project, with DuckDB; its exit status.

    Parameters
    ----------
    variables
        dbt's vars.
    warehouse
        The file to build, instead of the engineer's.
    """
    said = vars_of_dbt(variables or {})
    dbt = Path(sys.executable).with_name("dbt")
    env = os.environ | ({"COMMERCE_WAREHOUSE": str(warehouse)} if warehouse else {})
    return subprocess.run(
        [dbt, *arguments, *said], cwd=PROJECT, env=env, check=False
    ).returncode


def vars_of_dbt(
    variables: dict[str, Any], typed: dict[str, Any] | None = None
) -> list[str]:
    """Write vars as options of dbt: none without any, for it parses anew for them.

    Parameters
    ----------
    variables
        Their values; what is empty is left out.
    typed
        Those that a user typed for dbt, Jinja and all.
    """
    given = {
        name: _literal(value)
        for name, value in variables.items()
        if value not in (None, "")
    }
    given |= typed or {}
    return ["--vars", yaml.safe_dump(given)] if given else []


def _literal(value: object) -> object:
    """Keep a text from being rendered: dbt takes it as Jinja, a literal is itself."""
    if isinstance(value, str):
        return "{{ " + json.dumps(value, ensure_ascii=False) + " }}"
    return value


def of_customs(customs_dir: Path | None, as_of: str | None) -> dict[str, str | None]:
    """Name the vars that say what is read; the folder as the caller names it."""
    return {
        "customs_dir": str(customs_dir.absolute()) if customs_dir else None,
        "as_of": as_of,
    }


if __name__ == "__main__":
    sys.exit(main())
