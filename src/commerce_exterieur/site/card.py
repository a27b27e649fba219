"""The picture a link to a page shows where it is shared."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import typst

from commerce_exterieur.factsheet.pdf import compiler, printable
from commerce_exterieur.factsheet.sheet import Sheet

_TEMPLATE = Path(__file__).with_name("card.typ")


def render_card(sheet: Sheet) -> bytes:
    """Set the first finding and the four numbers as a PNG of 1200 × 630 px."""
    card = {
        "language_code": sheet.language_code,
        "overline": sheet.overline,
        "headline": sheet.headline,
        "tiles": [{"label": tile.label, "value": tile.value} for tile in sheet.tiles],
        "source": sheet.figure_source,
        "notice": sheet.notice,
    }
    picture = _compiler().compile(
        format="png",
        ppi=72,
        sys_inputs={"card": json.dumps(printable(card), ensure_ascii=False)},
    )
    # Many files come only of documents of many pages.
    assert isinstance(picture, bytes)
    return picture


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    return compiler(_TEMPLATE)
