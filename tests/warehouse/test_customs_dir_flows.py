"""A flow that was not delivered: the build fails, or says so and claims no balance."""

from __future__ import annotations

from pathlib import Path

import pytest
from customs_build import build, deliver, rows
from dbt_scratch import Run
from missing_flow import FILES, M, accepted


def test_a_missing_flow_fails_by_quarter_and_file(tmp_path: Path) -> None:
    run = build(
        tmp_path,
        deliver(tmp_path / "customs", FILES),
        *("--select", "+fct_territory_totals", "--indirect-selection", "cautious"),
    )
    assert run.exit_code != 0
    assert run.status["assert_both_flows_are_delivered"] == "fail"
    assert run.status["fct_territory_totals"] == "skipped"
    for said in (
        "  year 2023, quarter 1, missing_flow export, vintage 2025-02, "
        "source_file Region_2023_Import.txt\n",
        "  year 2024, quarter 4, missing_flow export, vintage 2025-02, "
        "source_file Region_2024_Import.txt\n",
    ):
        assert said in run.output
    assert "year 2022" not in run.output


@pytest.fixture(scope="module")
def folder() -> Path:
    return accepted()[0]


@pytest.fixture(scope="module")
def run() -> Run:
    return accepted()[1]


def test_told_to_a_build_accepts_it_and_warns(run: Run) -> None:
    assert run.exit_code == 0, run.output
    assert run.status["assert_both_flows_are_delivered"] == "warn"
    assert {name for name, said in run.status.items() if said == "warn"} == {
        "assert_both_flows_are_delivered"
    }


@pytest.mark.parametrize(
    ("table", "where"),
    [
        ("fct_territory_totals", ""),
        ("fct_trade_balances", "and country_code = 'DE'"),
        ("rpt_factsheet_territories", ""),
    ],
)
def test_no_balance_is_claimed_for_a_year_with_uneven_flows(
    run: Run, folder: Path, table: str, where: str
) -> None:
    found = rows(
        folder,
        f"select year, balance_eur, coverage_ratio from marts.{table} "
        f"where territory_code = 'D52' {where} order by year",
    )
    assert found == [(2022, 0, 1.0), (2023, None, None), (2024, None, None)]


def test_what_a_country_s_bars_are_is_kept_without_a_balance(
    run: Run, folder: Path
) -> None:
    assert rows(
        folder,
        "select year, country_code, import_eur, export_eur, balance_eur "
        "from marts.rpt_factsheet_countries where territory_code = 'D52' order by all",
    ) == [
        (2022, "DE", 400 * M, 400 * M, 0),
        (2022, "IT", 40 * M, 40 * M, 0),
        (2023, "DE", 200 * M, 0, None),
        (2023, "IT", 20 * M, 0, None),
        (2024, "DE", 400 * M, 300 * M, None),
        (2024, "IT", 40 * M, 30 * M, None),
    ]


def test_a_quarter_with_both_flows_has_its_balance(run: Run, folder: Path) -> None:
    assert rows(
        folder,
        "select quarter, import_eur, export_eur, balance_eur, coverage_ratio, "
        "has_both_flows from marts.fct_territory_quarters "
        "where territory_code = 'FR' and year = 2024 order by quarter",
    ) == [
        *((quarter, 110 * M, 110 * M, 0, 1.0, True) for quarter in (1, 2, 3)),
        (4, 110 * M, 0, None, None, False),
    ]


def test_key_figures_say_what_was_delivered_and_rank_nothing_else(
    run: Run, folder: Path
) -> None:
    assert rows(
        folder,
        "select year, import_quarters, export_quarters, quarters_covered, "
        "has_both_flows, is_complete, previous_year, not_compared_reason "
        "from marts.rpt_factsheet_territories where territory_code = 'D52' order by 1",
    ) == [
        (2022, 4, 4, 4, True, True, None, "break"),
        (2023, 2, 0, 0, False, False, None, "incomplete"),
        (2024, 4, 3, 3, False, False, None, "incomplete"),
    ]
    assert rows(
        folder,
        "select year, flow, rank_in_france, france_share, top_country_code "
        "from marts.rpt_factsheet_key_figures where territory_code = 'D52' "
        "order by year, flow",
    ) == [
        (2022, "export", 1, 1.0, "DE"),
        (2022, "import", 1, 1.0, "DE"),
        (2023, "export", None, None, None),
        (2023, "import", None, 1.0, "DE"),
        (2024, "export", None, 1.0, "DE"),
        (2024, "import", None, 1.0, "DE"),
    ]


def test_on_the_map_a_flow_that_was_not_delivered_is_no_zero(
    run: Run, folder: Path
) -> None:
    assert rows(
        folder,
        "select measure, value, class from marts.rpt_site_map "
        "where territory_code = 'D52' and year = 2023 order by measure",
    ) == [
        ("balance", None, None),
        ("coverage", None, None),
        ("exports", None, None),
        ("imports", 220 * M, 5),
        ("top_destination_share", None, None),
        ("top_origin_share", 200 / 220, 1),
    ]


def test_nobody_is_ranked_in_a_year_of_uneven_flows(run: Run, folder: Path) -> None:
    found = rows(
        folder,
        "select year, flow, rank_in_france, rank_in_region from marts.fct_share_ratios "
        "where territory_code = 'D52' order by year, flow",
    )
    assert found == [
        (2022, "export", 1, 1),
        (2022, "import", 1, 1),
        (2023, "import", None, None),
        (2024, "export", None, None),
        (2024, "import", None, None),
    ]
