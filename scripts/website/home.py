"""The home page: the map of the departments, France, and every page of the site."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from common.warehouse import Warehouse
from language import Language
from language.numbers import auto_unit
from website import layout
from website.catalogue import Catalogue, fold
from website.layout import Place
from website.page import render

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


def write_value(
    value: float | None, kind: str, words: Language, beside: float | None = None
) -> str:
    """Write a value of the map: euros, a balance with its sign, or a ratio.

    Parameters
    ----------
    beside
        A larger amount it stands beside, and whose unit it takes.
    """
    if value is None:
        return words.say("site.home.class_none")
    if kind == "share":
        return words.share(value)
    unit = auto_unit(round(value if beside is None else beside))
    return words.eur(round(value), unit=unit, signed=kind == "signed")


def home_page(
    warehouse: Warehouse,
    catalogue: Catalogue,
    place: Place,
    words: Language,
    year: int,
    frame: dict[str, Any],
    made: set[str],
) -> str:
    """Set the home page of a year.

    Parameters
    ----------
    frame
        What every page says about its data: notice, source, version.
    made
        Territories whose page exists: only these are linked.
    """
    rows = _map_rows(warehouse, year)
    departments = _departments(catalogue, rows, words, year, made)
    return render(
        "home.html.j2",
        place,
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
        groups=_groups(catalogue, words, year, made),
        industries=[
            {
                "name": words.label(one.name),
                "path": layout.industry_page(one.id, year),
            }
            for one in sorted(catalogue.industries, key=lambda one: fold(one.name))
        ],
        france=_france(warehouse, year, words),
        france_path=layout.link_to_sheet("FR", year, made),
        map_script=layout.map_script(year, words.code),
        map_data=layout.data_file(f"departments_{year}", year, "csv"),
        **frame,
    )


def map_script(
    warehouse: Warehouse, catalogue: Catalogue, words: Language, year: int
) -> str:
    """Write class and label of every tile and measure as a script."""
    rows = _map_rows(warehouse, year)
    tiles = {
        one["code"]: {
            measure: [value["class"] or 0, _tile_label(one, value["text"], words)]
            for measure, value in one["values"].items()
        }
        for one in _departments(catalogue, rows, words, year, set())
    }
    text = json.dumps(tiles, ensure_ascii=False, separators=(",", ":"))
    return f"commerce.map={text};\n"


def _tile_label(one: dict[str, Any], value: str, words: Language) -> str:
    return words.say("site.home.tile", name=one["name"], code=one["short"], value=value)


def _map_rows(warehouse: Warehouse, year: int) -> list[dict]:
    return warehouse.rows(
        """
        select territory_code, measure, value, class, class_low, class_high
        from marts.rpt_site_map
        where year = ?
        order by territory_code, measure
        """,
        [year],
    )


def _departments(
    catalogue: Catalogue, rows: list[dict], words: Language, year: int, made: set[str]
) -> list[dict[str, Any]]:
    by_code: dict[str, dict[str, dict]] = defaultdict(dict)
    for row in rows:
        by_code[row["territory_code"]][row["measure"]] = row
    return [
        _department(catalogue, one.code, by_code[one.code], words, year, made)
        for one in catalogue.of_level("department")
    ]


def _department(
    catalogue: Catalogue,
    code: str,
    measures: dict[str, dict],
    words: Language,
    year: int,
    made: set[str],
) -> dict[str, Any]:
    return {
        "code": code,
        "short": code[1:],
        "name": catalogue.name(code, words),
        "path": layout.link_to_sheet(code, year, made),
        "values": {
            measure: {
                "class": measures[measure]["class"] if measure in measures else None,
                "text": write_value(
                    measures[measure]["value"] if measure in measures else None,
                    kind,
                    words,
                ),
            }
            for measure, kind in MEASURES.items()
        },
    }


def _legend(rows: list[dict], measure: str, words: Language) -> list[dict[str, Any]]:
    """List the classes that occur, with the values they really span."""
    kind = MEASURES[measure]
    spans = {
        row["class"]: (row["class_low"], row["class_high"])
        for row in rows
        if row["measure"] == measure and row["class"] is not None
    }
    legend = []
    for number in CLASSES:
        if number not in spans:
            continue
        largest = max(abs(value) for value in spans[number])
        low, high = (
            write_value(value, kind, words, largest) for value in spans[number]
        )
        key = "class_one" if low == high else "class"
        text = words.say(f"site.home.{key}", low=low, high=high)
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
        one | {"column": grid[one["code"]][0], "row": grid[one["code"]][1]}
        for one in departments
        if one["code"] in grid
    ]
    return sorted(placed, key=lambda one: (one["row"], one["column"]))


def _groups(
    catalogue: Catalogue, words: Language, year: int, made: set[str]
) -> list[dict[str, Any]]:
    """List regions with their departments, then the departments in none."""

    def listed(one: Any) -> dict[str, Any]:  # noqa: ANN401
        return {
            "name": words.label(one.name),
            "short": one.code[1:],
            "path": layout.link_to_sheet(one.code, year, made),
        }

    groups = [
        listed(region)
        | {
            "departments": [
                listed(each) for each in catalogue.departments_of(region.code)
            ]
        }
        for region in sorted(
            catalogue.of_level("region"), key=lambda one: fold(one.name)
        )
    ]
    outside = [listed(each) for each in catalogue.departments_of(None)]
    if outside:
        groups.append(
            {
                "name": words.say("site.home.outside"),
                "path": None,
                "departments": outside,
            }
        )
    return groups


def _france(warehouse: Warehouse, year: int, words: Language) -> list[dict[str, str]]:
    """Give France's four numbers."""
    figures = warehouse.rows(
        """
        select export_eur, import_eur, balance_eur, coverage_ratio,
            export_quarters, import_quarters
        from marts.rpt_factsheet_key_figures
        where territory_code = 'FR' and year = ?
        """,
        [year],
    )[0]
    balance = figures["balance_eur"]
    sign = "balanced" if not balance else "surplus" if balance > 0 else "deficit"
    return [
        {
            "kind": kind,
            "label": words.say(f"key.{label}"),
            "value": write_value(value, written, words)
            if figures.get(f"{kind}_quarters") != 0
            else words.say("sheet.not_delivered"),
        }
        for kind, label, value, written in (
            ("export", "exports", figures["export_eur"], "eur"),
            ("import", "imports", figures["import_eur"], "eur"),
            (sign, "balance", balance, "signed"),
            ("coverage", "coverage", figures["coverage_ratio"], "share"),
        )
    ]
