"""The static site in a real Chromium: found, read, compared, saved, and never noisy."""

from __future__ import annotations

import csv
import functools
import http.server
import re
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree

import duckdb
import pytest
import site_workers
from axe_playwright_python.sync_playwright import Axe
from bare_renderer import leaves_ink
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route
from sample import SAMPLE
from sheet_copies import HOSTILE, renamed, small_copy

from commerce_exterieur.site import assets, sheets, workers
from commerce_exterieur.site import command as build_site
from commerce_exterieur.site.home import MEASURES, write_value
from commerce_exterieur.site.layout import PREFIX
from commerce_exterieur.wording import LANGUAGES, LanguageCode, language
from commerce_exterieur.wording.numbers import NARROW, NO_BREAK

YEAR = 2024
EXPORTS = f"1{NARROW}306,6{NO_BREAK}M€"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VISITED = {
    "home": "index.html",
    "France": "2024/FR.html",
    "Haute-Marne": "2024/D52.html",
    "Lozère": "2024/D48.html",
    "comparison": "2024/compare.html?a=D52&b=R44",
    "industry": "2024/ti-8413.html",
    "English home": "en/index.html",
    "English sheet": "en/2024/D52.html",
}
_LIT = """
(holder) => [...holder.querySelectorAll(".ribbons_marks path, .top_flows_marks path")]
  .map((path) => Number(path.getAttribute("fill-opacity")))
"""
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
# A point of the mark that no other mark covers.
_OPEN_POINT = """
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


# ------------------------------------------------------------------------- the stage


def rows(query: str, *values: object) -> list[tuple]:
    with duckdb.connect(str(SAMPLE), read_only=True) as warehouse:
        return warehouse.execute(query, list(values)).fetchall()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages that lead to sheets; the 120 sheets are one line each."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "vega_script", lambda: "")
        patch.setattr(workers, "_make", site_workers.make_little)
        patch.setattr(workers, "_draw", site_workers.draw_nothing)
        status = build_site.main(
            ["--warehouse", str(SAMPLE), "--out", str(folder), "--jobs", "1"]
        )
    assert status == 0
    return folder


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """The site on a web server of this machine: its address."""
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


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


# ----------------------------------------------------------------------------- search


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("haute marne", "D52.html"),
        ("HAUTE-MARNE", "D52.html"),
        ("52", "D52.html"),
        ("d52", "D52.html"),
        ("oyonnax", "ti-8413.html"),
        ("2a", "D20.html"),
        ("2b", "D20.html"),
        ("ile de france", "R11.html"),
        ("île-de-fr", "R11.html"),
        ("lozere", "D48.html"),
        ("971", "D971.html"),
        ("01", "D01.html"),
        ("val d oise", "D95.html"),
        ("france", "FR.html"),
    ],
)
def test_search_finds(
    visit: Callable[..., Visit], whole: Path, typed: str, first: str
) -> None:
    page = visit(whole).open("index.html")
    page.locator("#search").press_sequentially(typed)
    assert found(page)[0] == first
    assert re.match(r"\d+ territoire|1 territoire", page.inner_text("#found-count"))


def test_search_by_keyboard_only(visit: Callable[..., Visit], whole: Path) -> None:
    one = visit(whole)
    page = one.open("index.html")
    page.keyboard.press("Tab")  # the way past the frame
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("marne")
    names = found(page)
    assert len(names) >= 3
    focused = "document.activeElement.getAttribute('href')"
    for name in (names[0], names[1]):
        page.keyboard.press("ArrowDown")
        assert page.evaluate(focused).endswith(name)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "search"
    assert page.locator("#found").is_hidden()
    page.keyboard.press("Escape")
    assert page.input_value("#search") == ""
    page.keyboard.type("marne")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{YEAR}/{names[1]}")


@pytest.mark.parametrize("code", LANGUAGES)
def test_search_says_that_nothing_is_found(
    visit: Callable[..., Visit], whole: Path, code: LanguageCode
) -> None:
    page = visit(whole).open(PREFIX[code] + "index.html")
    page.locator("#search").press_sequentially("zzz")
    said = page.locator("#found-count")
    assert said.inner_text() == language(code).say("site.search_none")
    assert said.bounding_box()["height"] > 10
    assert page.locator("#found").is_hidden()
    page.keyboard.press("Enter")
    assert page.url.endswith("index.html")
    page.locator("h1").click()
    assert said.inner_text() == ""


def test_search_leads_only_to_pages_that_exist(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site).open("2024/ti-8413.html")
    seen = 0
    for typed in ("a", "01", "d", "ain", "52", "r", "france", "oyonnax"):
        page.fill("#search", typed)
        for name in found(page):
            seen += 1
            assert (site / str(YEAR) / name).is_file(), (typed, name)
    assert seen


def test_haute_marne_is_opened_and_read(
    visit: Callable[..., Visit], site: Path
) -> None:
    one = visit(site)
    page = one.open("index.html")
    page.locator("#search").press_sequentially("haute marne")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2024/D52.html")
    assert page.locator("h1").inner_text().endswith("en 2024")
    said = page.locator(".tile.export .number").text_content()
    assert said == EXPORTS


# ---------------------------------------------------------------------------- figures


def test_ribbons_tell_exact_euros(visit: Callable[..., Visit], site: Path) -> None:
    page = visit(site, viewport={"width": 1280, "height": 1000}).open("2024/D52.html")
    figure = drawn(page, "figure-exports-D52")
    held = dict(
        rows(
            "select row_number() over (order by value_eur desc, activity_code, "
            "country_code) - 1, value_eur from marts.rpt_factsheet_flows "
            "where territory_code = 'D52' and year = ? and flow = 'export' "
            "and is_top_flow",
            YEAR,
        )
    )
    assert len(held) == 5
    tooltip = page.locator("#vg-tooltip-element")
    ribbons = figure.locator(".top_flows_marks path")
    said = set()
    for at in range(5):
        page.mouse.move(0, 0)
        page.mouse.move(*ribbons.nth(at).evaluate(_OPEN_POINT))
        tooltip.wait_for(state="visible")
        text = tooltip.inner_text()
        said.add(int(re.sub(r"\D", "", re.search(rf"[\d{NARROW}]{{5,}}", text)[0])))
        # The others step back.
        until(
            page,
            f"(least) => Math.min(...({_LIT})(document.querySelector("
            "'#figure-exports-D52-live'))) < least",
            arg=0.2,
        )
    assert said == set(held.values())


def test_a_node_dims_the_flows_of_others(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site, viewport={"width": 1280, "height": 1000}).open("2024/D52.html")
    figure = drawn(page, "figure-exports-D52")
    element = figure.element_handle()
    rest = page.evaluate(_LIT, element)
    assert min(rest) >= 0.6
    figure.locator(".targets_marks path").first.hover(force=True)
    until(page, f"(e) => Math.min(...({_LIT})(e)) < 0.2", arg=element)
    now = page.evaluate(_LIT, element)
    lit = [one for one in now if one > 0.5]
    (own,) = rows(
        "select count(*) from marts.rpt_factsheet_flows where territory_code = 'D52' "
        "and year = ? and flow = 'export' and activity_code = ("
        "  select member_code from marts.rpt_factsheet_nodes "
        "  where territory_code = 'D52' and year = ? and flow = 'export' "
        "  and side = 'activity' and position = 1)",
        YEAR,
        YEAR,
    )
    assert 0 < len(lit) <= own[0] < len(now)
    page.mouse.move(0, 0)
    until(page, f"(e) => Math.min(...({_LIT})(e)) > 0.5", arg=element)


def save(page: Page, figure: str, kind: str, folder: Path) -> Path:
    button = page.locator(f"#{figure} button[data-save={kind}]")
    with page.expect_download() as caught:
        button.click()
    path = folder / caught.value.suggested_filename
    caught.value.save_as(path)
    return path


@pytest.mark.parametrize("code", LANGUAGES)
def test_saved_figures_stand_alone(
    visit: Callable[..., Visit], site: Path, tmp_path: Path, code: LanguageCode
) -> None:
    one = visit(site, accept_downloads=True)
    page = one.open(PREFIX[code] + "2024/D52.html")
    for name in ("balances", "activities", "exports", "imports"):
        figure = f"figure-{name}-D52"
        drawn(page, figure)
        title = page.locator(f"#{figure}-title").inner_text()
        svg = save(page, figure, "svg", tmp_path)
        assert svg.name == f"D52_2024_{name}.svg"
        text = svg.read_text(encoding="utf-8")
        root = ElementTree.fromstring(text)
        written = re.sub(r"\s+", " ", " ".join(root.itertext()))
        squeezed = re.sub(r"\s", "", written)
        for told in (
            title,
            page.locator(".mark").inner_text(),
            page.locator("footer p").first.inner_text().split("·")[0].strip(),
        ):
            assert re.sub(r"\s", "", told) in squeezed, told
        assert "@font-face" in text
        families = re.findall(r'<text[^>]* font-family="([^"]+)"', text)
        assert len(families) == text.count("<text")
        assert all(family.endswith("sans-serif") for family in families)
        assert leaves_ink(text, page.locator(".mark").inner_text())
        assert re.search(r"url\(data:font/woff2?;base64,", text)
        width, height = (float(root.get(side)) for side in ("width", "height"))
        png = save(page, figure, "png", tmp_path)
        assert png.name == f"D52_2024_{name}.png"
        content = png.read_bytes()
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        across, down = struct.unpack(">II", content[16:24])
        assert abs(across - 3 * width) <= 3
        assert abs(down - 3 * height) <= 3
        assert across > 1500


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_downloaded_data_is_the_mart(
    visit: Callable[..., Visit], served: str, tmp_path: Path, ending: str
) -> None:
    one = visit(served, accept_downloads=True)
    page = one.open("2024/D52.html")
    link = page.locator(f"#figure-exports-D52 .files a[href$='.{ending}']")
    with page.expect_download() as caught:
        link.click()
    # A browser that saves a link breaks off the request for a page.
    one.faults[:] = [fault for fault in one.faults if not fault.startswith("failed:")]
    path = tmp_path / caught.value.suggested_filename
    assert path.name == f"D52_2024_exports.{ending}"
    caught.value.save_as(path)
    expected = rows(
        "select activity_code, country_code, value_eur "
        "from marts.rpt_factsheet_flows where territory_code = 'D52' and year = ? "
        "and flow = 'export' order by value_eur desc, activity_code, country_code",
        YEAR,
    )
    if ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            read = [
                (row["activity_code"], row["country_code"], int(row["value_eur"]))
                for row in csv.DictReader(file)
            ]
    else:
        with duckdb.connect() as memory:
            read = memory.execute(
                f"select activity_code, country_code, value_eur from '{path}'"
            ).fetchall()
    assert read == expected


# -------------------------------------------------------------------------- languages


@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        "2024/index.html",
        "2024/D52.html",
        "2024/ti-8413.html",
        "2024/compare.html?a=D52&b=R44",
    ],
)
def test_languages_keep_the_page(
    visit: Callable[..., Visit], site: Path, path: str
) -> None:
    one = visit(site)
    page = one.open(path)
    page.click("#other-language")
    page.wait_for_url(f"{one.base}/en/{path}")
    assert page.locator("html").get_attribute("lang") == "en"
    if "compare" in path:
        page.wait_for_selector("#compared:not([hidden])")
        assert page.input_value("#choose-b") == "R44"
    page.click("#other-language")
    page.wait_for_url(f"{one.base}/{path}")
    assert page.locator("html").get_attribute("lang") == "fr"


# -------------------------------------------------------------------------------- map


@pytest.mark.parametrize("code", LANGUAGES)
def test_map_follows_the_keyboard(
    visit: Callable[..., Visit], whole: Path, code: LanguageCode
) -> None:
    words = language(code)
    names = dict(rows("select territory_code, territory_name from marts.dim_territory"))
    page = visit(whole).open(PREFIX[code] + "index.html")
    page.focus("input[name=measure]")
    for at, measure in enumerate(MEASURES):
        if at:
            page.keyboard.press("ArrowDown")
        tiles = page.evaluate(
            "[...document.querySelectorAll('#map a')].map((a) => [a.dataset.code, "
            "Number(a.dataset.class), a.getAttribute('aria-label')])"
        )
        expected = [
            [
                territory,
                number or 0,
                words.say(
                    "site.home.tile",
                    name=words.label(names[territory]),
                    code=territory[1:],
                    measure=words.say(f"site.measure.{measure}"),
                    value=write_value(value, MEASURES[measure], words, "M€"),
                ),
            ]
            for territory, value, number in rows(
                "select territory_code, value, class from marts.rpt_site_map "
                "where year = ? and measure = ?",
                YEAR,
                measure,
            )
        ]
        assert sorted(tiles) == sorted(expected)
        assert len(tiles) == 101
        shown = page.locator("[data-legend]:visible")
        assert shown.count() == 1
        assert shown.get_attribute("data-legend") == measure
        colours = page.evaluate(
            "new Set([...document.querySelectorAll('#map a')].map((a) => "
            "getComputedStyle(a).backgroundColor)).size"
        )
        assert colours == len({number for _, number, _ in expected})
    tile = page.locator("#map a[data-code=D52]")
    tile.focus()
    assert page.inner_text("#readout") == tile.get_attribute("aria-label")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2024/D52.html")


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_line_under_the_map_follows_the_measure(
    visit: Callable[..., Visit], whole: Path, code: LanguageCode
) -> None:
    words = language(code)
    page = visit(whole).open(PREFIX[code] + "index.html?measure=imports")
    readout = page.locator("#readout")
    hint = readout.inner_text()
    page.check("input[value=exports]")
    assert readout.inner_text() == hint
    page.hover("#map a[data-code=D52]")
    for measure in (*MEASURES, "exports"):
        page.check(f"input[value={measure}]")
        said = readout.inner_text()
        assert words.say(f"site.measure.{measure}") in said
        assert said == page.get_attribute("#map a[data-code=D52]", "aria-label")
    page.hover("#map a[data-code=D48]")
    assert "Lozère" in readout.inner_text()


def test_home_works_without_scripts(visit: Callable[..., Visit], whole: Path) -> None:
    page = visit(whole, java_script_enabled=False).open("index.html")
    assert page.locator("#map a").count() == 101
    box = page.locator("#map a[data-code=D52]").bounding_box()
    assert box["width"] > 15
    assert page.locator("#map a[data-code=D52]").get_attribute("data-class") != "0"
    page.locator("summary").click()
    row = page.locator("table.data tbody tr", has_text="Haute-Marne")
    assert EXPORTS in row.text_content()
    page.locator(".regions a", has_text="Haute-Marne").click()
    page.wait_for_url("**/2024/D52.html")


def test_sheet_is_whole_without_scripts(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site, java_script_enabled=False).open("2024/D52.html")
    assert page.locator("figure .still svg").count() == 8
    assert page.locator("figure .still svg").first.is_visible()
    assert page.locator("button[data-save]:visible").count() == 0
    assert page.locator(".tile.export .number").text_content() == EXPORTS


# ------------------------------------------------------------------------- comparison


def shown_comparison(page: Page) -> None:
    page.wait_for_selector("#compared:not([hidden])")


def test_comparison_shows_both(visit: Callable[..., Visit], site: Path) -> None:
    words = language("fr")
    one = visit(site)
    page = one.open("2024/compare.html?a=D52&b=R44")
    shown_comparison(page)
    cells = page.locator("tr[data-row=value] td").all_text_contents()
    held = {
        code: [words.eur(each, unit="M€") for each in (exports, imports)]
        for code, exports, imports in rows(
            "select territory_code, export_eur, import_eur "
            "from marts.rpt_factsheet_territories where year = ?",
            YEAR,
        )
    }
    assert cells == held["D52"] + held["R44"]
    draw_all(page)
    assert page.locator(".pair .live svg").count() == 8
    assert page.locator("[data-name=b] a").first.inner_text() == "Grand Est"
    # A sentence is not cut where a saved picture breaks its line.
    note = page.locator("figcaption", has_text=words.say("figure.rounding"))
    assert note.count() == 2
    page.select_option("#choose-b", "D48")
    until(page, "document.querySelector('[data-name=b] a').textContent === 'Lozère'")
    assert one.path == "2024/compare.html?a=D52&b=D48"
    cells = page.locator("tr[data-row=value] td").all_text_contents()
    assert cells == held["D52"] + held["D48"]
    draw_all(page)
    assert page.locator(".pair .live svg").count() == 8
    page.locator("[data-name=b] a").first.click()
    page.wait_for_url("**/2024/D48.html")


def test_comparison_shows_no_pair_but_the_one_chosen(
    visit: Callable[..., Visit], served: str
) -> None:
    one = visit(served)
    page = one.open("2024/compare.html?a=D52&b=R44")
    shown_comparison(page)
    held: list[Route] = []
    page.route("**/figures/D48.js", lambda route: held.append(route))
    page.route("**/figures/FR.js", lambda route: route.abort())
    name = "document.querySelector('[data-name=b] a').textContent"
    # A sheet that comes late is not shown in place of the one chosen since.
    page.select_option("#choose-b", "D48")
    page.select_option("#choose-b", "R44")
    until(page, f"{name} === 'Grand Est'")
    held[0].continue_()
    until(page, "Boolean(commerce.sheets.full.D48)")
    page.wait_for_timeout(200)
    assert page.evaluate(name) == "Grand Est"
    # One that does not come takes the other pair away.
    page.select_option("#choose-b", "FR")
    page.wait_for_selector("#compared", state="hidden")
    missing = language("fr").say("site.compare.missing")
    assert missing in page.inner_text("#compared-status")
    page.select_option("#choose-b", "D48")
    shown_comparison(page)
    assert page.evaluate(name) == "Lozère"
    assert not page.locator("#compared-status").is_visible()
    assert len(one.faults) == 2  # the request that was refused, and the console's word
    one.faults.clear()


@pytest.mark.parametrize(
    "query",
    [
        "?a=D00&b=R44",
        "?a=__proto__&b=constructor",
        "?a=D67",  # a department whose sheet is not made
        "?a=" + quote("<img src=x onerror=alert(1)>") + "&b=" + quote("\"'></script>"),
        "?a=../../../etc/passwd",
        "?a=D52&a=R44&b=D52",
        "?a=%",
    ],
)
def test_unknown_and_hostile_queries_are_harmless(
    visit: Callable[..., Visit], site: Path, query: str
) -> None:
    page = visit(site).open("2024/compare.html" + query)
    shown_comparison(page)
    draw_all(page)
    assert page.locator("img").count() == 0
    assert page.input_value("#choose-a") in ("FR", "D52")
    assert page.locator("tr[data-row=value] td").first.inner_text() not in ("", "–")


def test_comparison_without_scripts_says_so(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site, java_script_enabled=False).open("2024/compare.html")
    said = language("fr").say("site.compare.noscript")
    assert page.locator("noscript p").is_visible()
    assert page.locator("noscript p").text_content() == said


# ------------------------------------------------------------------- quiet, accessible


@pytest.mark.parametrize("by", ["file", "http"])
def test_site_is_quiet_and_alone(
    visit: Callable[..., Visit], site: Path, served: str, by: str
) -> None:
    """Also of the content security policy: a breach is told to the console."""
    one = visit(site if by == "file" else served)
    one.page.add_init_script(
        "addEventListener('securitypolicyviolation', "
        "(e) => console.error('policy: ' + e.violatedDirective))"
    )
    for path in VISITED.values():
        page = one.open(path)
        if "compare" in path:
            shown_comparison(page)
        draw_all(page)
        if re.search(r"/(D|FR)", path):
            still = 2 if "D48" in path else 0  # its region is not in this site
            assert page.locator(".still").count() == still
            assert page.locator(".live svg").count() + still == (
                page.locator("figure").count()
            )
    page.wait_for_timeout(100)
    assert one.faults == []


@pytest.mark.parametrize("name", VISITED)
def test_pages_pass_axe(visit: Callable[..., Visit], site: Path, name: str) -> None:
    page = visit(site).open(VISITED[name])
    if "compare" in page.url:
        shown_comparison(page)
    draw_all(page)
    # The tables of a sheet are alike; all of them open take axe a minute.
    page.evaluate(
        "document.querySelectorAll('details').forEach((d, at) => d.open = !at)"
    )
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        results = Axe().run(
            page,
            # Colours inside figures: test_charts.py.
            context={"exclude": [["figure svg > *"]]},
            options={
                "runOnly": {"type": "tag", "values": RULES},
                "resultTypes": ["violations"],
                # Loading the style sheet again breaks the page's policy.
                "preload": False,
            },
        )
        found += [
            f"{scheme} {each['id']}: {node['html'][:120]} {node['failureSummary']}"
            for each in results.response["violations"]
            for node in each["nodes"][:3]
        ]
    assert found == []


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_no_page_scrolls_sideways(
    visit: Callable[..., Visit], site: Path, width: int
) -> None:
    one = visit(site, viewport={"width": width, "height": 800})
    wide = {}
    for name, path in VISITED.items():
        page = one.open(path)
        if "compare" in path:
            shown_comparison(page)
        draw_all(page)
        page.evaluate(
            "document.querySelectorAll('details').forEach((d) => d.open = true)"
        )
        page.fill("#search", "a")
        seen = page.evaluate("document.documentElement.scrollWidth")
        if seen > width:
            wide[name] = seen
    assert wide == {}


# ---------------------------------------------------------------------- hostile labels


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose names all try to break out of their page."""
    folder = tmp_path_factory.mktemp("hostile")
    text = HOSTILE.replace("'", "''")
    warehouse = small_copy(
        folder / "warehouse.duckdb",
        renamed("activity_short_fr", f"'{text}'"),
        renamed("activity_name_fr", f"'{text}'"),
        renamed("country_name_fr", f"'{text}'"),
        renamed("territory_name", f"'{text}'", "territory_code in ('D52', 'R44')"),
        f"update marts.dim_territory set "
        f"name_genitive = 'de {text}', name_locative = 'en {text}', "
        f"name_with_article = '{text}' where territory_code in ('D52', 'R44')",
        "update marts.rpt_factsheet_territoires_industrie "
        f"set territoire_industrie_name = '{text}' where territory_code = 'D52'",
    )
    out = folder / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "render_pdf", lambda _: b"%PDF-1.7")
        status = build_site.main(
            [
                *("--territory", "D52", "D48", "--language", "fr", "--jobs", "1"),
                *("--warehouse", str(warehouse), "--out", str(out)),
            ]
        )
    assert status == 0
    return out


def test_hostile_labels_stay_text(visit: Callable[..., Visit], hostile: Path) -> None:
    typeset = language("fr").label(HOSTILE)
    one = visit(hostile)
    page = one.open("index.html")
    assert typeset in page.locator("main").text_content()
    assert typeset in page.locator("#map a[data-code=D52]").get_attribute("aria-label")
    page.fill("#search", "d52")
    assert typeset in page.locator("#found a").first.text_content()
    page.keyboard.press("Enter")
    page.wait_for_url("**/2024/D52.html")
    draw_all(page)
    assert typeset in page.locator("h1").inner_text()
    figure = drawn(page, "figure-exports-D52")
    page.mouse.move(
        *figure.locator(".top_flows_marks path").first.evaluate(_OPEN_POINT)
    )
    tooltip = page.locator("#vg-tooltip-element")
    tooltip.wait_for(state="visible")
    assert "alert(1)" in tooltip.inner_text()
    one.open("2024/compare.html?a=D52&b=D48")
    shown_comparison(page)
    assert page.locator("[data-name=a] a").first.text_content() == typeset
    options = page.locator("#choose-a option").all_text_contents()
    assert any(typeset in option for option in options)
    draw_all(page)
    industry = next(
        path
        for path in (hostile / str(YEAR)).glob("ti-*.html")
        if "&lt;script&gt;alert(1)" in path.read_text("utf-8").split("</h1>")[0]
    )
    one.open(f"2024/{industry.name}")
    assert page.locator("h1").text_content() == typeset
    assert page.locator("script:not([src])").count() == 0


def test_no_hostile_label_is_markup(hostile: Path) -> None:
    for path in [*hostile.rglob("*.html"), *hostile.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            assert "<script>" not in text, path
            assert "onerror" not in text, path
            assert text.count("</script>") == text.count("<script src="), path


# ------------------------------------------------------------------------------- years


def test_pages_of_an_older_year_know_a_newer_one(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "vega_script", lambda: "")
        patch.setattr(assets.charts, "template", lambda *_: {})
        patch.setattr(workers, "_make", site_workers.make_little)
        patch.setattr(workers, "_draw", site_workers.draw_nothing)
        for year in ("2023", "2024"):
            status = build_site.main(
                [
                    *("--territory", "D52", "FR", "--year", year, "--jobs", "1"),
                    *("--warehouse", str(SAMPLE), "--out", str(tmp_path)),
                ]
            )
            assert status == 0
    one = visit(tmp_path)
    for path in ("2023/index.html", "2024/index.html", "en/2023/ti-8413.html"):
        page = one.open(path)
        assert page.locator("#years a").all_inner_texts() == ["2023", "2024"]
        current = page.locator("#years a[aria-current=page]").inner_text()
        assert current == re.search(r"\d{4}", path)[0]
        page.locator("#years a", has_text="2024").click()
        page.wait_for_url(f"{one.base}/{path.replace('2023', '2024')}")
        assert (tmp_path / unquote(one.path)).is_file()
