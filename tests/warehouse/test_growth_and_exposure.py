"""Growth, rolling years and exposure, computed again from the raw lines: no model.

And reasons of reliability, held against what the mart's description says of them.
"""

from __future__ import annotations

import re

import duckdb
import numpy as np
import pandas as pd
from raw_lines import SEEDS, TERRITORY, latest_countries, read

LARGEST = 1e-9


# -------------------------------------------------------------------------- time


def test_growth_contributions_add_up(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame
) -> None:
    keys = [*TERRITORY[1:], "flow"]
    for dimension in ("country", "activity"):
        sums = lines.groupby([*keys, f"{dimension}_code", "year"]).value_eur.sum()
        years = sums.unstack(fill_value=0)
        before = years[2023].groupby(level=keys).transform("sum")
        expected = (
            (years[2024] - years[2023]) / before.replace(0, np.nan)
        ).rename_axis([*keys, "member_code"])
        marts.execute(
            "create or replace temp view growth as "
            f"select *, {dimension}_code as member_code "
            f"from marts.fct_growth_contributions where dimension = '{dimension}'"
        )
        found = marts.execute(
            f"select {', '.join(keys)}, member_code, contribution from growth "
            "where contribution is not null"
        ).df()
        found = found.set_index([*keys, "member_code"]).contribution
        assert len(found) == len(expected.dropna()) > 1000
        assert (found - expected.reindex(found.index)).abs().max() <= LARGEST
    gaps = marts.execute(
        """
        select max(abs(added.growth - figures.change_ratio)), count(*)
        from (
            select year, territory_code, flow, dimension, sum(contribution) as growth
            from marts.fct_growth_contributions group by all
        ) as added
        inner join marts.rpt_factsheet_key_figures as figures
            using (year, territory_code, flow)
        where figures.change_ratio is not null
        """
    ).fetchone()
    assert gaps[0] <= LARGEST
    assert gaps[1] > 400


def test_rolling_years(marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame) -> None:
    keys = [*TERRITORY[1:], "flow"]
    quarters = lines.groupby([*keys, "year", "quarter"]).value_eur.sum().unstack([3, 4])
    quarters = quarters.fillna(0).sort_index(axis=1)
    sums = quarters.T.rolling(4).sum().T
    found = marts.execute("select * from marts.fct_rolling_year").df()
    found = found.set_index([*keys, "end_year", "end_quarter"])
    assert found.value_eur.notna().sum() > 1000
    for (year, quarter), column in sums.items():
        own = found.xs((year, quarter), level=("end_year", "end_quarter"))
        if (year, quarter) < (2023, 4):
            assert own.value_eur.isna().all()
            assert set(own.not_compared_reason) == {"incomplete"}
            continue
        assert (own.value_eur == column.reindex(own.index)).all()
        assert str(own.period_end.iloc[0].date()) == str(
            pd.Period(f"{year}Q{quarter}").end_time.date()
        )
        if (year, quarter) == (2024, 4):
            change = column / sums[(2023, 4)].replace(0, np.nan) - 1
            compared = own.change_ratio.dropna()
            assert len(compared) > 200
            assert (compared - change.reindex(compared.index)).abs().max() <= LARGEST


# ---------------------------------------------------------------------- exposure


def test_exposure(marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame) -> None:
    groups = read(SEEDS / "reference" / "partner_groups.csv", ",")
    countries = latest_countries()
    member = countries[countries.eu_member_from != ""]
    groups = pd.concat(
        [
            groups,
            pd.DataFrame(
                {
                    "group_code": "EU",
                    "country_code": member.country_code,
                    "valid_from": member.eu_member_from,
                    "valid_to": member.eu_member_to.replace("", "999912"),
                }
            ),
        ]
    ).rename(columns={"group_code": "partner_group"})
    keys = [*TERRITORY, "flow"]
    sums = lines.groupby([*keys, "country_code"]).value_eur.sum().reset_index()
    joined = sums.merge(groups, on="country_code")
    month = joined.year * 100 + 12
    joined = joined[
        (month >= joined.valid_from.astype(int))
        & (month <= joined.valid_to.astype(int))
    ]
    total = sums.groupby(keys).value_eur.sum()
    of_group = (
        joined.groupby([*keys, "partner_group"]).value_eur.sum().unstack(fill_value=0)
    )
    of_group = of_group.reindex(total.index, fill_value=0)
    expected = of_group.div(total, axis=0).stack()
    found = marts.execute(
        "select * from marts.fct_exposure where partner_group <> 'NON_EU'"
    ).df()
    shares = found.set_index([*keys, "partner_group"]).share
    assert len(shares) == len(expected)
    assert (shares - expected.reindex(shares.index)).abs().max() <= LARGEST
    ranked = found[found.territory_level == "department"].sort_values(
        ["share", "territory_code"], ascending=[False, True]
    )
    ranked = ranked[ranked.territory_code != "D98"]
    order = ranked.groupby(["year", "flow", "partner_group"]).cumcount() + 1
    assert (ranked.rank_in_france == order).all()
    # Inside and outside of the Union are all that is specified.
    halves = marts.execute(
        """
        select max(abs(exposure.share - (1 - concentration.unspecified_share)))
        from (
            select year, territory_code, flow, sum(share) as share
            from marts.fct_exposure where partner_group in ('EU', 'NON_EU') group by all
        ) as exposure
        inner join marts.fct_concentration as concentration
            using (year, territory_code, flow)
        where concentration.dimension = 'country'
        """
    ).fetchone()[0]
    assert halves <= LARGEST


# ------------------------------------------------------------------- reliability

THRESHOLD = re.compile(
    r"`(?P<reason>\w+)` "
    r"\((?:any; )?(?P<share>\w+_share) over (?P<from>[\d.]+) %"
    r"(?:, (?P<serious>[\d.]+) %)?\)"
)


def test_reasons_begin_where_the_description_says(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    (described,) = marts.execute(
        "select comment from duckdb_tables() where table_name = 'fct_reliability'"
    ).fetchone()
    found = list(THRESHOLD.finditer(" ".join(described.split())))
    assert len(found) == 6
    sides = 0
    for threshold in found:
        reason, share = threshold["reason"], threshold["share"]
        # « any; over 20 % »: a reason from nothing on, serious from there.
        limits = (
            [("reasons", threshold["from"]), ("serious_reasons", threshold["serious"])]
            if threshold["serious"]
            else [("reasons", "0"), ("serious_reasons", threshold["from"])]
        )
        for column, percent in limits:
            wrong, above, below = marts.execute(
                f"""
                select
                    count(*) filter (
                        list_contains({column}, $reason) <> ({share} > $limit)
                    ),
                    count(*) filter ({share} > $limit),
                    count(*) filter (not {share} > $limit)
                from marts.fct_reliability
                where abs({share} - $limit) > 1e-9 or $limit = 0
                """.replace("filter (", "filter (where "),
                {"reason": reason, "limit": float(percent) / 100},
            ).fetchone()
            assert wrong == 0, (reason, column)
            sides += above > 0 and below > 0
    # The sample has flows on both sides of some of them at least.
    assert sides >= 4
