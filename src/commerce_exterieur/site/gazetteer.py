"""What the site holds: territories, Territoires d'industrie, and how they are found."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commerce_exterieur.errors import UserError
from commerce_exterieur.factsheet.facts import sheet_codes
from commerce_exterieur.site import layout
from commerce_exterieur.warehouse import CODE, Territory, Warehouse
from commerce_exterieur.wording import Language

Entry = dict[str, Any]


@dataclass(frozen=True)
class Industry:
    """A Territoire d'industrie.

    Attributes
    ----------
    departments
        Its departments, largest first: `territory_code`, `commune_count`,
        `commune_share`.
    """

    id: str
    name: str
    departments: list[dict]


@dataclass(frozen=True)
class Gazetteer:
    """All places of the site.

    Attributes
    ----------
    territories
        France, regions, departments and sets, in this order, each by code.
    members
        The departments of each set.
    forms
        The row of `dim_territory` of each, with the forms of its name.
    """

    territories: dict[str, Territory]
    forms: dict[str, dict]
    members: dict[str, list[str]]
    industries: list[Industry]

    def name(self, territory_code: str, words: Language) -> str:
        """Name of a territory, in the typography of the language."""
        return words.label(self.territories[territory_code].name)

    def of_level(self, level: str) -> list[Territory]:
        """Territories of one level, in the order of their codes."""
        return [
            territory
            for territory in self.territories.values()
            if territory.level == level
        ]

    def departments_of(self, region_code: str | None) -> list[Territory]:
        """Departments of a region; with None, those in no region."""
        return [
            territory
            for territory in self.of_level("department")
            if territory.region_code == region_code
        ]

    def around(self, territory_code: str) -> set[str]:
        """List the codes of all places a territory's page names, its own included."""
        region = self.territories[territory_code].region_code
        near = {territory.code for territory in self.neighbours(territory_code)}
        return near | {territory_code, "FR"} | ({region} if region else set())

    def neighbours(self, territory_code: str) -> list[Territory]:
        """List the places around: siblings of a department, departments of another."""
        territory = self.territories[territory_code]
        if territory.level == "country":
            return self.of_level("region")
        if territory.level == "region":
            return self.departments_of(territory_code)
        if territory.level == "set":
            return [self.territories[each] for each in self.members[territory_code]]
        return [
            each
            for each in self.departments_of(territory.region_code)
            if each != territory
        ]


def read_gazetteer(warehouse: Warehouse) -> Gazetteer:
    """Read every place that gets a page."""
    codes = sheet_codes(warehouse)
    industries = _industries(warehouse)
    _check_names([*codes, *(industry.id for industry in industries)])
    forms = {
        row["territory_code"]: row
        for row in warehouse.rows("select * from marts.dim_territory")
    }
    return Gazetteer(
        territories={
            territory_code: Territory.of_row(forms[territory_code])
            for territory_code in codes
        },
        forms=forms,
        members=_members(warehouse),
        industries=industries,
    )


def _check_names(names: list[str]) -> None:
    """Refuse codes that cannot name a page each.

    Raises
    ------
    UserError
        A code that is no plain name, is there twice, or names another page.
    """
    taken = {Path(layout.HOME).stem, Path(layout.compare_page(0)).stem}
    for name in names:
        if not CODE.fullmatch(name) or name.casefold() in taken:
            raise UserError(
                f"The code {name!r} cannot name a page: codes are letters, digits and "
                "hyphens, each once. Mend it in seeds/reference and run `make build`."
            )
        taken.add(name.casefold())


def _members(warehouse: Warehouse) -> dict[str, list[str]]:
    """List the departments of each set that have a page."""
    found: dict[str, list[str]] = {}
    for row in warehouse.rows(
        """
        select members.territory_code, members.department_code
        from marts.dim_territory_members as members
        inner join marts.dim_territory as departments
            on members.department_code = departments.territory_code
        where members.level = 'set' and departments.has_sheet
        order by all
        """
    ):
        found.setdefault(row["territory_code"], []).append(row["department_code"])
    return found


def _industries(warehouse: Warehouse) -> list[Industry]:
    found: dict[str, Industry] = {}
    for row in warehouse.rows(
        """
        select
            territoire_industrie_id,
            territoire_industrie_name,
            territory_code,
            commune_count,
            commune_share
        from marts.rpt_factsheet_territoires_industrie
        order by
            territoire_industrie_name, territoire_industrie_id,
            commune_count desc, territory_code
        """
    ):
        industry = found.setdefault(
            row["territoire_industrie_id"],
            Industry(
                row["territoire_industrie_id"], row["territoire_industrie_name"], []
            ),
        )
        industry.departments.append(row)
    return list(found.values())


def search_index(
    gazetteer: Gazetteer, words: Language, standing: dict[int, set[str]]
) -> list[Entry]:
    """List what the search box finds: `name`, `kind`, `code`, `page`, `codes`, `also`.

    `also` are other words that lead there, shown when they are what was asked for.

    Parameters
    ----------
    standing
        Territories whose page exists, by year. A place with a page in some years only
        says so in `years`; one with none is left out.
    """
    entries: list[Entry] = [
        {
            "name": words.label(territory.name),
            "kind": words.say(f"site.kind.{territory.level}"),
            "code": _shown_code(territory.code),
            "page": f"{territory.code}.html",
            "codes": " ".join([territory.code, *_numbers(gazetteer, territory)]),
            **_also(gazetteer.forms[territory.code]["prefectures"], words),
            **_only(territory.code, standing),
        }
        for territory in gazetteer.territories.values()
        if any(territory.code in made for made in standing.values())
    ]
    return entries + [
        {
            "name": words.label(industry.name),
            "kind": " · ".join(
                [
                    words.say("site.kind.industry"),
                    ", ".join(
                        gazetteer.name(row["territory_code"], words)
                        for row in industry.departments
                        if row["territory_code"] in gazetteer.territories
                    ),
                ]
            ),
            "page": f"{industry.id}.html",
        }
        for industry in gazetteer.industries
    ]


def _also(prefectures: str | None, words: Language) -> Entry:
    """Give the towns whose department people may mean."""
    if not prefectures:
        return {}
    return {"also": [words.label(town) for town in prefectures.split("|")]}


def _only(territory_code: str, standing: dict[int, set[str]]) -> Entry:
    years = [year for year, made in standing.items() if territory_code in made]
    return {} if len(years) == len(standing) else {"years": years}


def _numbers(gazetteer: Gazetteer, territory: Territory) -> list[str]:
    """Codes without their letter, and INSEE codes: Corse answers to 2A and 2B.

    The number of a set is that of a department or a region that exists.
    """
    if territory.level == "set":
        return []
    insee_codes = gazetteer.forms[territory.code]["insee_codes"] or ""
    return [territory.code[1:], *insee_codes.split("|")]


def _shown_code(territory_code: str) -> str:
    """Only departments are known by their code; regions share the numbers."""
    return territory_code[1:] if territory_code[0] == "D" else ""


def fold(text: str) -> str:
    """Fold accents, case and punctuation, to sort names and as the search box does."""
    plain = unicodedata.normalize("NFD", text.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = plain.replace("œ", "oe").replace("æ", "ae")
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()
