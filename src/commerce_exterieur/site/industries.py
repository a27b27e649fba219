"""The page of a Territoire d'industrie: its departments, never added up."""

from __future__ import annotations

from typing import Any

from commerce_exterieur.factsheet.content import incomplete
from commerce_exterieur.site import layout
from commerce_exterieur.site.catalogue import Catalogue, Industry
from commerce_exterieur.site.layout import Place
from commerce_exterieur.site.page import render
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import Language
from commerce_exterieur.wording.numbers import unit_for


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
            "path": layout.link_to_sheet(row["territory_code"], year, made),
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
    """Say that the year is not whole, as the sheets do: it is the same for all."""
    return next((incomplete(row, words) for row in rows if row), None)


def _industry_rows(found: list[dict | None], words: Language) -> list[dict[str, Any]]:
    """Write the indicators, a column a department; one without figures has dashes."""
    unit = unit_for(
        *(row[f"{flow}_eur"] for row in found if row for flow in ("export", "import"))
    )

    def eur(row: dict, name: str) -> str:
        return words.eur(row[f"{name}_eur"], unit=unit, signed=name == "balance")

    def amount(row: dict, flow: str) -> str:
        is_here = row[f"{flow}_quarters"]
        return eur(row, flow) if is_here else words.say("sheet.not_delivered")

    def share(row: dict, name: str) -> str:
        value = row[name]
        return (
            words.say("sheet.not_applicable") if value is None else words.share(value)
        )

    def top(row: dict, flow: str, kind: str) -> str:
        code = row[f"{flow}_top_{kind}_code"]
        # A flow of lines worth 0 € has members, and no shares.
        if code is None or row[f"{flow}_top_{kind}_share"] is None:
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
            return words.say(
                "site.compare.flow_of", flow=flow_name, name=name[:1].lower() + name[1:]
            )

        rows += [
            (flow_name, flow, lambda row, flow=flow: amount(row, flow)),
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


def _sign(balance_eur: int | None) -> str:
    if not balance_eur:
        return ""
    return "surplus" if balance_eur > 0 else "deficit"
