"""One content for the PDF and the HTML page: sections of blocks, text already final.

Both templates only lay out what they find here; neither formats a number, chooses a
sentence or reads a mart. A block is a dict with a `kind`:

==========  ===================================================================
`text`      `paragraphs`
`notice`    `heading`, `text`: a warning the reader must not miss
`terms`     `heading` (or None), `items` of `term`, `text`, `code`, `link`
`total`     `label`, `detail`: the printed total of a flow
`figure`    `id`, `heading`, `subtitle`, `size`, `svg`, `spec`, `alt`, `key_term`,
            `key`, `note` (or None), `source`, `notice`, `tables`, `cells`
`compare`   `heading`, `text`: opens the comparison with region and France
`none`      `text`: nothing was traded
==========  ===================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commerce_exterieur import charts
from commerce_exterieur.charts.drawing import Drawing
from commerce_exterieur.factsheet.data import file_name, read_csv
from commerce_exterieur.factsheet.facts import FLOWS, Facts, Place, read_facts
from commerce_exterieur.provenance import read_provenance
from commerce_exterieur.warehouse import Territory, Warehouse
from commerce_exterieur.wording import Code, Language, Unit, language
from commerce_exterieur.wording.numbers import NO_BREAK, unit_for

Block = dict[str, Any]
DrawFigure = Callable[[str, Territory, charts.Size], "Picture"]

_CAVEATS = (
    "place", "scale", "raw", "scope", "energy", "break", "price", "revision",
    "partners", "ranking",
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A figure, drawn.

    Attributes
    ----------
    svg
        The picture; empty when nothing was traded.
    csv
        Its rows as CSV, or None when there are none.
    """

    drawing: Drawing
    svg: str
    csv: str | None


class Artist:
    """Draws figures and keeps those that many sheets share (regions, France)."""

    def __init__(
        self,
        warehouse: Warehouse,
        year: int,
        code: Code = "fr",
        kept: dict[tuple[str, str], Picture] | None = None,
    ) -> None:
        self._warehouse = warehouse
        self._year = year
        self._code = code
        self._kept = {} if kept is None else kept

    def __call__(self, figure: str, territory: Territory, size: charts.Size) -> Picture:
        """Draw a figure; one for comparison is drawn once."""
        key = (figure, territory.code)
        if size == "compact" and key in self._kept:
            return self._kept[key]
        drawing = charts.draw(
            self._warehouse,
            figure,
            territory,
            self._year,
            size=size,
            titled=False,
            code=self._code,
        )
        picture = Picture(
            drawing,
            "" if drawing.is_empty else charts.to_svg(drawing.spec),
            read_csv(self._warehouse, figure, territory, self._year),
        )
        if size == "compact":
            self._kept[key] = picture
        return picture

    def kept(self, figure: str, code: str) -> Picture | None:
        """Give a figure drawn for comparison, if it was."""
        return self._kept.get((figure, code))


def build_sheet(
    warehouse: Warehouse,
    territory: Territory,
    year: int,
    artist: DrawFigure,
    code: Code = "fr",
) -> dict[str, Any]:
    """All that a sheet says and shows, as plain data both templates read.

    Parameters
    ----------
    artist
        Draws a figure of a territory, `full` or `compact`, in the same language.
    code
        The language of the sheet.

    Returns
    -------
    dict
        Strings, numbers, lists and dicts only.
    """
    words = language(code)
    say = words.say
    facts = read_facts(warehouse, territory, year, words)
    place = facts.place
    source = facts.made_from.source(words)
    sections = [
        _context(facts),
        _balances(facts, artist, source),
        _activities(facts, artist, source),
        _flow(facts, "export", artist, source),
        _flow(facts, "import", artist, source),
        _practical(facts),
    ]
    built = facts.build["built_at"]
    title_lines = words.sentences("sheet.title_lines", of=place.of, year=year)
    sheet = {
        "lang": words.code,
        "title": " ".join(title_lines),
        "title_lines": title_lines,
        "short_title": say("sheet.short_title", of=place.of),
        "kicker": say(f"kicker.{place.level}"),
        "territory": words.label(place.territory.name),
        "of": place.of,
        "code": place.code,
        "year": year,
        "footer": say(
            "page.footer", title=say("sheet.short_title", of=place.of), year=year
        ),
        "notice": facts.made_from.mark(words),
        "incomplete": _incomplete(place),
        "author": say("sheet.project"),
        "version": facts.build["project_version"],
        "origin": facts.build["data_origin"],
        "keywords": [
            *words.sentences("sheet.keywords"),
            words.label(place.territory.name),
            str(year),
        ],
        "built": {
            unit: getattr(built, unit)
            for unit in ("year", "month", "day", "hour", "minute", "second")
        },
        "lead": say(
            "cover.lead" if place.trades else "cover.lead_none",
            of=place.of,
            here=place.here,
            year=year,
        ),
        "territoires": _territoires(facts),
        "key_heading": say("key.heading"),
        "tiles": _tiles(place),
        "key_table": _key_table(facts),
        "key_notes": _key_notes(facts),
        "source_line": facts.cited.source(words),
        "figure_source": source,
        "metadata": say(
            "sheet.metadata",
            source=facts.cited.source(words),
            origin=say(f"sheet.origin_{facts.build['data_origin']}"),
            vintages=facts.cited.in_words(words),
            version=facts.build["project_version"],
        ),
        "attachments": _attachments(sections, words),
        "sections": sections,
        "words": {
            "navigation": say("page.navigation"),
            "contents": say("cover.contents"),
            "skip": say("page.skip"),
            "back": say("page.back"),
            "data": say("figure.data"),
            "scroll": say("figure.scroll"),
            "download": say("figure.download"),
            "scroll_hint": say("figure.scroll_hint"),
            "tables_heading": say("tables.heading"),
            "tables_intro": say("tables.intro"),
        },
    }
    return sheet


def frame_of(
    warehouse: Warehouse, words: Language, year: int, *, is_compared: bool = False
) -> dict[str, Any]:
    """Say what every page must say about its data, whatever it shows.

    Parameters
    ----------
    is_compared
        Whether the page prints the change on the year before.

    Returns
    -------
    dict
        `notice` (or None), `source_line`, `version`, `origin`.
    """
    provenance = read_provenance(warehouse, year, is_compared=is_compared)
    return {
        "notice": provenance.mark(words),
        "source_line": provenance.source(words),
        "version": warehouse.build_info()["project_version"],
        "origin": provenance.origin,
    }


# ---------------------------------------------------------------------------- cover


def _is_simulated(facts: Facts) -> bool:
    return facts.made_from.origin == "simulated"


def _quarters(place: Place) -> str:
    count = place.figures["quarters_covered"]
    key = "one_quarter" if count == 1 else "some_quarters"
    return place.words.say(f"sheet.{key}", count=count)


def _incomplete(place: Place) -> str | None:
    if place.figures["quarters_covered"] < 4:
        return place.words.say("sheet.incomplete_cover", quarters=_quarters(place))
    return None if place.figures["is_complete"] else place.words.say("sheet.partial")


def _territoires(facts: Facts) -> Block | None:
    if facts.territoires is None:
        return None
    return {
        "heading": facts.words.say("cover.territoires_heading"),
        "items": [
            each | {"name": facts.words.label(each["name"]), "href": None}
            for each in facts.territoires
        ],
        "text": facts.words.say(
            "cover.territoires_rule" if facts.territoires else "cover.territoires_none"
        ),
    }


def _tiles(place: Place) -> list[Block]:
    """Show the four numbers a reader looks for first."""
    figures = place.figures
    tiles = []
    for flow in FLOWS:
        share = figures[f"{flow}_eu_share"]
        detail = (
            place.words.say(f"key.{flow}s_in_year", share=place.words.share(share))
            if share is not None
            else place.words.say(f"key.no_{flow}s")
        )
        tiles.append(
            {
                "id": flow,
                "kind": flow,
                "label": place.words.say(f"key.{flow}s"),
                "value": place.words.eur(place.total(flow), unit=place.unit),
                "value_eur": place.total(flow),
                "detail": detail,
            }
        )
    balance = figures["balance_eur"]
    sign = "balanced" if balance == 0 else "surplus" if balance > 0 else "deficit"
    ratio = figures["coverage_ratio"]
    return [
        *tiles,
        {
            "id": "balance",
            "kind": sign,
            "label": place.words.say("key.balance"),
            "value": place.words.eur(balance, unit=place.unit, signed=True),
            "value_eur": balance,
            "detail": place.words.say(f"key.{sign}")
            if place.trades
            else place.words.say("sheet.nothing"),
        },
        {
            "id": "coverage",
            "kind": "coverage",
            "label": place.words.say("key.coverage"),
            "value": place.words.say("sheet.not_applicable")
            if ratio is None
            else place.words.share(ratio),
            "detail": place.words.say(
                "key.coverage_none" if ratio is None else "key.coverage_detail"
            ),
        },
    ]


def _key_table(facts: Facts) -> Block | None:
    """Set exports beside imports, in the rows that apply to this territory."""
    place, figures = facts.place, facts.place.figures
    if not place.trades:
        return None
    rows: list[tuple[str, dict, Callable]] = [("key.value", {}, _cell_value)]
    if figures["previous_year"] is not None:
        rows.append(
            (
                "key.change",
                {"previous": figures["previous_year"], "year": facts.year},
                _cell_change,
            )
        )
    if place.level == "department" and len(facts.around) == 2:
        region = facts.around[0]
        rows += [
            ("key.region_share", {"of_region": region.of}, _cell_region_share),
            ("key.region_rank", {"in_region": region.here}, _cell_region_rank),
        ]
    if place.level != "country":
        rows += [
            ("key.france_share", {}, _cell_france_share),
            ("key.france_rank", {}, _cell_france_rank),
        ]
    rows += [
        ("key.eu_share", {}, _cell_eu_share),
        ("key.top_country", {}, _cell_top_country),
        ("key.top_3", {}, _cell_top_3),
        ("key.top_activity", {}, _cell_top_activity),
        ("key.diversity", {}, _cell_diversity),
    ]
    return {
        "caption": facts.words.say("key.caption", of=place.of, year=facts.year),
        "columns": ["", facts.words.say("key.exports"), facts.words.say("key.imports")],
        "ids": [key.removeprefix("key.") for key, _, _ in rows],
        "rows": [
            [
                facts.words.say(key, **values),
                *(
                    cell(facts, flow)
                    if place.total(flow) or cell is _cell_value
                    else _missing(facts)
                    for flow in FLOWS
                ),
            ]
            for key, values, cell in rows
        ],
    }


def _missing(facts: Facts) -> str:
    return facts.words.say("sheet.not_applicable")


def _cell_value(facts: Facts, flow: str) -> str:
    return facts.words.eur(facts.place.total(flow), unit=facts.place.unit)


def _cell_change(facts: Facts, flow: str) -> str:
    change = facts.place.figures[f"{flow}_change_ratio"]
    return _missing(facts) if change is None else facts.words.share(change, signed=True)


def _cell_region_share(facts: Facts, flow: str) -> str:
    return _share(facts, facts.place.figures[f"{flow}_region_share"], 1)


def _cell_france_share(facts: Facts, flow: str) -> str:
    return _share(facts, facts.place.figures[f"{flow}_france_share"], 2)


def _share(facts: Facts, share: float | None, digits: int) -> str:
    return _missing(facts) if share is None else facts.words.share(share, digits)


def _cell_region_rank(facts: Facts, flow: str) -> str:
    return _rank(facts, flow, "region", "department")


def _cell_france_rank(facts: Facts, flow: str) -> str:
    return _rank(facts, flow, "france", facts.place.level)


def _rank(facts: Facts, flow: str, among: str, level: str) -> str:
    rank = facts.place.figures[f"{flow}_rank_in_{among}"]
    count = facts.place.figures[f"{flow}_ranked_in_{among}"]
    if rank is None or count is None:
        return _missing(facts)
    return facts.words.say(
        f"key.rank_{level}",
        rank=facts.words.ordinal(rank),
        count=facts.words.integer(count),
    )


def _cell_eu_share(facts: Facts, flow: str) -> str:
    return _share(facts, facts.place.figures[f"{flow}_eu_share"], 1)


def _cell_top_country(facts: Facts, flow: str) -> str:
    return _top(facts, flow, "country")


def _cell_top_activity(facts: Facts, flow: str) -> str:
    return _top(facts, flow, "activity")


def _top(facts: Facts, flow: str, kind: str) -> str:
    code = facts.place.figures[f"{flow}_top_{kind}_code"]
    if code is None:
        return _missing(facts)
    return facts.words.say(
        "key.value_and_share",
        name=facts.name(kind, code),
        share=facts.words.share(facts.place.figures[f"{flow}_top_{kind}_share"]),
    )


def _cell_top_3(facts: Facts, flow: str) -> str:
    return _share(facts, facts.place.figures[f"{flow}_top_3_countries_share"], 1)


def _cell_diversity(facts: Facts, flow: str) -> str:
    activities = facts.place.figures[f"{flow}_activities"]
    return facts.words.say(
        "key.diversity_cell",
        countries=facts.words.integer(facts.place.figures[f"{flow}_partners"]),
        activities=facts.words.say(
            "key.one_activity" if activities == 1 else "key.some_activities",
            count=facts.words.integer(activities),
        ),
    )


def _key_notes(facts: Facts) -> list[str]:
    place = facts.place
    if not place.trades:
        return []
    notes = []
    if place.figures["quarters_covered"] < 4:
        notes.append(
            facts.words.say("key.note_no_comparison", quarters=_quarters(place))
        )
    elif place.figures["previous_year"] is None:
        notes.append(
            facts.words.say(
                "key.note_break" if facts.year == 2022 else "key.note_no_previous"
            )
        )
    elif _is_simulated(facts):
        notes.append(facts.words.say("key.note_change_simulated"))
    if facts.is_outside_france:
        notes.append(facts.words.say("key.note_no_insee"))
    if place.level != "country":
        notes.append(facts.words.say(f"key.note_rank_{place.level}"))
    notes.append(facts.words.say("key.note_eu"))
    if place.unit != "€":
        notes.append(facts.words.say("figure.rounding"))
    return notes


# -------------------------------------------------------------------------- sections


def _section(words: Language, name: str, blocks: list[Block]) -> Block:
    heading = words.say(f"{name}.heading")
    nav = words.say(f"{name}.nav") if words.has(f"{name}.nav") else heading
    return {"id": name, "heading": heading, "nav": nav, "blocks": blocks}


def _context(facts: Facts) -> Block:
    origin = facts.build["data_origin"]
    blocks: list[Block] = []
    if origin in ("simulated", "provided"):
        blocks.append(
            {
                "kind": "notice",
                "heading": facts.words.say(f"notice.{origin}_heading"),
                "text": facts.words.say(f"notice.{origin}"),
            }
        )
    blocks += [
        {
            "kind": "text",
            "heading": facts.words.say("context.why_heading"),
            "paragraphs": facts.words.sentences("context.why", of=facts.place.of),
        },
        {
            "kind": "terms",
            "heading": facts.words.say("context.read_heading"),
            "items": [
                {
                    "term": facts.words.say(f"caveat.{name}.term"),
                    "text": facts.words.say(f"caveat.{name}.text"),
                }
                for name in _CAVEATS
            ],
        },
    ]
    return _section(facts.words, "context", blocks)


def _balances(facts: Facts, artist: DrawFigure, source: str) -> Block:
    def example(unit: Unit) -> str:
        top = facts.top_partner
        if not top:
            return ""
        imports, exports, balance = (
            _in_words(
                facts,
                facts.words.eur(
                    top[f"{name}_eur"], unit=unit, signed=name == "balance"
                ),
            )
            for name in ("import", "export", "balance")
        )
        return facts.words.say(
            "balances.example",
            country=facts.name("country", top["country_code"]),
            imports=imports,
            exports=exports,
            balance=balance,
        )

    return _section(
        facts.words, "balances", _own_figure(facts, "balances", artist, source, example)
    )


def _activities(facts: Facts, artist: DrawFigure, source: str) -> Block:
    def example(unit: Unit) -> str:
        for flow in FLOWS:
            top = facts.top_activities.get(flow)
            if top:
                return facts.words.say(
                    "activities.example",
                    activity=facts.name("activity", top["activity_code"]),
                    share=_in_words(facts, facts.words.share(top["value_share"])),
                    flow=facts.words.say(f"key.{flow}s").lower(),
                    value=_in_words(
                        facts, facts.words.eur(top["value_eur"], unit=unit)
                    ),
                )
        return ""

    return _section(
        facts.words,
        "activities",
        _own_figure(facts, "activities", artist, source, example),
    )


def _own_figure(
    facts: Facts,
    name: str,
    artist: DrawFigure,
    source: str,
    example: Callable[[Unit], str],
) -> list[Block]:
    """Introduce and show a figure of the territory itself, or state the plain fact.

    Parameters
    ----------
    example
        Writes the example of its reading key in the unit of the figure.
    """
    picture = artist(name, facts.place.territory, "full")
    if picture.drawing.is_empty:
        return [_nothing(facts.place, facts.year)]
    return [
        {
            "kind": "text",
            "heading": None,
            "paragraphs": [facts.words.say(f"{name}.intro")],
        },
        _figure(
            facts,
            facts.place,
            picture,
            "full",
            name,
            example(picture.drawing.unit),
            source,
        ),
    ]


def _nothing(place: Place, year: int) -> Block:
    return {
        "kind": "none",
        "text": place.words.say(
            "figure.none",
            nothing=place.words.say("sheet.nothing"),
            here=place.here,
            year=year,
        ),
    }


def _flow(facts: Facts, flow: str, artist: DrawFigure, source: str) -> Block:
    """Show one flow: the territory at full size, then region and France."""
    name, place = f"{flow}s", facts.place
    blocks: list[Block] = []
    if place.total(flow):
        blocks += [
            {
                "kind": "text",
                "heading": None,
                "paragraphs": [facts.words.say(f"{name}.intro")],
            },
            _total(place, flow, _shares(facts, flow)),
            _flow_figure(facts, place, flow, artist, "full", source),
        ]
    else:
        blocks.append(
            {
                "kind": "none",
                "text": facts.words.say(
                    f"{name}.none", here=place.here, year=facts.year
                ),
            }
        )
    others = [other for other in facts.around if other.total(flow)]
    if others:
        traded = "compare" if place.total(flow) else "compare_none"
        text = facts.words.say(f"{name}.{traded}", here=place.here)
        if facts.is_alone:
            text = f"{text} {facts.words.say(f'{name}.same_region')}"
        blocks.append(
            {
                "kind": "compare",
                "heading": facts.words.say(f"{name}.compare_heading"),
                "text": text,
            }
        )
        for index, other in enumerate(others):
            # How to read ribbons is explained once, under the first diagram.
            known = index > 0 or place.total(flow) > 0
            blocks.append(
                _flow_figure(facts, other, flow, artist, "compact", source, known)
            )
    return _section(facts.words, name, blocks)


def _shares(facts: Facts, flow: str) -> str | None:
    """« soit 1,9 % des exportations du Grand Est et 0,23 % … »."""
    figures = facts.place.figures
    france = figures[f"{flow}_france_share"]
    if facts.place.level == "country" or france is None:
        return None
    values = {"france_share": _in_words(facts, facts.words.share(france, 2))}
    region = figures[f"{flow}_region_share"]
    if region is None or len(facts.around) < 2:
        return facts.words.say(f"{flow}s.share_france", **values)
    return facts.words.say(
        f"{flow}s.share_region_france",
        region_share=_in_words(facts, facts.words.share(region, 1)),
        of_region=facts.around[0].of,
        **values,
    )


def _in_words(facts: Facts, number: str) -> str:
    """« moins de 0,1 % » where a table would print « < 0,1 % »."""
    for sign, key in (("<", "sheet.less_than"), (">", "sheet.more_than")):
        number = number.replace(f"{sign}{NO_BREAK}", facts.words.say(key))
    return number


def _total(place: Place, flow: str, detail: str | None) -> Block:
    return {"kind": "total", "label": _total_label(place, flow), "detail": detail}


def _total_label(place: Place, flow: str) -> str:
    """Print the total as the reference does, in millions with one decimal."""
    total = place.total(flow)
    if unit_for(total) in ("€", "k€"):
        return place.words.say(f"{flow}s.plain_total", value=place.words.eur(total))
    millions = place.words.eur(total, unit="M€", bare=True)
    return place.words.say(f"{flow}s.total", value=millions)


def _flow_figure(
    facts: Facts,
    place: Place,
    flow: str,
    artist: DrawFigure,
    size: charts.Size,
    source: str,
    is_explained: bool = False,
) -> Block:
    name = f"{flow}s"
    picture = artist(name, place.territory, size)
    top = facts.top_flows.get((place.code, flow))
    example = (
        facts.words.say(
            f"{name}.example",
            activity=facts.name("activity", top["activity_code"]),
            country=facts.name("country", top["country_code"]),
            value=facts.words.eur(top["value_eur"], unit=picture.drawing.unit),
        )
        if top
        else ""
    )
    block = _figure(facts, place, picture, size, name, example, source)
    if size == "compact":
        block["heading"] = facts.words.say(f"{name}.figure_heading", of=place.of)
        block["subtitle"] = _total_label(place, flow)
    if is_explained and example:
        block["key"] = example
    return block


def _figure(
    facts: Facts,
    place: Place,
    picture: Picture,
    size: charts.Size,
    name: str,
    example: str,
    source: str,
) -> Block:
    drawing = picture.drawing
    return {
        "kind": "figure",
        "id": f"figure-{name}-{place.code}",
        "figure": name,
        "code": place.code,
        "size": size,
        "width": drawing.spec["width"],
        "height": drawing.spec["height"],
        "heading": drawing.title,
        "subtitle": drawing.subtitle,
        "svg": picture.svg,
        "spec": drawing.spec,
        "alt": drawing.alt,
        "key_term": facts.words.say("figure.key_term"),
        "key": _reading_key(facts.words, name, example),
        "note": drawing.note,
        "source": source,
        "notice": facts.made_from.mark(facts.words),
        "caption": facts.words.say(
            f"{name}.caption",
            name=facts.words.label(place.territory.name),
            year=facts.year,
        ),
        "tables": [vars(table) for table in drawing.tables],
        "cells": vars(drawing.cells),
        "data_name": file_name(name, place.code, facts.year),
        "csv": picture.csv,
        "files": [],
        "save": {},
    }


def _reading_key(words: Language, name: str, example: str) -> str:
    """How to read the figure, with a real example from it when there is one."""
    key = words.say(f"{name}.key")
    return f"{key} {words.say('figure.example_term')} {example}" if example else key


def _practical(facts: Facts) -> Block:
    origin = facts.build["data_origin"]
    build = facts.build
    return _section(
        facts.words,
        "practical",
        [
            {
                "kind": "terms",
                "heading": None,
                "items": [
                    {
                        "term": facts.words.say("practical.data.term"),
                        "text": facts.words.say(f"practical.data.{origin}"),
                        "link": facts.words.say("practical.data.link"),
                    },
                    {
                        "term": facts.words.say("practical.others.term"),
                        "text": facts.words.say("practical.others.text"),
                        "code": _command(facts),
                    },
                    {
                        "term": facts.words.say("practical.sheet.term"),
                        "text": facts.words.say(
                            "practical.sheet.text",
                            version=build["project_version"],
                            vintages=facts.cited.in_words(facts.words),
                            lines=facts.words.integer(build["lines_read"]),
                            date=facts.words.date(build["built_at"].date()),
                        ),
                    },
                ],
            }
        ],
    )


def _command(facts: Facts) -> str:
    code = facts.words.code
    language = "" if code == "fr" else f" LANGUAGE={code}"
    return f"make factsheet TERRITORY={facts.place.code} YEAR={facts.year}{language}"


def _attachments(sections: list[Block], words: Language) -> list[Block]:
    """List the data files the PDF carries: one for each of its figures."""
    return [
        {
            "name": f"{block['data_name']}.csv",
            "text": block["csv"],
            "description": words.say("figure.attached", caption=block["caption"]),
        }
        for section in sections
        for block in section["blocks"]
        if block["kind"] == "figure"
    ]
