"""The figures in a real Chromium: drawn offline, and they answer the pointer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sample import SAMPLE

from commerce_exterieur import charts, fonts
from commerce_exterieur.charts import theme
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording.numbers import format_eur


@pytest.fixture(scope="module")
def sample() -> Iterator[Warehouse]:
    with Warehouse(SAMPLE) as opened:
        yield opened


def draw(warehouse: Warehouse, figure: str, code: str) -> charts.Drawing:
    return charts.draw(
        warehouse, figure, warehouse.territory(code), warehouse.year(None)
    )


@pytest.mark.parametrize("figure", charts.FIGURES)
def test_the_page_is_drawn_offline_in_a_browser(
    sample: Warehouse, browser: Browser, tmp_path: Path, figure: str
) -> None:
    drawing = draw(sample, figure, "D52")
    path = tmp_path / f"{figure}.html"
    path.write_text(charts.to_html(drawing))
    context = browser.new_context(offline=True)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: (
            problems.append(message.text)
            if message.type in ("error", "warning")
            else None
        ),
    )
    page.goto(path.as_uri())
    svg = page.locator("#figure svg").first
    svg.wait_for()
    shown = " ".join(svg.locator("text").all_text_contents())
    assert drawing.title in shown
    assert page.evaluate(f"document.fonts.check('600 12px \"{fonts.FAMILY}\"')")
    assert problems == []
    context.close()


def test_hovering_a_label_shows_the_full_name_and_the_value(
    sample: Warehouse, browser: Browser, tmp_path: Path
) -> None:
    drawing = draw(sample, "exports", "D52")
    path = tmp_path / "exports.html"
    path.write_text(charts.to_html(drawing))
    page = browser.new_page()
    page.goto(path.as_uri())
    node = drawing.spec["datasets"]["targets"][0]
    box = page.locator("#figure svg").first.bounding_box()
    x = box["x"] + theme.MARGIN + node["x"]
    y = box["y"] + theme.MARGIN + node["y"]
    page.mouse.move(x + 5, y + 5)
    page.mouse.move(x + 20, y + 8, steps=5)
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    assert node["name"] in tip.inner_text()
    assert format_eur(node["value_eur"], unit="M€") in tip.inner_text()
    ribbons = drawing.spec["datasets"]["ribbons"]
    own = sum(row["left"] == node["code"] for row in ribbons)
    assert own < len(ribbons)
    lit = page.locator('#figure .ribbons_marks path[fill-opacity="0.95"]')
    assert lit.count() == own
    page.close()
