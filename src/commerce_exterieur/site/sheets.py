"""All files of one territory and year: pages and PDFs in both languages, and the data.

Everything is rendered before anything is written, and each file appears only when it is
complete: a sheet that fails leaves the previous one as it was.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from commerce_exterieur import charts
from commerce_exterieur.charts import theme
from commerce_exterieur.charts.text import SEMIBOLD, wrap
from commerce_exterieur.factsheet.content import compose_sheet
from commerce_exterieur.factsheet.data import read_parquet
from commerce_exterieur.factsheet.facts import FLOWS, read_facts
from commerce_exterieur.factsheet.pdf import render_pdf
from commerce_exterieur.factsheet.pictures import Pictures, Renderer, draw_pictures
from commerce_exterieur.factsheet.sheet import (
    Attribution,
    Downloads,
    Link,
    Links,
    Sheet,
)
from commerce_exterieur.factsheet.workbook import render_workbook
from commerce_exterieur.files import replace_files
from commerce_exterieur.site import layout
from commerce_exterieur.site.card import render_card
from commerce_exterieur.site.gazetteer import Gazetteer
from commerce_exterieur.site.layout import PageAddress
from commerce_exterieur.site.members import member_links
from commerce_exterieur.site.page import render
from commerce_exterieur.warehouse import Territory, Warehouse
from commerce_exterieur.wording import Language, LanguageCode, language
from commerce_exterieur.wording.numbers import unit_for

COMPARED = ("exports", "imports")
#: Fewer places than this are a list of links.
_FEWEST_MULTIPLES = 2
#: (territory, flow) → its row of `rpt_factsheet_key_figures`.
KeyFigures = dict[tuple[str, str], dict]
Shared = dict[LanguageCode, Pictures]


@dataclass(frozen=True)
class Job:
    """One territory to make.

    Attributes
    ----------
    shared
        Figures of its region and of France, drawn before, by language.
    linked
        Territories whose files exist, or are being made: only these are linked.
    """

    territory_code: str
    year: int
    languages: tuple[LanguageCode, ...]
    shared: Shared
    linked: frozenset[str]
    site_address: str | None = None


def draw_shared(
    warehouse: Warehouse,
    territory: Territory,
    year: int,
    languages: tuple[LanguageCode, ...],
) -> Shared:
    """Draw the figures with which a territory serves others for comparison."""
    drawn: Shared = {language_code: {} for language_code in languages}
    for language_code in languages:
        renderer = Renderer(warehouse, year, language_code, drawn[language_code])
        for figure in COMPARED:
            renderer(figure, territory, "compact")
    return drawn


def write_sheets(
    warehouse: Warehouse, gazetteer: Gazetteer, job: Job, folder: Path
) -> list[str]:
    """Make and write a territory's files.

    Returns
    -------
    list of str
        Their paths below `folder`.
    """
    territory = gazetteer.territories[job.territory_code]
    files: dict[str, bytes] = {}
    for language_code in job.languages:
        words = language(language_code)
        prefix = layout.PREFIX[language_code]
        address = PageAddress(
            language_code,
            layout.sheet_page(job.territory_code, job.year),
            job.languages,
        )
        renderer = Renderer(
            warehouse, job.year, language_code, dict(job.shared.get(language_code, {}))
        )
        facts = read_facts(warehouse, territory, job.year, words)
        pictures = draw_pictures(facts, renderer)
        printed = compose_sheet(facts, pictures, Links())
        files[prefix + layout.sheet_pdf(job.territory_code, job.year)] = render_pdf(
            printed
        )
        files[prefix + layout.sheet_workbook(job.territory_code, job.year)] = (
            render_workbook(printed)
        )
        sheet = compose_sheet(facts, pictures, SiteLinks(address, job, words))
        files[address.file] = render_page(
            sheet,
            address,
            gazetteer,
            words,
            job.linked,
            member_links(warehouse, job.year, words),
            _key_figures(warehouse, territory.level, job.year),
            job.site_address,
        ).encode()
        files[prefix + layout.card_picture(job.territory_code, job.year)] = render_card(
            sheet
        )
        for size, script in figures_scripts(sheet, renderer, job).items():
            name = layout.figures_script(job.territory_code, job.year, size)
            files[prefix + name] = script.encode()
        name = layout.members_script(job.territory_code, job.year)
        files[name] = members_script(warehouse, job.territory_code, job.year).encode()
        for block in sheet.data:
            if block.data_name.startswith(f"{job.territory_code}_"):
                name = layout.data_file(block.data_name, job.year, "csv")
                files[name] = (block.csv or "").encode()
    for name in [name for name in files if name.endswith(".csv")]:
        figure_name = Path(name).stem.rsplit("_", 1)[1]
        files[name.removesuffix("csv") + "parquet"] = read_parquet(
            warehouse, figure_name, territory, job.year
        )
    replace_files({folder / name: content for name, content in files.items()})
    return list(files)


class SiteLinks(Links):
    """Where a sheet leads as a page of the site."""

    def __init__(self, address: PageAddress, job: Job, words: Language) -> None:
        self._address = address
        self._job = job
        self._say = words.say

    def of_figure(self, territory_code: str, data_name: str, title: str) -> Downloads:
        """Give the data files of a figure and the pictures the page can save."""
        if territory_code not in self._job.linked:
            return Downloads()
        say, year = self._say, self._job.year
        return Downloads(
            files=tuple(
                Link(
                    href=self._address.shared(
                        layout.data_file(data_name, year, ending)
                    ),
                    text=say(f"site.figure.{ending}"),
                    title=say(
                        "site.figure.file",
                        kind=say(f"site.figure.{ending}"),
                        title=title,
                    ),
                )
                for ending in ("csv", "parquet")
            ),
            save=tuple(
                (kind, say(f"site.figure.save_{kind}", title=title))
                for kind in ("svg", "png", "slide")
            ),
        )

    def of_data(self, data_name: str, title: str) -> Downloads:
        """Give the data files of a block that is no drawing."""
        found = self.of_figure(self._job.territory_code, data_name, title)
        return Downloads(files=found.files)

    def to_industry(self, industry_id: str) -> str:
        """Give the page of a Territoire d'industrie."""
        return self._address.to(layout.industry_page(industry_id, self._job.year))

    def to_others(self) -> Link:
        """Give the page with all territories: a reader has no command line."""
        return Link(
            href=self._address.to(layout.year_page(self._job.year)),
            text=self._say("site.others_link"),
        )


def render_page(
    sheet: Sheet,
    address: PageAddress,
    gazetteer: Gazetteer,
    words: Language,
    linked: frozenset[str],
    links: dict[str, str],
    figures: KeyFigures,
    site_address: str | None = None,
) -> str:
    """Set the territory's page of the site.

    Parameters
    ----------
    links
        Names of activities and countries → their pages.
    figures
        Of the places around, for small multiples.
    site_address
        Where the site will stand, with its last slash: links that are shared need it.
    """
    code, year = sheet.territory_code, sheet.year
    beside = {
        figure.territory_code: layout.figures_script(
            figure.territory_code, year, figure.size
        )
        for figure in sheet.figures
        if figure.territory_code in linked and figure.size == "compact"
    }
    own = layout.figures_script(code, year, "full")
    return render(
        "territory.html.j2",
        address,
        words,
        sheet=sheet,
        year=year,
        attribution=Attribution(
            sheet.notice, sheet.source_line, sheet.version, sheet.origin
        ),
        compared=code,
        pdf=layout.sheet_pdf(code, year),
        workbook=layout.sheet_workbook(code, year),
        drawn=[own] if any(each.size == "full" for each in sheet.figures) else [],
        beside=beside,
        member_links=links,
        site_address=site_address,
        card=layout.card_picture(code, year),
        around=_around(code, year, gazetteer, words, linked, figures),
        comparisons=_comparisons(code, gazetteer, words, linked),
    )


def _around(
    territory_code: str,
    year: int,
    gazetteer: Gazetteer,
    words: Language,
    linked: frozenset[str],
    figures: KeyFigures,
) -> list[dict[str, Any]]:
    """List the places around, in groups with a heading each, their trade in small."""
    territory = gazetteer.territories[territory_code]
    headings = {
        "country": words.say("site.territory.regions"),
        "region": words.say("site.territory.departments"),
        "set": words.say("site.territory.departments"),
        "department": words.say(
            "site.territory.siblings",
            of_region=words.of(gazetteer.forms[territory.region_code])
            if territory.region_code
            else "",
        ),
    }
    groups = [(headings[territory.level], gazetteer.neighbours(territory_code))]
    if territory.region_code:
        region = gazetteer.territories[territory.region_code]
        groups.insert(0, (words.say("site.territory.region"), [region]))
    if territory.level != "country":
        whole = words.say("site.territory.whole_country")
        groups.append((whole, [gazetteer.territories["FR"]]))
    return [
        {
            "heading": heading,
            "places": [
                {
                    "name": words.label(near.name),
                    "path": layout.sheet_page(near.code, year)
                    if near.code in linked
                    else None,
                    "bars": _small_bars(near.code, places, figures, words),
                }
                for near in places
            ],
        }
        for heading, places in groups
        if places
    ]


def _small_bars(
    territory_code: str, places: list[Territory], figures: KeyFigures, words: Language
) -> list[dict[str, Any]]:
    """Write exports and imports of a place on the scale of its group."""
    rows = [
        figures[each.code, flow]
        for each in places
        for flow in FLOWS
        if (each.code, flow) in figures
    ]
    longest = max((row["value_eur"] for row in rows), default=0)
    if len(places) < _FEWEST_MULTIPLES or not longest:
        return []
    unit = unit_for(longest)
    return [
        {
            "flow": flow,
            "label": words.say(f"key.{flow}s"),
            "length": figures[territory_code, flow]["value_eur"] / longest,
            "value": words.eur(figures[territory_code, flow]["value_eur"], unit=unit),
            "first": words.named(figures[territory_code, flow], "top_activity_short"),
        }
        for flow in FLOWS
        if (territory_code, flow) in figures
        and figures[territory_code, flow]["value_eur"] > 0
    ]


def _key_figures(warehouse: Warehouse, level: str, year: int) -> KeyFigures:
    """Read the key figures of the places a page of this level shows in small."""
    within = {"country": "region", "region": "department", "set": "department"}
    if level not in within:
        return {}
    return {
        (row["territory_code"], row["flow"]): row
        for row in warehouse.rows(
            "select * from marts.rpt_factsheet_key_figures "
            "where year = ? and territory_level = ?",
            [year, within[level]],
        )
    }


def _comparisons(
    territory_code: str,
    gazetteer: Gazetteer,
    words: Language,
    linked: frozenset[str],
) -> list[dict[str, str]]:
    """Offer to compare with France, the region, a neighbour."""
    territory = gazetteer.territories[territory_code]
    near = gazetteer.neighbours(territory_code)
    codes = ["FR", territory.region_code, near[0].code if near else None]
    return [
        {
            "code": code,
            "text": words.say(
                "site.territory.compare_with",
                name=words.label(gazetteer.territories[code].name_with_article)
                if words.code == "fr"
                else gazetteer.name(code, words),
            ),
        }
        for code in dict.fromkeys(codes)
        if code and code != territory_code and code in linked
    ]


def figures_scripts(sheet: Sheet, renderer: Renderer, job: Job) -> dict[str, str]:
    """Write the data of a territory's interactive figures as scripts, by size.

    Scripts and not JSON: a page opened from a file share may load scripts only. The
    compact figures, which only pages of other territories show, come apart.
    """
    figures: dict[str, dict[str, dict]] = {"full": {}, "compact": {}}
    for figure in sheet.figures:
        if figure.territory_code == job.territory_code:
            figures[figure.size][figure.figure] = _interactive(
                figure.figure,
                figure.spec,
                figure.heading,
                [figure.subtitle, figure.notice, figure.note, figure.source],
            )
    for name in COMPARED:
        picture = renderer.kept(name, job.territory_code)
        if picture is not None and not picture.drawing.is_empty:
            drawing = picture.drawing
            figures["compact"][name] = _interactive(
                name,
                drawing.spec,
                drawing.title,
                [drawing.subtitle, sheet.notice, drawing.note, sheet.figure_source],
            )
    subject = {"name": sheet.territory_name, "year": job.year}
    full = {
        "key": _key(sheet),
        "notes": sheet.key_notes,
        "figures": figures["full"],
    }
    contents = {"full": subject | full}
    if figures["compact"]:
        contents["compact"] = subject | {"figures": figures["compact"]}
    code = json.dumps(job.territory_code)
    return {
        size: f"commerce.sheets.{size}[{code}]="
        + json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        + ";\n"
        for size, content in contents.items()
    }


def members_script(warehouse: Warehouse, territory_code: str, year: int) -> str:
    """Write value and share of every activity and country, for the comparison.

    By kind and flow: code → whole euros, part of the flow.
    """
    held: dict[str, dict[str, dict[str, list]]] = {
        kind: {flow: {} for flow in FLOWS} for kind in ("country", "activity")
    }
    for row in warehouse.rows(
        """
        select
            ranked_by,
            flow,
            coalesce(activity_code, country_code) as member_code,
            value_eur,
            value_share
        from marts.fct_rankings
        where
            territory_code = ? and year = ?
            and ranked_by in ('country', 'activity') and value_eur > 0
        order by ranked_by, flow, rank
        """,
        [territory_code, year],
    ):
        held[row["ranked_by"]][row["flow"]][row["member_code"]] = [
            row["value_eur"],
            round(row["value_share"], 6),
        ]
    text = json.dumps(held, separators=(",", ":"))
    return f"commerce.members[{json.dumps(territory_code)}]={text};\n"


def _interactive(
    figure: str, spec: dict, title: str, lines: list[str | None]
) -> dict[str, Any]:
    """Leave out what all figures of a kind share, and what none of them shows."""
    used = _used(figure)
    return {
        "width": spec["width"],
        "height": spec["height"],
        "description": spec["description"],
        "title": wrap(title, theme.WIDTH, theme.TITLE_SIZE, SEMIBOLD, max_lines=2),
        # Each on the lines a saved picture breaks it into.
        "lines": [
            wrap(line, theme.WIDTH, theme.SUBTITLE_SIZE, max_lines=3)
            for line in lines
            if line
        ],
        "datasets": {
            name: [
                {
                    key: value
                    for key, value in row.items()
                    if value is not None and key in used[name]
                }
                for row in rows
            ]
            for name, rows in spec["datasets"].items()
            if rows
        },
    }


@lru_cache
def _used(figure: str) -> dict[str, set[str]]:
    """Name the fields each layer of a figure draws, tells or is chosen by."""
    # Ribbons are lit by the node at one of their ends, found by a name put together.
    chosen = {"left", "right", "side", "code", "key"}
    return {
        layer["name"]: chosen | set(re.findall(r"\w+", json.dumps(layer)))
        for layer in charts.template(figure, "fr")["layer"]
    }


def _key(sheet: Sheet) -> dict[str, list[str]]:
    """Key figures by indicator: exports, then imports, or one for both.

    Amounts are in M€ whatever the sheet has: the comparison sets them on one line with
    those of any other territory.
    """
    words = language(sheet.language_code)
    tiles = {tile.id: tile for tile in sheet.tiles}

    def eur(name: str) -> str:
        tile = tiles[name]
        if tile.value_eur is None:
            return tile.value
        return words.eur(tile.value_eur, unit="M€", signed=name == "balance")

    key = {"balance": [eur("balance")], "coverage": [tiles["coverage"].value]}
    if sheet.key_table is None:
        return key
    amounts = {"value": [eur("export"), eur("import")]}
    return key | {row.id: list(row.cells) for row in sheet.key_table.rows} | amounts
