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


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, build and publish; the exit status of what failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_build_options(parser)
    options = parser.parse_args(arguments)
    try:
        require_free(ENGINEER)
    except UserError as error:
        print(f"build: {error}", file=sys.stderr)
        return 2
    status = run_dbt(
        *command_of_dbt(options.dbt),
        variables=of_customs(options.customs_dir, options.as_of),
    )
    if status or options.no_publish or command_of_dbt(options.dbt)[0] != "build":
        return status
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
        help="what dbt does; all but `build`, which it does unasked, publish nothing",
    )


def command_of_dbt(asked: list[str]) -> list[str]:
    """Complete what stands after `--`: options alone are those of `build`."""
    return asked if asked and not asked[0].startswith("-") else ["build", *asked]


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


def vars_of_dbt(variables: dict[str, Any]) -> list[str]:
    """Write vars as options of dbt: none without any, for it parses anew for them.

    Parameters
    ----------
    variables
        Their values; what is empty is left out.
    """
    given = {
        name: _literal(value)
        for name, value in variables.items()
        if value not in (None, "")
    }
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
