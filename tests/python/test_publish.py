"""Publishing: what the file holds, and that a failed publication changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

import publish
from common.errors import UserError
from common.warehouse import ENGINEER, PROJECT, Warehouse


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small engineer's file: two marts, a stale one, and other layers."""
    file = tmp_path / "dev.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            """
            create schema marts; create schema staging;
            create table staging.lines as select 1 as a;
            create table marts.build_info as select 'simulated' as data_origin;
            create table marts.dim_territory (territory_code varchar, "or" int);
            insert into marts.dim_territory values ('D52', 1), ('FR', null);
            comment on table marts.dim_territory is 'It''s one row per territory.';
            comment on column marts.dim_territory."or" is 'A word of SQL.';
            create table marts.renamed_long_ago as select 1 as a;
            create view marts.fct_trade_flows as
                select territory_code as code from marts.dim_territory;
            comment on view marts.fct_trade_flows is 'One row.';
            comment on column marts.fct_trade_flows.code is 'A code.';
            """
        )
    return file


MARTS = {"build_info": ["data_origin"], "dim_territory": ["territory_code"]}


def test_the_published_file_holds_the_marts_with_types_rows_and_comments(
    source: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out" / "warehouse.duckdb"
    publish.publish(source, target, MARTS)
    with Warehouse(target) as published:
        tables = published.rows(
            "select schema_name, table_name, comment from duckdb_tables() order by all"
        )
        assert [(row["schema_name"], row["table_name"]) for row in tables] == [
            ("marts", "build_info"),
            ("marts", "dim_territory"),
        ]
        assert tables[1]["comment"] == "It's one row per territory."
        columns = published.rows(
            "select column_name, is_nullable, comment from duckdb_columns() "
            "where table_name = 'dim_territory' order by column_index"
        )
        assert [tuple(row.values()) for row in columns] == [
            ("territory_code", False, None),
            ("or", True, "A word of SQL."),
        ]
        assert published.rows("from marts.dim_territory order by all") == [
            {"territory_code": "D52", "or": 1},
            {"territory_code": "FR", "or": None},
        ]
    assert not list(target.parent.glob(".*"))


def test_a_view_is_published_as_a_table_without_null_where_it_must_not(
    source: Path, tmp_path: Path
) -> None:
    target = tmp_path / "published.duckdb"
    publish.publish(source, target, MARTS | {"fct_trade_flows": ["code"]})
    with Warehouse(target) as published:
        assert published.rows(
            "select comment from duckdb_tables() where table_name = 'fct_trade_flows'"
        ) == [{"comment": "One row."}]
        assert published.rows(
            "select data_type, is_nullable, comment from duckdb_columns() "
            "where table_name = 'fct_trade_flows'"
        ) == [{"data_type": "VARCHAR", "is_nullable": False, "comment": "A code."}]
    with duckdb.connect(str(source)) as connection:
        connection.execute("insert into marts.dim_territory values (null, 3)")
    before = target.read_bytes()
    with pytest.raises(UserError, match="NULL"):
        publish.publish(source, target, {**MARTS, "fct_trade_flows": ["code"]})
    assert target.read_bytes() == before


def test_the_published_file_is_readable_since_duckdb_1_1(
    source: Path, tmp_path: Path
) -> None:
    target = tmp_path / "warehouse.duckdb"
    publish.publish(source, target, MARTS)
    # The storage version is the number after the magic word: 64 is v0.9 to v1.1.
    header = target.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64


def test_a_missing_mart_leaves_the_published_file_as_it_was(
    source: Path, tmp_path: Path
) -> None:
    target = tmp_path / "warehouse.duckdb"
    publish.publish(source, target, MARTS)
    before = target.read_bytes()
    with pytest.raises(UserError, match="fct_rankings"):
        publish.publish(source, target, MARTS | {"fct_rankings": []})
    assert target.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_named(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UserError, match="cannot be written"):
        publish.publish(source, tmp_path / "file" / "warehouse.duckdb", MARTS)


def test_a_reader_keeps_its_file_through_a_publication(
    source: Path, tmp_path: Path
) -> None:
    target = tmp_path / "warehouse.duckdb"
    publish.publish(source, target, MARTS)
    with Warehouse(target) as reader:
        with duckdb.connect(str(source)) as connection:
            connection.execute("insert into marts.dim_territory values ('R44', 2)")
        publish.publish(source, target, MARTS)
        assert reader.rows("select count(*) as n from marts.dim_territory") == [
            {"n": 2}
        ]
    with Warehouse(target) as reader:
        assert reader.rows("select count(*) as n from marts.dim_territory") == [
            {"n": 3}
        ]


def test_a_manifest_that_is_not_there_or_names_no_mart_is_refused(
    tmp_path: Path,
) -> None:
    with pytest.raises(UserError, match="dbt build"):
        publish.published_models(tmp_path / "manifest.json")
    empty = tmp_path / "empty.json"
    empty.write_text(json.dumps({"nodes": {}}))
    with pytest.raises(UserError, match="no model"):
        publish.published_models(empty)


def test_the_project_publishes_every_mart_of_the_contract() -> None:
    names = publish.published_models(PROJECT / "target" / "manifest.json")
    assert {
        "build_info",
        "dim_territory",
        "fct_trade_flows",
        "fct_rankings",
        "rejected_lines",
        "rpt_factsheet_key_figures",
    } <= set(names)
    assert not [name for name in names if name.startswith(("stg_", "int_"))]


def test_main_says_where_the_file_is_and_how_to_mend_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "warehouse.duckdb"
    assert publish.main(["--source", str(ENGINEER), "--target", str(target)]) == 0
    assert str(target) in capsys.readouterr().out
    assert publish.main(["--source", str(tmp_path / "none.duckdb")]) == 2
    assert "make build" in capsys.readouterr().err
