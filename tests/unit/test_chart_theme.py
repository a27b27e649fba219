"""Type and colours of the figures: measured, readable, apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from colours import MACHADO, contrast, lab, linear

from commerce_exterieur import factsheet, fonts
from commerce_exterieur.charts import theme
from commerce_exterieur.charts.text import ELLIPSIS, ellipsize, measure, wrap


def test_texts_are_shortened_between_words_only() -> None:
    text = "Machines d'usage spécifique"
    assert ellipsize(text, 1000, 10) == text
    width = measure(f"Machines d'usage {ELLIPSIS}", 10)
    assert ellipsize(text, width, 10) == f"Machines d'usage {ELLIPSIS}"
    assert ellipsize("Anticonstitutionnellement", 40, 10).endswith(ELLIPSIS)


def test_wrapping_loses_no_word() -> None:
    text = "Pâte à papier, papier et carton"
    lines = wrap(text, 80, 12, max_lines=4)
    assert " ".join(lines) == text
    assert all(measure(line, 12) <= 80 for line in lines)


def test_fonts_are_the_packaged_files_only() -> None:
    names = sorted(path.name for path in fonts.font_directory().iterdir())
    assert names == sorted(path.name for path in fonts.font_files())
    assert all(path.suffix == ".ttf" for path in fonts.font_files())


#: Name in the PDF's template and on the page → the colour of the figures.
NAMED = {
    ("ink", "--ink"): theme.INK,
    ("soft", "--soft"): theme.SOFT_INK,
    ("navy", "--navy"): theme.NODE,
    ("rule", "--rule"): theme.RULE,
    ("calm", "--calm"): theme.CALM,
    ("import-color", "--import"): theme.IMPORT,
    ("export-color", "--export"): theme.EXPORT,
    ("surplus", "--surplus"): theme.SURPLUS,
    ("deficit", "--deficit"): theme.DEFICIT,
    ("warning", "--warn"): theme.WARNING,
}


def test_sheets_have_the_colours_of_the_figures() -> None:
    room = Path(factsheet.__file__).parent
    typst = (room / "factsheet.typ").read_text("utf-8")
    light = (room / "style.css").read_text("utf-8").split("@media")[0].upper()
    for (printed, shown), color in NAMED.items():
        assert f'#let {printed} = rgb("{color}")' in typst
        assert f"{shown.upper()}: {color};" in light


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *((ink, theme.WHITE) for ink in (theme.INK, theme.SOFT_INK, theme.WARNING)),
        *((ink, theme.WHITE) for ink in (theme.IMPORT, theme.EXPORT)),
        *((ink, theme.CALM) for ink in (theme.INK, theme.SOFT_INK)),
        *((ink, theme.HOVER) for ink in (theme.INK, theme.SOFT_INK)),
        (theme.SURPLUS, theme.SURPLUS_TINT),
        (theme.DEFICIT, theme.DEFICIT_TINT),
        (theme.INK, theme.RULE),
        *(
            (theme.WHITE, ground)
            for ground in (
                *theme.IMPORT_SHADES,
                *theme.EXPORT_SHADES,
                theme.OTHER_TILE,
                theme.TOP_FLOW,
            )
        ),
    ],
)
def test_texts_stand_out(ink: str, ground: str) -> None:
    assert contrast(ink, ground) >= 4.5


@pytest.mark.parametrize(
    "mark",
    [
        theme.IMPORT,
        theme.EXPORT,
        theme.TOP_FLOW,
        theme.NODE,
        theme.NODE_OTHER,
        *theme.IMPORT_SHADES,
        *theme.EXPORT_SHADES,
        theme.OTHER_TILE,
    ],
)
def test_essential_marks_stand_out(mark: str) -> None:
    assert contrast(mark, theme.WHITE) >= 3


@pytest.mark.parametrize("deficiency", MACHADO)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (theme.SURPLUS, theme.DEFICIT),
        (theme.SURPLUS_TINT, theme.DEFICIT_TINT),
        (theme.IMPORT, theme.EXPORT),
        (theme.TOP_FLOW, theme.RIBBON),
    ],
)
def test_pairs_stay_apart_for_the_colour_blind(
    deficiency: str, first: str, second: str
) -> None:
    """A difference of 10 in CIELAB is seen at a glance."""
    seen = [lab(MACHADO[deficiency] @ linear(color)) for color in (first, second)]
    assert np.linalg.norm(seen[0] - seen[1]) >= 10
