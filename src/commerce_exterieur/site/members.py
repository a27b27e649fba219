"""The pages of activities and countries: which departments trade them, with whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from commerce_exterieur.factsheet.data import to_csv
from commerce_exterieur.factsheet.facts import FLOWS
from commerce_exterieur.factsheet.sheet import Attribution
from commerce_exterieur.site import layout
from commerce_exterieur.site.gazetteer import Gazetteer
from commerce_exterieur.site.home import tile_grid
from commerce_exterieur.site.layout import PageAddress
from commerce_exterieur.site.page import render
from commerce_exterieur.warehouse import CODE, Warehouse
from commerce_exterieur.wording import Language
from commerce_exterieur.wording.numbers import unit_for

_SHOWN = 10
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Member:
    """An activity or a country of a year, with its rows of the marts.

    Attributes
    ----------
    kind
        `activity` or `country`.
    france, departments, partners
        Flow → rows of `rpt_site_members` (France, departments) and
        `rpt_site_partners`, the largest first.
    products
        The products of the CPF4 it is made of, of an activity.
    """

    kind: str
    code: str
    names: dict[str, Any]
    france: dict[str, dict[str, Any]]
    departments: dict[str, Rows]
    partners: dict[str, Rows]
    products: Rows

    def name(self, words: Language) -> str:
        """Name in the language of the page."""
        return words.named(self.names, "member_name") or self.code


def read_members(warehouse: Warehouse, year: int) -> list[Member]:
    """Read every activity and country traded in a year, activities first."""
    rows = warehouse.rows(
        """
        select * from marts.rpt_site_members
        where year = ?
        order by member_kind, member_code, flow, department_rank nulls first
        """,
        [year],
    )
    partners: dict[tuple[str, str, str], Rows] = defaultdict(list)
    for row in warehouse.rows(
        """
        select * from marts.rpt_site_partners
        where year = ?
        order by member_kind, member_code, flow, position
        """,
        [year],
    ):
        partners[row["member_kind"], row["member_code"], row["flow"]].append(row)
    products: dict[str, Rows] = defaultdict(list)
    for row in warehouse.rows(
        "select * from marts.dim_product where is_known order by product_code"
    ):
        products[row["activity_code"]].append(row)
    found: dict[tuple[str, str], Member] = {}
    for row in rows:
        key = row["member_kind"], row["member_code"]
        if not CODE.fullmatch(row["member_code"]):
            continue
        member = found.setdefault(
            key,
            Member(
                *key,
                names=row,
                france={},
                departments={flow: [] for flow in FLOWS},
                partners={flow: partners[*key, flow] for flow in FLOWS},
                products=products[key[1]] if key[0] == "activity" else [],
            ),
        )
        if row["territory_level"] == "country":
            member.france[row["flow"]] = row
        else:
            member.departments[row["flow"]].append(row)
    return list(found.values())


def member_links(warehouse: Warehouse, year: int, words: Language) -> dict[str, str]:
    """Lead from each name, full or short, to its page below the prefix."""
    rows = warehouse.rows(
        f"""
        select distinct
            members.member_kind,
            members.member_code,
            members.member_name_{words.code} as name,
            activities.activity_short_{words.code} as short
        from marts.rpt_site_members as members
        left join marts.dim_activity as activities
            on members.member_kind = 'activity'
            and members.member_code = activities.activity_code
        where members.year = ?
        """,
        [year],
    )
    links = {}
    for row in rows:
        if not CODE.fullmatch(row["member_code"]):
            continue
        page = layout.member_page(row["member_kind"], row["member_code"], year)
        for name in (row["name"], row["short"]):
            if name:
                links[words.label(name)] = page
    return links


def member_entries(
    warehouse: Warehouse, words: Language, standing: dict[int, set[str]]
) -> list[dict[str, Any]]:
    """List what the search box finds of them: `name`, `kind`, `page`, `codes`, `years`.

    `also`: the other names of either, and the products an activity is made of.

    Parameters
    ----------
    standing
        The years the site has, as keys.
    """
    entries = []
    for row in warehouse.rows(
        f"""
        select
            members.member_kind,
            members.member_code,
            max(members.member_name_{words.code}) as name,
            max(activities.activity_short_{words.code}) as short,
            list_sort(list(distinct members.year)) as years,
            max(products.labels) as products,
            max(coalesce(
                activities.other_names_{words.code}, countries.other_names_{words.code}
            )) as other_names
        from marts.rpt_site_members as members
        left join marts.dim_activity as activities
            on members.member_kind = 'activity'
            and members.member_code = activities.activity_code
        left join marts.dim_country as countries
            on members.member_kind = 'country'
            and members.member_code = countries.country_code
        left join (
            select activity_code, list_sort(list(product_name_fr)) as labels
            from marts.dim_product
            where is_known
            group by activity_code
        ) as products
            on members.member_kind = 'activity'
            and members.member_code = products.activity_code
        group by members.member_kind, members.member_code
        order by members.member_kind, name
        """
    ):
        years = [year for year in row["years"] if year in standing]
        if not years or not CODE.fullmatch(row["member_code"]):
            continue
        kind, code = row["member_kind"], row["member_code"]
        entry = {
            "name": words.label(row["short"] or row["name"]),
            "kind": words.say(f"site.member.kind_{kind}"),
            "code": code,
            "page": layout.member_page(kind, code, 0).split("/")[-1],
            "codes": f"{words.label(row['name'])} {code if kind == 'activity' else ''}",
        }
        also = [
            *(row["other_names"] or "").split("|"),
            *(row["products"] or []),
        ]
        if any(also):
            entry["also"] = [words.label(each) for each in also if each]
        entries.append(
            entry if len(years) == len(standing) else entry | {"years": years}
        )
    return entries


def member_page(
    member: Member,
    gazetteer: Gazetteer,
    address: PageAddress,
    words: Language,
    year: int,
    attribution: Attribution,
    made: set[str],
    links: dict[str, str],
) -> str:
    """Set the page of an activity or a country.

    Parameters
    ----------
    made
        Territories whose page exists: only these are linked.
    links
        Name → page, from `member_links`.
    """
    name = member.name(words)
    unit = unit_for(*(row["value_eur"] for row in member.france.values()))
    return render(
        "member.html.j2",
        address,
        words,
        year=year,
        kind=member.kind,
        code=member.code,
        name=name,
        page=layout.member_page(member.kind, member.code, year).split("/")[-1],
        headline=_headline(member, name, words),
        lead=_lead(member, words, unit),
        flows=[
            _flow(member, flow, gazetteer, words, year, made, links, unit)
            for flow in FLOWS
            if flow in member.france
        ],
        products=[words.named(row, "product_name") for row in member.products]
        if words.code == "fr"
        else [row["product_code"] for row in member.products],
        data=layout.data_file(f"{member.kind}_{member.code}_{year}", year, "csv"),
        rows=_table(member, gazetteer, words, year, made),
        attribution=attribution,
    )


def _headline(member: Member, name: str, words: Language) -> str:
    """Say how much of it the first three departments make."""
    for flow in FLOWS:
        france = member.france.get(flow)
        if france and france["top_3_share"] and len(member.departments[flow]) > 3:
            return words.say(
                f"site.member.headline_{member.kind}_{flow}",
                name=name,
                share=words.share(france["top_3_share"], 0),
            )
    return name


def _lead(member: Member, words: Language, unit: Any) -> list[str]:  # noqa: ANN401
    said = []
    for flow in FLOWS:
        france = member.france.get(flow)
        if france is None:
            said.append(words.say(f"site.member.none_{flow}"))
            continue
        said.append(
            words.say(
                f"site.member.total_{member.kind}_{flow}",
                value=words.eur(france["value_eur"], unit=unit),
                share=words.share(france["value_share"]),
                rank=words.ordinal(
                    france["member_rank"], feminine=member.kind == "activity"
                ),
            )
        )
    return said


def _flow(
    member: Member,
    flow: str,
    gazetteer: Gazetteer,
    words: Language,
    year: int,
    made: set[str],
    links: dict[str, str],
    unit: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Put together one flow: the map, the first departments, the first partners."""
    rows = member.departments[flow]
    grid = tile_grid()
    by_code = {row["territory_code"]: row for row in rows}
    tiles = []
    for territory in gazetteer.of_level("department"):
        if territory.code not in grid:
            continue
        row = by_code.get(territory.code)
        name = words.label(territory.name)
        tiles.append(
            {
                "column": grid[territory.code][0],
                "row": grid[territory.code][1],
                "short": territory.code[1:],
                "class": row["class"] if row else 0,
                "path": layout.link_to_sheet(territory.code, year, made),
                "label": words.say(
                    f"site.member.tile_{flow}",
                    name=name,
                    share=words.share(row["value_share"], 2),
                    value=words.eur(row["value_eur"]),
                )
                if row
                else words.say("site.member.tile_none", name=name),
            }
        )
    tiles.sort(key=lambda tile: (tile["row"], tile["column"]))
    longest = max((row["share_of_france"] for row in rows), default=1) or 1
    widest = max((row["value_share"] for row in member.partners[flow]), default=1) or 1
    return {
        "flow": flow,
        "heading": words.say(f"key.{flow}s"),
        "who": words.say(f"site.member.who_{member.kind}_{flow}"),
        "partners_heading": words.say(f"site.member.partners_{member.kind}_{flow}"),
        "map": words.say(f"site.member.map_{flow}", name=member.name(words)),
        "tiles": tiles,
        "key": _key(rows[0], flow, gazetteer, words) if rows else "",
        "legend": _legend(rows, words),
        "departments": [
            {
                "name": gazetteer.name(row["territory_code"], words),
                "path": layout.link_to_sheet(row["territory_code"], year, made),
                "length": row["share_of_france"] / longest,
                "value": words.eur(row["value_eur"], unit=unit),
                "share": words.share(row["share_of_france"]),
            }
            for row in rows[:_SHOWN]
            if row["value_eur"] > 0
        ],
        "partners": [
            {
                "name": words.named(row, "partner_name") or row["partner_code"],
                "path": links.get(
                    words.named(row, "partner_name") or row["partner_code"]
                ),
                "length": row["value_share"] / widest,
                "value": words.eur(row["value_eur"], unit=unit),
                "share": words.share(row["value_share"]),
            }
            for row in member.partners[flow]
        ],
    }


def _key(row: dict[str, Any], flow: str, gazetteer: Gazetteer, words: Language) -> str:
    """Say how to read bars and map, by the example of the first department."""
    return words.say(
        f"site.member.key_{flow}",
        name=gazetteer.name(row["territory_code"], words),
        of_france=words.share(row["share_of_france"]),
        of_own=words.share(row["value_share"]),
    )


def _legend(rows: Rows, words: Language) -> list[dict[str, Any]]:
    """Write the classes that occur on the map, and the tiles without trade."""
    found = {row["class"]: (row["class_low"], row["class_high"]) for row in rows}
    legend = []
    for number, (low, high) in sorted(found.items()):
        if high is None:
            text = words.say("site.home.class_above", low=words.share(low, 0))
        elif low == 0:
            text = words.say("site.home.class_below", high=words.share(high, 0))
        else:
            text = words.say(
                "site.home.class", low=words.share(low, 0), high=words.share(high, 0)
            )
        legend.append({"class": number, "text": text})
    return [*legend, {"class": 0, "text": words.say("site.member.class_none")}]


def _table(
    member: Member, gazetteer: Gazetteer, words: Language, year: int, made: set[str]
) -> list[dict[str, Any]]:
    """List every department that trades it, exports beside imports."""
    rows: dict[str, dict[str, Any]] = {}
    for flow in FLOWS:
        for row in member.departments[flow]:
            code = row["territory_code"]
            cells = rows.setdefault(
                code,
                {
                    "name": gazetteer.name(code, words),
                    "path": layout.link_to_sheet(code, year, made),
                    "cells": ["–"] * 6,
                },
            )["cells"]
            start = 3 * FLOWS.index(flow)
            cells[start : start + 3] = [
                words.euros(row["value_eur"]),
                words.share(row["share_of_france"], 2),
                words.share(row["value_share"], 2),
            ]
    return list(rows.values())


def member_csv(member: Member, made_from: dict[str, Any]) -> bytes:
    """Write the rows of a page: France and the departments, both flows.

    Parameters
    ----------
    made_from
        What each row says of its origin: `data_origin`, `vintages`.
    """
    rows = [
        row | made_from
        for flow in FLOWS
        if flow in member.france
        for row in (member.france[flow], *member.departments[flow])
    ]
    return to_csv(rows).encode()
