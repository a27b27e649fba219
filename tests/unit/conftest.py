"""Local servers for the tests of the download."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from customs_servers import Customs


@pytest.fixture
def doors() -> Iterator[Customs]:
    """The places where customs offer their files, on loopback."""
    with Customs() as doors:
        yield doors


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder for the official files, not made yet."""
    return tmp_path / "work" / "customs"
