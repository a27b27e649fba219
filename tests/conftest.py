"""What the lanes share: one folder a session, and empty places for files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from shared import IS_MINE, SHARED

#: A file is tested in one process; what takes minutes must not be left to the end.
#: Those of Spark, one of which runs at a time, stand apart.
LONG = (
    "test_parity.py",
    "test_faults.py",
    "test_every_territory.py",
    "test_incremental.py",
    "test_plans.py",
    "test_site_soundness.py",
    "test_customs_dir.py",
    "test_site_browser.py",
    "test_spark_kills.py",
    "test_finished_run.py",
    "test_site_command.py",
    "test_spark_safety.py",
    "test_simulate_customs.py",
    "test_charts_edge_cases.py",
    "test_make.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--sample",
        type=Path,
        metavar="FILE",
        help="a complete build of the sample to read, instead of making one",
    )
    parser.addoption(
        "--with-sample",
        action="store_true",
        help="build, test and publish the bundled sample with Spark too",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONG)))


def pytest_unconfigure() -> None:
    if IS_MINE:
        shutil.rmtree(SHARED, ignore_errors=True)


@pytest.fixture
def customs(tmp_path: Path) -> Path:
    """An empty folder for customs files."""
    folder = tmp_path / "customs"
    folder.mkdir()
    return folder


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """Where texts of zips go; not there yet."""
    return tmp_path / "dev" / "unpacked"
