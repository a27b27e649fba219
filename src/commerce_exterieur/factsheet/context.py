"""The chapters about the data: what they are, and where to go on."""

from __future__ import annotations

from commerce_exterieur.factsheet.facts import Facts
from commerce_exterieur.factsheet.sheet import (
    Block,
    Link,
    Links,
    Notice,
    Section,
    Term,
    Terms,
    Text,
)
from commerce_exterieur.wording import Language

_CAVEATS = (
    "place", "scale", "raw", "scope", "energy", "break", "price", "revision",
    "partners", "ranking",
)  # fmt: skip
#: The region whose revisions the catalogue quotes.
_REVISED = "R44"


def section(words: Language, name: str, blocks: list[Block]) -> Section:
    """Head a chapter with its words in the catalogue."""
    heading = words.say(f"{name}.heading")
    nav = words.say(f"{name}.nav") if words.has(f"{name}.nav") else heading
    return Section(name, heading, nav, tuple(blocks))


def context(facts: Facts) -> Section:
    """Say why the sheet is made, and how its figures are to be read."""
    words, origin = facts.words, facts.build["data_origin"]
    blocks: list[Block] = []
    if origin in ("simulated", "provided"):
        heading = words.say(f"notice.{origin}_heading")
        blocks.append(Notice(heading, words.say(f"notice.{origin}")))
    return section(
        words,
        "context",
        [
            *blocks,
            Text(
                heading=words.say("context.why_heading"),
                paragraphs=tuple(words.sentences("context.why", of=facts.profile.of)),
            ),
            Terms(
                heading=words.say("context.read_heading"),
                items=tuple(
                    Term(
                        words.say(f"caveat.{name}.term"),
                        words.say(f"caveat.{name}.{_told(facts, name)}"),
                    )
                    for name in _CAVEATS
                ),
            ),
        ],
    )


def _told(facts: Facts, name: str) -> str:
    """Give an example from around the territory where there is one."""
    own = facts.profile.territory
    return (
        "text"
        if name != "revision" or _REVISED not in (own.code, own.region_code)
        else "example"
    )


def practical(facts: Facts, links: Links) -> Section:
    """Say where the data are, how other sheets are made, and what this one is."""
    words, build = facts.words, facts.build
    address = words.say("practical.data.link")
    sheet = words.say(
        "practical.sheet.text",
        version=build["project_version"],
        vintages=facts.cited.in_words(words),
        lines=words.integer(build["lines_read"]),
        date=words.date(build["built_at"].date()),
    )
    return section(
        words,
        "practical",
        [
            Terms(
                items=(
                    Term(
                        words.say("practical.data.term"),
                        words.say(f"practical.data.{build['data_origin']}"),
                        link=Link(address, address.removeprefix("https://")),
                    ),
                    _others(facts, links),
                    Term(words.say("practical.sheet.term"), sheet),
                )
            )
        ],
    )


def _others(facts: Facts, links: Links) -> Term:
    """Say that there are other sheets, and lead to them where there is a link."""
    words, link = facts.words, links.to_others()
    term = words.say("practical.others.term")
    text = words.say("practical.others.text" if link is None else "site.others")
    return Term(term, text, link=link)
