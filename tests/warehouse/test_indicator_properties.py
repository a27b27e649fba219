"""What the formulas of indicators keep to, whatever the amounts."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indicator_formulas import cepii

AMOUNTS = st.lists(st.integers(1, 10**12), min_size=1, max_size=40)


def asked(sql: str, *values: object) -> float:
    with duckdb.connect() as connection:
        return connection.execute(sql, list(values)).fetchone()[0]


def hhi(amounts: list[int]) -> float:
    """The formula of the macro `herfindahl`, as DuckDB computes it."""
    return asked(
        "select cast(sum(cast(v as hugeint) * v) as double) "
        "/ cast(cast(sum(v) as hugeint) * sum(v) as double) "
        "from (select unnest(cast(? as bigint[])) as v)",
        amounts,
    )


@settings(max_examples=40, deadline=None)
@given(AMOUNTS, st.randoms())
def test_the_index_of_concentration_keeps_its_bounds(
    amounts: list[int], random: object
) -> None:
    index = hhi(amounts)
    assert 1 / len(amounts) - 1e-12 <= index <= 1 + 1e-12
    shuffled = list(amounts)
    random.shuffle(shuffled)
    # Exact sums: the order of rows changes not one bit.
    assert hhi(shuffled) == index
    assert hhi([7 * amount for amount in amounts]) == pytest.approx(index, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)),
        min_size=1,
        max_size=30,
    )
)
def test_contributions_to_the_balance_add_up_to_nothing(
    flows: list[tuple[int, int]],
) -> None:
    x, m = np.array(flows, dtype=float).T
    if x.sum() + m.sum() > 0:
        assert abs(cepii(x, m).sum()) <= 1e-6
