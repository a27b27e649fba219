"""`commerce mcp`: what is refused or stopped, and the file stays as it was."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from mcp_calls import call
from sample import SAMPLE

from commerce_exterieur.warehouse import Warehouse


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy: one process opens a file either for strangers or for itself."""
    return shutil.copy(SAMPLE, tmp_path_factory.mktemp("mcp") / "warehouse.duckdb")


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("territory_figures", {"territory": "Atlantis"}, "no territory 'Atlantis'"),
        ("territory_figures", {"territory": "Haute-Marn"}, "D52 (department"),
        (
            "territory_figures",
            {"territory": "D52", "year": 2019},
            "There is no year 2019",
        ),
        ("territory_figures", {"territory": "D52", "year": "soon"}, "valid integer"),
        ("territory_figures", {}, "Field required"),
        (
            "territory_rankings",
            {"territory": "D52", "flow": "exports", "ranked_by": "country"},
            "Input should be 'export' or 'import'",
        ),
        ("find_codes", {"text": "' or true --"}, "Nothing is called"),
        ("find_codes", {"text": ""}, "Nothing is called"),
        ("describe_mart", {"mart": "x' or '' = '"}, "no mart"),
        ("query", {"sql": "selec 1"}, "syntax error"),
        ("query", {"sql": "select x from marts.fct_rankings"}, "not found"),
        ("query", {"sql": "select 1 as a, 2 as a"}, "Two columns are called 'a'"),
        ("query", {"sql": "select $a"}, "no parameters"),
        ("query", {"sql": "select 1", "max_rows": 100_000}, "less than or equal"),
        ("query", {"sql": "select repeat('x', 400000) as a"}, "fewer rows or columns"),
        ("query", {"sql": f"select 1 --{'x' * 20_000}"}, "shorten it"),
        ("query", {"sql": f"select {'(' * 900}1{')' * 900}"}, ""),
    ],
)
def test_a_refusal_is_one_clear_sentence(
    file: Path, tool: str, arguments: dict[str, Any], said: str
) -> None:
    refusal = call(file, tool, **arguments)
    if said:
        assert isinstance(refusal, str)
        assert said in refusal


ATTACKS = [
    "copy (select 1) to '{folder}/out.csv'",
    "copy marts.dim_country to '{folder}/out.parquet'",
    "select * from read_csv('/etc/passwd')",
    "select (select count(*) from read_text('/etc/passwd'))",
    "with a as (from read_blob('/etc/passwd')) select * from a",
    "from '/etc/passwd'",
    'from "{folder}/secret.csv"',
    "from glob('{folder}/*')",
    "from sniff_csv('{folder}/secret.csv')",
    "from query('select 1')",
    "from query_table('marts.dim_country')",
    "from read_duckdb('{folder}/secret.csv')",
    "attach '{folder}/other.duckdb'",
    "select 1; select 2",
    "select 1; attach '{folder}/other.duckdb'",
    "pragma database_size",
    "set threads = 1",
    "set enable_external_access = true",
    "reset lock_configuration",
    "call pragma_version()",
    "install httpfs",
    "load httpfs",
    "export database '{folder}/out'",
    "create table marts.x as select 1",
    "create temp table x as select 1",
    "insert into marts.dim_country values (1)",
    "update marts.dim_country set country_code = 'x'",
    "delete from marts.dim_country",
    "drop table marts.dim_country",
    "explain analyze select 1",
    "checkpoint",
    "use marts",
    "prepare a as select 1",
    "begin",
    "from enable_logging()",
    "from enable_logging(storage := 'file', storage_path := '{folder}/out')",
    "select * from range(1), enable_profiling()",
    "from duckdb_secrets()",
    "from duckdb_settings()",
    "from information_schema.tables",
    "from file",
    "",
    "-- nothing",
]


@pytest.mark.parametrize("sql", ATTACKS)
def test_what_is_no_reading_of_marts_is_refused(
    tmp_path: Path, file: Path, sql: str
) -> None:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n", "utf-8")
    before = file.read_bytes()
    refusal = call(file, "query", sql=sql.format(folder=tmp_path))
    assert isinstance(refusal, str), refusal
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert call(file, "query", sql="select 1 as a")["rows"] == [{"a": 1}]


def test_the_door_is_closed_to_files_even_where_no_rule_of_ours_stands(
    file: Path,
) -> None:
    with Warehouse(file, is_locked=True) as warehouse:
        for sql in (
            "from read_csv('/etc/passwd')",
            "copy (select 1) to '/dev/null'",
            f"attach '{file}.other' as other",
            "from read_text('https://example.org/')",
            "set enable_external_access = true",
            "create table marts.x as select 1",
        ):
            with pytest.raises(duckdb.Error):
                warehouse.connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        "with recursive r as (select 1 as n union all select n + 1 from r) from r",
        "select count(*) from range(10000000) a, range(10000000) b "
        "where a.range + b.range = -1",
        "select sum(a.value_eur * b.value_eur) from marts.fct_trade_flows a, "
        "marts.fct_trade_flows b, marts.fct_trade_flows c",
    ],
)
def test_a_query_without_end_is_stopped(file: Path, sql: str) -> None:
    assert "took more than 0.5 s" in call(file, "query", sql=sql, seconds=0.5)
    assert call(file, "query", sql="select 1 as a")["rows"] == [{"a": 1}]


def test_of_a_huge_answer_the_first_rows_come_at_once(file: Path) -> None:
    answer = call(file, "query", sql="select a.range as n from range(1000000000000) a")
    assert (len(answer["rows"]), answer["is_complete"]) == (100, False)
