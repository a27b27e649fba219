"""The first page: what the sheet is about, and the four numbers looked for first."""

from __future__ import annotations

from commerce_exterieur.factsheet.facts import FLOWS, Facts, Profile
from commerce_exterieur.factsheet.sheet import Industries, Industry, Links, Tile
from commerce_exterieur.wording import Language
from commerce_exterieur.wording.numbers import balance_sign


def quarters(count: int, words: Language) -> str:
    """Write how much of the year is there: « 2 trimestres »."""
    key = "one_quarter" if count == 1 else "some_quarters"
    return words.say(f"sheet.{key}", count=count)


def incomplete(totals: dict, words: Language) -> str | None:
    """Say that a year is not whole, or which flow of it was not delivered.

    Parameters
    ----------
    totals
        A row of `rpt_factsheet_territories`.
    """
    exports, imports, both = (
        quarters(totals[name], words)
        for name in ("export_quarters", "import_quarters", "quarters_covered")
    )
    if not totals["export_quarters"]:
        return words.say("sheet.no_exports", year=totals["year"], quarters=imports)
    if not totals["import_quarters"]:
        return words.say("sheet.no_imports", year=totals["year"], quarters=exports)
    if not totals["has_both_flows"]:
        return words.say("sheet.uneven", exports=exports, imports=imports)
    if totals["quarters_covered"] < 4:
        return words.say("sheet.incomplete_cover", quarters=both)
    return None


def industries(facts: Facts, links: Links) -> Industries | None:
    """List the Territoires d'industrie, where the programme applies."""
    if facts.industries is None:
        return None
    return Industries(
        heading=facts.words.say("cover.territoires_heading"),
        items=tuple(
            Industry(
                name=facts.words.label(row["name"]),
                href=links.to_industry(row["id"]),
            )
            for row in facts.industries
        ),
        text=facts.words.say(
            "cover.territoires_rule" if facts.industries else "cover.territoires_none"
        ),
    )


def tiles(profile: Profile) -> tuple[Tile, ...]:
    """Show the four numbers a reader looks for first."""
    flows = tuple(_flow_tile(profile, flow) for flow in FLOWS)
    if profile.totals["balance_eur"] is None:
        return (*flows, *(_without(profile, name) for name in ("balance", "coverage")))
    return (*flows, _balance_tile(profile), _coverage_tile(profile))


def _without(profile: Profile, name: str) -> Tile:
    """Say why there is no `balance` or `coverage`, where a number would be false."""
    return Tile(
        id=name,
        kind=balance_sign(None),
        label=profile.words.say(f"key.{name}"),
        value=profile.words.say("key.none"),
        detail=profile.words.say("key.uneven"),
    )


def _flow_tile(profile: Profile, flow: str) -> Tile:
    words, share = profile.words, profile.figures[flow]["eu_share"]
    if not profile.delivered(flow):
        return Tile(
            id=flow,
            kind=flow,
            label=words.say(f"key.{flow}s"),
            value=words.say("sheet.not_delivered"),
            detail=words.say("key.absent"),
        )
    return Tile(
        id=flow,
        kind=flow,
        label=words.say(f"key.{flow}s"),
        value=words.eur(profile.total(flow), unit=profile.unit),
        value_eur=profile.total(flow),
        detail=words.say(f"status.{profile.status(flow)}_{flow}s")
        if share is None
        else words.say(f"key.{flow}s_in_year", share=words.share(share)),
    )


def _balance_tile(profile: Profile) -> Tile:
    words, balance = profile.words, profile.totals["balance_eur"]
    sign = balance_sign(balance)
    return Tile(
        id="balance",
        kind=sign,
        label=words.say("key.balance"),
        value=words.eur(balance, unit=profile.unit, signed=True),
        value_eur=balance,
        detail=words.say(f"key.{sign}" if profile.trades else "sheet.nothing"),
    )


def _coverage_tile(profile: Profile) -> Tile:
    words, ratio = profile.words, profile.totals["coverage_ratio"]
    return Tile(
        id="coverage",
        kind="coverage",
        label=words.say("key.coverage"),
        value=words.share(ratio),
        detail=words.say(
            "key.coverage_none" if ratio is None else "key.coverage_detail"
        ),
    )
