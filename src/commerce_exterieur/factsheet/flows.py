"""The chapters on exports and imports: a diagram, then those of region and France."""

from __future__ import annotations

from commerce_exterieur.factsheet.context import section
from commerce_exterieur.factsheet.facts import Facts, Profile
from commerce_exterieur.factsheet.figures import figure, in_words, reading_key
from commerce_exterieur.factsheet.pictures import Picture, Pictures
from commerce_exterieur.factsheet.sheet import (
    Block,
    Comparison,
    Figure,
    Links,
    NoTrade,
    Section,
    Text,
    Total,
)
from commerce_exterieur.wording.numbers import unit_for


def flow_section(facts: Facts, flow: str, pictures: Pictures, links: Links) -> Section:
    """Show one flow: the territory at full size, then region and France."""
    blocks = [
        *_own_diagram(facts, flow, pictures, links),
        *_comparison(facts, flow, pictures, links),
    ]
    return section(facts.words, f"{flow}s", blocks)


def _own_diagram(
    facts: Facts, flow: str, pictures: Pictures, links: Links
) -> list[Block]:
    name, profile, words = f"{flow}s", facts.profile, facts.words
    if not profile.total(flow):
        key = "none" if profile.delivered(flow) else "absent"
        return [NoTrade(words.say(f"{name}.{key}", here=profile.here, year=facts.year))]
    picture = pictures[name, profile.code]
    key = reading_key(words, name, _example(facts, profile, flow, picture))
    return [
        Text(
            (
                words.say(
                    f"{name}.intro"
                    if profile.level == "department"
                    else f"{name}.intro_sectors"
                ),
            )
        ),
        Total(_total_label(profile, flow), _shares(facts, flow)),
        figure(facts, profile, name, picture, key, links),
    ]


def _comparison(
    facts: Facts, flow: str, pictures: Pictures, links: Links
) -> list[Block]:
    name, profile, words = f"{flow}s", facts.profile, facts.words
    others = [other for other in facts.around if other.total(flow)]
    if not others:
        return []
    traded = "compare" if profile.total(flow) else "compare_none"
    text = words.say(f"{name}.{traded}", here=profile.here)
    if facts.is_alone:
        text = f"{text} {words.say(f'{name}.same_region')}"
    blocks: list[Block] = [Comparison(words.say(f"{name}.compare_heading"), text)]
    for index, other in enumerate(others):
        # How to read ribbons is explained once, under the first diagram.
        is_explained = index > 0 or profile.total(flow) > 0
        blocks.append(
            _compact_diagram(
                facts, other, flow, pictures, links, is_explained=is_explained
            )
        )
    return blocks


def _compact_diagram(
    facts: Facts,
    profile: Profile,
    flow: str,
    pictures: Pictures,
    links: Links,
    *,
    is_explained: bool,
) -> Figure:
    name, words = f"{flow}s", facts.words
    picture = pictures[name, profile.code]
    example = _example(facts, profile, flow, picture)
    return figure(
        facts,
        profile,
        name,
        picture,
        example if is_explained and example else reading_key(words, name, example),
        links,
        size="compact",
        heading=words.say(f"{name}.figure_heading", of=profile.of),
        subtitle=_total_label(profile, flow),
    )


def _example(facts: Facts, profile: Profile, flow: str, picture: Picture) -> str:
    """Read the largest ribbon aloud."""
    top = facts.top_flows.get((profile.code, flow))
    if top is None:
        return ""
    return facts.words.say(
        f"{flow}s.example",
        activity=facts.activity(top),
        country=facts.country(top),
        value=facts.words.eur(top["value_eur"], unit=picture.drawing.unit),
    )


def _shares(facts: Facts, flow: str) -> str | None:
    """« soit 1,9 % des exportations du Grand Est et 0,23 % … »."""
    figures, words = facts.profile.figures[flow], facts.words
    france, region = figures["france_share"], figures["region_share"]
    if facts.profile.level == "country" or france is None:
        return None
    values = {"france_share": in_words(words, words.share(france, 2))}
    if region is None or facts.region is None:
        return words.say(f"{flow}s.share_france", **values)
    return words.say(
        f"{flow}s.share_region_france",
        region_share=in_words(words, words.share(region, 1)),
        of_region=facts.region.of,
        **values,
    )


def _total_label(profile: Profile, flow: str) -> str:
    """Print the total as the reference does, in millions with one decimal."""
    total, words = profile.total(flow), profile.words
    if unit_for(total) in ("€", "k€"):
        return words.say(f"{flow}s.plain_total", value=words.eur(total))
    millions = words.eur(total, unit="M€", bare=True)
    return words.say(f"{flow}s.total", value=millions)
