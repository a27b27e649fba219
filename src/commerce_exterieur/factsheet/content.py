"""The sheet of a territory: what its chapters say, put together."""

from __future__ import annotations

from commerce_exterieur.factsheet import cover
from commerce_exterieur.factsheet.context import context, practical
from commerce_exterieur.factsheet.exposure import exposure
from commerce_exterieur.factsheet.facts import Facts, read_facts
from commerce_exterieur.factsheet.figures import activities, balances
from commerce_exterieur.factsheet.findings import SHOWN, finding_sentence
from commerce_exterieur.factsheet.flows import flow_section
from commerce_exterieur.factsheet.key_table import key_notes, key_table
from commerce_exterieur.factsheet.opening import headline, opening, summary
from commerce_exterieur.factsheet.pictures import DrawFigure, Pictures, draw_pictures
from commerce_exterieur.factsheet.sheet import (
    Attachment,
    Attribution,
    Block,
    Links,
    PageWords,
    Section,
    Sheet,
    data_in,
)
from commerce_exterieur.provenance import read_provenance
from commerce_exterieur.warehouse import Territory, Warehouse
from commerce_exterieur.wording import Language, LanguageCode, language


def build_sheet(
    warehouse: Warehouse,
    territory: Territory,
    year: int,
    draw: DrawFigure,
    language_code: LanguageCode = "fr",
) -> Sheet:
    """Make the sheet of a territory as it stands on its own, without links.

    Parameters
    ----------
    draw
        Draws a figure of a territory, `full` or `compact`, in the same language.
    """
    facts = read_facts(warehouse, territory, year, language(language_code))
    return compose_sheet(facts, draw_pictures(facts, draw), Links())


def compose_sheet(facts: Facts, pictures: Pictures, links: Links) -> Sheet:
    """Put together all that a sheet says and shows.

    Parameters
    ----------
    pictures
        From `draw_pictures`.
    links
        Where it leads.
    """
    profile, words, build = facts.profile, facts.words, facts.build
    say, name = words.say, words.label(profile.territory.name)
    title_lines = words.sentences("sheet.title_lines", of=profile.of, year=facts.year)
    sections = (
        context(facts),
        balances(facts, pictures, links),
        activities(facts, pictures, links),
        flow_section(facts, "export", pictures, links),
        flow_section(facts, "import", pictures, links),
        exposure(facts, links),
        practical(facts, links),
    )
    first = opening(facts, links)
    has_none = profile.totals["has_both_flows"] and not profile.trades
    lead = "cover.lead_none" if has_none else "cover.lead"
    return Sheet(
        language_code=words.code,
        title=" ".join(title_lines),
        title_lines=tuple(title_lines),
        kicker=say(
            "kicker.abroad" if facts.is_outside_france else f"kicker.{profile.level}"
        ),
        territory_code=profile.code,
        territory_name=name,
        year=facts.year,
        footer=say(
            "page.footer",
            title=say("sheet.short_title", of=profile.of),
            year=facts.year,
        ),
        notice=facts.made_from.mark(words),
        incomplete=cover.incomplete(profile.totals, words),
        author=say("sheet.project"),
        version=build["project_version"],
        origin=build["data_origin"],
        keywords=(*words.sentences("sheet.keywords"), name, str(facts.year)),
        built=build["built_at"],
        overline=say("findings.overline", of=profile.of, year=facts.year),
        headline=headline(facts),
        summary=summary(facts),
        opening=first,
        lead=say(lead, of=profile.of, here=profile.here, year=facts.year),
        findings_heading=say("findings.heading"),
        findings=tuple(
            finding_sentence(row, profile.of, profile.here, words)
            for row in facts.findings[:SHOWN]
        ),
        industries=cover.industries(facts, links),
        key_heading=say("key.heading"),
        tiles=cover.tiles(profile),
        key_table=key_table(facts),
        key_data=facts.data.get("key-figures"),
        key_notes=key_notes(facts),
        source_line=facts.cited.source(words),
        figure_source=facts.made_from.source(words),
        metadata=say(
            "sheet.metadata",
            source=facts.cited.source(words),
            origin=say(f"sheet.origin_{build['data_origin']}"),
            vintages=facts.cited.in_words(words),
            version=build["project_version"],
        ),
        attachments=tuple(_attachments((*first, *_blocks(sections)), words)),
        sections=sections,
        words=_page_words(words),
    )


def _blocks(sections: tuple[Section, ...]) -> list[Block]:
    return [block for section in sections for block in section.blocks]


def _attachments(blocks: tuple[Block, ...], words: Language) -> list[Attachment]:
    """List the data files the PDF carries: one for each of its figures."""
    return [
        Attachment(
            name=f"{block.data_name}.csv",
            text=block.csv or "",
            description=words.say("figure.attached", caption=block.caption),
        )
        for block in data_in(blocks)
    ]


def _page_words(words: Language) -> PageWords:
    return PageWords(
        navigation=words.say("page.navigation"),
        contents=words.say("cover.contents"),
        skip=words.say("page.skip"),
        back=words.say("page.back"),
        data=words.say("figure.data"),
        scroll=words.say("figure.scroll"),
        download=words.say("figure.download"),
        scroll_hint=words.say("figure.scroll_hint"),
        rows_key=words.say("figure.rows_key"),
        more_rows=words.say("figure.more_rows"),
        tables_heading=words.say("tables.heading"),
        tables_intro=words.say("tables.intro"),
        key_nav=words.say("key.nav"),
        method=words.say("context.short"),
        method_more=words.say("context.more"),
        territories=words.say("strip.territories"),
        diagram=words.say("figure.on_demand"),
        slide=words.say("figure.slide"),
        link=words.say("figure.link"),
        embed=words.say("figure.embed"),
    )


def attribution_of(
    warehouse: Warehouse, words: Language, year: int, *, is_compared: bool = False
) -> Attribution:
    """Say what every page must say about its data.

    Parameters
    ----------
    is_compared
        Whether the page prints the change on the year before.
    """
    provenance = read_provenance(warehouse, year, is_compared=is_compared)
    return Attribution(
        notice=provenance.mark(words),
        source_line=provenance.source(words),
        version=warehouse.build_info()["project_version"],
        origin=provenance.origin,
    )
