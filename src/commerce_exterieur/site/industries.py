"""The page of a Territoire d'industrie: its departments, never added up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commerce_exterieur.factsheet.cover import incomplete
from commerce_exterieur.factsheet.facts import FLOWS
from commerce_exterieur.factsheet.sheet import Attribution
from commerce_exterieur.site import layout
from commerce_exterieur.site.gazetteer import Gazetteer, Industry
from commerce_exterieur.site.layout import PageAddress
from commerce_exterieur.site.page import render
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import Language
from commerce_exterieur.wording.numbers import balance_sign, unit_for


@dataclass(frozen=True)
class Figures:
    """The key figures of a department: its totals, and those of each flow."""

    totals: dict
    flows: dict[str, dict]


def industry_figures(warehouse: Warehouse, year: int) -> dict[str, Figures]:
    """Read the key figures of all departments, by territory."""
    where = "where year = ? and territory_level = 'department'"
    figures = {
        row["territory_code"]: Figures(row, {})
        for row in warehouse.rows(
            f"select * from marts.rpt_factsheet_territories {where}", [year]
        )
    }
    for row in warehouse.rows(
        f"select * from marts.rpt_factsheet_key_figures {where}", [year]
    ):
        figures[row["territory_code"]].flows[row["flow"]] = row
    return {
        territory_code: found
        for territory_code, found in figures.items()
        if len(found.flows) == len(FLOWS)
    }


def industry_page(
    gazetteer: Gazetteer,
    industry: Industry,
    figures: dict[str, Figures],
    address: PageAddress,
    words: Language,
    year: int,
    attribution: Attribution,
    made: set[str],
) -> str:
    """Set the page of a Territoire d'industrie: its departments, side by side."""
    departments = [
        {
            "name": gazetteer.name(row["territory_code"], words),
            "path": layout.link_to_sheet(row["territory_code"], year, made),
            "communes": words.integer(row["commune_count"]),
            "share": words.share(row["commune_share"]),
        }
        for row in industry.departments
    ]
    found = [figures.get(row["territory_code"]) for row in industry.departments]
    return render(
        "industry.html.j2",
        address,
        words,
        year=year,
        industry={"id": industry.id, "name": words.label(industry.name)},
        departments=departments,
        rows=_industry_rows(found, words),
        incomplete=_incomplete(found, words),
        attribution=attribution,
    )


def _incomplete(rows: list[Figures | None], words: Language) -> str | None:
    """Say that the year is not whole, as the sheets do: it is the same for all."""
    return next((incomplete(row.totals, words) for row in rows if row), None)


#: Label, key, and what writes the cell of a department.
_Row = tuple[str, str, Callable[[Figures], str]]


def _industry_rows(
    found: list[Figures | None], words: Language
) -> list[dict[str, Any]]:
    """Write the indicators, a column a department; one without figures has dashes."""
    unit = unit_for(
        *(row.totals[f"{flow}_eur"] for row in found if row for flow in FLOWS)
    )

    def eur(row: Figures, name: str) -> str:
        amount = row.totals[f"{name}_eur"]
        return words.eur(amount, unit=unit, signed=name == "balance")

    def amount(row: Figures, flow: str) -> str:
        is_here = row.totals[f"{flow}_quarters"]
        return eur(row, flow) if is_here else words.say("sheet.not_delivered")

    def top(row: dict, kind: str, name: str) -> str:
        # A flow of lines worth 0 € has members, and no shares.
        if row[f"top_{kind}_code"] is None or row[f"top_{kind}_share"] is None:
            return words.say("sheet.not_applicable")
        return words.say(
            "key.value_and_share",
            name=words.named(row, f"top_{name}") or row[f"top_{kind}_code"],
            share=words.share(row[f"top_{kind}_share"]),
        )

    def of_flow(flow: str) -> list[_Row]:
        flow_name = words.say(f"key.{flow}s")

        def label(key: str) -> str:
            name = words.say(f"key.{key}")
            return words.say(
                "site.compare.flow_of", flow=flow_name, name=name[:1].lower() + name[1:]
            )

        return [
            (flow_name, flow, lambda row: amount(row, flow)),
            (
                label("eu_share"),
                "",
                lambda row: words.share(row.flows[flow]["eu_share"]),
            ),
            (
                label("top_country"),
                "",
                lambda row: top(row.flows[flow], "country", "country_name"),
            ),
            (
                label("top_activity"),
                "",
                lambda row: top(row.flows[flow], "activity", "activity_short"),
            ),
        ]

    rows = [row for flow in FLOWS for row in of_flow(flow)]
    rows += [
        (words.say("key.balance"), "sign", lambda row: eur(row, "balance")),
        (
            words.say("key.coverage"),
            "",
            lambda row: words.share(row.totals["coverage_ratio"]),
        ),
    ]
    return [
        {
            "label": label,
            "cells": [
                {
                    "text": cell(row),
                    "kind": balance_sign(row.totals["balance_eur"])
                    if kind == "sign"
                    else kind,
                }
                if row is not None
                else {"text": "–", "kind": ""}
                for row in found
            ],
        }
        for label, kind, cell in rows
    ]
