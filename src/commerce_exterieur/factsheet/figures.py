"""The chapters with a figure of the territory alone, and what stands around any."""

from __future__ import annotations

from collections.abc import Callable

from commerce_exterieur.factsheet.context import section
from commerce_exterieur.factsheet.cover import incomplete
from commerce_exterieur.factsheet.data import file_name
from commerce_exterieur.factsheet.facts import FLOWS, Facts, Profile
from commerce_exterieur.factsheet.pictures import Picture, Pictures
from commerce_exterieur.factsheet.sheet import (
    Block,
    Figure,
    Links,
    NoTrade,
    Section,
    Text,
)
from commerce_exterieur.wording import Language, Unit
from commerce_exterieur.wording.numbers import NO_BREAK


def balances(facts: Facts, pictures: Pictures, links: Links) -> Section:
    """Show the balances by country, where there are any."""
    if not facts.profile.totals["has_both_flows"]:
        none = facts.words.say("balances.none", year=facts.year)
        return section(facts.words, "balances", [NoTrade(none)])

    def example(unit: Unit) -> str:
        top, words = facts.top_partner, facts.words
        if not top:
            return ""
        imports, exports, balance = (
            in_words(
                words,
                words.eur(top[f"{name}_eur"], unit=unit, signed=name == "balance"),
            )
            for name in ("import", "export", "balance")
        )
        return words.say(
            "balances.example",
            country=facts.country(top),
            imports=imports,
            exports=exports,
            balance=balance,
        )

    return _own_figure(facts, "balances", pictures, links, example)


def activities(facts: Facts, pictures: Pictures, links: Links) -> Section:
    """Show the activities of both flows."""

    def example(unit: Unit) -> str:
        words = facts.words
        for flow in FLOWS:
            top = facts.top_activities.get(flow)
            if top:
                return words.say(
                    "activities.example",
                    activity=facts.activity(top),
                    share=in_words(words, words.share(top["value_share"])),
                    flow=words.say(f"key.{flow}s").lower(),
                    value=in_words(words, words.eur(top["value_eur"], unit=unit)),
                )
        return ""

    return _own_figure(facts, "activities", pictures, links, example)


def _own_figure(
    facts: Facts,
    name: str,
    pictures: Pictures,
    links: Links,
    example: Callable[[Unit], str],
) -> Section:
    """Introduce and show a figure of the territory itself, or state the plain fact.

    Parameters
    ----------
    example
        Writes the example of its reading key in the unit of the figure.
    """
    profile, words = facts.profile, facts.words
    picture = pictures[name, profile.code]
    blocks: list[Block]
    if picture.drawing.is_empty:
        nothing = words.say(
            "figure.none",
            nothing=words.say("sheet.nothing"),
            here=profile.here,
            year=facts.year,
        )
        if not profile.totals["has_both_flows"]:
            nothing = f"{nothing} {incomplete(profile.totals, words)}"
        blocks = [NoTrade(nothing)]
    else:
        key = reading_key(words, name, example(picture.drawing.unit))
        blocks = [
            Text((words.say(f"{name}.intro"),)),
            figure(facts, profile, name, picture, key, links),
        ]
    return section(words, name, blocks)


def figure(
    facts: Facts,
    profile: Profile,
    name: str,
    picture: Picture,
    key: str,
    links: Links,
    *,
    size: str = "full",
    heading: str | None = None,
    subtitle: str | None = None,
) -> Figure:
    """Set a figure.

    Parameters
    ----------
    profile
        The territory it shows: that of the sheet, or one around it.
    key
        How to read it.
    heading, subtitle
        Instead of its own.
    """
    words, drawing = facts.words, picture.drawing
    heading = heading or drawing.title
    data_name = file_name(name, profile.code, facts.year)
    return Figure(
        id=f"figure-{name}-{profile.code}",
        figure=name,
        territory_code=profile.code,
        size=size,
        width=drawing.spec["width"],
        heading=heading,
        subtitle=subtitle or drawing.subtitle,
        svg=picture.svg,
        spec=drawing.spec,
        alt=drawing.alt,
        key_term=words.say("figure.key_term"),
        key=key,
        note=drawing.note,
        source=facts.made_from.source(words),
        notice=facts.made_from.mark(words),
        caption=words.say(
            f"{name}.caption",
            name=words.label(profile.territory.name),
            year=facts.year,
        ),
        tables=tuple(drawing.tables),
        cells=drawing.cells,
        groups=drawing.groups,
        data_name=data_name,
        csv=picture.csv,
        downloads=links.of_figure(profile.code, data_name, heading),
    )


def reading_key(words: Language, name: str, example: str) -> str:
    """Say how to read the figure, with a real example from it when there is one."""
    key = words.say(f"{name}.key")
    return f"{key} {words.say('figure.example_term')} {example}" if example else key


def in_words(words: Language, number: str) -> str:
    """« moins de 0,1 % » where a table would print « < 0,1 % »."""
    for sign, key in (("<", "sheet.less_than"), (">", "sheet.more_than")):
        number = number.replace(f"{sign}{NO_BREAK}", words.say(key))
    return number
