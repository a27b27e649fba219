"""A reader's path: what a page opens with, on a phone, from a name to its page."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from site_visits import Visit, drawn, found, rows, shown_comparison, until

from commerce_exterieur.wording import language

YEAR = 2024
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
WORDS = language("fr")


def test_the_first_screen_says_what_is_remarkable(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site, viewport={"width": 1440, "height": 900}).open("2024/D52.html")
    for part in (".band .headline", ".tile.export .number", "#specialities tbody tr"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= 900, part
    ((share,),) = rows(
        "select share from marts.rpt_factsheet_shares where territory_code = 'D52' "
        "and year = ? and panel = 'specialities' and position = 1",
        YEAR,
    )
    said = page.locator("#specialities tbody tr").first.inner_text()
    assert WORDS.share(share) in said
    # The bar of chapters names the territory and marks the one being read.
    page.locator("#exports").scroll_into_view_if_needed()
    until(
        page,
        "document.querySelector('.sections [aria-current]')?.hash === '#exports'",
    )
    assert page.locator(".sections .here").inner_text() == "Haute-Marne"
    # Region and France stand one at a time, on demand.
    assert not page.locator("#figure-exports-R44").is_visible()
    page.locator("#exports details.beside > summary").first.click()
    page.wait_for_selector("#figure-exports-R44-live[data-ready=yes] svg")
    page.locator("#exports details.beside > summary").last.click()
    page.wait_for_selector("#figure-exports-FR-live[data-ready=yes] svg")
    assert not page.locator("#figure-exports-R44").is_visible()


def test_the_place_among_all_is_drawn_to_scale(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site).open("2024/D52.html")
    held = rows(
        "select value_eur from marts.rpt_factsheet_key_figures where year = ? and "
        "flow = 'export' and territory_level = 'department' and value_eur > 0 "
        "and rank_in_france is not null order by value_eur",
        YEAR,
    )
    places = page.locator("#place svg.export circle").evaluate_all(
        "all => all.map((each) => parseFloat(each.getAttribute('cx')))"
    )
    assert len(places) == len(held)
    assert (min(places), max(places)) == (2.0, 98.0)
    assert page.locator("#place svg.export circle.own").count() == 1
    ((own, rank),) = rows(
        "select value_eur, rank_in_france from marts.rpt_factsheet_key_figures "
        "where year = ? and flow = 'export' and territory_code = 'D52'",
        YEAR,
    )
    title = page.locator("#place circle.own title").first.text_content()
    assert WORDS.eur(own) in title
    assert WORDS.ordinal(rank) in title


def test_a_phone_gets_rows_and_the_drawing_on_demand(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site, **PHONE).open("2024/D52.html")
    for name, least in (("balances", 10), ("activities", 15), ("exports", 20)):
        figure = page.locator(f"#figure-{name}-D52")
        rows_shown = figure.locator(".narrow .rows li")
        assert rows_shown.count() >= least
        assert rows_shown.first.is_visible()
        assert not figure.locator(".drawn").is_visible()
        # What is said under it is how to read the rows, not the drawing.
        assert figure.locator("p.narrow").is_visible()
        assert not figure.locator("figcaption .of-drawing").is_visible()
        sizes = figure.locator("div.narrow").evaluate(
            "all => [...all.querySelectorAll('span')].map((each) => "
            "parseFloat(getComputedStyle(each).fontSize))"
        )
        assert min(sizes) >= 11
        figure.locator(".on-demand summary").tap()
        page.wait_for_selector(f"#figure-{name}-D52-live[data-ready=yes] svg")
        assert figure.locator(".drawn").is_visible()
        assert figure.locator("figcaption .of-drawing").is_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_a_phone_needs_no_script(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False, **PHONE)
    page = context.new_page()
    page.goto(site.joinpath("2024/D52.html").as_uri())
    assert page.locator("#figure-exports-D52 .narrow .rows li").first.is_visible()
    assert page.locator("#figure-activities-D52 .narrow .rows li").first.is_visible()
    context.close()


def test_a_tap_tells_and_stays(visit: Callable[..., Visit], site: Path) -> None:
    one = visit(site, viewport={"width": 820, "height": 1100}, has_touch=True)
    page = one.open("2024/D52.html")
    figure = drawn(page, "figure-activities-D52")
    box = figure.locator("svg").first.bounding_box()
    page.touchscreen.tap(box["x"] + 120, box["y"] + 80)
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    ((value, name),) = rows(
        "select value_eur, activity_name_fr from marts.rpt_factsheet_activities "
        "where territory_code = 'D52' and year = ? and flow = 'import' "
        "and position = 1",
        YEAR,
    )
    assert WORDS.eur(value, unit="M€") in tip.inner_text()
    assert WORDS.label(name) in tip.inner_text()
    page.wait_for_timeout(300)
    assert tip.is_visible()


def test_a_tap_on_a_strip_reads_its_nearest_dot(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site, **PHONE).open("2024/D52.html")
    own = page.locator("#place svg.export circle.own")
    own.scroll_into_view_if_needed()
    box = own.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 20)
    told = page.locator("#place .told")
    assert told.inner_text() == own.locator("title").text_content()
    page.locator("#place h3").tap()
    assert told.count() == 0


def test_a_first_tap_reads_a_tile_and_the_second_opens_it(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site, **PHONE).open("2024/activity-C11Z.html")
    tile = page.locator(".tiles-map a", has_text="52").first
    tile.tap()
    assert page.locator(".readout").first.inner_text() == (
        tile.get_attribute("aria-label")
    )
    assert page.url.endswith("activity-C11Z.html")
    tile.tap()
    page.wait_for_url("**/2024/D52.html")


def test_who_exports_beverages_is_one_click_away(
    visit: Callable[..., Visit], site: Path
) -> None:
    one = visit(site)
    page = one.open("index.html")
    page.locator("#search").press_sequentially("boissons")
    assert found(page)[0] == "activity-C11Z.html"
    page.keyboard.press("Enter")
    page.wait_for_url("**/2024/activity-C11Z.html")
    held = rows(
        "select territory_name, value_eur, share_of_france from marts.rpt_site_members "
        "where member_code = 'C11Z' and year = ? and flow = 'export' "
        "and department_rank <= 10 order by department_rank",
        YEAR,
    )
    shown = page.locator("table.bars").first.locator("tbody tr").all_inner_texts()
    assert len(shown) == len(held) == 10
    for text, (name, value, share) in zip(shown, held, strict=True):
        for part in (
            WORDS.label(name),
            WORDS.eur(value, unit="M€"),
            WORDS.share(share),
        ):
            assert part in text
    ((top_3,),) = rows(
        "select sum(share_of_france) from marts.rpt_site_members where year = ? "
        "and member_code = 'C11Z' and flow = 'export' and department_rank <= 3",
        YEAR,
    )
    assert WORDS.share(top_3, 0) in page.locator(".headline").inner_text()
    assert "champagne" in page.inner_text("main")
    # And on to a partner, and back to activities.
    page.get_by_role("link", name="Italie").first.click()
    page.wait_for_url("**/2024/country-IT.html")
    page.locator("a[href*='activity-']").first.click()
    page.wait_for_url("**/2024/activity-*.html")


def test_names_on_a_sheet_lead_to_their_pages(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site).open("2024/D52.html")
    first = page.locator("#specialities tbody th a").first
    assert first.get_attribute("href").startswith("../2024/activity-")
    page.locator("#figure-balances-D52 summary", has_text="Données").click()
    page.locator("#figure-balances-D52 table a", has_text="Allemagne").click()
    page.wait_for_url("**/2024/country-DE.html")


def test_marks_of_a_figure_lead_to_their_pages(
    visit: Callable[..., Visit], site: Path
) -> None:
    one = visit(site, viewport={"width": 1440, "height": 1000})
    page = one.open("2024/D52.html")
    figure = drawn(page, "figure-activities-D52")
    box = figure.locator("svg").first.bounding_box()
    page.mouse.click(box["x"] + 120, box["y"] + 80)
    ((code,),) = rows(
        "select activity_code from marts.rpt_factsheet_activities where year = ? "
        "and territory_code = 'D52' and flow = 'import' and position = 1",
        YEAR,
    )
    page.wait_for_url(f"**/2024/activity-{code}.html")
    # A sector has no page, though a country may have its code (CA).
    page = one.open("2024/R44.html")
    figure = drawn(page, "figure-exports-R44")
    figure.locator(".targets_marks path").first.click(force=True)
    page.wait_for_timeout(300)
    assert one.path == "2024/R44.html"


def test_search_forgives_spelling(visit: Callable[..., Visit], site: Path) -> None:
    page = visit(site).open("index.html")
    page.locator("#search").fill("haute marn")
    assert "D52.html" in found(page)
    page.locator("#search").fill("hautemarne")
    assert found(page)[0] == "D52.html"


def test_comparison_draws_two_dots_a_row(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site).open("2024/compare.html?a=D52")
    shown_comparison(page)
    # Without a second territory, France.
    assert page.locator("#choose-b").input_value() == "FR"
    held = dict(
        rows(
            "select territory_code, value_share from marts.fct_rankings where year = ? "
            "and ranked_by = 'country' and flow = 'export' and country_code = 'DE' "
            "and territory_code in ('D52', 'FR')",
            YEAR,
        )
    )
    row = page.locator("#dots tbody tr", has_text="Allemagne")
    cells = [each.strip() for each in row.locator("td.a, td.b").all_text_contents()]
    assert [cell.replace("\u202f", "\xa0") for cell in cells] == [
        WORDS.share(held[code]).replace("\u202f", "\xa0") for code in ("D52", "FR")
    ]
    places = row.locator("b").evaluate_all(
        "all => all.map((each) => parseFloat(each.style.left))"
    )
    ratio = places[0] / places[1]
    assert abs(ratio - held["D52"] / held["FR"]) < 1e-3
    page.locator("input[value=activity]").check()
    until(
        page,
        "document.querySelector('#dots tbody a').pathname.includes('activity-')",
    )
    page.locator("input[value=value]").check()
    until(page, "document.querySelector('#dots td.b').textContent.includes('€')")


def test_a_slide_is_1920_by_1080(
    visit: Callable[..., Visit], site: Path, tmp_path: Path
) -> None:
    page = visit(site, accept_downloads=True).open("2024/D52.html")
    drawn(page, "figure-exports-D52")
    button = page.locator('button[data-save=slide][data-for="figure-exports-D52-live"]')
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename == "D52_2024_exports_slide.png"
    download.value.save_as(tmp_path / "slide.png")
    header = (tmp_path / "slide.png").read_bytes()[:24]
    assert struct.unpack(">II", header[16:24]) == (1920, 1080)


def test_an_embedded_figure_stands_alone(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site).open("2024/D52.html?embed=figure-exports-D52")
    page.wait_for_selector("#figure-exports-D52-live[data-ready=yes] svg")
    assert page.locator(".band, header.top, footer").count() == 0
    assert "simulées" in page.locator("figcaption").inner_text()
    # A name that is no figure of the page embeds nothing.
    page = visit(site).open("2024/D52.html?embed=<img src=x>")
    assert page.locator(".band").count() == 1


def test_a_shared_link_has_its_picture(site: Path) -> None:
    text = site.joinpath("2024/D52.html").read_text("utf-8")
    assert '<meta property="og:image" content="../2024/cards/D52.png">' in text
    for card in (site / "2024/cards/D52.png", site / "en/2024/cards/D52.png"):
        header = card.read_bytes()[:24]
        assert struct.unpack(">II", header[16:24]) == (1200, 630)


def test_phone_pages_pass_axe(visit: Callable[..., Visit], site: Path) -> None:
    one = visit(site, **PHONE)
    for name in ("D52", "activity-C11Z", "country-DE"):
        page = one.open(f"2024/{name}.html")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            results = Axe().run(
                page,
                context={"exclude": [["figure svg > *"]]},
                options={"resultTypes": ["violations"], "preload": False},
            )
            assert [
                (each["id"], node["html"][:120])
                for each in results.response["violations"]
                for node in each["nodes"][:2]
            ] == [], (name, scheme)
