"""The semantic layer as a document gives another reader the same figures, or none."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from metricflow.converters.models import OSIDocument
from metrics import project
from sample import SAMPLE

from commerce_exterieur.export import semantics

BALANCES = "imports exports balance coverage_ratio"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> dict:
    file = tmp_path_factory.mktemp("semantics") / "made" / "semantics.json"
    manifest = project() / "target" / "semantic_manifest.json"
    status = semantics.main(["--manifest", str(manifest), "--out", str(file)])
    assert status == 0
    said = json.loads(file.read_text("utf-8"))
    # Of the form, and nothing beside it: what its own reader keeps is all there is.
    assert json.loads(OSIDocument.parse_obj(said).to_osi_json()) == said
    assert said["version"] == "0.1.1"
    (model,) = said["semantic_model"]
    return model


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(SAMPLE), read_only=True) as connection:
        yield connection


def sql_of(each: dict) -> str:
    (dialect,) = each["expression"]["dialects"]
    assert dialect["dialect"] == "ANSI_SQL"
    return dialect["expression"]


def query(model: dict, metrics: str, by: str) -> str:
    """Read the document as a stranger would, who knows nothing else of the project."""
    tables = []
    for dataset in model["datasets"]:
        fields = ", ".join(
            f"{sql_of(field)} as {field['name']}"
            for field in dataset["fields"]
            if sql_of(field) != field["name"]
        )
        columns = f"*, {fields}" if fields else "*"
        tables.append(
            f"{dataset['name']} as (select {columns} from {dataset['source']})"
        )
    joins = [
        f"left join {each['to']} on "
        + " and ".join(
            f"{each['from']}.{left} = {each['to']}.{right}"
            for left, right in zip(
                each["from_columns"], each["to_columns"], strict=True
            )
        )
        for each in model["relationships"]
    ]
    assert {each["from"] for each in model["relationships"]} == {"trade"}
    said = {each["name"]: sql_of(each) for each in model["metrics"]}
    columns = ", ".join([by, *(said[name] for name in metrics.split())])
    return (
        f"with {', '.join(tables)} select {columns} from trade {' '.join(joins)} "
        "group by 1 order by 1"
    )


@pytest.mark.parametrize(
    ("metrics", "by", "held"),
    [
        (
            BALANCES,
            "trade.period_start",
            "select period_start, import_eur, export_eur, balance_eur, coverage_ratio "
            "from marts.fct_territory_quarters where territory_code = 'FR'",
        ),
        (
            "imports exports",
            "territories.region_code",
            "select region_code, sum(import_eur), sum(export_eur) "
            "from marts.fct_territory_totals "
            "inner join marts.dim_territory using (territory_code) "
            "where territory_level = 'department' group by 1",
        ),
        (
            "exports",
            "partners.name_en",
            "select country_name_en, sum(export_eur) from marts.trade_labelled "
            "group by 1",
        ),
        (
            "energy_imports energy_import_share",
            "territories.name",
            "select territory_name, "
            "sum(case when is_energy then import_eur else 0 end) as energy_eur, "
            "energy_eur / sum(import_eur) from marts.trade_labelled "
            "inner join marts.dim_activity using (activity_code) group by 1",
        ),
    ],
)
def test_a_stranger_reads_what_the_marts_hold(
    model: dict,
    connection: duckdb.DuckDBPyConnection,
    metrics: str,
    by: str,
    held: str,
) -> None:
    read = connection.execute(query(model, metrics, by)).fetchall()
    expected = connection.execute(f"{held} order by 1").fetchall()
    assert len(read) == len(expected) > 1
    for (group, *row), (name, *values) in zip(read, expected, strict=True):
        assert group == name
        # A sum over no row is null there, and 0 here.
        assert [each or 0 for each in row] == pytest.approx(
            [each or 0 for each in values], rel=1e-15
        )


def test_what_the_format_cannot_say_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, model: dict
) -> None:
    manifest = project() / "target" / "semantic_manifest.json"
    out = tmp_path / "semantics.json"
    semantics.main(["--manifest", str(manifest), "--out", str(out)])
    told = capsys.readouterr().out.split("cannot say: ")[1].strip().split(", ")
    written = {each["name"] for each in model["metrics"]}
    every = {each["name"] for each in json.loads(manifest.read_text())["metrics"]}
    assert written | set(told) == every and not written & set(told)
    assert {"rolling_exports", "eu_export_share", "export_share_of_region"} < set(told)


def test_without_a_manifest_one_is_told_how_to_get_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert semantics.main(["--manifest", str(tmp_path / "none.json")]) == 2
    assert "none.json cannot be read: No such file or directory. Run " in (
        capsys.readouterr().err
    )


def test_without_metricflow_one_is_told_so(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "any.json").write_text("{}")
    monkeypatch.setitem(sys.modules, "metricflow.converters.msi_to_osi", None)
    assert semantics.main(["--manifest", str(tmp_path / "any.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
