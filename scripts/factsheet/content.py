"""One content for the PDF and the HTML page: sections of blocks, text already final.

Both templates only lay out what they find here; neither formats a number, chooses a
sentence or reads a mart. A block is a dict with a `kind`:

==========  ===================================================================
`text`      `paragraphs`
`notice`    `heading`, `text`: a warning the reader must not miss
`terms`     `heading` (or None), `items` of `term`, `text`, `code`, `link`
`total`     `label`, `detail`: the printed total of a flow
`figure`    `id`, `heading`, `subtitle`, `size`, `svg`, `spec`, `alt`, `key_term`,
            `key`, `source`, `notice`, `tables`, `cells`
`compare`   `heading`, `text`: opens the comparison with region and France
`none`      `text`: nothing was traded
==========  ===================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import charts
from charts.drawing import Drawing
from common.french import (
    date_in_words,
    harmonise,
    month_in_words,
    of_month,
    ordinal,
)
from common.numbers import (
    NO_BREAK,
    format_eur,
    format_integer,
    format_share,
)
from common.warehouse import Territory, Warehouse
from factsheet.facts import FLOWS, Facts, Place, read_facts
from factsheet.texts import catalogue, has, say

Block = dict[str, Any]
DrawFigure = Callable[[str, Territory, str], tuple[Drawing, str]]

_CAVEATS = (
    "place", "scale", "raw", "scope", "energy", "break", "price", "revision",
    "partners", "ranking",
)  # fmt: skip
_MILLION = 1_000_000
_PARTED_BY = ("Rubrique", "Flux")


class Artist:
    """Draws figures and keeps those that many sheets share (regions, France)."""

    def __init__(self, warehouse: Warehouse, year: int) -> None:
        self._warehouse = warehouse
        self._year = year
        self._kept: dict[tuple[str, str], tuple[Drawing, str]] = {}

    def __call__(
        self, figure: str, territory: Territory, size: str
    ) -> tuple[Drawing, str]:
        """Return the drawing and its SVG."""
        key = (figure, territory.code)
        if size == "compact" and key in self._kept:
            return self._kept[key]
        drawing = charts.draw(
            self._warehouse, figure, territory, self._year, size=size, titled=False
        )
        svg = "" if drawing.is_empty else charts.to_svg(drawing.spec)
        if size == "compact":
            self._kept[key] = (drawing, svg)
        return drawing, svg


def build_sheet(
    warehouse: Warehouse, territory: Territory, year: int, artist: DrawFigure
) -> dict[str, Any]:
    """All that a sheet says and shows, as plain data both templates read.

    Parameters
    ----------
    artist
        Gives a figure's drawing and SVG.

    Returns
    -------
    dict
        Strings, numbers, lists and dicts only.
    """
    facts = read_facts(warehouse, territory, year)
    place = facts.place
    source = _source(facts)
    sections = [
        _context(facts),
        _balances(facts, artist, source),
        _activities(facts, artist, source),
        _flow(facts, "export", artist, source),
        _flow(facts, "import", artist, source),
        _practical(facts),
    ]
    built = facts.build["built_at"]
    title_lines = [
        line.format(of=place.of, year=year)
        for line in catalogue()["sheet"]["title_lines"]
    ]
    sheet = {
        "lang": "fr",
        "title": " ".join(title_lines),
        "title_lines": title_lines,
        "short_title": say("sheet.short_title", of=place.of),
        "kicker": say(f"kicker.{place.level}"),
        "territory": place.territory.name,
        "code": place.code,
        "year": year,
        "footer": say(
            "page.footer", title=say("sheet.short_title", of=place.of), year=year
        ),
        "notice": _mark(facts),
        "incomplete": _incomplete(place),
        "author": say("sheet.project"),
        "version": facts.build["project_version"],
        "keywords": [
            *catalogue()["sheet"]["keywords"],
            place.territory.name,
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
        "source_line": source,
        "sections": sections,
        "words": {
            "navigation": say("page.navigation"),
            "contents": say("cover.contents"),
            "skip": say("page.skip"),
            "back": say("page.back"),
            "data": say("figure.data"),
            "scroll": say("figure.scroll"),
            "tables_heading": say("tables.heading"),
            "tables_intro": say("tables.intro"),
        },
    }
    return _plain(sheet)


# ---------------------------------------------------------------------------- cover


def _mark(facts: Facts) -> str | None:
    """Return the mention every page and figure carries."""
    return say("sheet.simulated") if _is_simulated(facts) else None


def _is_simulated(facts: Facts) -> bool:
    return facts.build["data_origin"] == "simulated"


def _quarters(place: Place) -> str:
    count = place.figures["quarters_covered"]
    key = "one_quarter" if count == 1 else "some_quarters"
    return say(f"sheet.{key}", count=count)


def _incomplete(place: Place) -> str | None:
    if place.figures["quarters_covered"] < 4:
        return say("sheet.incomplete_cover", quarters=_quarters(place))
    return None if place.figures["is_complete"] else say("sheet.partial")


def _territoires(facts: Facts) -> Block | None:
    if facts.territoires is None:
        return None
    return {
        "heading": say("cover.territoires_heading"),
        "items": facts.territoires,
        "text": say(
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
            say(f"key.{flow}s_in_year", share=format_share(share))
            if share is not None
            else say(f"key.no_{flow}s")
        )
        tiles.append(
            {
                "kind": flow,
                "label": say(f"key.{flow}s"),
                "value": format_eur(place.total(flow)),
                "detail": detail,
            }
        )
    balance = figures["balance_eur"]
    sign = "balanced" if balance == 0 else "surplus" if balance > 0 else "deficit"
    ratio = figures["coverage_ratio"]
    return [
        *tiles,
        {
            "kind": sign,
            "label": say("key.balance"),
            "value": format_eur(balance, signed=True),
            "detail": say(f"key.{sign}") if place.trades else say("sheet.nothing"),
        },
        {
            "kind": "coverage",
            "label": say("key.coverage"),
            "value": say("sheet.not_applicable")
            if ratio is None
            else format_share(ratio),
            "detail": say(
                "key.coverage_none" if ratio is None else "key.coverage_detail"
            ),
        },
    ]


def _key_table(facts: Facts) -> Block | None:
    """Set exports beside imports, in the rows that apply to this territory."""
    place, figures = facts.place, facts.place.figures
    if not place.trades:
        return None
    rows = [("key.value", {}, _cell_value)]
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
        "caption": say("key.caption", of=place.of, year=facts.year),
        "columns": ["", say("key.exports"), say("key.imports")],
        "rows": [
            [
                say(key, **values),
                *(
                    cell(facts, flow)
                    if place.total(flow) or cell is _cell_value
                    else _missing()
                    for flow in FLOWS
                ),
            ]
            for key, values, cell in rows
        ],
    }


def _missing() -> str:
    return say("sheet.not_applicable")


def _cell_value(facts: Facts, flow: str) -> str:
    return format_eur(facts.place.total(flow))


def _cell_change(facts: Facts, flow: str) -> str:
    change = facts.place.figures[f"{flow}_change_ratio"]
    return _missing() if change is None else format_share(change, signed=True)


def _cell_region_share(facts: Facts, flow: str) -> str:
    return _share(facts.place.figures[f"{flow}_region_share"], 1)


def _cell_france_share(facts: Facts, flow: str) -> str:
    return _share(facts.place.figures[f"{flow}_france_share"], 2)


def _share(share: float | None, digits: int) -> str:
    return _missing() if share is None else format_share(share, digits)


def _cell_region_rank(facts: Facts, flow: str) -> str:
    return _rank(facts, flow, "region", "department")


def _cell_france_rank(facts: Facts, flow: str) -> str:
    return _rank(facts, flow, "france", facts.place.level)


def _rank(facts: Facts, flow: str, among: str, level: str) -> str:
    rank = facts.place.figures[f"{flow}_rank_in_{among}"]
    count = facts.place.figures[f"{flow}_ranked_in_{among}"]
    if rank is None or count is None:
        return _missing()
    return say(f"key.rank_{level}", rank=ordinal(rank), count=format_integer(count))


def _cell_eu_share(facts: Facts, flow: str) -> str:
    return _share(facts.place.figures[f"{flow}_eu_share"], 1)


def _cell_top_country(facts: Facts, flow: str) -> str:
    return _top(facts, flow, "country")


def _cell_top_activity(facts: Facts, flow: str) -> str:
    return _top(facts, flow, "activity")


def _top(facts: Facts, flow: str, kind: str) -> str:
    code = facts.place.figures[f"{flow}_top_{kind}_code"]
    if code is None:
        return _missing()
    return say(
        "key.value_and_share",
        name=facts.name(kind, code),
        share=format_share(facts.place.figures[f"{flow}_top_{kind}_share"]),
    )


def _cell_top_3(facts: Facts, flow: str) -> str:
    return _share(facts.place.figures[f"{flow}_top_3_countries_share"], 1)


def _cell_diversity(facts: Facts, flow: str) -> str:
    activities = facts.place.figures[f"{flow}_activities"]
    return say(
        "key.diversity_cell",
        countries=format_integer(facts.place.figures[f"{flow}_partners"]),
        activities=say(
            "key.one_activity" if activities == 1 else "key.some_activities",
            count=format_integer(activities),
        ),
    )


def _key_notes(facts: Facts) -> list[str]:
    place = facts.place
    if not place.trades:
        return []
    notes = []
    if place.figures["quarters_covered"] < 4:
        notes.append(say("key.note_no_comparison", quarters=_quarters(place)))
    elif place.figures["previous_year"] is None:
        notes.append(
            say("key.note_break" if facts.year == 2022 else "key.note_no_previous")
        )
    elif _is_simulated(facts):
        notes.append(say("key.note_change_simulated"))
    if place.level != "country":
        notes.append(say(f"key.note_rank_{place.level}"))
    return [*notes, say("key.note_eu")]


# -------------------------------------------------------------------------- sections


def _section(name: str, blocks: list[Block]) -> Block:
    heading = say(f"{name}.heading")
    nav = say(f"{name}.nav") if has(f"{name}.nav") else heading
    return {"id": name, "heading": heading, "nav": nav, "blocks": blocks}


def _context(facts: Facts) -> Block:
    origin = facts.build["data_origin"]
    blocks: list[Block] = []
    if origin in ("simulated", "provided"):
        blocks.append(
            {
                "kind": "notice",
                "heading": say(f"notice.{origin}_heading"),
                "text": say(f"notice.{origin}"),
            }
        )
    blocks += [
        {
            "kind": "text",
            "heading": say("context.why_heading"),
            "paragraphs": [
                text.format(of=facts.place.of) for text in catalogue()["context"]["why"]
            ],
        },
        {
            "kind": "terms",
            "heading": say("context.read_heading"),
            "items": [
                {"term": say(f"caveat.{name}.term"), "text": say(f"caveat.{name}.text")}
                for name in _CAVEATS
            ],
        },
    ]
    return _section("context", blocks)


def _balances(facts: Facts, artist: DrawFigure, source: str) -> Block:
    top = facts.top_partner
    example = (
        say(
            "balances.example",
            country=facts.name("country", top["country_code"]),
            imports=format_eur(top["import_eur"]),
            exports=format_eur(top["export_eur"]),
            balance=format_eur(top["balance_eur"], signed=True),
        )
        if top
        else ""
    )
    return _section("balances", _own_figure(facts, "balances", artist, source, example))


def _activities(facts: Facts, artist: DrawFigure, source: str) -> Block:
    example = ""
    for flow in FLOWS:
        top = facts.top_activities.get(flow)
        if top:
            example = say(
                "activities.example",
                activity=facts.name("activity", top["activity_code"]),
                share=_in_words(format_share(top["value_share"])),
                flow=say(f"key.{flow}s").lower(),
                value=format_eur(top["value_eur"]),
            )
            break
    return _section(
        "activities", _own_figure(facts, "activities", artist, source, example)
    )


def _own_figure(
    facts: Facts, name: str, artist: DrawFigure, source: str, example: str
) -> list[Block]:
    """Introduce and show a figure of the territory itself, or state the plain fact."""
    drawing, svg = artist(name, facts.place.territory, "full")
    if drawing.is_empty:
        return [_nothing(facts.place, facts.year)]
    return [
        {"kind": "text", "heading": None, "paragraphs": [say(f"{name}.intro")]},
        _figure(facts, facts.place, drawing, svg, "full", name, example, source),
    ]


def _nothing(place: Place, year: int) -> Block:
    return {
        "kind": "none",
        "text": say(
            "figure.none", nothing=say("sheet.nothing"), here=place.here, year=year
        ),
    }


def _flow(facts: Facts, flow: str, artist: DrawFigure, source: str) -> Block:
    """Show one flow: the territory at full size, then region and France."""
    name, place = f"{flow}s", facts.place
    blocks: list[Block] = []
    if place.total(flow):
        blocks += [
            {"kind": "text", "heading": None, "paragraphs": [say(f"{name}.intro")]},
            _total(place, flow, _shares(facts, flow)),
            _flow_figure(facts, place, flow, artist, "full", source),
        ]
    else:
        blocks.append(
            {
                "kind": "none",
                "text": say(f"{name}.none", here=place.here, year=facts.year),
            }
        )
    others = [other for other in facts.around if other.total(flow)]
    if others:
        traded = "compare" if place.total(flow) else "compare_none"
        text = say(f"{name}.{traded}", here=place.here)
        if facts.is_alone:
            text = f"{text} {say(f'{name}.same_region')}"
        blocks.append(
            {
                "kind": "compare",
                "heading": say(f"{name}.compare_heading"),
                "text": text,
            }
        )
        for index, other in enumerate(others):
            # How to read ribbons is explained once, under the first diagram.
            known = index > 0 or place.total(flow) > 0
            blocks.append(
                _flow_figure(facts, other, flow, artist, "compact", source, known)
            )
    return _section(name, blocks)


def _shares(facts: Facts, flow: str) -> str | None:
    """« soit 1,9 % des exportations du Grand Est et 0,23 % … »."""
    figures = facts.place.figures
    france = figures[f"{flow}_france_share"]
    if facts.place.level == "country" or france is None:
        return None
    values = {"france_share": _in_words(format_share(france, 2))}
    region = figures[f"{flow}_region_share"]
    if region is None or len(facts.around) < 2:
        return say(f"{flow}s.share_france", **values)
    return say(
        f"{flow}s.share_region_france",
        region_share=_in_words(format_share(region, 1)),
        of_region=facts.around[0].of,
        **values,
    )


def _in_words(share: str) -> str:
    """« moins de 0,1 % » where a table would print « < 0,1 % »."""
    return share.replace(f"<{NO_BREAK}", "moins de ")


def _total(place: Place, flow: str, detail: str | None) -> Block:
    return {"kind": "total", "label": _total_label(place, flow), "detail": detail}


def _total_label(place: Place, flow: str) -> str:
    """Print the total as the reference does, in millions with one decimal."""
    total = place.total(flow)
    if total * 10 < _MILLION:
        return say(f"{flow}s.plain_total", value=format_eur(total, unit="M€"))
    millions = format_eur(total, unit="M€", bare=True)
    return say(f"{flow}s.total", value=millions)


def _flow_figure(
    facts: Facts,
    place: Place,
    flow: str,
    artist: DrawFigure,
    size: str,
    source: str,
    is_explained: bool = False,
) -> Block:
    name = f"{flow}s"
    drawing, svg = artist(name, place.territory, size)
    top = facts.top_flows.get((place.code, flow))
    example = (
        say(
            f"{name}.example",
            activity=facts.name("activity", top["activity_code"]),
            country=facts.name("country", top["country_code"]),
            value=format_eur(top["value_eur"]),
        )
        if top
        else ""
    )
    block = _figure(facts, place, drawing, svg, size, name, example, source)
    if size == "compact":
        block["heading"] = say(f"{name}.figure_heading", of=place.of)
        block["subtitle"] = _total_label(place, flow)
    if is_explained and example:
        block["key"] = example
    return block


def _figure(
    facts: Facts,
    place: Place,
    drawing: Drawing,
    svg: str,
    size: str,
    name: str,
    example: str,
    source: str,
) -> Block:
    return {
        "kind": "figure",
        "id": f"figure-{name}-{place.code}",
        "size": size,
        "width": drawing.spec["width"],
        "height": drawing.spec["height"],
        "heading": drawing.title,
        "subtitle": drawing.subtitle,
        "svg": svg,
        "spec": drawing.spec,
        "alt": drawing.alt,
        "key_term": say("figure.key_term"),
        "key": _reading_key(name, example),
        "source": source,
        "notice": _mark(facts),
        "caption": say(f"{name}.caption", name=place.territory.name, year=facts.year),
        "tables": _tables(drawing.table),
        "cells": _table(drawing.cells or drawing.table),
    }


def _reading_key(name: str, example: str) -> str:
    """How to read the figure, with a real example from it when there is one."""
    key = say(f"{name}.key")
    return f"{key} {say('figure.example_term')} {example}" if example else key


def _table(rows: list[dict]) -> Block:
    """Headings and rows of text."""
    columns = list(rows[0]) if rows else []
    return {
        "columns": columns,
        "rows": [[str(row[column]) for column in columns] for row in rows],
    }


def _tables(rows: list[dict]) -> list[Block]:
    """Part the reader's rows where their first column changes.

    A diagram lists one column of nodes, then the other, then the numbered flows; the
    activities list one flow, then the other. Short tables side by side read better
    than a long one that repeats « Importations » on every row.
    """
    if not rows or next(iter(rows[0])) not in _PARTED_BY:
        return [_table(rows)]
    by, label = list(rows[0])[:2]
    parts: dict[str, list[dict]] = {}
    for row in rows:
        heading = row[by]
        if heading.startswith("Flux n"):
            flow = {"N°": heading.split(NO_BREAK)[-1], "Flux": row[label]}
            parts.setdefault("", []).append(flow | _without(row, by, label))
        else:
            member = {heading: row[label]} | _without(row, by, label)
            parts.setdefault(heading, []).append(member)
    return [_table(part) for part in parts.values()]


def _without(row: dict, *keys: str) -> dict:
    return {name: value for name, value in row.items() if name not in keys}


def _practical(facts: Facts) -> Block:
    origin = facts.build["data_origin"]
    build = facts.build
    vintages = ", ".join(
        month_in_words(each) for each in str(build["vintages"]).split(", ")
    )
    if _is_simulated(facts):
        vintages = vintages.replace("simulated", "simulé")
    return _section(
        "practical",
        [
            {
                "kind": "terms",
                "heading": None,
                "items": [
                    {
                        "term": say("practical.data.term"),
                        "text": say(f"practical.data.{origin}"),
                        "link": say("practical.data.link"),
                    },
                    {
                        "term": say("practical.others.term"),
                        "text": say("practical.others.text"),
                        "code": f"make factsheet TERRITORY={facts.place.code} "
                        f"YEAR={facts.year}",
                    },
                    {
                        "term": say("practical.sheet.term"),
                        "text": say(
                            "practical.sheet.text",
                            version=build["project_version"],
                            vintages=vintages,
                            lines=format_integer(build["lines_read"]),
                            date=date_in_words(build["built_at"].date()),
                        ),
                    },
                ],
            }
        ],
    )


def _source(facts: Facts) -> str:
    """Write the source line; the producer is cited for its own files only."""
    origin = facts.build["data_origin"]
    vintages = str(facts.build["vintages"]).split(", ")
    if origin != "official":
        months = ", ".join(month_in_words(each) for each in vintages)
        return say(f"source.{origin}", vintages=months)
    return say("source.official", of_month=of_month(max(vintages)))


def _plain(sheet: dict) -> dict:
    """Set all printed text in one typography; the drawings stay as they are."""

    def walk(node: object, key: str = "") -> object:
        if key in ("svg", "spec", "code", "link", "id"):
            return node
        if isinstance(node, dict):
            return {name: walk(value, name) for name, value in node.items()}
        if isinstance(node, list):
            return [walk(value) for value in node]
        return harmonise(node) if isinstance(node, str) else node

    return {key: walk(value, key) for key, value in sheet.items()}
