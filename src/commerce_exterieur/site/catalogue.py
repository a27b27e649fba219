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
class Catalogue:
    """All places of the site.

    Attributes
    ----------
    territories
        France, regions and departments, in this order, each by code.
    forms
        The row of `dim_territory` of each, with the forms of its name.
    """

    territories: dict[str, Territory]
    forms: dict[str, dict]
    industries: list[Industry]

    def name(self, code: str, words: Language) -> str:
        """Name of a territory, in the typography of the language."""
        return words.label(self.territories[code].name)

    def of_level(self, level: str) -> list[Territory]:
        """Territories of one level, in the order of their codes."""
        return [one for one in self.territories.values() if one.level == level]

    def departments_of(self, region_code: str | None) -> list[Territory]:
        """Departments of a region; with None, those in no region."""
        return [
            one for one in self.of_level("department") if one.region_code == region_code
        ]

    def around(self, code: str) -> set[str]:
        """List the codes of all places a territory's page names, its own included."""
        region = self.territories[code].region_code
        near = {one.code for one in self.neighbours(code)}
        return near | {code, "FR"} | ({region} if region else set())

    def neighbours(self, code: str) -> list[Territory]:
        """List the places around: a department's region, a region's departments."""
        one = self.territories[code]
        if one.level == "country":
            return self.of_level("region")
        if one.level == "region":
            return self.departments_of(code)
        return [each for each in self.departments_of(one.region_code) if each != one]


def read_catalogue(warehouse: Warehouse) -> Catalogue:
    """Read every place that gets a page."""
    codes = sheet_codes(warehouse)
    industries = _industries(warehouse)
    _check_names([*codes, *(industry.id for industry in industries)])
    forms = {
        row["territory_code"]: row
        for row in warehouse.rows("select * from marts.dim_territory")
    }
    return Catalogue(
        territories={code: Territory.of_row(forms[code]) for code in codes},
        forms=forms,
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
    catalogue: Catalogue, words: Language, standing: dict[int, set[str]]
) -> list[Entry]:
    """List what the search box finds: `name`, `kind`, `code`, `page`, `codes`.

    Parameters
    ----------
    standing
        Territories whose page exists, by year. A place with a page in some years only
        says so in `years`; one with none is left out.
    """
    entries: list[Entry] = [
        {
            "name": words.label(one.name),
            "kind": words.say(f"site.kind.{one.level}"),
            "code": _shown_code(one.code),
            "page": f"{one.code}.html",
            "codes": " ".join([one.code, one.code[1:], *_insee(catalogue, one.code)]),
            **_only(one.code, standing),
        }
        for one in catalogue.territories.values()
        if any(one.code in made for made in standing.values())
    ]
    return entries + [
        {
            "name": words.label(industry.name),
            "kind": " · ".join(
                [
                    words.say("site.kind.industry"),
                    ", ".join(
                        catalogue.name(row["territory_code"], words)
                        for row in industry.departments
                        if row["territory_code"] in catalogue.territories
                    ),
                ]
            ),
            "page": f"{industry.id}.html",
        }
        for industry in catalogue.industries
    ]


def _only(code: str, standing: dict[int, set[str]]) -> Entry:
    years = [year for year, made in standing.items() if code in made]
    return {} if len(years) == len(standing) else {"years": years}


def _insee(catalogue: Catalogue, code: str) -> list[str]:
    """INSEE codes: Corse answers to 2A and 2B."""
    return (catalogue.forms[code]["insee_code"] or "").split("|")


def _shown_code(code: str) -> str:
    """Only departments are known by their code; regions share the numbers."""
    return code[1:] if code[0] == "D" else ""


def fold(text: str) -> str:
    """Fold accents, case and punctuation, to sort names and as the search box does."""
    plain = unicodedata.normalize("NFD", text.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = plain.replace("œ", "oe").replace("æ", "ae")
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()
