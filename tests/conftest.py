"""What the lanes share: one folder a session, and empty places for files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from shared import IS_MINE, SHARED


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--sample",
        type=Path,
        metavar="FILE",
        help="a complete build of the sample to read, instead of making one",
    )


# Before pytest-xdist reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of a file run in one process: they share what it builds."""
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


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
