"""Which partner or activity a word means: `DE`, « Allemagne », « vin »."""

from __future__ import annotations

from typing import Literal

from commerce_exterieur.errors import UserError
from commerce_exterieur.warehouse import Warehouse, folded, nearest

Kind = Literal["country", "activity"]
_ROWS = {
    "country": "select * from marts.dim_country order by country_code",
    "activity": "select * from marts.dim_activity order by activity_code",
}


def member_code(warehouse: Warehouse, kind: Kind, wanted: str) -> str:
    """Find the code of a country or an activity.

    Raises
    ------
    UserError
        Nothing is called so, or several are; what is near is named.
    """
    rows = warehouse.rows(_ROWS[kind])
    names = {row[f"{kind}_code"]: row[f"{kind}_name_fr"] for row in rows}
    for code in (wanted, wanted.strip().upper()):
        if code in names:
            return code
    said = folded(wanted)
    ways = {
        row[f"{kind}_code"]: set(map(folded, member_spellings(kind, row)))
        for row in rows
    }
    meant = [code for code in ways if said in ways[code]]
    if len(meant) == 1:
        return meant[0]
    shown = " or ".join(
        f"{code} ({names[code]})" for code in meant[:3] or nearest(said, ways)
    )
    raise UserError(
        f"{wanted!r} may be {shown}. Name it by its code."
        if meant
        else f"There is no {kind} {wanted!r}.{shown and f' {shown}?'} "
        f"marts.dim_{kind} lists all."
    )


def member_spellings(kind: str, row: dict) -> set[str]:
    """List the names of a row of `dim_country` or `dim_activity`, other names too."""
    names = [
        row.get(f"{kind}_{form}_{code}")
        for form in ("name", "short")
        for code in ("fr", "en")
    ]
    others = [row.get(f"other_names_{code}") or "" for code in ("fr", "en")]
    return {name for name in [*names, *"|".join(others).split("|")] if name}
