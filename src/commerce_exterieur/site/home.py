"""The home page: the map of the departments, France, and every page of the site."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from commerce_exterieur.factsheet.sheet import Attribution
from commerce_exterieur.site import layout
from commerce_exterieur.site.gazetteer import Gazetteer, fold
from commerce_exterieur.site.layout import PageAddress
from commerce_exterieur.site.page import render
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import Language, Unit
from commerce_exterieur.wording.numbers import EUROS, balance_sign, unit_for

#: Measure of the map → how its values are written.
MEASURES = {
    "exports": "eur",
    "imports": "eur",
    "balance": "signed",
    "coverage": "share",
    "top_destination_share": "share",
    "top_origin_share": "share",
}
CLASSES = (1, 2, 3, 4, 5)


def write_value(value: float | None, kind: str, words: Language, unit: Unit) -> str:
    """Write a value of the map: euros, a balance with its sign, or a ratio.

    Parameters
    ----------
    unit
        The unit of all amounts it stands among.
    """
    if value is None:
        return words.say("site.home.class_none")
    if kind == "share":
        return words.share(value)
    return words.eur(round(value), unit=unit, signed=kind == "signed")


def _write_bound(value: float, kind: str, words: Language, unit: Unit) -> str:
    """Write a bound of a class, round as it is: no decimal that says nothing."""
    if kind == "share":
        return words.share(value, 0 if round(1000 * value) % 10 == 0 else 1)
    is_whole = round(value) % EUROS[unit] == 0
    return words.eur(
        round(value), unit=unit, digits=0 if is_whole else 1, signed=kind == "signed"
    )


def map_unit(rows: list[dict]) -> Unit:
    """Choose the one unit of the amounts of the map, its legend and its table."""
    return unit_for(
        *(
            round(row["value"])
            for row in rows
            if MEASURES[row["measure"]] != "share" and row["value"] is not None
        )
    )


def home_page(
    warehouse: Warehouse,
    gazetteer: Gazetteer,
    address: PageAddress,
    words: Language,
    year: int,
    attribution: Attribution,
    made: set[str],
) -> str:
    """Set the home page of a year.

    Parameters
    ----------
    attribution
        What every page says about its data: notice, source, version.
    made
        Territories whose page exists: only these are linked.
    """
    rows = _map_rows(warehouse, year)
    departments = _departments(gazetteer, rows, words, year, made)
    return render(
        "home.html.j2",
        address,
        words,
        year=year,
        measures=[
            {
                "id": measure,
                "label": words.say(f"site.measure.{measure}"),
                "legend": _legend(rows, measure, words),
            }
            for measure in MEASURES
        ],
        departments=departments,
        tiles=_placed(departments),
        groups=_groups(gazetteer, words, year, made),
        industries=[
            {
                "name": words.label(industry.name),
                "path": layout.industry_page(industry.id, year),
            }
            for industry in sorted(
                gazetteer.industries, key=lambda industry: fold(industry.name)
            )
        ],
        france=_france(warehouse, year, words),
        france_path=layout.link_to_sheet("FR", year, made),
        map_script=layout.map_script(year, words.code),
        map_data=layout.data_file(f"departments_{year}", year, "csv"),
        attribution=attribution,
    )


def map_script(
    warehouse: Warehouse, gazetteer: Gazetteer, words: Language, year: int
) -> str:
    """Write class and label of every tile and measure as a script."""
    rows = _map_rows(warehouse, year)
    tiles = {
        department["code"]: {
            measure: [value["class"] or 0, value["label"]]
            for measure, value in department["values"].items()
        }
        for department in _departments(gazetteer, rows, words, year, set())
    }
    text = json.dumps(tiles, ensure_ascii=False, separators=(",", ":"))
    return f"commerce.map={text};\n"


def _map_rows(warehouse: Warehouse, year: int) -> list[dict]:
    return warehouse.rows(
        """
        select
            territory_code, measure, value, class, class_low, class_high,
            class_from, class_to
        from marts.rpt_site_map
        where year = ?
        order by territory_code, measure
        """,
        [year],
    )


def _departments(
    gazetteer: Gazetteer, rows: list[dict], words: Language, year: int, made: set[str]
) -> list[dict[str, Any]]:
    by_code: dict[str, dict[str, dict]] = defaultdict(dict)
    for row in rows:
        by_code[row["territory_code"]][row["measure"]] = row
    unit = map_unit(rows)
    return [
        _department(
            gazetteer, territory.code, by_code[territory.code], words, unit, year, made
        )
        for territory in gazetteer.of_level("department")
    ]


def _department(
    gazetteer: Gazetteer,
    territory_code: str,
    measures: dict[str, dict],
    words: Language,
    unit: Unit,
    year: int,
    made: set[str],
) -> dict[str, Any]:
    name, short = gazetteer.name(territory_code, words), territory_code[1:]
    values = {}
    for measure, kind in MEASURES.items():
        row = measures.get(measure, {"class": None, "value": None})
        text = write_value(row["value"], kind, words, unit)
        values[measure] = {
            "class": row["class"],
            "text": text,
            "label": words.say(
                "site.home.tile",
                name=name,
                code=short,
                measure=words.say(f"site.measure.{measure}"),
                value=text,
            ),
        }
    return {
        "code": territory_code,
        "short": short,
        "name": name,
        "path": layout.link_to_sheet(territory_code, year, made),
        "values": values,
    }


def _legend(rows: list[dict], measure: str, words: Language) -> list[dict[str, Any]]:
    """List the classes that occur, with the values they really span."""
    kind, unit = MEASURES[measure], map_unit(rows)
    found = {
        row["class"]: row
        for row in rows
        if row["measure"] == measure and row["class"] is not None
    }
    legend = []
    for number in CLASSES:
        if number not in found:
            continue
        row = found[number]
        low, high = (
            None if value is None else _write_bound(value, kind, words, unit)
            for value in (row["class_from"], row["class_to"])
        )
        if low is None and high is None:
            low, high = (
                write_value(row[name], kind, words, unit)
                for name in ("class_low", "class_high")
            )
            text = words.say("site.home.class", low=low, high=high)
        elif low is None:
            text = words.say("site.home.class_below", high=high)
        elif high is None:
            text = words.say("site.home.class_above", low=low)
        else:
            text = words.say("site.home.class", low=low, high=high)
        legend.append({"class": number, "text": text})
    if any(row["measure"] == measure and row["class"] is None for row in rows):
        legend.append({"class": 0, "text": words.say("site.home.class_none")})
    return legend


@lru_cache(maxsize=1)
def tile_grid() -> dict[str, tuple[int, int]]:
    """Column and row of each department on the map, from 1."""
    path = Path(__file__).with_name("tiles.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["territory_code"]: (int(row["column"]), int(row["row"]))
            for row in csv.DictReader(file)
        }


def _placed(departments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put the departments on the grid, in reading order for the keyboard."""
    grid = tile_grid()
    placed = [
        department
        | {"column": grid[department["code"]][0], "row": grid[department["code"]][1]}
        for department in departments
        if department["code"] in grid
    ]
    return sorted(
        placed, key=lambda department: (department["row"], department["column"])
    )


def _groups(
    gazetteer: Gazetteer, words: Language, year: int, made: set[str]
) -> list[dict[str, Any]]:
    """List regions with their departments, then the departments in none."""

    def listed(territory: Any) -> dict[str, Any]:  # noqa: ANN401
        return {
            "name": words.label(territory.name),
            # The number of a set is that of a department that exists.
            "short": territory.code if territory.level == "set" else territory.code[1:],
            "path": layout.link_to_sheet(territory.code, year, made),
        }

    groups = [
        listed(region)
        | {
            "departments": [
                listed(each) for each in gazetteer.departments_of(region.code)
            ]
        }
        for region in sorted(
            gazetteer.of_level("region"), key=lambda territory: fold(territory.name)
        )
    ]
    for heading, places in (
        ("outside", gazetteer.departments_of(None)),
        ("sets", gazetteer.of_level("set")),
    ):
        if places:
            groups.append(
                {
                    "name": words.say(f"site.home.{heading}"),
                    "path": None,
                    "departments": [listed(each) for each in places],
                }
            )
    return groups


def _france(warehouse: Warehouse, year: int, words: Language) -> list[dict[str, str]]:
    """Give France's four numbers."""
    figures = warehouse.rows(
        """
        select export_eur, import_eur, balance_eur, coverage_ratio,
            export_quarters, import_quarters
        from marts.rpt_factsheet_territories
        where territory_code = 'FR' and year = ?
        """,
        [year],
    )[0]
    balance = figures["balance_eur"]
    unit = unit_for(figures["export_eur"], figures["import_eur"])
    return [
        {
            "kind": kind,
            "label": words.say(f"key.{label}"),
            "value": write_value(value, written, words, unit)
            if figures.get(f"{kind}_quarters") != 0
            else words.say("sheet.not_delivered"),
        }
        for kind, label, value, written in (
            ("export", "exports", figures["export_eur"], "eur"),
            ("import", "imports", figures["import_eur"], "eur"),
            (balance_sign(balance), "balance", balance, "signed"),
            ("coverage", "coverage", figures["coverage_ratio"], "share"),
        )
    ]
