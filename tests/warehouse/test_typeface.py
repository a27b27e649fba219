"""Pictures keep their texts where the project's typeface is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from bare_renderer import leaves_ink
from sample import SAMPLE

from commerce_exterieur import charts, fonts
from commerce_exterieur.warehouse import PROJECT, Warehouse
from commerce_exterieur.wording import LANGUAGES, LanguageCode, language

_GENERIC = re.compile(r"(.+, ?)?(sans-serif|serif|monospace)")
_DECLARED = re.compile(r"font-family: ?([^;}\n]+)|\bfont: ?[^;}\n]*?/[\d.]+ ([^;}\n]+)")


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    with Warehouse(SAMPLE) as warehouse:
        yield warehouse


def draw(warehouse: Warehouse, figure: str, code: LanguageCode) -> charts.Drawing:
    return charts.draw(
        warehouse, figure, warehouse.territory("D52"), 2024, language_code=code
    )


def named_fonts(node: object) -> Iterator[str]:
    """The typefaces a Vega-Lite specification asks for."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name.lower().endswith("font") and isinstance(value, str):
                yield value
            else:
                yield from named_fonts(value)
    elif isinstance(node, list):
        for value in node:
            yield from named_fonts(value)


@pytest.mark.parametrize("figure", charts.FIGURES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_of_a_picture_ends_in_a_generic_family(
    warehouse: Warehouse, figure: str, code: LanguageCode
) -> None:
    spec = draw(warehouse, figure, code).spec
    svg = charts.to_svg(spec, embed_fonts=True)
    texts = re.findall(r"<text[^>]*>", svg)
    families = re.findall(r'<text[^>]* font-family="([^"]+)"', svg)
    assert len(families) == len(texts) > 10
    asked = [*families, *named_fonts(spec)]
    assert [one for one in asked if not _GENERIC.fullmatch(one)] == []
    assert len(asked) > len(families)


def test_every_style_ends_in_a_generic_family(warehouse: Warehouse) -> None:
    page = charts.to_html(draw(warehouse, "balances", "fr"))
    styles = {path.name: path.read_text() for path in PROJECT.glob("src/**/*.css")}
    styles["chart"] = page[page.index("<style>") : page.index("</style>")]
    assert len(styles) == 3
    found = []
    for style in styles.values():
        rules = re.sub(r"@font-face\{.*\n?", "", style)
        found += [one or other for one, other in _DECLARED.findall(rules)]
    assert len(found) == 4
    assert [one for one in found if not one.endswith("sans-serif")] == []


def test_pictures_of_the_documentation_end_in_a_generic_family() -> None:
    for path in (PROJECT / "docs").glob("*.svg"):
        for family in re.findall(r'font-family="([^"]+)"', path.read_text("utf-8")):
            assert _GENERIC.fullmatch(family), path.name


@pytest.mark.parametrize("figure", charts.FIGURES)
def test_the_mention_is_seen_without_the_typeface(
    warehouse: Warehouse, figure: str
) -> None:
    for code in LANGUAGES:
        mention = language(code).say("sheet.simulated")
        svg = charts.to_svg(draw(warehouse, figure, code).spec, embed_fonts=True)
        assert leaves_ink(svg, mention)


def test_the_renderer_of_these_tests_lacks_the_typeface(warehouse: Warehouse) -> None:
    svg = charts.to_svg(draw(warehouse, "balances", "fr").spec, embed_fonts=True)
    alone = svg.replace(fonts.STACK, fonts.FAMILY)
    assert not leaves_ink(alone, language("fr").say("sheet.simulated"))
