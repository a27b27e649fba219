"""Indicators against other people's code, from the raw lines: nothing reads a model.

The largest difference of each is printed (`-s`) and kept in docs/indicators.md.
"""

from __future__ import annotations

import warnings

import duckdb
import numpy as np
import pandas as pd
import pytest
from indicator_formulas import cepii, herfindahl
from raw_lines import (
    SEEDS,
    TERRITORY,
    latest_countries,
    read,
    special_partners,
)
from scipy.spatial.distance import cityblock
from scipy.stats import median_abs_deviation

YEAR = 2024
LARGEST = 1e-9


@pytest.fixture(scope="module")
def is_energy() -> pd.Series:
    rows = read(SEEDS / "reference" / "activities.csv", ",")
    return rows.set_index("activity_code").is_energy == "true"


def assert_near(
    marts: duckdb.DuckDBPyConnection, mart: str, expected: pd.Series, column: str
) -> None:
    """The column holds the expected numbers, row for row, within 1e-9."""
    keys = list(expected.index.names)
    found = marts.execute(
        f"select {', '.join(keys)}, {column} as found from marts.{mart} "
        f"where {column} is not null"
    ).df()
    found = found.set_index(keys).found.astype(float)
    expected = expected.dropna()
    assert len(expected) > 100
    assert set(found.index) == set(expected.index)
    gap = (found - expected.reindex(found.index).astype(float)).abs().max()
    print(f"{mart}.{column}: largest difference {gap:.1e} over {len(found)} values")
    assert gap <= LARGEST


# ------------------------------------------------------------------- concentration


def shares_of(lines: pd.DataFrame, dimension: str) -> pd.Series:
    """Values by territory, flow and member; unspecified partners are one member."""
    member = lines[f"{dimension}_code"]
    if dimension == "country":
        member = member.where(~member.isin(special_partners()), "*")
    return (
        lines.assign(member=member)
        .groupby([*TERRITORY, "flow", "member"])
        .value_eur.sum()
    )


@pytest.mark.parametrize("dimension", ["country", "activity"])
def test_concentration(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame, dimension: str
) -> None:
    values = shares_of(lines, dimension).reset_index()
    keys = [*TERRITORY, "flow"]
    groups = values.groupby(keys)
    highest = groups.value_eur.apply(lambda column: herfindahl(column.to_numpy()))
    named = values[values.member != "*"]
    total = groups.value_eur.sum()
    lowest = (
        named.assign(square=named.value_eur.astype(float) ** 2)
        .groupby(keys)
        .square.sum()
        / total.astype(float) ** 2
    )
    members = groups.size()
    normal = (highest - 1 / members) / (1 - 1 / members).replace(0, np.nan)
    view = f"(select * from marts.fct_concentration where dimension = '{dimension}')"
    marts.execute(f"create or replace temp view concentration as {view}")
    for column, expected in {
        "hhi_max": highest,
        "hhi_min": lowest,
        "equivalent_number": 1 / highest,
        "hhi_normalised": normal,
        "members": members,
        **{
            f"top_{first}_share": named.groupby(keys)
            .value_eur.nlargest(first)
            .groupby(level=list(range(4)))
            .sum()
            / total
            for first in (1, 3, 5)
        },
    }.items():
        found = marts.execute(
            f"select {', '.join(keys)}, {column} as found from concentration "
            f"where {column} is not null"
        ).df()
        found = found.set_index(keys).found.astype(float)
        gap = (found - expected.reindex(found.index)).abs().max()
        print(f"fct_concentration.{column}, {dimension}: largest difference {gap:.1e}")
        assert len(found) == len(expected.dropna()), column
        assert gap <= LARGEST, column


def test_concentration_without_energy_and_without_the_largest_cell(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame, is_energy: pd.Series
) -> None:
    of = lines[(lines.year == YEAR) & (lines.flow == "import")]
    for code in ("D75", "D76", "R11", "FR", "S42"):
        own = of[of.territory_code == code]
        goods = own[~own.activity_code.map(is_energy)]
        cells = own.groupby(["activity_code", "country_code"]).value_eur.sum()
        activity, country = cells.idxmax()
        rest = own[(own.activity_code != activity) | (own.country_code != country)]
        for part, column in (
            (goods, "hhi_max_without_energy"),
            (rest, "hhi_max_without_largest_cell"),
        ):
            member = part.country_code.where(
                ~part.country_code.isin(special_partners()), "*"
            )
            values = part.groupby(member).value_eur.sum().to_numpy()
            (found,) = marts.execute(
                f"select {column} from marts.fct_concentration where year = ? and "
                "territory_code = ? and flow = 'import' and dimension = 'country'",
                [YEAR, code],
            ).fetchone()
            assert found == pytest.approx(herfindahl(values), abs=LARGEST)


# ------------------------------------------------------------------ specialisation


@pytest.mark.parametrize("level", ["department", "region"])
def test_specialisation_is_the_rca_of_ecomplexity(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame, level: str
) -> None:
    """One denominator for all levels: all of France, as its departments add up to."""
    from ecomplexity import ecomplexity

    flows = lines[(lines.flow == "export") & (lines.territory_level == level)]
    if level == "region":
        # Departments without a region are part of France, though of no region.
        nowhere = lines[
            (lines.flow == "export")
            & (lines.territory_level == "department")
            & (lines.region == "")
        ]
        flows = pd.concat([flows, nowhere])
    sums = flows.groupby(["year", "territory_code", "activity_code"]).value_eur.sum()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = ecomplexity(
            sums.reset_index(),
            {
                "time": "year",
                "loc": "territory_code",
                "prod": "activity_code",
                "val": "value_eur",
            },
            verbose=False,
        )
    theirs = theirs[theirs.value_eur > 0].set_index(
        ["year", "territory_code", "activity_code"]
    )
    found = marts.execute(
        "select year, territory_code, activity_code, specialisation_index "
        "from marts.fct_specialisation where flow = 'export' and territory_level = ?",
        [level],
    ).df()
    found = found.set_index(["year", "territory_code", "activity_code"])
    both = found.join(theirs.rca, how="left")
    assert len(found) > 1000
    assert both.rca.notna().all()
    gap = (both.specialisation_index - both.rca).abs() / both.rca
    print(f"specialisation_index, {level}: largest relative difference {gap.max():.1e}")
    assert gap.max() <= LARGEST


def test_rest_of_france_and_ranks(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame
) -> None:
    found = marts.execute(
        "select * from marts.fct_specialisation where year = ? and flow = 'import'",
        [YEAR],
    ).df()
    of = lines[(lines.year == YEAR) & (lines.flow == "import")]
    sums = of.groupby(["territory_code", "activity_code"]).value_eur.sum()
    totals = of.groupby("territory_code").value_eur.sum()
    pairs = pd.MultiIndex.from_frame(found[["territory_code", "activity_code"]])
    own = sums.reindex(pairs).to_numpy()
    whole = totals.reindex(found.territory_code).to_numpy()
    france = sums["FR"].reindex(found.activity_code).to_numpy()
    rest = np.divide(
        france - own,
        totals["FR"] - whole,
        where=totals["FR"] > whole,
        out=np.full(len(own), np.nan),
    )
    np.testing.assert_allclose(
        found.rest_of_france_share.to_numpy(float), rest, atol=LARGEST
    )
    index = found.specialisation_index
    np.testing.assert_allclose(
        found.symmetric_index, (index - 1) / (index + 1), atol=LARGEST
    )
    np.testing.assert_allclose(found.share_of_france, own / france, atol=LARGEST)
    departments = found[found.territory_level == "department"].sort_values(
        ["value_eur", "territory_code"], ascending=[False, True]
    )
    departments = departments[departments.territory_code != "D98"]
    expected = departments.groupby("activity_code").cumcount() + 1
    assert (departments.rank_in_france == expected).all()
    assert (
        found[found.territory_level.isin(["set", "country"])]
        .rank_in_france.isna()
        .all()
    )


def test_dissimilarity_is_half_the_city_block(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame
) -> None:
    sums = lines.groupby([*TERRITORY, "flow", "activity_code"]).value_eur.sum()
    shares = sums.unstack(fill_value=0).pipe(lambda t: t.div(t.sum(axis=1), axis=0))
    france = shares.xs("FR", level="territory_code").droplevel("territory_level")
    expected = pd.Series(
        {
            key: cityblock(row, france.loc[(key[0], key[3])]) / 2
            for key, row in zip(shares.index, shares.to_numpy(), strict=True)
        }
    )
    expected.index.names = [*TERRITORY, "flow"]
    assert_near(marts, "fct_dissimilarity", expected, "krugman_half")


# ------------------------------------------------------------------- both flows


def both_flows(lines: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return lines.pivot_table(
        index=[*TERRITORY, *keys],
        columns="flow",
        values="value_eur",
        aggfunc="sum",
        fill_value=0,
    )


def test_balance_contributions(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame, is_energy: pd.Series
) -> None:
    table = both_flows(lines, ["activity_code"]).astype(float)
    parts, goods = [], []
    for _, group in table.groupby(level=TERRITORY):
        parts.append(
            pd.Series(
                cepii(group.export.to_numpy(), group["import"].to_numpy()), group.index
            )
        )
        own = group[~group.index.get_level_values("activity_code").map(is_energy)]
        if own.to_numpy().sum() > 0:
            goods.append(
                pd.Series(
                    cepii(own.export.to_numpy(), own["import"].to_numpy()), own.index
                )
            )
    for column, expected in (
        ("contribution_permille", pd.concat(parts)),
        ("contribution_permille_without_energy", pd.concat(goods)),
    ):
        assert_near(marts, "fct_balance_contributions", expected, column)
    sums = marts.execute(
        "select max(abs(total)) from (select sum(contribution_permille) as total "
        "from marts.fct_balance_contributions group by year, territory_code)"
    ).fetchone()[0]
    assert sums <= LARGEST


def test_intra_industry(marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame) -> None:
    known = lines[~lines.country_code.isin(special_partners())]
    cells = both_flows(known, ["activity_code", "country_code"]).astype(float)
    cells["gap"] = (cells.export - cells["import"]).abs()
    cells["trade"] = cells.export + cells["import"]
    whole = cells.groupby(level=TERRITORY)[["gap", "trade"]].sum()
    assert_near(
        marts, "fct_intra_industry", 1 - whole.gap / whole.trade, "grubel_lloyd"
    )
    parts = cells.groupby(level=[*TERRITORY, "activity_code"])[["gap", "trade"]].sum()
    assert_near(
        marts,
        "fct_intra_industry_by_activity",
        1 - parts.gap / parts.trade,
        "grubel_lloyd",
    )


def test_import_dependence(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame
) -> None:
    countries = latest_countries().set_index("country_code")
    since = pd.to_numeric(countries.eu_member_from)
    until = pd.to_numeric(countries.eu_member_to).fillna(999912)
    of = lines[lines.flow == "import"].copy()
    month = of.year * 100 + 12
    inside = (of.country_code.map(since) <= month) & (
        of.country_code.map(until) >= month
    )
    special = of.country_code.isin(special_partners())
    of["member"] = of.country_code.where(~special, "*")
    of["outside_eur"] = of.value_eur.where(~inside & ~special, 0)
    keys = [*TERRITORY, "activity_code"]
    values = of.groupby([*keys, "member"]).value_eur.sum()
    concentrated = values.groupby(level=keys).apply(lambda v: herfindahl(v.to_numpy()))
    sums = of.groupby(keys)[["value_eur", "outside_eur"]].sum()
    outside = sums.outside_eur / sums.value_eur
    assert_near(marts, "fct_import_dependence", concentrated, "hhi_max")
    assert_near(marts, "fct_import_dependence", outside, "extra_eu_share")
    exports = (
        lines[lines.flow == "export"].groupby(keys).value_eur.sum().reindex(sums.index)
    ).fillna(0)
    meets = (concentrated > 0.4) & (outside > 0.5) & (sums.value_eur > exports)
    assert_near(
        marts,
        "fct_import_dependence",
        meets.astype(float),
        "cast(meets_criteria as int)",
    )
    assert meets.sum() > 50
    assert_near(
        marts, "fct_import_dependence", meets.astype(float), "cast(is_signal as int)"
    )


def test_unit_values_and_their_outliers(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame
) -> None:
    keys = [*TERRITORY, "flow", "activity_code", "country_code"]
    cells = lines.groupby(keys)[["value_eur", "mass_kg"]].sum()
    price = (cells.value_eur / cells.mass_kg).where(
        (cells.mass_kg > 0) & (cells.value_eur > 0)
    )
    assert_near(marts, "fct_unit_values", price, "eur_per_kg")
    logs = np.log(price.dropna()).rename("log")
    groups = logs.groupby(level=["year", "territory_level", "flow", "activity_code"])
    middle = groups.transform("median")
    spread = groups.transform(lambda part: median_abs_deviation(part, scale=1 / 1.4826))
    size = groups.transform("size")
    known = (size >= 8) & (spread > 0)
    expected = ((logs - middle).abs() > 3.5 * spread)[known].astype(float)
    assert expected.sum() > 50
    assert_near(marts, "fct_unit_values", expected, "cast(is_outlier as int)")
