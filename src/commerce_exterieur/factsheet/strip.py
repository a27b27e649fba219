"""The place of a territory among those of its level, on one logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Callable

from commerce_exterieur.charts.drawing import Table
from commerce_exterieur.factsheet.bars import reliability
from commerce_exterieur.factsheet.data import file_name
from commerce_exterieur.factsheet.facts import FLOWS, Facts
from commerce_exterieur.factsheet.sheet import Dot, Links, Strip, StripRow
from commerce_exterieur.wording.numbers import unit_for

#: Fewer territories of a level than this are no strip.
_FEWEST = 5


def strip(facts: Facts, links: Links) -> Strip | None:
    """Set the territory among those of its level."""
    words, profile = facts.words, facts.profile
    amounts = [row["value_eur"] for rows in facts.places.values() for row in rows]
    if (
        not any(_is_placed(rows, profile.code) for rows in facts.places.values())
        or len(amounts) < 2 * _FEWEST
    ):
        return None
    low, high = math.log10(min(amounts)), math.log10(max(amounts))
    room = max(high - low, 1e-9)

    def place(value: float) -> float:
        return (math.log10(value) - low) / room

    rows = tuple(
        _strip_row(facts, flow, place)
        for flow in FLOWS
        if _is_placed(facts.places[flow], profile.code)
    )
    powers = range(math.ceil(low), math.floor(high) + 1)
    heading = words.say(f"strip.heading_{profile.level}", of=profile.of)
    data_name = file_name("places", profile.code, facts.year)
    return Strip(
        id="place",
        heading=heading,
        alt=" ".join(f"{row.label}." for row in rows),
        rows=rows,
        ticks=tuple(
            (place(10**power), words.eur(10**power, unit=unit_for(10**power), digits=0))
            for power in powers
        ),
        key_term=words.say("figure.key_term"),
        key=words.say(
            "strip.key_region" if facts.region is not None else "strip.key",
            in_region=facts.region.here if facts.region is not None else "",
        ),
        source=facts.made_from.source(words),
        notice=facts.made_from.mark(words),
        note=reliability(facts, "export"),
        caption=words.say(f"strip.caption_{profile.level}", year=facts.year),
        cells=_places_table(facts),
        data_name=data_name,
        csv=facts.data.get("places"),
        downloads=links.of_data(data_name, heading),
    )


def _is_placed(rows: list[dict], territory_code: str) -> bool:
    return any(row["territory_code"] == territory_code for row in rows)


def _strip_row(facts: Facts, flow: str, place: Callable[[float], float]) -> StripRow:
    words, profile = facts.words, facts.profile
    region = profile.territory.region_code

    def dot(row: dict) -> Dot:
        if row["territory_code"] == profile.code:
            kind = "own"
        elif profile.level == "department" and row["region_code"] == region:
            kind = "region"
        else:
            kind = "other"
        text = words.say(
            "strip.dot",
            name=words.label(row["territory_name"]),
            value=words.eur(row["value_eur"], unit=unit_for(row["value_eur"])),
            rank=words.ordinal(row["rank_in_france"], feminine=feminine),
        )
        return Dot(place(row["value_eur"]), kind, text)

    feminine = profile.level == "region"
    rows = facts.places[flow]
    own = next(row for row in rows if row["territory_code"] == profile.code)
    order = {"other": 0, "region": 1, "own": 2}
    return StripRow(
        flow=flow,
        label=words.say(
            "strip.label",
            flow=words.say(f"key.{flow}s"),
            rank=words.ordinal(own["rank_in_france"], feminine=feminine),
            count=words.integer(len(rows)),
        ),
        dots=tuple(sorted(map(dot, rows), key=lambda each: order[each.kind])),
    )


def _places_table(facts: Facts) -> Table:
    words = facts.words
    rows: dict[str, list[str]] = {}
    for index, flow in enumerate(FLOWS):
        for row in facts.places[flow]:
            cells = rows.setdefault(
                row["territory_code"],
                [words.label(row["territory_name"]), *["–"] * 4],
            )
            cells[1 + 2 * index] = words.ordinal(row["rank_in_france"])
            cells[2 + 2 * index] = words.euros(row["value_eur"])
    return Table(
        columns=[
            words.say("strip.territory"),
            *(
                words.say(f"strip.{column}_{flow}")
                for flow in FLOWS
                for column in ("rank", "value")
            ),
        ],
        kinds=["country", "amount", "amount", "amount", "amount"],
        rows=list(rows.values()),
    )
