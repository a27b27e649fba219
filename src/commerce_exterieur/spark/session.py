"""A Spark session of our own: one process, on loopback, no pages, quiet.

Everything it writes lies in one folder: the tables (`tables/`, Parquet), the Hive
catalogue (`catalogue/`, Derby) and what Java says (`spark.log`).
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

with warnings.catch_warnings():
    # It warns of pandas 3, which nothing here hands to it.
    warnings.simplefilter("ignore", FutureWarning)
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

#: What every figure depends on: arithmetic that raises, days without a time zone.
ARITHMETIC = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.storeAssignmentPolicy": "ANSI",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.session.timeZone": "UTC",
    # A partition that is written takes the place of that partition alone.
    "spark.sql.sources.partitionOverwriteMode": "dynamic",
    # A label that holds `${…}` is that text.
    "spark.sql.variable.substitute": "false",
}


def _memory() -> str:
    """Write COMMERCE_MEMORY, an amount as DuckDB takes it (4GB), as Java does (4g)."""
    amount = (os.environ.get("COMMERCE_MEMORY") or "4g").strip().lower()
    return amount.removesuffix("ib").removesuffix("b").replace(" ", "")


JAVA = "spark.driver.extraJavaOptions"


def start_session(folder: Path, settings: Mapping[str, str]) -> SparkSession:
    """Start the session of this process.

    Parameters
    ----------
    folder
        Where everything is kept; made if it is not there.
    settings
        Settings of Spark (`spark.…`) that go before ours: another master, jars.

    Returns
    -------
    SparkSession
        The one session; dbt-spark's session method finds it.
    """
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    # Spark's launcher reads it before any setting; a name that resolves elsewhere would
    # open a port to the network.
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    derby = folder / "derby.log"
    configured = {
        "spark.master": "local[*]",
        "spark.app.name": "commerce_exterieur",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": _memory(),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        # On one machine a partition for each core is enough; adaptive execution merges
        # what is small and cuts what is skewed.
        "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 2)),
        "spark.sql.warehouse.dir": (folder / "tables").as_uri(),
        "spark.sql.catalogImplementation": "hive",
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={folder / 'catalogue'};create=true"
        ),
        # Derby refuses a comment of more than 256 letters; Spark then keeps the table
        # in a form of its own, and Hive would first try ten times more, 20 s.
        "spark.hadoop.hive.hmshandler.retry.interval": "1ms",
        **ARITHMETIC,
        **settings,
    }
    configured[JAVA] = f"{settings.get(JAVA, '')} -Dderby.stream.error.file={derby}"
    builder = SparkSession.builder
    for name, value in configured.items():
        builder = builder.config(name, value)
    with _stderr_in(folder / "spark.log"):
        session = builder.enableHiveSupport().getOrCreate()
    # Each refused statement would be a Java stack trace of 15 kB.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    return session


def end_java() -> None:
    """End the Java of this process, if there is one; the next session starts another.

    A session that is stopped leaves it there, with its memory, and with the catalogue
    (Derby), which no other process can open then.
    """
    gateway = SparkContext._gateway
    if gateway is None:
        return
    gateway.shutdown()
    # It ends when nobody can write to it any more.
    gateway.proc.stdin.close()
    gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None


@contextmanager
def _stderr_in(log: Path) -> Iterator[None]:
    """Let a process that is started meanwhile write its errors to a file, for good."""
    sys.stderr.flush()
    ours = os.dup(2)
    try:
        with log.open("wb") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        os.dup2(ours, 2)
        os.close(ours)
