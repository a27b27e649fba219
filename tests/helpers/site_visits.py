"""Pages of the site opened in a browser, and everything noisy they do."""

from __future__ import annotations

import http.server
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest
from playwright.sync_api import BrowserContext, Locator, Page
from sample import SAMPLE

# Drawn by hand and not by scrolling: a busy machine may show no frame for long.
_DRAW = """
async () => {
  for (const holder of document.querySelectorAll(".live[data-code]"))
    await commerce.draw(holder);
}
"""


_ALL_DRAWN = """
() => [...document.querySelectorAll(".live")].every((e) =>
  e.dataset.ready === "yes" || !commerce.sheets[e.dataset.size][e.dataset.code])
"""


def rows(query: str, *values: object) -> list[tuple]:
    with duckdb.connect(str(SAMPLE), read_only=True) as warehouse:
        return warehouse.execute(query, list(values)).fetchall()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class Visit:
    """A page, and all that happened on it and should not have."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.page = context.new_page()
        self.base = base
        self.faults: list[str] = []
        page, note = self.page, self.faults.append
        page.set_default_timeout(15_000)
        page.on("console", lambda message: note(f"console: {message.text}"))
        page.on("pageerror", lambda error: note(f"error: {error}"))
        page.on("requestfailed", lambda request: note(f"failed: {request.url}"))
        page.on("request", lambda request: self._check(request.url))
        page.on("dialog", lambda dialog: (note("dialog"), dialog.dismiss()))

    def _check(self, url: str) -> None:
        if not url.startswith((f"{self.base}/", "data:", f"blob:{self.base}/")):
            self.faults.append(f"request: {url[:200]}")

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.base}/{path}")
        return self.page

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(f"{self.base}/")


def until(page: Page, expression: str, arg: object = None) -> None:
    """Wait until it is true; Playwright's own way to wait breaks the page's policy."""
    for _ in range(300):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {expression}")


def drawn(page: Page, figure: str) -> Locator:
    """The interactive figure, once it is there."""
    page.locator(f"#{figure}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#{figure}-live[data-ready=yes] svg")
    return page.locator(f"#{figure}-live")


def draw_all(page: Page) -> None:
    """Draw every figure whose data the site has."""
    page.evaluate(_DRAW)
    until(page, _ALL_DRAWN)


def found(page: Page) -> list[str]:
    """Pages of the search results, in their order."""
    return [
        Path(urlsplit(one.get_attribute("href")).path).name
        for one in page.locator("#found a").all()
    ]


# A point of the mark that no other mark covers.
OPEN_POINT = """
(path) => {
  const box = path.getBoundingClientRect();
  for (let x = 0.5; x < 1; x += 0.04)
    for (const left of [x, 1 - x])
      for (let y = 0.02; y < 1; y += 0.02) {
        const at = [box.x + box.width * left, box.y + box.height * y];
        if (document.elementFromPoint(...at) === path) return at;
      }
  return null;
}
"""


def shown_comparison(page: Page) -> None:
    page.wait_for_selector("#compared:not([hidden])")
