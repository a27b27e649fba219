"""The chapter on exposure: whom it sells to, what to the United States, dependences."""

from __future__ import annotations

from commerce_exterieur.factsheet.context import section
from commerce_exterieur.factsheet.facts import Facts
from commerce_exterieur.factsheet.sheet import Bar, Bars, Block, NoTrade, Section, Text

#: Panel of `rpt_factsheet_exposure` → the colour of its flow.
_COLORS = {"groups": "export", "us_activities": "export", "dependence": "import"}


def exposure(facts: Facts) -> Section:
    """Show shares beside those of France, where there are any."""
    words = facts.words
    blocks: list[Block] = [Text((words.say("exposure.intro"),))]
    blocks += [
        _bars(facts, panel, facts.exposure[panel])
        if facts.exposure.get(panel)
        else _nothing(facts, panel)
        for panel in _COLORS
    ]
    return section(words, "exposure", blocks)


def _nothing(facts: Facts, panel: str) -> NoTrade:
    """Say why a panel is empty."""
    flow = _COLORS[panel]
    key = "none" if facts.profile.delivered(flow) else "absent"
    return NoTrade(facts.words.say(f"exposure.{panel}.{key}", year=facts.year))


def _bars(facts: Facts, panel: str, rows: list[dict]) -> Bars:
    words, profile = facts.words, facts.profile
    said = f"exposure.{panel}"
    is_france = profile.level == "country"
    has_reference = panel != "dependence" and not is_france
    first = rows[0]
    columns = ["member", "bar", "share"]
    if has_reference:
        columns.append("reference")
    columns.append("value")
    if panel == "us_activities":
        columns.append("duty")
    return Bars(
        id=f"exposure-{panel.replace('_', '-')}",
        heading=words.say(f"{said}.heading", of=profile.of, year=facts.year),
        caption=words.say(f"{said}.heading", of=profile.of, year=facts.year),
        columns=tuple(words.say(f"{said}.{column}") for column in columns),
        bars=tuple(
            _bar(facts, panel, row, has_reference=has_reference) for row in rows
        ),
        color=_COLORS[panel],
        key_term=words.say("figure.key_term"),
        key=words.say(
            f"{said}.key"
            if has_reference or panel == "dependence"
            else f"{said}.key_alone",
            member=_name(facts, first),
            share=words.share(first["share"]),
            reference=_share(facts, first["reference_share"]),
        ),
        source=facts.made_from.source(words),
        notice=facts.made_from.mark(words),
    )


def _bar(facts: Facts, panel: str, row: dict, *, has_reference: bool) -> Bar:
    words = facts.words
    cells = [words.share(row["share"])]
    if has_reference:
        cells.append(_share(facts, row["reference_share"]))
    cells.append(words.eur(row["value_eur"], unit=facts.profile.unit))
    if panel == "us_activities":
        cells.append(_duty(facts, row))
    return Bar(
        label=_name(facts, row),
        share=row["share"],
        reference=row["reference_share"] if has_reference else None,
        cells=tuple(cells),
    )


def _duty(facts: Facts, row: dict) -> str:
    """Write the added duty as an interval, in percentage points."""
    if row["duty_max_pct"] is None:
        return facts.words.say("sheet.not_applicable")
    low, high = row["duty_min_pct"], row["duty_max_pct"]
    if low == high:
        return facts.words.say("exposure.points", value=facts.words.decimal(high, 0))
    return facts.words.say(
        "exposure.interval",
        low=facts.words.decimal(low, 0),
        high=facts.words.decimal(high, 0),
    )


def _name(facts: Facts, row: dict) -> str:
    return facts.words.named(row, "member_name") or row["member_code"]


def _share(facts: Facts, share: float | None) -> str:
    words = facts.words
    return words.say("sheet.not_applicable") if share is None else words.share(share)
