"""Two territories side by side, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Route
from site_visits import Visit, draw_all, rows, shown_comparison, until

from commerce_exterieur.wording import language

YEAR = 2024


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
    # What is not known gives way to the first department that has a page.
    assert page.input_value("#choose-a") in ("D48", "D52")
    assert page.input_value("#choose-b") in ("FR", "R44", "D52")
    assert page.locator("tr[data-row=value] td").first.inner_text() not in ("", "–")


def test_comparison_without_scripts_says_so(
    visit: Callable[..., Visit], site: Path
) -> None:
    page = visit(site, java_script_enabled=False).open("2024/compare.html")
    said = language("fr").say("site.compare.noscript")
    assert page.locator("noscript p").is_visible()
    assert page.locator("noscript p").text_content() == said
