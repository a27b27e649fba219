"""The table of key figures, exports beside imports, and the notes under it."""

from __future__ import annotations

from collections.abc import Callable

from commerce_exterieur.factsheet.cover import quarters
from commerce_exterieur.factsheet.facts import FLOWS, Facts
from commerce_exterieur.factsheet.sheet import KeyRow, KeyTable

#: Writes the cell of one flow, `export` or `import`.
_Cell = Callable[[Facts, str], str]


def key_table(facts: Facts) -> KeyTable | None:
    """Set exports beside imports, in the rows that apply to this territory."""
    if not facts.profile.trades:
        return None
    say = facts.words.say
    return KeyTable(
        caption=say("key.caption", of=facts.profile.of, year=facts.year),
        columns=(say("key.exports"), say("key.imports")),
        rows=tuple(
            KeyRow(name, label, tuple(_written(facts, flow, cell) for flow in FLOWS))
            for name, label, cell in _rows(facts)
        ),
    )


def _rows(facts: Facts) -> list[tuple[str, str, _Cell]]:
    profile, say = facts.profile, facts.words.say
    previous = profile.totals["previous_year"]
    rows: list[tuple[str, str, _Cell]] = [("value", say("key.value"), _value)]
    if previous is not None:
        label = say("key.change", previous=previous, year=facts.year)
        rows.append(("change", label, _change))
    region = facts.region
    if region is not None:
        share_label = say("key.region_share", of_region=region.of)
        rows.append(("region_share", share_label, _region_share))
        if profile.territory.is_ranked:
            rank_label = say("key.region_rank", in_region=region.here)
            rows.append(("region_rank", rank_label, _region_rank))
    if profile.level != "country":
        rows.append(("france_share", say("key.france_share"), _france_share))
    if profile.territory.is_ranked:
        rows.append(("france_rank", say("key.france_rank"), _france_rank))
    return [
        *rows,
        ("eu_share", say("key.eu_share"), _eu_share),
        ("top_country", say("key.top_country"), _top_country),
        ("top_3", say("key.top_3"), _top_3),
        ("top_activity", say("key.top_activity"), _top_activity),
        ("diversity", say("key.diversity"), _diversity),
    ]


def _written(facts: Facts, flow: str, cell: _Cell) -> str:
    is_here = facts.profile.delivered(flow)
    if facts.profile.total(flow) or (is_here and cell is _value):
        return cell(facts, flow)
    return _missing(facts) if is_here else facts.words.say("sheet.not_delivered")


def _missing(facts: Facts) -> str:
    return facts.words.say("sheet.not_applicable")


def _value(facts: Facts, flow: str) -> str:
    value = facts.words.eur(facts.profile.total(flow), unit=facts.profile.unit)
    if (status := facts.profile.status(flow)) == "traded":
        return value
    # A 0 is many things, and a part of a year is not a year.
    return facts.words.say(
        "key.value_and_status",
        value=value,
        status=facts.words.say(
            f"status.{status}_{flow}s",
            quarters=quarters(facts.profile.totals[f"{flow}_quarters"], facts.words),
        ),
    )


def _change(facts: Facts, flow: str) -> str:
    change = facts.profile.figures[flow]["change_ratio"]
    return facts.words.share(change, signed=True)


def _region_share(facts: Facts, flow: str) -> str:
    return facts.words.share(facts.profile.figures[flow]["region_share"])


def _france_share(facts: Facts, flow: str) -> str:
    return facts.words.share(facts.profile.figures[flow]["france_share"], 2)


def _eu_share(facts: Facts, flow: str) -> str:
    return facts.words.share(facts.profile.figures[flow]["eu_share"])


def _top_3(facts: Facts, flow: str) -> str:
    return facts.words.share(facts.profile.figures[flow]["top_3_countries_share"])


def _region_rank(facts: Facts, flow: str) -> str:
    return _rank(facts, flow, "region", "department")


def _france_rank(facts: Facts, flow: str) -> str:
    return _rank(facts, flow, "france", facts.profile.level)


def _rank(facts: Facts, flow: str, among: str, level: str) -> str:
    rank = facts.profile.figures[flow][f"rank_in_{among}"]
    count = facts.profile.figures[flow][f"ranked_in_{among}"]
    if rank is None or count is None:
        return _missing(facts)
    return facts.words.say(
        f"key.rank_{level}",
        rank=facts.words.ordinal(rank),
        count=facts.words.integer(count),
    )


def _top_country(facts: Facts, flow: str) -> str:
    figures = facts.profile.figures[flow]
    if figures["top_country_code"] is None:
        return _missing(facts)
    name = facts.country(figures, "top_country")
    return _named_share(facts, name, figures["top_country_share"])


def _top_activity(facts: Facts, flow: str) -> str:
    figures = facts.profile.figures[flow]
    if figures["top_activity_code"] is None:
        return _missing(facts)
    name = facts.activity(figures, "top_activity")
    return _named_share(facts, name, figures["top_activity_share"])


def _named_share(facts: Facts, name: str, share: float) -> str:
    return facts.words.say(
        "key.value_and_share", name=name, share=facts.words.share(share)
    )


def _diversity(facts: Facts, flow: str) -> str:
    figures = facts.profile.figures[flow]
    return facts.words.say(
        "key.diversity_cell",
        countries=facts.words.integer(figures["partners"]),
        activities=facts.words.say(
            "key.one_activity" if figures["activities"] == 1 else "key.some_activities",
            count=facts.words.integer(figures["activities"]),
        ),
    )


def key_notes(facts: Facts) -> tuple[str, ...]:
    """Say what the key figures do not."""
    profile, say = facts.profile, facts.words.say
    if not profile.trades:
        return ()
    notes = []
    reason = profile.totals["not_compared_reason"]
    covered = quarters(profile.totals["quarters_covered"], facts.words)
    if reason is not None:
        # Of uneven flows the cover says it.
        if profile.totals["has_both_flows"]:
            notes.append(say(f"key.note_{reason}", quarters=covered))
    elif facts.made_from.origin == "simulated":
        notes.append(say("key.note_change_simulated"))
    if profile.territory.is_one_department:
        notes.append(
            say("key.note_same_region", region=profile.territory.region_code)
            if facts.is_alone
            else say("key.note_same_department")
        )
    if facts.is_outside_france:
        notes.append(say("key.note_no_insee"))
    if profile.territory.is_ranked:
        notes.append(say(f"key.note_rank_{profile.level}"))
    notes.append(say("key.note_eu"))
    if profile.unit != "€":
        notes.append(say("figure.rounding"))
    return tuple(notes)
