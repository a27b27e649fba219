"""Build, test and publish the warehouse with Apache Spark.

The models, tests and seeds are those of DuckDB (`dbt build`). The tables are Parquet in
`build/spark/tables`; what a finished run left is published through DuckDB, into the
same file. What stands after `--` is dbt's, as `commerce build` takes it; `--conf` takes
settings of Spark as `spark-submit` does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commerce_exterieur import publication
from commerce_exterieur.build import (
    NOTHING_BUILT,
    add_build_options,
    command_of_dbt,
    of_customs,
    require_folder,
    vars_of_dbt,
)
from commerce_exterieur.errors import UserError
from commerce_exterieur.files import only_writer
from commerce_exterieur.spark.handover import hand_over
from commerce_exterieur.spark.tables import SparkFolder
from commerce_exterieur.warehouse import PROJECT, PUBLISHED

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FOLDER = PROJECT / "build" / "spark"
ADVICE = (
    "Spark is not installed: `make spark` installs what requirements-spark.lock lists, "
    "and needs Java 17 (Debian: openjdk-17-jre-headless)."
)


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, build and publish; the exit status of what failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_build_options(parser)
    parser.add_argument(
        "--folder",
        type=Path,
        default=FOLDER,
        metavar="DIR",
        help="where tables and catalogue are kept (default: build/spark)",
    )
    parser.add_argument(
        "--conf",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        type=_setting,
        help="a setting of Spark, again and again",
    )
    parser.add_argument(
        "--publish-to",
        type=Path,
        default=PUBLISHED,
        metavar="FILE",
        help="the file to put in place (default: build/warehouse.duckdb)",
    )
    options = parser.parse_args(arguments)
    folder = SparkFolder(options.folder.absolute())
    try:
        publish_to = options.publish_to.absolute()
        require_folder(options.customs_dir)
        command = command_of_dbt(
            options.dbt, of_customs(options.customs_dir, options.as_of)
        )
        before = folder.last_finished_run()
        status = run_dbt_on_spark(folder, command, settings=dict(options.conf))
        if status or options.no_publish or command[0] != "build":
            return status
        if before and folder.last_finished_run() == before:
            print(f"spark: {NOTHING_BUILT}")
            return 0
        # Its memory is not needed any more.
        from commerce_exterieur.spark.session import end_java

        end_java()
        handed = hand_over(folder)
    except UserError as error:
        print(f"spark: {error}", file=sys.stderr)
        return 2
    return publication.main(["--source", str(handed), "--target", str(publish_to)])


def run_dbt_on_spark(
    folder: SparkFolder,
    arguments: list[str],
    *,
    variables: dict[str, Any] | None = None,
    settings: dict[str, str] | None = None,
) -> int:
    """Run dbt in this process, which owns the Spark session; its exit status.

    Parameters
    ----------
    folder
        Where tables and catalogue are kept.
    arguments
        dbt's command and options.
    variables
        dbt's vars.
    settings
        Settings of Spark.

    Raises
    ------
    UserError
        Spark or Java is not there, or another process holds the folder.
    """
    try:
        from pyspark.errors import PySparkRuntimeError

        from commerce_exterieur.spark.adapter import prepare_adapter
        from commerce_exterieur.spark.functions import functions_of_spark
        from commerce_exterieur.spark.session import start_session
    except ImportError as error:
        raise UserError(ADVICE) from error
    from dbt.cli.main import dbtRunner

    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise UserError(
            "Spark needs Java 17 (Debian: openjdk-17-jre-headless), which is not here."
        )
    said = vars_of_dbt(variables or {})
    folder.path.mkdir(parents=True, exist_ok=True)
    log = folder.path / "spark.log"
    with only_writer(folder.path):
        print(f"Starting Spark … ({log} is its log)", flush=True)
        try:
            session = start_session(folder.path, settings or {})
        except PySparkRuntimeError as error:
            raise UserError(
                f"Spark does not start ({error}); {log} says why: another Java than 17 "
                "or 21, more memory than there is (COMMERCE_MEMORY=4GB), a setting?"
            ) from error
        try:
            repair(session, folder)
            prepare_adapter(functions_of_spark(folder))
            here = Path.cwd()
            os.chdir(PROJECT)
            try:
                answer = dbtRunner().invoke(
                    [
                        *arguments,
                        *said,
                        "--target",
                        "spark",
                        "--target-path",
                        str(folder.path / "target"),
                    ]
                )
            finally:
                os.chdir(here)
            session.stop()
        except OSError as error:
            # What is asked of it goes over a socket.
            raise UserError(
                f"Spark's process has ended ({error}); {log} says why. Run it again, "
                "with more memory if that is what it lacked (COMMERCE_MEMORY=8GB)."
            ) from error
    # What went wrong, dbt has said.
    if answer.exception is not None:
        return 2
    return 0 if answer.success else 1


def repair(session: SparkSession, folder: SparkFolder) -> None:
    """Take away what a killed run left half-made, and say what it was.

    A table is made under a name of its run and takes its place when it is complete:
    what has such a name, or no place in the catalogue, is no table of anybody.
    """
    known = set()
    half_made = []
    for schema in session.catalog.listDatabases():
        for table in session.catalog.listTables(schema.name):
            if "__made_" in table.name:
                session.sql(f"drop table {schema.name}.`{table.name}`")
                half_made.append(f"{schema.name}.{table.name}")
            else:
                known.add((schema.name, table.name))
    half_made += folder.sweep(known)
    for name in half_made:
        print(f"spark: {name} was half made by a run that was cut short: deleted.")


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.startswith("spark."):
        raise argparse.ArgumentTypeError(
            f"'{text}' is no setting of Spark; write it as spark.executor.memory=8g"
        )
    return name, value


if __name__ == "__main__":
    sys.exit(main())
