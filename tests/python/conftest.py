"""What several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest

import build_site
from common.warehouse import ENGINEER


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of four territories in both languages, made once for all tests."""
    folder = tmp_path_factory.mktemp("site")
    status = build_site.main(
        [
            *("--territory", "D52", "R44", "FR", "D48", "--year", "2024"),
            *("--warehouse", str(ENGINEER), "--out", str(folder)),
        ]
    )
    assert status == 0
    return folder
