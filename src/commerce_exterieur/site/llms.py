"""`llms.txt`: what the site is and where its pages are, for language models.

The form is that of https://llmstxt.org: a title, a quotation that sums up, paragraphs,
then sections that are lists of links; « Optional » is the one that may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from commerce_exterieur.provenance import read_provenance
from commerce_exterieur.site import layout
from commerce_exterieur.site.gazetteer import Gazetteer
from commerce_exterieur.site.layout import PageAddress
from commerce_exterieur.site.members import read_members
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import Language, language

_CAVEATS = (
    *("place", "scale", "raw", "scope", "energy", "break", "price", "revision"),
    "partners",
)


def llms_txt(
    warehouse: Warehouse,
    gazetteer: Gazetteer,
    address: PageAddress,
    words: Language,
    standing: dict[int, set[str]],
) -> str:
    """Write the file of one language.

    Parameters
    ----------
    address
        Where it stands: links are relative to it.
    standing
        Territories whose page exists, by year, ascending: only these are linked, those
        of the last year one by one.
    """
    say = words.say
    years = [year for year in warehouse.years() if year in standing]
    year = years[-1]
    made_from = {each: read_provenance(warehouse, each) for each in years}
    mark = made_from[year].mark(words)
    sections = {
        say("site.llms.pages"): [
            (say(f"site.llms.{page}", year=each), address.to(path(each)))
            for each in reversed(years)
            for page, path in (
                ("year_page", layout.year_page),
                ("compare_page", layout.compare_page),
            )
        ],
        say("site.llms.territories"): [
            (
                f"{gazetteer.name(code, words)} ({code}), "
                + say(f"site.kind.{territory.level}"),
                address.to(layout.sheet_page(code, year)),
            )
            for code, territory in gazetteer.territories.items()
            if code in standing[year]
        ],
        say("site.llms.activities"): _members(
            warehouse, address, words, year, "activity"
        ),
        say("site.llms.data"): [
            (
                say("site.home.measures_csv") + f", {each}",
                address.shared(layout.data_file(f"departments_{each}", each, "csv")),
            )
            for each in reversed(years)
        ],
        "Optional": [
            *_members(warehouse, address, words, year, "country"),
            *(
                [(language(layout.OTHER[words.code]).say("site.title"), address.other)]
                if address.other
                else []
            ),
        ],
    }
    return (
        "\n\n".join(
            [
                f"# {_plain(say('site.title'))}",
                f"> {say('site.description')} {made_from[year].source(words)}."
                + (f" {mark}." if mark else ""),
                say(f"site.license_{made_from[year].origin}"),
                _listed(
                    say(
                        "site.llms.vintage",
                        year=each,
                        vintages=made_from[each].in_words(words),
                    )
                    for each in years
                ),
                say(
                    "site.llms.addresses",
                    year=year,
                    data=address.shared(
                        layout.data_file(f"D52_{year}_exports", year, "csv")
                    ),
                ),
                say("site.llms.units"),
                _listed(say(f"caveat.{caveat}.text") for caveat in _CAVEATS),
                *(
                    f"## {title}\n\n"
                    + _listed(f"[{_plain(name)}]({link})" for name, link in links)
                    for title, links in sections.items()
                    if links
                ),
            ]
        )
        + "\n"
    )


def _members(
    warehouse: Warehouse,
    address: PageAddress,
    words: Language,
    year: int,
    kind: str,
) -> list[tuple[str, str]]:
    return [
        (
            f"{member.name(words)} ({member.code})",
            address.to(layout.member_page(kind, member.code, year)),
        )
        for member in read_members(warehouse, year)
        if member.kind == kind
    ]


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _plain(text: str) -> str:
    """Write a name so that nothing in it is Markdown, on one line."""
    return re.sub(r"([\\`*_\[\]<>#])", r"\\\1", " ".join(text.split()))
