"""What a sheet opens with: the first finding as a title, sentences, first figures.

Specialities beside France, the five largest flows, the place among the others.
"""

from __future__ import annotations

from commerce_exterieur.factsheet.bars import share_bars
from commerce_exterieur.factsheet.facts import FLOWS, Facts
from commerce_exterieur.factsheet.findings import finding_sentence, finding_title
from commerce_exterieur.factsheet.over_time import quarters, revisions
from commerce_exterieur.factsheet.sheet import Bars, Block, Links
from commerce_exterieur.factsheet.strip import strip
from commerce_exterieur.wording.numbers import balance_sign

_SENTENCES = 3


def headline(facts: Facts) -> str:
    """Say the best finding as a title."""
    profile, words = facts.profile, facts.words
    if not facts.findings:
        return words.say("sheet.short_title", of=profile.of)
    return finding_title(facts.findings[0], profile.of, profile.here, words)


def summary(facts: Facts) -> tuple[str, ...]:
    """Say what is traded in all, then the findings that follow the first."""
    profile, words = facts.profile, facts.words
    if not profile.trades:
        return ()
    # The title said the first, unless a note goes with it; the totals say the balance.
    others = [
        finding_sentence(row, profile.of, profile.here, words)
        for row in facts.findings
        if row["kind"] not in ("balance", "total")
        and (row["rank"] > 1 or row["note"] is not None)
    ]
    return (_totals(facts), *others[: _SENTENCES - 1])


def _totals(facts: Facts) -> str:
    profile, words = facts.profile, facts.words
    values = {flow: words.eur(profile.total(flow), unit=profile.unit) for flow in FLOWS}
    balance = profile.totals["balance_eur"]
    sign = balance_sign(balance)
    if sign == "undefined":
        key = next(flow for flow in FLOWS if profile.delivered(flow))
        if all(profile.delivered(flow) for flow in FLOWS):
            key = "uneven"
    else:
        key = sign
    return words.say(
        f"findings.totals_{key}",
        of=profile.of,
        exports=values["export"],
        imports=values["import"],
        balance=words.eur(abs(balance or 0), unit=profile.unit),
    )


def opening(facts: Facts, links: Links) -> tuple[Block, ...]:
    """Show what is sold more than elsewhere, the largest flows, the place."""
    blocks = [
        _specialities(facts, links),
        _largest_flows(facts, "export", links),
        strip(facts, links),
        quarters(facts, links),
        revisions(facts, links),
    ]
    if blocks[0] is None:
        # France has none; its imports stand beside its exports.
        blocks.insert(2, _largest_flows(facts, "import", links))
    return tuple(block for block in blocks if block is not None)


def _specialities(facts: Facts, links: Links) -> Bars | None:
    rows = facts.shares.get("specialities")
    if not rows:
        return None
    words, first = facts.words, facts.shares["specialities"][0]
    return share_bars(
        facts,
        rows,
        links,
        name="specialities",
        said="specialities",
        columns=("member", "bar", "share", "ratio"),
        cells=[(words.share(row["share"]), _times(facts, row)) for row in rows],
        flow="export",
        key=words.say(
            "specialities.key",
            member=_short(facts, first),
            share=words.share(first["share"]),
            reference=words.share(first["reference_share"]),
            times=_times(facts, first),
        ),
        has_reference=True,
        labels=[_short(facts, row) for row in rows],
    )


def _short(facts: Facts, row: dict) -> str:
    return facts.words.named(row, "member_short") or row["member_code"]


def _times(facts: Facts, row: dict) -> str:
    digits = 0 if row["ratio"] >= 10 else 1
    ratio = facts.words.decimal(row["ratio"], digits)
    return facts.words.say("specialities.times", ratio=ratio)


def _largest_flows(facts: Facts, flow: str, links: Links) -> Bars | None:
    rows = [row for row in facts.largest_flows if row["flow"] == flow]
    if not rows:
        return None
    words, first = facts.words, rows[0]
    unit = facts.profile.unit
    return share_bars(
        facts,
        rows,
        links,
        name=f"largest-{flow}s",
        said=f"largest_{flow}s",
        columns=("member", "bar", "value", "share"),
        cells=[
            (words.eur(row["value_eur"], unit=unit), words.share(row["share"]))
            for row in rows
        ],
        flow=flow,
        color="top",
        heading=words.say(
            f"largest_{flow}s.heading"
            if len(rows) > 1
            else f"largest_{flow}s.heading_one",
            count=words.sentences("largest_exports.counts")[len(rows) - 1],
            share=words.share(first["top_flows_share"]),
        ),
        key=words.say(
            f"largest_{flow}s.key",
            activity=facts.activity(first),
            country=facts.country(first),
            share=words.share(first["share"]),
        ),
        has_reference=False,
        labels=[
            words.say(
                f"largest_{flow}s.label",
                activity=facts.activity(row),
                country=facts.country(row),
            )
            for row in rows
        ],
    )
