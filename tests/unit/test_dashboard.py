"""The dashboard's files hold together, and ask of the marts what may be asked.

Superset is not needed: `dashboard/check.py` compares the numbers, in its environment.
"""

from __future__ import annotations

import json
import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from jinja2 import Template

from commerce_exterieur.warehouse import PROJECT

ROOM = PROJECT / "dashboard"


def read_files(kind: str) -> dict[str, dict[str, Any]]:
    """The files of a folder of the bundle, by name."""
    return {
        path.stem: yaml.safe_load(path.read_text("utf-8"))
        for path in sorted((ROOM / "bundle" / kind).rglob("*.yaml"))
    }


(DATABASE,) = read_files("databases").values()
DATASETS = read_files("datasets")
CHARTS = read_files("charts")
(DASHBOARD,) = read_files("dashboards").values()
PLACED = {
    each["meta"]["uuid"]: each["meta"]["chartId"]
    for each in DASHBOARD["position"].values()
    if isinstance(each, dict) and each["type"] == "CHART"
}
FILTERS = DASHBOARD["metadata"]["native_filter_configuration"]
COLUMNS = [
    (model["name"], column)
    for path in sorted((PROJECT / "models" / "marts").rglob("_*__models.yml"))
    for model in yaml.safe_load(path.read_text("utf-8"))["models"]
    for column in model["columns"]
]
ADDITIVE = {
    column["name"]
    for mart, column in COLUMNS
    if mart in ("fct_territory_quarters", "trade_labelled")
    and column.get("config", {}).get("meta", {}).get("additive")
}


@pytest.fixture(scope="module")
def marts() -> duckdb.DuckDBPyConnection:
    """Every mart as its contract says, without a row."""
    connection = duckdb.connect()
    connection.execute("create schema marts")
    for mart in {mart for mart, _ in COLUMNS}:
        columns = ", ".join(
            f"{column['name']} "
            # The type of a list is said per engine, as dbt renders it.
            f"{Template(column['data_type']).render(target={'type': 'duckdb'})}"
            for name, column in COLUMNS
            if name == mart
        )
        connection.execute(f"create table marts.{mart} ({columns})")
    return connection


def dataset_of(chart: dict[str, Any]) -> dict[str, Any]:
    """The data set that a chart reads."""
    return next(
        each for each in DATASETS.values() if each["uuid"] == chart["dataset_uuid"]
    )


def names(told: list[dict[str, Any]], key: str) -> set[str]:
    """Names of columns or metrics."""
    return {each[key] for each in told}


def test_files_refer_to_each_other() -> None:
    told = [DATABASE, DASHBOARD, *DATASETS.values(), *CHARTS.values()]
    assert len(names(told, "uuid")) == len(told)
    assert names([*DATASETS.values()], "database_uuid") == {DATABASE["uuid"]}
    used = names([*CHARTS.values()], "dataset_uuid")
    assert used == names([*DATASETS.values()], "uuid")
    assert PLACED.keys() == names([*CHARTS.values()], "uuid")
    assert len(set(PLACED.values())) == len(PLACED)
    for each in DASHBOARD["position"].values():
        if isinstance(each, dict):
            children = each.get("children", [])
            assert children == [DASHBOARD["position"][name]["id"] for name in children]


def test_the_marts_are_read_and_nothing_is_written() -> None:
    assert DATABASE["extra"]["engine_params"]["connect_args"] == {
        "read_only": True,
        "config": {"enable_external_access": False},
    }
    for right in ("allow_ctas", "allow_cvas", "allow_dml", "allow_file_upload"):
        assert DATABASE[right] is False


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_has_the_columns_it_declares(
    name: str, marts: duckdb.DuckDBPyConnection
) -> None:
    dataset = DATASETS[name]
    found = marts.sql(f"describe {dataset['sql']}").fetchall()
    declared = [(each["column_name"], each["type"]) for each in dataset["columns"]]
    assert declared == [(column, kind) for column, kind, *_ in found]
    for metric in dataset["metrics"]:
        marts.sql(f"select {metric['expression']} from ({dataset['sql']})")


def find_wrong_aggregates(expression: str) -> list[str]:
    """The aggregates of a metric that add up, or average, what is not additive."""
    calls = re.findall(r"(\w+)\((?=([^()]*))", expression)
    return [
        f"{function}({argument})"
        for function, argument in calls
        if function.upper() not in ("NULLIF", "BOOL_AND")
        and (function.upper(), argument) != ("MAX", "year_rank")
        and not (function.upper() == "SUM" and argument in ADDITIVE)
    ]


@pytest.mark.parametrize("name", DATASETS)
def test_sums_are_of_what_may_be_summed(name: str) -> None:
    dataset = DATASETS[name]
    for metric in dataset["metrics"]:
        assert not find_wrong_aggregates(metric["expression"])
    # Levels overlap: departments alone, or a mart that holds nothing else.
    if "fct_territory_quarters" in dataset["sql"]:
        assert "territory_level = 'department'" in dataset["sql"]


@pytest.mark.parametrize(
    "expression",
    [
        "SUM(coverage_ratio)",
        "AVG(export_eur / import_eur)",
        "sum(export_eur / import_eur)",
        "AVG(export_eur)",
        "SUM(export_eur) / NULLIF(AVG(import_eur), 0)",
        "SUM(year)",
    ],
)
def test_a_ratio_summed_or_averaged_is_noticed(expression: str) -> None:
    assert find_wrong_aggregates(expression)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_shows_measures_and_columns_of_its_data_set(name: str) -> None:
    chart, dataset = CHARTS[name], dataset_of(CHARTS[name])
    params = chart["params"]
    columns = names(dataset["columns"], "column_name")
    metrics = names(dataset["metrics"], "metric_name")
    # Saved measures alone: one made in a chart would be a formula of its own.
    shown = [*params.get("metrics", []), *filter(None, [params.get("metric")])]
    by = [*params.get("groupby", []), *params.get("all_columns", [])]
    by += [params[key] for key in ("x_axis", "entity") if key in params]
    assert set(shown) <= metrics
    assert set(by) <= columns
    assert shown or by
    if params["viz_type"] == "country_map":
        return
    # What is asked over the API is what the page asks.
    (query,) = json.loads(chart["query_context"])["queries"]
    assert (query.get("metrics") or []) == shown
    asked = [
        each["sqlExpression"] if isinstance(each, dict) else each
        for each in query["columns"]
    ]
    assert asked == by
    where = " AND ".join(
        f"({each['sqlExpression']})" for each in params["adhoc_filters"]
    )
    assert query["extras"]["where"] == where
    if "row_limit" in params:
        assert query["row_limit"] == params["row_limit"]


@pytest.mark.parametrize("name", CHARTS)
def test_a_filter_chooses_from_a_column_of_every_chart_in_its_scope(name: str) -> None:
    chart, dataset = CHARTS[name], dataset_of(CHARTS[name])
    for each in FILTERS:
        (target,) = each["targets"]
        assert target["datasetUuid"] in names([*DATASETS.values()], "uuid")
        excluded = each["scope"]["excluded"]
        assert set(excluded) <= set(PLACED.values())
        if PLACED[chart["uuid"]] not in excluded:
            columns = names(dataset["columns"], "column_name")
            assert target["column"]["name"] in columns


@pytest.mark.parametrize("origin", ["simulated", "provided", "official"])
def test_the_source_is_said_in_the_words_of_the_sheets(
    origin: str, marts: duckdb.DuckDBPyConnection
) -> None:
    marts.execute("delete from marts.build_info")
    marts.execute(
        "insert into marts.build_info (data_origin, vintages) values (?, '2025-02')",
        [origin],
    )
    ((said,),) = marts.sql(DATASETS["provenance"]["sql"]).fetchall()
    wording = PROJECT / "src" / "commerce_exterieur" / "wording" / "fr.toml"
    told = tomllib.loads(wording.read_text("utf-8"))
    source = told["source"][origin].format(of_months="2025-02")
    mark = f"{told['sheet']['simulated']}. " if origin == "simulated" else ""
    assert said == mark + source


def test_settings_name_the_schemes_and_let_pages_load_nothing_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret_key").write_text("key")
    monkeypatch.setenv("SUPERSET_HOME", str(tmp_path))
    settings = runpy.run_path(str(ROOM / "superset_config.py"))
    for key, schemes in (
        ("color_scheme", settings["EXTRA_CATEGORICAL_COLOR_SCHEMES"]),
        ("linear_color_scheme", settings["EXTRA_SEQUENTIAL_COLOR_SCHEMES"]),
    ):
        used = {
            chart["params"][key] for chart in CHARTS.values() if key in chart["params"]
        }
        assert used
        assert used <= names(schemes, "id")
    policy = settings["TALISMAN_CONFIG"]["content_security_policy"]
    sources = {each for told in policy.values() for each in told if told != "'none'"}
    assert sources <= {
        *("'self'", "'unsafe-inline'", "'strict-dynamic'", "blob:", "data:"),
    }


def test_the_exposure_names_what_the_data_sets_read() -> None:
    told = yaml.safe_load((PROJECT / "models" / "exposures.yml").read_text("utf-8"))
    exposure = next(each for each in told["exposures"] if each["name"] == "dashboard")
    named = {ref[len("ref('") : -len("')")] for ref in exposure["depends_on"]}
    sql = "\n".join(each["sql"] for each in DATASETS.values())
    assert named == set(re.findall(r"\bmarts\.([a-z_]+)", sql))
