"""Evolutions by territory, activity and partner: windows counted a second time."""

from __future__ import annotations

from collections import defaultdict

import duckdb
import pytest
from sample import SAMPLE


@pytest.fixture(scope="module")
def sample() -> duckdb.DuckDBPyConnection:
    with duckdb.connect(str(SAMPLE), read_only=True) as connection:
        yield connection


def test_every_territory_adds_up(sample: duckdb.DuckDBPyConnection) -> None:
    wrong = sample.execute(
        """
        with cells as (
            select end_year, end_quarter, territory_code, flow,
                sum(rolling_year_eur) as year, sum(year_to_date_eur) as to_date,
                sum(contribution) as growth, sum(contribution_without_energy) as without
            from marts.fct_evolutions group by all
        )
        from marts.fct_rolling_year as rolling
        full join cells using (end_year, end_quarter, territory_code, flow)
        full join marts.fct_year_to_date as of_year
            using (end_year, end_quarter, territory_code, flow)
        where cells.year is distinct from rolling.value_eur
            or cells.to_date is distinct from of_year.value_eur
            or abs(growth - rolling.change_ratio) > 1e-9
            or abs(without - rolling.change_ratio_without_energy) > 1e-9
        """
    ).fetchall()
    assert wrong == []


@pytest.mark.parametrize("territory", ["D52", "R44"])
def test_windows_are_those_counted_by_hand(
    sample: duckdb.DuckDBPyConnection, territory: str
) -> None:
    values: dict[tuple, int] = defaultdict(int)
    for flow, activity, country, year, quarter, value in sample.execute(
        "select flow, activity_code, country_code, year, quarter, value_eur "
        "from marts.trade_labelled where territory_code = $1 or region_code = $1",
        [territory],
    ).fetchall():
        values[flow, activity, country, 4 * year + quarter - 1] += value
    energy = {
        code
        for (code,) in sample.execute(
            "select activity_code from marts.dim_activity where is_energy"
        ).fetchall()
    }
    rows = sample.execute(
        "select * from marts.fct_evolutions where territory_code = ?", [territory]
    ).df()
    assert len(rows) > 1000
    keys = {key[:3] for key in values}
    last = 4 * 2024 + 3
    totals = {
        (flow, part): sum(
            value
            for (of_flow, activity, _, quarter), value in values.items()
            if of_flow == flow
            and quarter <= last - 4
            and (part == "all" or activity not in energy)
        )
        for flow in ("import", "export")
        for part in ("all", "without")
    }
    seen = set()
    for row in rows.itertuples():
        key = (row.flow, row.activity_code, row.country_code)
        assert key in keys
        end = 4 * row.end_year + row.end_quarter - 1

        def of(*quarters: int, key: tuple = key) -> int:
            return sum(values.get((*key, quarter), 0) for quarter in quarters)

        assert row.quarter_value_eur == of(end)
        first = 4 * row.end_year
        assert row.year_to_date_eur == of(*range(first, end + 1))
        if row.end_year == 2024:
            assert row.same_quarter_previous_year_eur == of(end - 4)
            assert row.previous_year_to_date_eur == of(*range(first - 4, end - 3))
            assert row.rolling_year_eur == of(*range(end - 3, end + 1))
        if end == last:
            change = of(*range(end - 3, end + 1)) - of(*range(end - 7, end - 3))
            assert row.contribution == pytest.approx(change / totals[row.flow, "all"])
            if row.activity_code not in energy:
                assert row.contribution_without_energy == pytest.approx(
                    change / totals[row.flow, "without"]
                )
            seen.add(key)
    assert seen == keys
