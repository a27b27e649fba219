"""These tests read a warehouse: the sample is built before the first of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample import require_sample, sample_site


@pytest.fixture(scope="session", autouse=True)
def sample_is_built(pytestconfig: pytest.Config) -> None:
    require_sample(pytestconfig.getoption("sample"))


@pytest.fixture(scope="session")
def site() -> Path:
    return sample_site()
