"""Spark for tests: skipped where it is not installed, but for CI."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from commerce_exterieur.spark.tables import SparkFolder

IS_INSTALLED = importlib.util.find_spec("pyspark") is not None
ADVICE = "Spark is not installed: make spark"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what asks for Spark, where there is none and it is not CI that asks."""
    if IS_INSTALLED or os.environ.get("CI"):
        return
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=ADVICE))


@pytest.fixture(scope="session")
def spark_folder(tmp_path_factory: pytest.TempPathFactory) -> SparkFolder:
    """An empty folder for tables and catalogue."""
    assert IS_INSTALLED, ADVICE
    return SparkFolder(tmp_path_factory.mktemp("spark"))
