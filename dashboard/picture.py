"""Take the picture of the README of a running dashboard (`make dashboard`).

.venv/bin/python dashboard/picture.py --height 1410 --out docs/dashboard.png
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from server import HOME, HOST, PAGE, USER

WIDTH = 1440
#: Charts that are still asked for, or drawn.
WAITING = ".loading, .ant-spin-spinning, [data-test='loading-indicator']"
CHARTS = ".dashboard-component-chart-holder"
#: Where the lowest chart ends; the page scrolls in itself.
BOTTOM = f"""() => Math.ceil(Math.max(...Array.from(
    document.querySelectorAll("{CHARTS}"),
    (each) => each.getBoundingClientRect().bottom)))"""


def main() -> None:
    """Sign in, open the dashboard, wait until it is drawn, save it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8088, metavar="N")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--height", type=int, metavar="PX", help="without it, all of the page"
    )
    options = parser.parse_args()
    address = f"http://{HOST}:{options.port}"
    password = (HOME / "password").read_text("utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(
            viewport={"width": WIDTH, "height": 1000}, locale="fr-FR"
        )
        page.goto(f"{address}/login/", wait_until="networkidle")
        page.fill("#username", USER)
        page.fill("#password", password)
        page.press("#password", "Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        page.goto(address + PAGE)
        _wait(page)
        # Charts are drawn when they are seen.
        page.set_viewport_size({"width": WIDTH, "height": 4000})
        _wait(page)
        height = options.height or page.evaluate(BOTTOM) + 16
        page.screenshot(
            path=options.out,
            clip={"x": 0, "y": 0, "width": WIDTH, "height": height},
        )
        browser.close()


def _wait(page: Page) -> None:
    """Wait until every chart is drawn, and its curves have stopped moving."""
    page.wait_for_selector(CHARTS)
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        f"""() => document.querySelectorAll("{WAITING}").length === 0"""
    )
    page.wait_for_timeout(3000)


if __name__ == "__main__":
    main()
