"""The factsheet's page in a real Chromium: it works alone, quietly, and on a phone."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from documents import parse_page
from playwright.sync_api import Browser, Page
from sheet_copies import HOSTILE, renamed, small_copy

from commerce_exterieur.charts.embedding import script_json
from commerce_exterieur.factsheet.content import build_sheet
from commerce_exterieur.factsheet.page import render_page
from commerce_exterieur.factsheet.pictures import Renderer
from commerce_exterieur.warehouse import Warehouse

_CONTRAST = """
() => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const luminance = (c) => {
    const [r, g, b] = parse(c).slice(0, 3).map((v) => {
      v /= 255;
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      const parts = parse(c);
      if (parts.length < 4 || parts[3] > 0) return c;
    }
    return "rgb(255, 255, 255)";
  };
  const low = [];
  for (const e of document.querySelectorAll("body *:not(svg):not(svg *)")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || ["SCRIPT", "STYLE"].includes(e.tagName)) continue;
    const a = luminance(getComputedStyle(e).color), b = luminance(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push([e.tagName, e.className, ratio.toFixed(2)].join(" "));
  }
  return [...new Set(low)];
}
"""


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of D52, with one hostile activity name in it."""
    folder = tmp_path_factory.mktemp("page")
    text = HOSTILE.replace("'", "''")
    largest = (
        "select top_activity_code from marts.rpt_factsheet_key_figures "
        "where territory_code = 'D52' and year = 2024 and flow = 'export'"
    )
    warehouse = small_copy(
        folder / "warehouse.duckdb",
        *(
            renamed(f"activity_{form}_fr", f"'{text}'", f"{{code}} = ({largest})")
            for form in ("short", "name")
        ),
    )
    path = folder / "D52.html"
    with Warehouse(warehouse) as marts:
        territory = marts.territory("D52")
        sheet = build_sheet(marts, territory, 2024, Renderer(marts, 2024))
    path.write_text(render_page(sheet), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def opened(browser: Browser, html: Path) -> tuple[Page, list[str]]:
    """The page with its figures drawn, and all that happened and should not have."""
    page = browser.new_page()
    faults: list[str] = []
    address = html.as_uri()

    def note_request(url: str) -> None:
        if url != address and not url.startswith("data:"):
            faults.append(f"request: {url[:200]}")

    page.on("console", lambda message: faults.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
    page.on("request", lambda request: note_request(request.url))
    page.goto(address)
    page.wait_for_function(
        "document.querySelectorAll('.live[data-ready]').length === "
        "document.querySelectorAll('figure').length"
    )
    return page, faults


def test_figures_answer_the_pointer(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    tooltip = page.locator("#vg-tooltip-element")
    for figure in ("activities-D52", "exports-D52", "imports-FR"):
        chart = page.locator(f"#figure-{figure}-live")
        chart.evaluate("each => (each.closest('details') || {}).open = true")
        chart.scroll_into_view_if_needed()
        chart.locator(".mark-rect path").nth(1).hover(force=True)
        tooltip.wait_for(state="visible")
        assert "€" in tooltip.inner_text()
        page.mouse.move(0, 0)


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_page_never_scrolls_sideways(
    opened: tuple[Page, list[str]], width: int
) -> None:
    page, _ = opened
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrast(opened: tuple[Page, list[str]], scheme: str) -> None:
    page, _ = opened
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(_CONTRAST) == []


def test_page_was_quiet_and_alone(opened: tuple[Page, list[str]]) -> None:
    page, faults = opened
    assert page.locator("figure .live svg").count() == 8
    assert page.locator(".still").count() == 0
    page.wait_for_timeout(200)
    assert faults == []


def test_page_shows_its_figures_without_scripts(browser: Browser, html: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(html.as_uri())
    assert page.locator("figure .still svg").count() == 8
    assert page.locator("figure .still svg").first.is_visible()


def test_page_is_semantic(html: Path) -> None:
    text, found = parse_page(html.read_text(encoding="utf-8"))
    tags = [tag for tag, _ in found]
    assert dict(found[0][1]) == {"lang": "fr"}
    for tag in ("header", "nav", "main", "footer", "h1"):
        assert tags.count(tag) == 1
    assert tags.count("figure") == tags.count("figcaption")
    assert tags.count("details") == tags.count("summary") > tags.count("figure")
    assert tags.count("table") == tags.count("caption")
    assert all("scope" in attributes for tag, attributes in found if tag == "th")
    assert all(
        attributes.get("aria-label") and attributes.get("role") == "img"
        for tag, attributes in found
        # A bar says what the cells beside it say.
        if tag == "svg" and attributes.get("aria-hidden") != "true"
    )
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [a["href"][1:] for tag, a in found if a.get("href", "").startswith("#")]
    assert set(targets) <= set(ids)
    assert HOSTILE in text


def test_page_names_no_file_beside_it(html: Path) -> None:
    _, found = parse_page(html.read_text(encoding="utf-8"))
    loaded = [
        value
        for tag, attributes in found
        for name, value in attributes.items()
        if name in ("src", "srcset", "data", "poster")
        or (name == "href" and tag in ("link", "use", "image"))
    ]
    assert all(value.startswith("data:") for value in loaded)
    assert html.stat().st_size < 2_500_000


def test_json_cannot_close_its_script_element() -> None:
    assert "<" not in script_json({"name": "</script><!--"})
