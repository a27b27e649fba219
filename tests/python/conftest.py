"""What several test files share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from customs_servers import Customs
from playwright.sync_api import Browser, sync_playwright

from commerce_exterieur.site import command as build_site
from commerce_exterieur.warehouse import ENGINEER

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests are skipped, but never in CI."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium to open the pages (apt-get: chromium)")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def doors() -> Iterator[Customs]:
    """The places where customs offer their files, on loopback."""
    with Customs() as doors:
        yield doors


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder for the official files, not made yet."""
    return tmp_path / "work" / "customs"
