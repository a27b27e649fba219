"""What Spark means to do for each model: nothing that grows with the square of the
lines, nothing that one task must do alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dbt_scratch import PROJECT
from spark_plans import faults

from commerce_exterieur.spark.command import run_dbt_on_spark
from commerce_exterieur.spark.tables import SparkFolder

MODELS = sorted(path.stem for path in PROJECT.glob("models/**/*.sql"))
#: Tables that do not grow with the lines, and why.
SMALL = {
    "reference.*": "lists kept by hand",
    "expectations.*": "figures copied by hand",
    "intermediate.int_departments_completed": "a row a department code",
    "intermediate.int_countries_completed": "a row a partner code",
    "intermediate.int_periods_selected": "a row a flow and quarter",
    "marts.dim_territory": "a row a territory",
    "marts.build_info": "one row",
}
ON_ONE_TASK = "a window on one task"
#: What is found in a model and may stay, and why.
EXPECTED = {
    "fct_reconciliation": {"a sort of all rows": "of figures copied by hand"},
    "fct_us_duties": {ON_ONE_TASK: "of the days on which duties changed"},
    "rejected_lines": {ON_ONE_TASK: "of a file: a row a block of 128 MB"},
}

Plan = Callable[[str], str]


@pytest.fixture(scope="module")
def queries(spark_warehouse: tuple[SparkFolder, Path]) -> dict[str, str]:
    """The query of each model as its table is made, every key of it stale."""
    folder, customs = spark_warehouse
    compiled = ["compile", "--quiet", "--full-refresh"]
    read = {"customs_dir": str(customs)}
    assert run_dbt_on_spark(folder, compiled, variables=read) == 0
    manifest = json.loads((folder.path / "target" / "manifest.json").read_text())
    found = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            query = node["compiled_code"]
            if keys := node["config"].get("key_columns"):
                query = f"select /*+ rebalance({', '.join(keys)}) */ * from ({query})"
            found[node["name"]] = query
    return found


@pytest.fixture(scope="module")
def plan(
    queries: dict[str, str], spark_warehouse: tuple[SparkFolder, Path]
) -> Iterator[Plan]:
    """Ask Spark how it would answer a query."""
    from commerce_exterieur.spark.session import start_session

    session = start_session(spark_warehouse[0].path, {})
    yield lambda query: session.sql(f"explain formatted {query}").first()[0]
    session.stop()


@pytest.mark.parametrize("model", MODELS)
def test_every_model_scales(model: str, queries: dict[str, str], plan: Plan) -> None:
    found = faults(plan(queries[model]), set(SMALL))
    assert found == set(EXPECTED.get(model, {}))


FLOWS = "intermediate.int_flows_summed"
FAULTY = {
    "every row with every row of intermediate.int_flows_summed": f"""
        select /*+ broadcast(other) */ * from {FLOWS} as one
        inner join {FLOWS} as other on one.value_eur < other.value_eur
    """,
    "every row with every row": f"""
        select * from {FLOWS} as one
        inner join {FLOWS} as other on one.value_eur < other.value_eur
    """,
    "a sort of all rows": f"select * from {FLOWS} order by value_eur",
    ON_ONE_TASK: f"""
        select sum(value_eur) over (order by product_code) from {FLOWS}
    """,
}


@pytest.mark.parametrize("fault", FAULTY)
def test_what_does_not_scale_is_found(fault: str, plan: Plan) -> None:
    assert faults(plan(FAULTY[fault]), set(SMALL)) == {fault}


def test_it_is_found_in_a_subquery_too(plan: Plan) -> None:
    hidden = f"""
        select (
            select max(running) from (
                select sum(value_eur) over (order by product_code) as running
                from {FLOWS}
            )
        ) as most
    """
    assert faults(plan(hidden), set(SMALL)) == {ON_ONE_TASK}


def test_what_scales_is_not(plan: Plan) -> None:
    query = f"""
        select sum(one.value_eur) over (partition by one.year order by one.quarter)
        from {FLOWS} as one
        inner join {FLOWS} as other using (year, quarter, flow, product_code)
        cross join (select max(value_eur) as most from {FLOWS}) as largest
        inner join reference.countries on one.country_code >= countries.country_code
        where other.value_eur < most
    """
    assert faults(plan(query), set(SMALL)) == set()
