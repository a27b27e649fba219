"""The static site in a real Chromium: found, read, compared, saved, and never noisy."""

from __future__ import annotations

import csv
import re
import struct
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import duckdb
import pytest
import site_workers
from bare_renderer import leaves_ink
from playwright.sync_api import Page
from sample import SAMPLE
from site_visits import OPEN_POINT, Visit, drawn, found, rows, until

from commerce_exterieur.site import command as build_site
from commerce_exterieur.site.home import MEASURES, write_value
from commerce_exterieur.site.layout import PREFIX
from commerce_exterieur.wording import LANGUAGES, LanguageCode, language
from commerce_exterieur.wording.numbers import NARROW, NO_BREAK

YEAR = 2024
EXPORTS = f"1{NARROW}306,6{NO_BREAK}M€"
_LIT = """
(holder) => [...holder.querySelectorAll(".ribbons_marks path, .top_flows_marks path")]
  .map((path) => Number(path.getAttribute("fill-opacity")))
"""


# ------------------------------------------------------------------------- the stage


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
        ("cote dor", "D21.html"),
        # A town of a department, a product of an activity.
        ("chaumont", "D52.html"),
        ("mende", "D48.html"),
        ("vin", "activity-C11Z.html"),
    ],
)
def test_search_finds(
    visit: Callable[..., Visit], whole: Path, typed: str, first: str
) -> None:
    page = visit(whole).open("index.html")
    page.locator("#search").press_sequentially(typed)
    assert found(page)[0] == first
    assert re.match(r"\d+ pages?", page.inner_text("#found-count"))


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
    assert (
        "Commerce extérieur de la Haute-Marne, 2024" in page.locator("h1").inner_text()
    )
    said = page.locator(".tile.export .number").text_content()
    assert said == EXPORTS


# ---------------------------------------------------------------------------- figures


def test_ribbons_tell_what_they_are_worth(
    visit: Callable[..., Visit], site: Path
) -> None:
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
        page.mouse.move(*ribbons.nth(at).evaluate(OPEN_POINT))
        tooltip.wait_for(state="visible")
        text = tooltip.inner_text()
        said.add(re.search(rf"[\d{NARROW},]+{NO_BREAK}M€", text)[0])
        # The others step back.
        until(
            page,
            f"(least) => Math.min(...({_LIT})(document.querySelector("
            "'#figure-exports-D52-live'))) < least",
            arg=0.2,
        )
    assert said == {language("fr").eur(each, unit="M€") for each in held.values()}


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


# ------------------------------------------------------------------- quiet, accessible


# ---------------------------------------------------------------------- hostile labels


# ------------------------------------------------------------------------------- years


def test_pages_of_an_older_year_know_a_newer_one(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        site_workers.leave_out_sheets(patch)
        site_workers.leave_out_members(patch)
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
