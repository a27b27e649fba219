"""`commerce mcp`: what an assistant is told."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_calls import PATIENT, call
from sample import SAMPLE

from commerce_exterieur.mcp_server import command
from commerce_exterieur.mcp_server.tools import make_server
from commerce_exterieur.warehouse import PROJECT

TOOLS = {
    "find_codes",
    "territory_figures",
    "territory_rankings",
    "check_figure",
    "list_marts",
    "describe_mart",
    "query",
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy: one process opens a file either for strangers or for itself."""
    return shutil.copy(SAMPLE, tmp_path_factory.mktemp("mcp") / "warehouse.duckdb")


def rows(query: str, parameters: object = None) -> list[dict[str, Any]]:
    with duckdb.connect(str(SAMPLE), read_only=True) as connection:
        cursor = connection.execute(query, parameters or None)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


# --------------------------------------------------------------------------- stdio


def test_over_stdio_an_assistant_gets_tools_answers_and_refusals(file: Path) -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=[str(PROJECT / "scripts" / "serve_mcp.py"), "--warehouse", str(file)],
    )

    async def talk() -> list[Any]:
        async with Client(stdio_client(server)) as client:
            listed = await client.list_tools()
            return [
                client.instructions,
                listed.tools,
                await client.call_tool("territory_figures", {"territory": "52"}),
                await client.call_tool("query", {"sql": "copy (select 1) to 'x'"}),
                # Logs on standard output would break the conversation.
                await client.call_tool(
                    "query", {"sql": "from enable_logging(storage := 'stdout')"}
                ),
                # More than the process may hold, and it goes on.
                await client.call_tool(
                    "query", {"sql": "select repeat('x', 3500000000)"}
                ),
                await client.call_tool("query", {"sql": "select 42 as answer"}),
            ]

    instructions, tools, figures, copied, logged, large, last = asyncio.run(talk())
    assert "never quote simulated data" in instructions
    assert {tool.name for tool in tools} == TOOLS
    assert figures.structured_content["rows"][0]["value_eur"] == 1_306_600_000
    assert "Write one SELECT statement" in copied.content[0].text
    assert "enable_logging" in logged.content[0].text
    assert "Out of Memory" in large.content[0].text
    assert copied.is_error and logged.is_error and large.is_error
    assert last.structured_content["rows"] == [{"answer": 42}]


def test_every_tool_is_described_read_only_and_true_to_its_schema(file: Path) -> None:
    async def list_tools() -> list[Any]:
        async with Client(make_server(file, PATIENT)) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(list_tools())
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.open_world_hint is False
        assert len(tool.description) > 50
        assert set(tool.output_schema["properties"]) == {
            *("rows", "is_complete", "sql", "parameters", "units", "data_origin"),
            *("vintages", "caveats", "citation"),
        }
    schema = next(tool.output_schema for tool in tools if tool.name == "query")
    jsonschema.validate(call(file, "query", sql="from marts.build_info"), schema)


def test_it_says_what_is_missing(
    tmp_path: Path,
    file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert command.main(["--warehouse", str(tmp_path / "none.duckdb")]) == 2
    assert "Run `make build`" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    monkeypatch.delitem(sys.modules, "commerce_exterieur.mcp_server.tools")
    assert command.main(["--warehouse", str(file)]) == 2
    assert "pip install '.[mcp]'" in capsys.readouterr().err


# --------------------------------------------------------------------------- answers


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("find_codes", {"text": "haute marne"}),
        ("territory_figures", {"territory": "Grand Est", "year": 2023}),
        ("territory_figures", {"territory": "D99"}),
        (
            "territory_rankings",
            {"territory": "D75", "flow": "import", "ranked_by": "activity"},
        ),
        (
            "territory_rankings",
            {"territory": "FR", "flow": "export", "ranked_by": "product", "first": 3},
        ),
        ("list_marts", {}),
        ("describe_mart", {"mart": "fct_trade_flows"}),
        ("describe_mart", {"mart": "marts.fct_trade_flows"}),
        ("query", {"sql": "from marts.dim_territory order by all", "max_rows": 1000}),
    ],
)
def test_the_sql_of_an_answer_gives_its_rows(
    file: Path, tool: str, arguments: dict[str, Any]
) -> None:
    answer = call(file, tool, **arguments)
    assert answer["rows"] == rows(answer["sql"], answer["parameters"])
    assert answer["rows"]
    assert answer["is_complete"]
    assert answer["vintages"] == ["simulated"]
    assert answer["data_origin"] == "simulated"
    assert answer["citation"].startswith("Source: data simulated")
    assert answer["caveats"][0].startswith("Simulated data — do not quote")


def test_the_figures_of_a_territory_are_those_of_the_marts(file: Path) -> None:
    answer = call(file, "territory_figures", territory="haute marne")
    (totals,) = rows(
        "select * from marts.fct_territory_totals "
        "where territory_code = 'D52' and year = 2024"
    )
    for row in answer["rows"]:
        assert row["value_eur"] == totals[f"{row['flow']}_eur"]
        assert row["balance_eur"] == totals["balance_eur"]
        assert row["coverage_ratio"] == totals["coverage_ratio"]
    assert [row["flow"] for row in answer["rows"]] == ["export", "import"]
    assert answer["units"]["value_eur"] == "whole euros"
    assert answer["units"]["france_share"].startswith("ratio")
    assert "partners" not in answer["units"]
    assert any("(CIF)" in caveat for caveat in answer["caveats"])


def test_rankings_are_those_of_the_mart(file: Path) -> None:
    answer = call(
        file,
        "territory_rankings",
        territory="D52",
        flow="export",
        ranked_by="country",
        first=5,
    )
    expected = rows(
        "select rank, country_code as code, value_eur from marts.fct_rankings "
        "where territory_code = 'D52' and year = 2024 and flow = 'export' "
        "and ranked_by = 'country' and rank <= 5 order by rank"
    )
    told = [{name: row[name] for name in expected[0]} for row in answer["rows"]]
    assert told == expected
    assert answer["rows"][0]["name_en"] == "Germany"


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("cote dor", None, "D21"),
        ("Dijon", "territory", "D21"),
        ("52", "territory", "D52"),
        ("2A", "territory", "D20"),
        ("ALLEMAGNE", None, "DE"),
        ("germany", "country", "DE"),
        ("Boissons", "activity", "C11Z"),
        ("vins", "product", "1102"),
        ("Haute-Marme", None, "D52"),
    ],
)
def test_a_code_is_found_by_name(
    file: Path, text: str, kind: str | None, code: str
) -> None:
    answer = call(file, "find_codes", text=text, kind=kind)
    assert answer["rows"][0]["code"] == code


def test_a_figure_is_checked_and_its_sql_gives_ours(file: Path) -> None:
    asked = {"territory": "D52", "flow": "export", "period": "2024", "unit": "M€"}
    answer = call(file, "check_figure", value="1306,6", **asked)
    assert [row["verdict"] for row in answer["rows"]] == ["right"]
    assert rows(answer["sql"]) == [{"sum(flows.value_eur)": 1_306_600_000}]
    answer = call(file, "check_figure", value="1023,4", **asked)
    assert answer["rows"][0]["verdict"] == "other concept"
    assert answer["rows"][0]["meaning"] == "the other flow"
    assert answer["rows"][-1]["concept"] == "asked"
    answer = call(file, "check_figure", value="9", **asked)
    assert [row["verdict"] for row in answer["rows"]] == ["wrong"]
    assert "no period" in call(
        file, "check_figure", value="9", **(asked | {"period": "last year"})
    )


# --------------------------------------------------------------------------- caveats


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("territory_figures", {"territory": "Paris"}),
        (
            "territory_rankings",
            {"territory": "D75", "flow": "import", "ranked_by": "country"},
        ),
        (
            "check_figure",
            {
                **{"territory": "D75", "flow": "import", "period": "2024"},
                **{"value": "1", "unit": "Md€"},
            },
        ),
        (
            "query",
            {
                "sql": "select value_eur from marts.fct_share_ratios "
                "where territory_code = 'D75' and year = 2024 and flow = 'import'"
            },
        ),
        # Found by what the rows say, too.
        ("query", {"sql": "from marts.fct_reliability where booked_share > 0.3"}),
    ],
)
def test_of_the_imports_of_paris_the_gas_is_told(
    file: Path, tool: str, arguments: dict[str, Any]
) -> None:
    caveats = "\n".join(call(file, tool, **arguments)["caveats"])
    assert "D75, imports of 2024: Reliability C: energy weighs heavily" in caveats
    assert "pipeline gas and electricity imports are attributed to Paris" in caveats


def test_of_other_flows_it_is_not(file: Path) -> None:
    answer = call(
        file,
        "territory_rankings",
        territory="D75",
        flow="export",
        ranked_by="country",
    )
    assert not [caveat for caveat in answer["caveats"] if "gas" in caveat]


@pytest.mark.parametrize(
    ("sql", "warned"),
    [
        ("select sum(export_eur) from marts.fct_territory_totals", "territory_level"),
        ("select SUM(t.EXPORT_EUR) from marts.fct_territory_totals t", "`export_eur`"),
        ("select sum(coverage_ratio) from marts.fct_territory_totals", "not declared"),
        (
            "with a as (select sum(value_share) as s from marts.fct_rankings "
            "where territory_code = 'D52') select * from a",
            "not declared",
        ),
        (
            "select sum(value_eur) from marts.fct_rankings "
            "where territory_code = 'D52'",
            "within one ranked_by",
        ),
        (
            "select sum(export_eur) from marts.fct_territory_totals "
            "where territory_level = 'region'",
            None,
        ),
        (
            "select territory_code, sum(export_eur) from marts.fct_territory_totals "
            "group by all",
            None,
        ),
        ("select sum(value_eur) from marts.fct_trade_flows", None),
        (
            "select sum(case when flow = 'export' then value_eur end) "
            "from marts.fct_trade_flows where quarter = 1",
            None,
        ),
        ("select max(export_eur) from marts.fct_territory_totals", None),
    ],
)
def test_a_naive_sum_is_warned_of(file: Path, sql: str, warned: str | None) -> None:
    caveats = call(file, "query", sql=sql)["caveats"]
    found = [each for each in caveats if "not declared" in each or "adds up" in each]
    if warned is None:
        assert found == []
    else:
        assert len(found) == 1
        assert warned in found[0]


def test_rows_left_out_are_told(file: Path) -> None:
    sql = "from marts.fct_trade_flows"
    answer = call(file, "query", sql=sql, max_rows=7)
    assert (len(answer["rows"]), answer["is_complete"]) == (7, False)
    assert not call(file, "query", sql=sql)["is_complete"]
    assert len(call(file, "query", sql=sql)["rows"]) == 100
    exact = call(file, "query", sql=f"{sql} limit 7", max_rows=7)
    assert exact["is_complete"]


def test_values_arrive_as_json(file: Path) -> None:
    answer = call(
        file,
        "query",
        sql="""
        select
            date '2024-01-31' as day,
            'nan'::double as none,
            1.5::decimal(9, 2) as half,
            12345678901234567890123::hugeint as huge,
            [1, 2] as list,
            {'a': timestamp '2024-01-31 12:00:00'} as nested,
            'x'::blob as bytes
        """,
    )
    assert answer["rows"] == [
        {
            "day": "2024-01-31",
            "none": None,
            "half": 1.5,
            "huge": 12345678901234567890123,
            "list": [1, 2],
            "nested": {"a": "2024-01-31T12:00:00"},
            "bytes": "b'x'",
        }
    ]
