"""The pages that lead to the sheets: home, comparison, Territoires d'industrie."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import charts
from common.warehouse import Warehouse
from language import Language
from website import layout
from website.catalogue import Catalogue, Industry
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
_ROWS = ("value", "change", "region_share", "region_rank", "france_share",
         "france_rank", "eu_share", "top_country", "top_3", "top_activity",
         "diversity")  # fmt: skip


def write_value(value: float | None, kind: str, words: Language) -> str:
    """Write a value of the map: euros, a balance with its sign, or a ratio."""
    if value is None:
        return words.say("site.home.class_none")
    if kind == "share":
        return words.share(value)
    return words.eur(round(value), signed=kind == "signed")


# ------------------------------------------------------------------------------ home


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
            for one in catalogue.industries
        ],
        france=_france(warehouse, year, words),
        france_path=_path("FR", year, made),
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
        "path": _path(code, year, made),
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


def _path(code: str, year: int, made: set[str]) -> str | None:
    return layout.sheet_page(code, year) if code in made else None


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
        low, high = (write_value(value, kind, words) for value in spans[number])
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
            "path": _path(one.code, year, made),
        }

    groups = [
        listed(region)
        | {
            "departments": [
                listed(each) for each in catalogue.departments_of(region.code)
            ]
        }
        for region in sorted(
            catalogue.of_level("region"), key=lambda one: words.label(one.name)
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
        select export_eur, import_eur, balance_eur, coverage_ratio
        from marts.rpt_factsheet_key_figures
        where territory_code = 'FR' and year = ?
        """,
        [year],
    )[0]
    balance = figures["balance_eur"]
    sign = "surplus" if balance > 0 else "deficit" if balance < 0 else "balanced"
    return [
        {
            "kind": kind,
            "label": words.say(f"key.{label}"),
            "value": write_value(value, written, words),
        }
        for kind, label, value, written in (
            ("export", "exports", figures["export_eur"], "eur"),
            ("import", "imports", figures["import_eur"], "eur"),
            (sign, "balance", balance, "signed"),
            ("coverage", "coverage", figures["coverage_ratio"], "share"),
        )
    ]


# ----------------------------------------------------------------------- comparison


def compare_page(
    catalogue: Catalogue,
    place: Place,
    words: Language,
    year: int,
    frame: dict[str, Any],
    made: set[str],
) -> str:
    """Set the page that puts two territories side by side."""
    levels = (
        ("country", None),
        ("region", words.say("site.territory.regions")),
        ("department", words.say("site.home.department")),
    )
    return render(
        "compare.html.j2",
        place,
        words,
        year=year,
        groups=[
            {
                "heading": heading,
                "places": [
                    {
                        "code": one.code,
                        "name": words.label(one.name)
                        + ("" if one.code == "FR" else f" ({one.code[1:]})"),
                    }
                    for one in catalogue.of_level(level)
                    if one.code in made
                ],
            }
            for level, heading in levels
        ],
        rows=[{"id": name, "label": _row_label(name, words)} for name in _ROWS],
        figures=[
            {"id": figure, "heading": words.say(f"{figure}.heading")}
            for figure in charts.FIGURES
        ],
        **frame,
    )


def _row_label(name: str, words: Language) -> str:
    """Name an indicator without the year and region a sheet would put in."""
    own = f"site.row.{name}"
    return words.say(own if words.has(own) else f"key.{name}")


# ------------------------------------------------------------- Territoires d'industrie


def industry_figures(warehouse: Warehouse, year: int) -> dict[str, dict]:
    """Read the key figures of all departments, by territory."""
    return {
        row["territory_code"]: row
        for row in warehouse.rows(
            """
            select
                figures.*,
                exported.country_name_fr as export_country_fr,
                exported.country_name_en as export_country_en,
                imported.country_name_fr as import_country_fr,
                imported.country_name_en as import_country_en,
                export_activities.activity_short_fr as export_activity_fr,
                export_activities.activity_short_en as export_activity_en,
                import_activities.activity_short_fr as import_activity_fr,
                import_activities.activity_short_en as import_activity_en
            from marts.rpt_factsheet_key_figures as figures
            left join marts.dim_country as exported
                on figures.export_top_country_code = exported.country_code
            left join marts.dim_country as imported
                on figures.import_top_country_code = imported.country_code
            left join marts.dim_activity as export_activities
                on figures.export_top_activity_code = export_activities.activity_code
            left join marts.dim_activity as import_activities
                on figures.import_top_activity_code = import_activities.activity_code
            where figures.year = ? and figures.territory_level = 'department'
            """,
            [year],
        )
    }


def industry_page(
    catalogue: Catalogue,
    industry: Industry,
    figures: dict[str, dict],
    place: Place,
    words: Language,
    year: int,
    frame: dict[str, Any],
    made: set[str],
) -> str:
    """Set the page of a Territoire d'industrie: its departments, side by side."""
    departments = [
        {
            "name": catalogue.name(row["territory_code"], words),
            "path": _path(row["territory_code"], year, made),
            "communes": words.integer(row["commune_count"]),
            "share": words.share(row["commune_share"]),
        }
        for row in industry.departments
    ]
    found = [figures.get(row["territory_code"]) for row in industry.departments]
    return render(
        "industry.html.j2",
        place,
        words,
        year=year,
        industry={"id": industry.id, "name": words.label(industry.name)},
        departments=departments,
        rows=_industry_rows(found, words),
        incomplete=_incomplete(found, words),
        **frame,
    )


def _incomplete(rows: list[dict | None], words: Language) -> str | None:
    """Say that the year is not whole, as the sheets do."""
    found = [row for row in rows if row is not None]
    covered = min((row["quarters_covered"] for row in found), default=4)
    if covered < 4:
        key = "one_quarter" if covered == 1 else "some_quarters"
        quarters = words.say(f"sheet.{key}", count=covered)
        return words.say("sheet.incomplete_cover", quarters=quarters)
    whole = all(row["is_complete"] for row in found)
    return None if whole else words.say("sheet.partial")


def _industry_rows(found: list[dict | None], words: Language) -> list[dict[str, Any]]:
    """Write the indicators, a column a department; one without figures has dashes."""

    def eur(row: dict, name: str) -> str:
        return words.eur(row[f"{name}_eur"], signed=name == "balance")

    def share(row: dict, name: str) -> str:
        value = row[name]
        return (
            words.say("sheet.not_applicable") if value is None else words.share(value)
        )

    def top(row: dict, flow: str, kind: str) -> str:
        code = row[f"{flow}_top_{kind}_code"]
        if code is None:
            return words.say("sheet.not_applicable")
        return words.say(
            "key.value_and_share",
            name=words.named(row, f"{flow}_{kind}") or code,
            share=words.share(row[f"{flow}_top_{kind}_share"]),
        )

    rows: list[tuple[str, str, Any]] = []
    for flow in ("export", "import"):
        flow_name = words.say(f"key.{flow}s")

        def of_flow(key: str, flow_name: str = flow_name) -> str:
            name = words.say(f"key.{key}")
            return words.say("site.compare.flow_of", flow=flow_name, name=name.lower())

        rows += [
            (flow_name, flow, lambda row, flow=flow: eur(row, flow)),
            (
                of_flow("eu_share"),
                "",
                lambda row, flow=flow: share(row, f"{flow}_eu_share"),
            ),
            (
                of_flow("top_country"),
                "",
                lambda row, flow=flow: top(row, flow, "country"),
            ),
            (
                of_flow("top_activity"),
                "",
                lambda row, flow=flow: top(row, flow, "activity"),
            ),
        ]
    rows += [
        (words.say("key.balance"), "sign", lambda row: eur(row, "balance")),
        (words.say("key.coverage"), "", lambda row: share(row, "coverage_ratio")),
    ]
    return [
        {
            "label": label,
            "cells": [
                {
                    "text": cell(row),
                    "kind": _sign(row["balance_eur"]) if kind == "sign" else kind,
                }
                if row is not None
                else {"text": "–", "kind": ""}
                for row in found
            ],
        }
        for label, kind, cell in rows
    ]


def _sign(balance_eur: int) -> str:
    return "surplus" if balance_eur > 0 else "deficit" if balance_eur < 0 else ""
