"""A small engineer's file to publish, and what is asked of it."""

from __future__ import annotations

import glob
from pathlib import Path

import duckdb
import pytest
from finished import finish

from commerce_exterieur import publication as publish
from commerce_exterieur.warehouse import Warehouse

MARTS = {
    "build_info": ["data_origin"],
    "dim_territory": ["territory_code"],
    "fct_trade_flows": ["code"],
}


def make(file: Path) -> Path:
    """Make a small engineer's file: three marts, a stale one, and other layers."""
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
            """
        )
        # As dbt writes it: with the name of the database.
        name = connection.execute("select current_database()").fetchone()[0]
        connection.execute(
            f"""
            create view marts.fct_trade_flows as
                select territory_code as code
                from {publish._name(name)}.marts.dim_territory;
            comment on view marts.fct_trade_flows is 'One row.';
            comment on column marts.fct_trade_flows.code is 'A code.';
            """
        )
    finish(file, MARTS)
    return file


def change(file: Path, sql: str) -> None:
    """Change a file behind the back of its mark."""
    with duckdb.connect(str(file)) as connection:
        connection.execute(sql)


def codes(file: Path) -> list[str]:
    """List what a reader of the published file finds."""
    with Warehouse(file) as warehouse:
        rows = warehouse.rows("select code from marts.fct_trade_flows order by code")
    return [row["code"] for row in rows]


def beside(file: Path) -> list[Path]:
    """List the work files and logs of a file."""
    pattern = f"{glob.escape(file.name)}?*"
    return [*file.parent.glob(pattern), *file.parent.glob(f".{pattern}")]


def refused(capsys: pytest.CaptureFixture[str], source: Path, target: Path) -> str:
    """What the command says that publishes nothing and changes nothing."""
    before = target.read_bytes() if target.is_file() else None
    assert publish.main(["--source", str(source), "--target", str(target)]) == 2
    assert (target.read_bytes() if target.is_file() else None) == before
    assert not beside(target)
    said = capsys.readouterr()
    assert not said.out
    return " ".join(said.err.split())
