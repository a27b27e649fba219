"""The chapter on exposure: whom it sells to, what to the United States, dependences."""

from __future__ import annotations

from commerce_exterieur.factsheet.bars import share_bars
from commerce_exterieur.factsheet.context import section
from commerce_exterieur.factsheet.facts import Facts
from commerce_exterieur.factsheet.sheet import Block, Links, NoTrade, Section, Text

#: Panel of `rpt_factsheet_shares` → its flow.
_FLOWS = {"groups": "export", "us_activities": "export", "dependence": "import"}


def exposure(facts: Facts, links: Links) -> Section:
    """Show shares beside those of France, where there are any."""
    words = facts.words
    blocks: list[Block] = [Text((words.say("exposure.intro"),))]
    blocks += [
        _panel(facts, panel, facts.shares[panel], links)
        if facts.shares.get(panel)
        else _nothing(facts, panel)
        for panel in _FLOWS
    ]
    return section(words, "exposure", blocks)


def _nothing(facts: Facts, panel: str) -> NoTrade:
    """Say why a panel is empty."""
    key = "none" if facts.profile.delivered(_FLOWS[panel]) else "absent"
    return NoTrade(facts.words.say(f"exposure.{panel}.{key}", year=facts.year))


def _panel(facts: Facts, panel: str, rows: list[dict], links: Links) -> Block:
    words, profile = facts.words, facts.profile
    has_reference = panel != "dependence" and profile.level != "country"
    columns = ["member", "bar", "share"]
    if has_reference:
        columns.append("reference")
    columns.append("value")
    if panel == "us_activities":
        columns.append("duty")
    first, key = rows[0], f"exposure.{panel}.key"
    if not has_reference and panel != "dependence":
        key = f"{key}_alone"
    return share_bars(
        facts,
        rows,
        links,
        name=panel.replace("_", "-"),
        said=f"exposure.{panel}",
        columns=tuple(columns),
        cells=[_cells(facts, panel, row, has_reference=has_reference) for row in rows],
        flow=_FLOWS[panel],
        key=words.say(
            key,
            member=words.named(first, "member_name") or first["member_code"],
            share=words.share(first["share"]),
            reference=words.share(first["reference_share"]),
        ),
        has_reference=has_reference,
    )


def _cells(
    facts: Facts, panel: str, row: dict, *, has_reference: bool
) -> tuple[str, ...]:
    words = facts.words
    cells = [words.share(row["share"])]
    if has_reference:
        cells.append(words.share(row["reference_share"]))
    cells.append(words.eur(row["value_eur"], unit=facts.profile.unit))
    if panel == "us_activities":
        cells.append(_duty(facts, row))
    return tuple(cells)


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
