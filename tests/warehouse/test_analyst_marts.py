"""What analysts write first is right: names join, dates are there, sums are France."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from sample import SAMPLE

from commerce_exterieur.publication import publish

#: Marts that are empty where, as in the sample, every quarter was delivered once.
OF_SEVERAL_VINTAGES = {"fct_revision_summary", "fct_trade_flow_versions"}


@pytest.fixture(scope="module")
def published(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file under a name that it was not made with."""
    folder = tmp_path_factory.mktemp("published")
    publish(SAMPLE, folder / "warehouse.duckdb")
    moved = Path(
        shutil.move(folder / "warehouse.duckdb", folder / "sent by mail.duckdb")
    )
    with duckdb.connect(str(moved), read_only=True) as connection:
        yield connection


def test_a_sum_over_the_labelled_view_is_france(
    published: duckdb.DuckDBPyConnection,
) -> None:
    sums = published.execute(
        "select year, sum(import_eur), sum(export_eur), sum(value_eur) "
        "from marts.trade_labelled group by year order by year"
    ).fetchall()
    france = published.execute(
        "select year, import_eur, export_eur, import_eur + export_eur "
        "from marts.fct_territory_totals where territory_code = 'FR' order by year"
    ).fetchall()
    assert sums == france and len(france) > 1
    kinds = dict(
        published.execute(
            "select table_name, table_type from information_schema.tables "
            "where table_schema = 'marts'"
        ).fetchall()
    )
    assert kinds["trade_labelled"] == "VIEW"
    assert kinds["fct_trade_flows"] == "BASE TABLE"


def test_the_labelled_view_has_every_row_and_every_name(
    published: duckdb.DuckDBPyConnection,
) -> None:
    (rows, names, described) = published.execute(
        """
        select
            count(*),
            count(territory_name || country_name_fr || activity_name_en),
            (
                select count(comment) from duckdb_columns()
                where table_name = 'trade_labelled'
            )
        from marts.trade_labelled
        """
    ).fetchone()
    (finest, columns) = published.execute(
        "select count(*), (select count(*) from duckdb_columns() "
        "where table_name = 'trade_labelled') from marts.fct_trade_flows"
    ).fetchone()
    assert rows == names == finest
    assert described == columns > 20


def test_every_fact_of_territories_joins_their_names(
    published: duckdb.DuckDBPyConnection,
) -> None:
    facts = published.execute(
        "select table_name from duckdb_columns() where schema_name = 'marts' "
        "and column_name = 'territory_level' and table_name like 'fct%'"
    ).fetchall()
    assert len(facts) > 15
    for (fact,) in facts:
        (rows, joined) = published.execute(
            "select count(*), (select count(territory_level || level || territory_name)"
            f" from marts.{fact} inner join marts.dim_territory using (territory_code) "
            f"where territory_level = level) from marts.{fact}"
        ).fetchone()
        assert joined == rows, fact
        assert (rows == 0) == (fact in OF_SEVERAL_VINTAGES), fact


def test_each_code_of_a_member_joins_its_own_dimension(
    published: duckdb.DuckDBPyConnection,
) -> None:
    for fact, kind in (
        ("fct_rankings", "ranked_by"),
        ("fct_growth_contributions", "dimension"),
        ("fct_rolling_contributions", "dimension"),
    ):
        for each in ("activity", "country"):
            (rows, joined, others) = published.execute(
                f"""
                select
                    count(*) filter (where {kind} = '{each}'),
                    count(names.{each}_code) filter (where {kind} = '{each}'),
                    count(facts.{each}_code) filter (where {kind} <> '{each}')
                from marts.{fact} as facts
                left join marts.dim_{each} as names using ({each}_code)
                """
            ).fetchone()
            assert rows == joined > 0, (fact, each)
            assert others == 0, (fact, each)


def test_insee_codes_join_corse_once(published: duckdb.DuckDBPyConnection) -> None:
    held = published.execute(
        "select insee_code from marts.dim_insee_territory "
        "where territory_code = 'D20' and level = 'department' order by 1"
    ).fetchall()
    assert held == [("2A",), ("2B",)]
    without = published.execute(
        "select territory_code from marts.dim_territory where level = 'department' "
        "and is_known and territory_code not in "
        "(select territory_code from marts.dim_insee_territory) order by 1"
    ).fetchall()
    assert without == [("D98",), ("D99",)]


def test_every_quarter_of_a_fact_is_in_the_calendar(
    published: duckdb.DuckDBPyConnection,
) -> None:
    facts = published.execute(
        "select table_name from duckdb_columns() where schema_name = 'marts' "
        "and column_name = 'period_start' and table_name <> 'dim_quarter' "
        "and table_name <> 'trade_labelled'"
    ).fetchall()
    assert len(facts) >= 3
    for (fact,) in facts:
        (rows, joined) = published.execute(
            f"select count(*), (select count(label_fr) from marts.{fact} "
            f"inner join marts.dim_quarter using (period_start)) from marts.{fact}"
        ).fetchone()
        assert joined == rows, fact
        assert (rows == 0) == (fact in OF_SEVERAL_VINTAGES), fact
