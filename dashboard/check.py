"""Compare every chart of the dashboard with the marts, to the euro.

Starts Superset on a free port with a metadata database of its own, imports the bundle,
asks each chart's numbers over the API, as it stands and with the dashboard's filters
set, and compares them with marts that the dashboard does not read. Then imports one
whose measures are broken, and must find every chart wrong. Ends with status 1 if not.

    dashboard/.venv/bin/python dashboard/check.py
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import yaml
from server import (
    BUNDLE,
    WAREHOUSE,
    DashboardError,
    Superset,
    free_port,
    import_bundle,
    running,
)

#: Label → numbers: money in whole euros, ratios as floats.
Rows = dict[str, tuple[float | None, ...]]

#: What the dashboard opens with when the figures are invented.
MENTION = "Données simulées — ne pas citer"

_IN_YEAR = "($year is null or year = $year)"
_IN_FLOW = "($flow is null or flow = $flow)"
_TOTALS = f"""
    select
        'all' as label, {{measure}} from marts.fct_territory_totals
    where territory_code = $territory and {_IN_YEAR}
"""
_RATIO = """case when count(*) = 1 then any_value(coverage_ratio)
    else sum(export_eur) / sum(import_eur) end"""
_DEPARTMENTS = f"""
    select {{label}} as label, sum(ratios.value_eur)
    from marts.fct_share_ratios as ratios
    inner join marts.dim_territory as territories using (territory_code)
    {{join}}
    where ratios.territory_level = 'department'
        and ($region is null or territories.region_code = $region)
        and {_IN_YEAR} and {_IN_FLOW}
    group by all
"""
#: Chart → its numbers. `$territory` is the department chosen, or else the region, or
#: France; charts that stay whole when a department is chosen know `$region` alone.
EXPECTED = {
    "provenance": "select data_origin = 'simulated' as label from marts.build_info",
    "exports": _TOTALS.format(measure="sum(export_eur)"),
    "imports": _TOTALS.format(measure="sum(import_eur)"),
    "balance": _TOTALS.format(measure="sum(balance_eur)"),
    "coverage": _TOTALS.format(measure=_RATIO),
    "quarters": """
        select year || ' T' || quarter as label, export_eur, import_eur
        from marts.fct_territory_quarters
        where territory_code = $territory
    """,
    "regions": f"""
        select territory_name as label, sum(export_eur), sum(import_eur),
            sum(balance_eur), {_RATIO}
        from marts.fct_territory_totals
        inner join marts.dim_territory using (territory_code)
        where territory_level = 'region' and {_IN_YEAR}
        group by all
        union all
        select 'Hors région' as label, sum(export_eur), sum(import_eur),
            sum(balance_eur), sum(export_eur) / sum(import_eur)
        from marts.fct_territory_totals
        inner join marts.dim_territory using (territory_code)
        where territory_level = 'department' and region_code is null and {_IN_YEAR}
        having count(*) > 0
    """,
    "departments": _DEPARTMENTS.format(label="territory_name", join=""),
    "map": _DEPARTMENTS.format(
        label="'FR-' || coalesce(iso, insee_code)",
        join="""inner join marts.dim_insee_territory using (territory_code)
        left join (values ('971', 'GP'), ('972', 'MQ'), ('973', 'GF'), ('974', 'RE'),
            ('976', 'YT')) as overseas (insee_code, iso) using (insee_code)
        semi join (select territory_code from marts.dim_insee_territory
            group by all having count(*) = 1) as undivided using (territory_code)""",
    ),
    "partners": f"""
        select country_name_fr as label, sum(case when $flow = 'import' then 0
            else export_eur end + case when $flow = 'export' then 0 else import_eur end)
        from marts.fct_trade_balances
        inner join marts.dim_country using (country_code)
        where territory_code = $territory and is_country and {_IN_YEAR}
        group by all
    """,
    "activities": f"""
        select activity_short_fr as label, sum(value_eur)
        from marts.fct_rankings inner join marts.dim_activity using (activity_code)
        where territory_code = $territory and ranked_by = 'activity'
            and {_IN_YEAR} and {_IN_FLOW}
        group by all
    """,
}
#: What breaks each measure: every chart must then be found wrong.
DAMAGES = {
    "SUM(value_eur)": "MAX(value_eur)",
    "SUM(export_eur) / 1e6": "(SUM(export_eur) + 1) / 1e6",
    "SUM(import_eur) / 1e6": "(SUM(import_eur) - 1) / 1e6",
    "(SUM(export_eur) - SUM(import_eur)) / 1e6": "SUM(export_eur) / 1e6",
    "SUM(export_eur) / NULLIF(SUM(import_eur), 0)": "AVG(export_eur / import_eur)",
    f"'{MENTION}": "'",
}


@dataclass(frozen=True)
class Choice:
    """Values of the dashboard's filters, and the same in words of the marts."""

    filters: dict[str, str] = field(default_factory=dict)
    territory: str = "FR"
    region: str | None = None
    year: int | None = None
    flow: str | None = None

    def __str__(self) -> str:
        """Name the values chosen."""
        return ", ".join(self.filters.values()) or "no filter"

    def rows(self, marts: duckdb.DuckDBPyConnection, chart: str) -> Rows:
        """Return what the marts say."""
        query = EXPECTED[chart]
        values = {
            name: value
            for name, value in vars(self).items()
            if name != "filters" and f"${name}" in query
        }
        found = marts.execute(query, values).fetchall()
        return {label: tuple(numbers) for label, *numbers in found}


class Dashboard:
    """The dashboard as imported: charts by the name of their file, and filters."""

    def __init__(self, superset: Superset) -> None:
        self._superset = superset
        told = [
            (path.stem, yaml.safe_load(path.read_text("utf-8")))
            for path in (BUNDLE / "charts").glob("*.yaml")
        ]
        listed = superset.get("/api/v1/chart/?q=(columns:!(id,uuid),page_size:100)")
        numbers = {each["uuid"]: each["id"] for each in listed["result"]}
        self._numbers = {stem: numbers[chart["uuid"]] for stem, chart in told}
        self.charts = sorted(self._numbers)
        #: How many rows each shows, the largest, at most.
        self.limits = {stem: chart["params"].get("row_limit") for stem, chart in told}
        found = superset.get("/api/v1/dashboard/commerce-exterieur")["result"]
        filters = json.loads(found["json_metadata"])["native_filter_configuration"]
        self._filters = {each["name"]: each for each in filters}

    def rows(self, chart: str, choice: Choice) -> Rows:
        """Return what a chart shows: money in whole euros, ratios as they are."""
        number = self._numbers[chart]
        chosen = [
            {"col": target["column"]["name"], "op": "IN", "val": [value]}
            for name, value in choice.filters.items()
            for target in self._filters[name]["targets"]
            if number not in self._filters[name]["scope"]["excluded"]
        ]
        if chart == "map":
            # Superset serves its maps by its older interface.
            form = {"slice_id": number, "extra_filters": chosen}
            sent = {"form_data": json.dumps(form)}
            answer = self._superset.post("/superset/explore_json/", data=sent)
            return {
                each["country_id"]: (round(each["metric"] * 1e6),)
                for each in answer["data"]
            }
        found = self._superset.get(f"/api/v1/chart/{number}")["result"]
        context = json.loads(found["query_context"])
        for query in context["queries"]:
            query["filters"] += chosen
        (answer,) = self._superset.post("/api/v1/chart/data", json=context)["result"]
        if chart == "provenance":
            return {row["source_fr"].startswith(MENTION): () for row in answer["data"]}
        return dict(map(_read_row, answer["data"]))


def _read_row(row: dict[str, Any]) -> tuple[str, tuple[float | None, ...]]:
    """Part the label of a row from its numbers."""
    label, numbers = "all", []
    for name, value in row.items():
        if name.endswith("_meur"):
            numbers.append(None if value is None else round(value * 1e6))
        elif name == "coverage":
            numbers.append(value)
        else:
            label = value
    return label, tuple(numbers)


def find_difference(shown: Rows, expected: Rows, limit: int | None) -> str | None:
    """Say what is wrong with a chart; nothing when all is right."""
    if limit is not None and len(expected) > limit:
        largest = sorted(expected.values(), reverse=True)[:limit]
        if sorted(shown.values(), reverse=True) != largest:
            return f"not the first {limit}"
    elif shown.keys() != expected.keys():
        return f"other rows: {sorted(map(str, shown.keys() ^ expected.keys()))}"
    for label, numbers in shown.items():
        if label not in expected or not _are_same(numbers, expected[label]):
            return f"{label}: {numbers} shown, {expected.get(label)} in the marts"
    return None


def _are_same(
    shown: tuple[float | None, ...], expected: tuple[float | None, ...]
) -> bool:
    """Whether amounts are the same to the euro, and ratios to the last digits."""
    return len(shown) == len(expected) and all(
        math.isclose(ours, theirs, rel_tol=1e-12)
        if isinstance(theirs, float) and ours is not None
        else ours == theirs
        for ours, theirs in zip(shown, expected, strict=True)
    )


def find_wrong_charts(
    superset: Superset, marts: duckdb.DuckDBPyConnection, choice: Choice
) -> dict[str, str]:
    """Compare every chart; return those that are wrong, and how."""
    dashboard = Dashboard(superset)
    found = {
        chart: find_difference(
            dashboard.rows(chart, choice),
            choice.rows(marts, chart),
            dashboard.limits[chart],
        )
        for chart in dashboard.charts
    }
    return {chart: difference for chart, difference in found.items() if difference}


def make_choices(marts: duckdb.DuckDBPyConnection) -> list[Choice]:
    """Give what the filters are set to: nothing, a year, a region, a department."""
    years = marts.sql(
        "select distinct year from marts.dim_quarter where is_year_complete order by 1"
    ).fetchall()
    if not years:
        raise DashboardError("The warehouse holds no complete year to compare")
    (first,), (last,) = years[0], years[-1]
    region, department = "Grand Est", "Haute-Marne"
    exports = {"Année": str(last), "Flux": "Exportations"}
    imports = {"Année": str(first), "Flux": "Importations"}
    return [
        Choice(),
        Choice(exports, year=last, flow="export"),
        Choice({"Région": region} | imports, "R44", "R44", first, "import"),
        Choice(
            {"Région": region, "Département": department} | exports,
            *("D52", "R44", last, "export"),
        ),
    ]


def damage(folder: Path) -> Path:
    """Copy the bundle with every measure broken."""
    broken = shutil.copytree(BUNDLE, folder / "bundle")
    unused = set(DAMAGES)
    for path in (broken / "datasets").rglob("*.yaml"):
        # As JSON, which YAML contains: no line is broken in the middle of a formula.
        told = yaml.safe_load(path.read_text("utf-8"))
        text = json.dumps(told, ensure_ascii=False)
        unused -= {right for right in DAMAGES if right in text}
        for right, wrong in DAMAGES.items():
            text = text.replace(right, wrong)
        path.write_text(text, "utf-8")
    if unused:
        raise DashboardError(f"Nothing to break in the bundle: {sorted(unused)}")
    return broken


def main() -> int:
    """Compare; return the status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--warehouse", type=Path, default=WAREHOUSE, metavar="FILE")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as name:
            return _compare(Path(name), options.warehouse)
    except DashboardError as error:
        print(error, file=sys.stderr)
        return 1


def _compare(folder: Path, warehouse: Path) -> int:
    """Compare the bundle, then a broken one."""
    with (
        running(folder / "home", free_port(), warehouse) as superset,
        duckdb.connect(str(warehouse), read_only=True) as marts,
    ):
        status = 0
        for choice in make_choices(marts):
            wrong = find_wrong_charts(superset, marts, choice)
            for chart, difference in wrong.items():
                status = 1
                print(f"{chart}, {choice}: {difference}", file=sys.stderr)
            if not wrong:
                print(f"As in the marts: every chart, {choice}")
        import_bundle(superset, warehouse, damage(folder))
        charts = set(EXPECTED)
        missed = charts - find_wrong_charts(superset, marts, Choice()).keys()
        if missed:
            status = 1
            print(f"Broken and not noticed: {sorted(missed)}", file=sys.stderr)
        else:
            print(f"A bundle with broken measures: {len(charts)} charts found wrong")
        return status


if __name__ == "__main__":
    sys.exit(main())
