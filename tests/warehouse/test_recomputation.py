"""Every mart of the sample, computed a second time from the raw seeds with pandas.

Nothing here reads a model: rules are written anew, from the contract.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

import duckdb
import pandas as pd
import pytest
from raw_lines import SEEDS, latest_countries, read

CELL = ["year", "territory_level", "territory_code", "flow"]


@pytest.fixture(scope="module")
def countries() -> pd.DataFrame:
    """The latest window of every partner code."""
    return latest_countries()


@pytest.fixture(scope="module")
def rankings(lines: pd.DataFrame, countries: pd.DataFrame) -> pd.DataFrame:
    """Members ranked by value then code, with their share of the whole flow."""
    special = set(countries[countries.category == "special"].country_code)
    parts = []
    for kind in ["country", "activity", "product"]:
        sums = (
            lines.groupby([*CELL, f"{kind}_code"])
            .value_eur.sum()
            .reset_index()
            .rename(columns={f"{kind}_code": "member_code"})
        )
        if kind == "country":
            sums = sums[~sums.member_code.isin(special)]
        parts.append(sums.assign(ranked_by=kind))
    ranked = pd.concat(parts).sort_values(
        ["value_eur", "member_code"], ascending=[False, True]
    )
    keys = [*CELL, "ranked_by"]
    ranked["rank"] = ranked.groupby(keys).cumcount() + 1
    total = lines.groupby(CELL).value_eur.sum().rename("total_eur")
    ranked = ranked.join(total, on=CELL)
    ranked["value_share"] = ranked.value_eur / ranked.total_eur
    ranked["cumulative_share"] = ranked.groupby(keys).value_eur.cumsum() / (
        ranked.total_eur
    )
    return ranked.drop(columns="total_eur")


def assert_same(
    marts: duckdb.DuckDBPyConnection, table: str, expected: pd.DataFrame
) -> None:
    """The columns of `expected` are those of the mart, row for row."""
    columns = list(expected.columns)
    found = marts.execute(f"select {', '.join(columns)} from marts.{table}").df()
    expected = expected.copy()
    for frame in (found, expected):
        assert not frame.empty
        # Whole euros are exact in a double; a null is a NaN on both sides.
        for name in columns:
            if pd.api.types.is_numeric_dtype(frame[name]):
                frame[name] = frame[name].astype("float64")
    keys = [name for name in columns if not name.endswith(("_eur", "_share", "_ratio"))]
    pd.testing.assert_frame_equal(
        found.sort_values(keys).reset_index(drop=True),
        expected.sort_values(keys).reset_index(drop=True),
        check_dtype=False,
        rtol=1e-13,
    )


def by_flow(lines: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Imports, exports, balance and coverage, a row per key."""
    sums = (
        lines.pivot_table(
            index=keys, columns="flow", values="value_eur", aggfunc="sum", fill_value=0
        )
        .astype("int64")
        .rename_axis(columns=None)
        .reset_index()
    )
    sums = sums.rename(columns={"import": "import_eur", "export": "export_eur"})
    sums["balance_eur"] = sums.export_eur - sums.import_eur
    sums["coverage_ratio"] = (sums.export_eur / sums.import_eur).where(
        sums.import_eur != 0
    )
    return sums


def test_trade_flows(marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame) -> None:
    keys = ["year", "quarter", "flow", "territory_code", "product_code"]
    keys += ["activity_code", "country_code"]
    departments = lines[lines.territory_level == "department"]
    expected = departments.groupby(keys)[["value_eur", "mass_kg"]].sum().reset_index()
    assert_same(marts, "fct_trade_flows", expected)


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("fct_territory_totals", []),
        ("fct_territory_quarters", ["quarter"]),
        ("fct_trade_balances", ["country_code"]),
    ],
)
def test_totals_and_balances(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame, table: str, keys: list[str]
) -> None:
    expected = by_flow(lines, ["year", *keys, "territory_level", "territory_code"])
    if table != "fct_trade_balances":
        expected["quarters_covered"] = 4
    assert_same(marts, table, expected)


def test_rankings(marts: duckdb.DuckDBPyConnection, rankings: pd.DataFrame) -> None:
    coded = rankings.drop(columns="member_code")
    for kind in ("country", "activity", "product"):
        coded[f"{kind}_code"] = rankings.member_code.where(rankings.ranked_by == kind)
    assert_same(marts, "fct_rankings", coded)


def test_share_ratios(marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame) -> None:
    sums = lines.groupby([*CELL, "region"]).value_eur.sum().reset_index()
    # The sets here lie in one region each.
    lies_in_one = sums.territory_level.isin(["department", "set"])
    sums.loc[~lies_in_one, "region"] = ""
    sums = sums.groupby([*CELL, "region"]).value_eur.sum().reset_index()
    total = sums.set_index(["year", "flow", "territory_code"]).value_eur

    def other(row: pd.Series, code: str) -> float | None:
        return total.get((row.year, row.flow, code))

    sums["region_eur"] = sums.apply(
        lambda row: other(row, "R" + row.region) if row.region else None, axis=1
    )
    sums["france_eur"] = sums.apply(lambda row: other(row, "FR"), axis=1)
    sums["region_share"] = sums.value_eur / sums.region_eur
    sums["france_share"] = sums.value_eur / sums.france_eur
    ordered = sums.sort_values(["value_eur", "territory_code"], ascending=[False, True])
    is_department = ordered.territory_level == "department"
    inside = ordered[is_department & (ordered.region != "")]
    somewhere = pd.concat([inside, ordered[ordered.territory_level == "region"]])
    somewhere = somewhere.sort_values(
        ["value_eur", "territory_code"], ascending=[False, True]
    )
    keys = ["year", "flow", "territory_level"]
    sums["rank_in_france"] = somewhere.groupby(keys).cumcount() + 1
    sums["rank_in_region"] = inside.groupby(["year", "flow", "region"]).cumcount() + 1
    assert_same(marts, "fct_share_ratios", sums.drop(columns="region"))


@pytest.fixture(scope="module")
def cells(
    lines: pd.DataFrame, rankings: pd.DataFrame, countries: pd.DataFrame
) -> pd.DataFrame:
    """Cells with the member each side stands under: ten named, the rest together."""
    sums = lines.groupby([*CELL, "activity_code", "country_code"]).value_eur.sum()
    rows = sums.reset_index()
    # Beyond a department, activities stand under their sector, and sectors are ranked.
    seed = read(SEEDS / "reference" / "activities.csv", ",").set_index("activity_code")
    sectors = rows.assign(sector=rows.activity_code.map(seed.a38_code))
    sectors = sectors.groupby([*CELL, "sector"]).value_eur.sum().reset_index()
    sectors = sectors.sort_values(["value_eur", "sector"], ascending=[False, True])
    sectors["place"] = sectors.groupby(CELL).cumcount() + 1
    for side in ["activity", "country"]:
        named = rankings[(rankings.ranked_by == side) & (rankings["rank"] <= 10)]
        keys = [*CELL, f"{side}_code"]
        named = named.rename(columns={"member_code": f"{side}_code"})
        rows = rows.merge(
            named[[*keys, "rank"]].rename(columns={"rank": f"{side}_rank"}),
            on=keys,
            how="left",
        )
        rows[f"{side}_member"] = rows[f"{side}_code"].where(
            rows[f"{side}_rank"].notna(), "*other"
        )
    rows["sector"] = rows.activity_code.map(seed.a38_code)
    rows = rows.merge(sectors.drop(columns="value_eur"), on=[*CELL, "sector"])
    wide = rows.territory_level != "department"
    rows.loc[wide, "activity_member"] = rows.sector.where(rows.place <= 10, "*other")
    special = set(countries[countries.category == "special"].country_code)
    rows.loc[rows.country_code.isin(special), "country_member"] = "*unspecified"
    return rows


def test_factsheet_flows(marts: duckdb.DuckDBPyConnection, cells: pd.DataFrame) -> None:
    keys = [*CELL, "activity_member", "country_member"]
    flows = cells.groupby(keys).value_eur.sum().reset_index()
    flows = flows.sort_values(
        ["value_eur", "activity_member", "country_member"],
        ascending=[False, True, True],
    )
    named = ~flows.activity_member.str.startswith("*")
    named &= ~flows.country_member.str.startswith("*")
    flows["is_top_flow"] = flows[named].groupby(CELL).cumcount() < 5
    flows["is_top_flow"] = flows.is_top_flow.eq(True)
    flows["value_share"] = flows.value_eur / flows.groupby(CELL).value_eur.transform(
        "sum"
    )
    assert_same(
        marts,
        "rpt_factsheet_flows",
        flows.rename(
            columns={
                "activity_member": "activity_code",
                "country_member": "country_code",
            }
        ),
    )


def test_factsheet_nodes(marts: duckdb.DuckDBPyConnection, cells: pd.DataFrame) -> None:
    parts = []
    for side in ["activity", "country"]:
        nodes = (
            cells.groupby([*CELL, f"{side}_member"])
            .agg(value_eur=("value_eur", "sum"), members=(f"{side}_code", "nunique"))
            .reset_index()
            .rename(columns={f"{side}_member": "member_code"})
        )
        parts.append(nodes.assign(side=side))
    nodes = pd.concat(parts, ignore_index=True)
    nodes["last"] = nodes.member_code.map({"*unspecified": 1, "*other": 2}).fillna(0)
    ordered = nodes.sort_values(
        ["last", "value_eur", "member_code"], ascending=[True, False, True]
    )
    nodes["position"] = ordered.groupby([*CELL, "side"]).cumcount() + 1
    total = nodes.groupby([*CELL, "side"]).value_eur.transform("sum")
    nodes["value_share"] = nodes.value_eur / total
    assert_same(marts, "rpt_factsheet_nodes", nodes.drop(columns="last"))


def test_factsheet_countries(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame, rankings: pd.DataFrame
) -> None:
    keys = ["year", "territory_level", "territory_code", "country_code"]
    main = rankings[(rankings.ranked_by == "country") & (rankings["rank"] <= 10)]
    main = main.rename(columns={"member_code": "country_code"})[keys].drop_duplicates()
    rows = by_flow(lines, keys).merge(main, on=keys).drop(columns="coverage_ratio")
    ordered = rows.assign(both=rows.import_eur + rows.export_eur).sort_values(
        ["both", "country_code"], ascending=[False, True]
    )
    rows["position"] = ordered.groupby(keys[:3]).cumcount() + 1
    assert_same(marts, "rpt_factsheet_countries", rows)


def test_factsheet_activities(
    marts: duckdb.DuckDBPyConnection, rankings: pd.DataFrame
) -> None:
    rows = rankings[rankings.ranked_by == "activity"].copy()
    share = rows.value_eur / rows.groupby(CELL).value_eur.transform("sum")
    before = share.groupby([rows[key] for key in CELL]).cumsum() - share
    rows["activity_code"] = rows.member_code.where(
        (share >= 0.008) | (before < 0.85), "*other"
    )
    expected = (
        rows.groupby([*CELL, "activity_code"])
        .agg(
            position=("rank", "min"),
            value_eur=("value_eur", "sum"),
            members=("rank", "size"),
        )
        .reset_index()
    )
    total = expected.groupby(CELL).value_eur.transform("sum")
    expected["value_share"] = expected.value_eur / total
    assert_same(marts, "rpt_factsheet_activities", expected)


def test_factsheet_key_figures(
    marts: duckdb.DuckDBPyConnection,
    lines: pd.DataFrame,
    rankings: pd.DataFrame,
    countries: pd.DataFrame,
) -> None:
    """The figures that no other mart holds: EU shares, changes, partners."""
    windows = countries.set_index("country_code")
    begin = pd.to_numeric(windows.eu_member_from).reindex(lines.country_code)
    end = pd.to_numeric(windows.eu_member_to).fillna(999912).reindex(lines.country_code)
    month = lines.year * 100 + lines.quarter * 3
    in_eu = (month >= begin.to_numpy()) & (month <= end.to_numpy())
    keys = ["year", "territory_code", "flow"]
    total = lines.groupby(keys).value_eur.sum()
    eu_share = lines[in_eu].groupby(keys).value_eur.sum().reindex(total.index) / total
    kinds = rankings.groupby([*keys, "ranked_by"]).size().unstack()
    figures = marts.execute(
        "from marts.rpt_factsheet_key_figures where value_eur > 0"
    ).df()
    assert len(figures) == len(total)
    for row in figures.itertuples():
        key = (row.year, row.territory_code, row.flow)
        assert row.value_eur == total[key]
        assert row.eu_share == pytest.approx(eu_share[key])
        assert row.partners == kinds.country[key]
        assert row.activities == kinds.activity[key]
        before = total.get((row.year - 1, row.territory_code, row.flow))
        if before is None:
            assert pd.isna(row.change_ratio)
        else:
            assert row.change_ratio == pytest.approx(total[key] / before - 1)


def class_of(value: float, values: list[float], threshold: float | None) -> int:
    """Count the cut points at or under a value.

    They are round numbers near the fifths, or near the halves beside the threshold.
    """
    if threshold is None:
        first, parts, peers = 1, 5, values
    elif value == threshold:
        return 3
    elif value < threshold:
        first, parts, peers = 1, 2, [one for one in values if one < threshold]
    else:
        first, parts, peers = 4, 2, [one for one in values if one > threshold]
    ordered = sorted(peers)
    part_under = {one: ordered.index(one) / len(ordered) for one in ordered}
    cuts = []
    for part in (number / parts for number in range(1, parts)):
        for near in (0.06, 0.0):
            under = [one for one in ordered if part_under[one] < part - near]
            if under:
                break
        for near in (0.06, 0.0):
            over = [one for one in ordered if part_under[one] >= part + near]
            if over:
                break
        if under and over:
            cuts.append(roundest(under[-1], over[0]))
    return first + sum(cut <= value for cut in cuts)


def roundest(low: float, high: float) -> float:
    """Give the number above `low`, up to `high`, with the fewest digits."""
    for exponent in range(12, -7, -1):
        step = Decimal(10) ** exponent
        number = (Decimal(low) / step).to_integral_value(ROUND_FLOOR) * step + step
        if number <= Decimal(high):
            return float(number)
    return high


def test_site_map(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame, rankings: pd.DataFrame
) -> None:
    departments = read(SEEDS / "reference" / "departments.csv", ",")
    single = departments.insee_code.str.fullmatch(r"\w+")
    codes = "D" + departments.insee_code.where(single, departments.customs_code)
    index = pd.MultiIndex.from_product(
        [lines.year.unique(), sorted(set(codes) - {"D98"})],
        names=["year", "territory_code"],
    )
    sums = by_flow(lines, list(index.names)).set_index(index.names).reindex(index)
    first = rankings[(rankings.ranked_by == "country") & (rankings["rank"] == 1)]
    share = first.set_index([*index.names, "flow"]).value_share.unstack()
    measures = {
        "exports": (sums.export_eur.fillna(0), None),
        "imports": (sums.import_eur.fillna(0), None),
        "balance": (sums.balance_eur.fillna(0), 0),
        "coverage": (sums.coverage_ratio, 1),
        "top_destination_share": (share.export.reindex(index), None),
        "top_origin_share": (share["import"].reindex(index), None),
    }
    rows = []
    for measure, (column, threshold) in measures.items():
        for year, values in column.groupby("year"):
            frame = values.rename("value").reset_index()
            defined = list(frame.value.dropna())
            frame["class"] = [
                None if pd.isna(value) else class_of(value, defined, threshold)
                for value in frame.value
            ]
            by_class = frame.groupby("class").value
            frame["class_low"] = by_class.transform("min")
            frame["class_high"] = by_class.transform("max")
            rows.append(frame.assign(year=year, measure=measure))
    expected = pd.concat(rows, ignore_index=True)
    keys = ["year", "measure", "territory_code"]
    found = marts.execute("from marts.rpt_site_map").df()
    # Where the colours part, in round numbers: test_site.py.
    found = found.drop(columns=["territory_name", "class_from", "class_to"])
    pd.testing.assert_frame_equal(
        found.sort_values(keys).reset_index(drop=True),
        expected.sort_values(keys).reset_index(drop=True)[found.columns],
        check_dtype=False,
        rtol=1e-13,
    )


def test_territoires_industrie(marts: duckdb.DuckDBPyConnection) -> None:
    rows = read(SEEDS / "reference" / "territoires_industrie.csv", ",")
    rows["communes"] = rows.commune_count.astype(int)
    rows["territory_code"] = "D" + rows.insee_department_code.replace(
        {"2A": "20", "2B": "20"}
    )
    rows = rows.rename(columns={"territory_id": "territoire_industrie_id"})
    keys = ["territory_code", "territoire_industrie_id"]
    expected = rows.groupby(keys).communes.sum().reset_index(name="commune_count")
    whole = rows.groupby("territoire_industrie_id").communes.sum()
    expected["territoire_commune_count"] = expected.territoire_industrie_id.map(whole)
    expected["commune_share"] = (
        expected.commune_count / expected.territoire_commune_count
    )
    expected["is_listed"] = expected.commune_count >= 5
    assert_same(marts, "rpt_factsheet_territoires_industrie", expected)


def test_dimensions_name_every_code_of_the_lines(
    marts: duckdb.DuckDBPyConnection, lines: pd.DataFrame
) -> None:
    for table, code in [
        ("dim_territory", "territory_code"),
        ("dim_country", "country_code"),
        ("dim_product", "product_code"),
        ("dim_activity", "activity_code"),
    ]:
        known = marts.execute(f"select {code} from marts.{table} where is_known")
        assert set(lines[code]) <= {row[0] for row in known.fetchall()}
    assert marts.execute("select count(*) from marts.dim_territory").fetchone() == (
        1 + 18 + 102 + 16,
    )
