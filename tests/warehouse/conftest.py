"""These tests read a warehouse: the sample is built before the first of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample import require_sample, sample_site
from tiny_publication import make

from commerce_exterieur import publication as publish


@pytest.fixture(scope="session", autouse=True)
def sample_is_built(pytestconfig: pytest.Config) -> None:
    require_sample(pytestconfig.getoption("sample"))


@pytest.fixture(scope="session")
def site() -> Path:
    return sample_site()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make(tmp_path / "dev.duckdb")


@pytest.fixture
def target(source: Path, tmp_path: Path) -> Path:
    """What was published before, in a folder of its own."""
    file = tmp_path / "out" / "warehouse.duckdb"
    publish.publish(source, file)
    return file
