"""These tests run Spark: one Java at a time, on a warehouse made once a session."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from official_files import official_files
from shared import SHARED
from spark_settings import SMALL

from commerce_exterieur.spark.command import run_dbt_on_spark
from commerce_exterieur.spark.tables import SparkFolder


@pytest.fixture(scope="session", autouse=True)
def spark_is_installed() -> None:
    """Without Spark or Java the tests are skipped, but never in CI."""
    lacking = [
        *(["pyspark"] if importlib.util.find_spec("pyspark") is None else []),
        *(["Java"] if not (shutil.which("java") or "JAVA_HOME" in os.environ) else []),
    ]
    if lacking:
        said = f"no {' and no '.join(lacking)} here: `make spark` installs Spark"
        if os.environ.get("CI"):
            pytest.fail(f"CI must have Spark ({said}; Java: openjdk-17-jre-headless)")
        pytest.skip(said)


@pytest.fixture(scope="module")
def one_java(spark_is_installed: None) -> Iterator[None]:
    """No other process of these tests runs Spark meanwhile; ours ends with the file.

    Derby lets one process at a time read the catalogue, until its Java ends.
    """
    with (SHARED / "spark.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
        from commerce_exterieur.spark.session import end_java

        end_java()


@pytest.fixture(scope="module")
def spark_folder(
    one_java: None, tmp_path_factory: pytest.TempPathFactory
) -> SparkFolder:
    """An empty Spark warehouse."""
    return SparkFolder(tmp_path_factory.mktemp("spark"))


@pytest.fixture(scope="module")
def spark_warehouse(one_java: None) -> tuple[SparkFolder, Path]:
    """Seeds and models of official files, and their folder.

    The catalogue knows its tables by where they lie, so it is made in its place.
    """
    place = SHARED / "spark_warehouse"
    folder, customs, made = (
        SparkFolder(place / "spark"),
        place / "customs {é,1} files",
        place / "made",
    )
    if not made.exists():
        shutil.rmtree(place, ignore_errors=True)
        official_files(customs)
        for command in ("seed", "run"):
            status = run_dbt_on_spark(
                folder,
                [command, "--quiet"],
                variables={"customs_dir": str(customs)},
                settings=SMALL,
            )
            assert status == 0
        made.touch()
    return folder, customs
