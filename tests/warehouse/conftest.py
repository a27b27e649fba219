"""These tests read a warehouse: the sample is built before the first of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from raw_lines import raw_lines
from sample import SAMPLE, require_sample, sample_site
from tiny_publication import make

from commerce_exterieur import publication as publish


@pytest.fixture(scope="session", autouse=True)
def sample_is_built(pytestconfig: pytest.Config) -> None:
    require_sample(pytestconfig.getoption("sample"))


@pytest.fixture(scope="session")
def site() -> Path:
    return sample_site()


@pytest.fixture(scope="module")
def marts() -> Iterator[duckdb.DuckDBPyConnection]:
    """The sample, built, to be read."""
    with duckdb.connect(str(SAMPLE), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """All raw lines of the seeds, one row per territory that contains them."""
    return raw_lines()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make(tmp_path / "dev.duckdb")


@pytest.fixture
def target(source: Path, tmp_path: Path) -> Path:
    """What was published before, in a folder of its own."""
    file = tmp_path / "out" / "warehouse.duckdb"
    publish.publish(source, file)
    return file
