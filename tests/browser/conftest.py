"""These tests open pages made from the sample in a real Chromium."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import site_workers
from playwright.sync_api import Browser, sync_playwright
from sample import SAMPLE, require_sample, sample_site
from site_visits import Quiet, Visit

from commerce_exterieur.site import command as build_site

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def sample_is_built(pytestconfig: pytest.Config) -> None:
    require_sample(pytestconfig.getoption("sample"))


@pytest.fixture(scope="session")
def site() -> Path:
    return sample_site()


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


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages that lead to sheets; the 136 sheets are one line each.

    Of activities and countries, too, there are the names of the pages.
    """
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        site_workers.leave_out_sheets(patch)
        site_workers.leave_out_members(patch)
        status = build_site.main(
            ["--warehouse", str(SAMPLE), "--out", str(folder), "--jobs", "1"]
        )
    assert status == 0
    return folder


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """The site on a web server of this machine: its address."""
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a folder's site; everything noisy it does fails the test."""
    visits: list[Visit] = []

    def begin(base: Path | str, **options: object) -> Visit:
        context = browser.new_context(**options)
        address = base if isinstance(base, str) else base.as_uri()
        visits.append(Visit(context, address))
        return visits[-1]

    yield begin
    faults = [fault for each in visits for fault in each.faults]
    for each in visits:
        each.page.context.close()
    assert faults == []
