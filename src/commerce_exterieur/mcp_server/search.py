"""Find what a word means: territories, partners, activities and products."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from commerce_exterieur.member_names import member_spellings
from commerce_exterieur.warehouse import (
    Warehouse,
    folded,
    likeness,
    spellings,
)

Kind = Literal["territory", "country", "activity", "product"]
#: Kind: its dimension, and the columns people may write, beside its names.
_SPELT = {
    "country": ("dim_country", ("country_code", "iso_alpha3")),
    "activity": ("dim_activity", ("activity_code",)),
    "product": ("dim_product", ("product_code", "product_name_fr")),
}
#: How like a spelling must be, as in `commerce charts --territory`.
_LEAST = 0.7
_MOST = 20


def meant_by(warehouse: Warehouse, text: str, kind: Kind | None) -> list[str]:
    """List what a text may mean as `kind code`, the likeliest first, twenty at most."""
    said = folded(text)
    if not said:
        return []
    rated = {
        f"{each} {code}": max(_rate(said, way) for way in ways)
        for each, code, ways in _spelt(warehouse)
        if kind in (None, each)
    }
    # What is spelt just so stands alone, but for what it names in another kind.
    least = 1 if 1 in rated.values() else _LEAST
    close = [each for each, rating in rated.items() if rating >= least]
    return sorted(close, key=lambda each: -rated[each])[:_MOST]


def _rate(said: str, spelling: str) -> float:
    """Rate a spelling: « vin » is rather « vins de raisin » than « Herzégovine »."""
    begins = any(folded(word).startswith(said) for word in re.split(r"\W+", spelling))
    rating = likeness(said, folded(spelling))
    return rating if rating == 1 or not begins else (rating + 1) / 2


def _spelt(warehouse: Warehouse) -> Iterator[tuple[str, str, set[str]]]:
    """Give everything that has a code, with what it answers to."""
    for row in warehouse.rows("select * from marts.dim_territory order by all"):
        towns = (row["prefectures"] or "").split("|")
        ways = spellings(row) | {row["territory_name"], *towns}
        yield "territory", row["territory_code"], ways
    for kind, (mart, columns) in _SPELT.items():
        for row in warehouse.rows(f"select * from marts.{mart} order by all"):
            ways = {row[column] or "" for column in columns}
            yield kind, row[f"{kind}_code"], ways | member_spellings(kind, row)
