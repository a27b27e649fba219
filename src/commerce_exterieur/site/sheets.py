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
from commerce_exterieur.factsheet.content import Artist, Picture, build_sheet
from commerce_exterieur.factsheet.data import read_parquet
from commerce_exterieur.factsheet.pdf import render_pdf
from commerce_exterieur.files import replace_files
from commerce_exterieur.site import layout
from commerce_exterieur.site.catalogue import Catalogue
from commerce_exterieur.site.layout import Place
from commerce_exterieur.site.page import render
from commerce_exterieur.warehouse import Territory, Warehouse
from commerce_exterieur.wording import Code, Language, language

COMPARED = ("exports", "imports")
Shared = dict[Code, dict[tuple[str, str], Picture]]


@dataclass(frozen=True)
class Order:
    """One territory to make.

    Attributes
    ----------
    shared
        Figures of its region and of France, drawn before, by language.
    linked
        Territories whose files exist, or are being made: only these are linked.
    """

    code: str
    year: int
    languages: tuple[Code, ...]
    shared: Shared
    linked: frozenset[str]


def draw_shared(
    warehouse: Warehouse, territory: Territory, year: int, languages: tuple[Code, ...]
) -> Shared:
    """Draw the figures with which a territory serves others for comparison."""
    drawn: Shared = {code: {} for code in languages}
    for code in languages:
        artist = Artist(warehouse, year, code, drawn[code])
        for figure in COMPARED:
            artist(figure, territory, "compact")
    return drawn


def write_sheets(
    warehouse: Warehouse, catalogue: Catalogue, order: Order, folder: Path
) -> list[str]:
    """Make and write a territory's files.

    Returns
    -------
    list of str
        Their paths below `folder`.
    """
    territory = catalogue.territories[order.code]
    files: dict[str, bytes] = {}
    for code in order.languages:
        words = language(code)
        prefix = layout.PREFIX[code]
        artist = Artist(warehouse, order.year, code, dict(order.shared.get(code, {})))
        sheet = build_sheet(warehouse, territory, order.year, artist, code)
        files[prefix + layout.sheet_pdf(order.code, order.year)] = render_pdf(sheet)
        _add_links(sheet, order, words)
        page = Place(code, layout.sheet_page(order.code, order.year), order.languages)
        files[page.file] = render_page(
            sheet, page, catalogue, words, order.linked
        ).encode()
        for size, script in figures_scripts(sheet, artist, order).items():
            name = layout.figures_script(order.code, order.year, size)
            files[prefix + name] = script.encode()
        for block in _figures(sheet):
            if block["code"] == order.code and block["csv"] is not None:
                name = layout.data_file(block["data_name"], order.year, "csv")
                files[name] = block["csv"].encode()
    for name in [name for name in files if name.endswith(".csv")]:
        figure = Path(name).stem.rsplit("_", 1)[1]
        files[name.removesuffix("csv") + "parquet"] = read_parquet(
            warehouse, figure, territory, order.year
        )
    replace_files({folder / name: content for name, content in files.items()})
    return list(files)


def _figures(sheet: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        block
        for section in sheet["sections"]
        for block in section["blocks"]
        if block["kind"] == "figure"
    ]


def _add_links(sheet: dict[str, Any], order: Order, words: Language) -> None:
    """Say where the data of the sheet's figures and the pages it names stand."""
    year = order.year
    place = Place(words.code, layout.sheet_page(sheet["code"], year))
    for block in _figures(sheet):
        if block["code"] not in order.linked:
            continue
        block["files"] = [
            {
                "label": words.say(f"site.figure.{ending}"),
                "title": words.say(
                    "site.figure.file",
                    kind=words.say(f"site.figure.{ending}"),
                    title=block["heading"],
                ),
                "href": place.shared(
                    layout.data_file(block["data_name"], year, ending)
                ),
            }
            for ending in ("csv", "parquet")
        ]
        block["save"] = {
            kind: words.say(f"site.figure.save_{kind}", title=block["heading"])
            for kind in ("svg", "png")
        }
    # A reader of the site has no command line, but a page with all territories.
    for section in sheet["sections"]:
        for block in section["blocks"]:
            for item in block.get("items", []):
                if item.pop("code", None):
                    item["text"] = words.say("site.others")
                    item["link"] = place.to(layout.year_page(year))
                    item["link_text"] = words.say("site.others_link")
    if sheet["territoires"]:
        for item in sheet["territoires"]["items"]:
            item["href"] = place.to(layout.industry_page(item["id"], year))


def render_page(
    sheet: dict[str, Any],
    place: Place,
    catalogue: Catalogue,
    words: Language,
    linked: frozenset[str],
) -> str:
    """Set the territory's page of the site."""
    code, year = sheet["code"], sheet["year"]
    drawn = dict.fromkeys(
        layout.figures_script(block["code"], year, block["size"])
        for block in _figures(sheet)
        if block["code"] in linked
    )
    return render(
        "territory.html.j2",
        place,
        words,
        sheet=sheet,
        year=year,
        notice=sheet["notice"],
        source_line=sheet["source_line"],
        version=sheet["version"],
        origin=sheet["origin"],
        compared=code,
        pdf=layout.sheet_pdf(code, year),
        drawn=list(drawn),
        around=_around(code, year, catalogue, words, linked),
    )


def _around(
    code: str,
    year: int,
    catalogue: Catalogue,
    words: Language,
    linked: frozenset[str],
) -> list[dict[str, Any]]:
    """List the places around, in groups with a heading each."""
    one = catalogue.territories[code]
    headings = {
        "country": words.say("site.territory.regions"),
        "region": words.say("site.territory.departments"),
        "department": words.say(
            "site.territory.siblings",
            of_region=words.of(catalogue.forms[one.region_code])
            if one.region_code
            else "",
        ),
    }
    groups = [(headings[one.level], catalogue.neighbours(code))]
    if one.region_code:
        region = catalogue.territories[one.region_code]
        groups.insert(0, (words.say("site.territory.region"), [region]))
    if one.level != "country":
        whole = words.say("site.territory.whole_country")
        groups.append((whole, [catalogue.territories["FR"]]))
    return [
        {
            "heading": heading,
            "places": [
                {
                    "name": words.label(place.name),
                    "path": layout.sheet_page(place.code, year)
                    if place.code in linked
                    else None,
                }
                for place in places
            ],
        }
        for heading, places in groups
        if places
    ]


def figures_scripts(
    sheet: dict[str, Any], artist: Artist, order: Order
) -> dict[str, str]:
    """Write the data of a territory's interactive figures as scripts, by size.

    Scripts and not JSON: a page opened from a file share may load scripts only. The
    compact figures, which only pages of other territories show, come apart.
    """
    figures: dict[str, dict[str, dict]] = {"full": {}, "compact": {}}
    for block in _figures(sheet):
        if block["code"] == order.code:
            name = block["figure"]
            figures[block["size"]][name] = _interactive(
                name, block["spec"], block["heading"], block["subtitle"], block
            )
    for figure in COMPARED:
        picture = artist.kept(figure, order.code)
        if picture is not None and not picture.drawing.is_empty:
            figures["compact"][figure] = _interactive(
                figure,
                picture.drawing.spec,
                picture.drawing.title,
                picture.drawing.subtitle,
                {
                    "note": picture.drawing.note,
                    "source": sheet["figure_source"],
                    "notice": sheet["notice"],
                },
            )
    told = {"name": sheet["territory"], "year": order.year}
    full = {"key": _key(sheet), "notes": sheet["key_notes"], "figures": figures["full"]}
    contents = {"full": told | full}
    if figures["compact"]:
        contents["compact"] = told | {"figures": figures["compact"]}
    code = json.dumps(order.code)
    return {
        size: f"commerce.sheets.{size}[{code}]="
        + json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        + ";\n"
        for size, content in contents.items()
    }


def _interactive(
    figure: str, spec: dict, title: str, subtitle: str, told: dict[str, Any]
) -> dict[str, Any]:
    """Leave out what all figures of a kind share, and what none of them shows."""
    used = _used(figure)
    lines = [subtitle, told["notice"], told["note"], told["source"]]
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


def _key(sheet: dict[str, Any]) -> dict[str, list[str]]:
    """Key figures by indicator: exports, then imports, or one for both.

    Amounts are in M€ whatever the sheet has: the comparison sets them on one line with
    those of any other territory.
    """
    words = language(sheet["lang"])
    tiles = {tile["id"]: tile for tile in sheet["tiles"]}

    def eur(name: str) -> str:
        tile, signed = tiles[name], name == "balance"
        if tile["value_eur"] is None:  # not delivered, and the tile says so
            return tile["value"]
        return words.eur(tile["value_eur"], unit="M€", signed=signed)

    key = {"balance": [eur("balance")], "coverage": [tiles["coverage"]["value"]]}
    table = sheet["key_table"]
    if table is None:
        return key
    rows = zip(table["ids"], table["rows"], strict=True)
    amounts = {"value": [eur("export"), eur("import")]}
    return key | {row_id: row[1:] for row_id, row in rows} | amounts
