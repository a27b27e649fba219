"""Every page of the site: quiet, accessible, on the screen, and safe from labels."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from sheet_copies import HOSTILE, renamed, small_copy
from site_visits import OPEN_POINT, Visit, draw_all, drawn, shown_comparison

from commerce_exterieur.site import command as build_site
from commerce_exterieur.site import sheets
from commerce_exterieur.wording import language

YEAR = 2024


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


VISITED = {
    "home": "index.html",
    "France": "2024/FR.html",
    "Haute-Marne": "2024/D52.html",
    "Lozère": "2024/D48.html",
    "comparison": "2024/compare.html?a=D52&b=R44",
    "industry": "2024/ti-8413.html",
    "activity": "2024/activity-C11Z.html",
    "country": "2024/country-DE.html",
    "English home": "en/index.html",
    "English sheet": "en/2024/D52.html",
}


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
            # Colours inside figures: test_chart_theme.py.
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
    page.mouse.move(*figure.locator(".top_flows_marks path").first.evaluate(OPEN_POINT))
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
