"""The semantic layer answers what the marts hold, to the euro, or null."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from metricflow_semantics.errors.error_classes import InvalidQueryException
from metrics import Metrics, project
from sample import SAMPLE

YEAR, QUARTER = "metric_time__year", "metric_time__quarter"
IN_2024 = "{{ TimeDimension('metric_time', 'year') }} = '2024-01-01'"
#: Metrics, groups, filter, and the same from the marts.
QUERIES = {
    "France by year": (
        ("imports exports balance coverage_ratio", YEAR),
        """
        select make_date(year, 1, 1), import_eur, export_eur, balance_eur,
            coverage_ratio
        from marts.fct_territory_totals where territory_code = 'FR'
        """,
    ),
    "France by quarter": (
        ("imports exports balance coverage_ratio", QUARTER),
        """
        select period_start, import_eur, export_eur, balance_eur, coverage_ratio
        from marts.fct_territory_quarters where territory_code = 'FR'
        """,
    ),
    "departments by year": (
        ("imports exports balance coverage_ratio", f"territory {YEAR}"),
        """
        select territory_code, make_date(year, 1, 1), import_eur, export_eur,
            balance_eur, coverage_ratio
        from marts.fct_territory_totals where territory_level = 'department'
        """,
    ),
    "regions by year": (
        (
            "imports exports balance coverage_ratio",
            f"territory__region_code {YEAR}",
            "{{ Dimension('territory__region_code') }} is not null",
        ),
        """
        select territory_code, make_date(year, 1, 1), import_eur, export_eur,
            balance_eur, coverage_ratio
        from marts.fct_territory_totals where territory_level = 'region'
        """,
    ),
    "partners of a department": (
        (
            "imports exports balance coverage_ratio",
            f"partner {YEAR}",
            "{{ Entity('territory') }} = 'D52'",
        ),
        """
        select country_code, make_date(year, 1, 1), import_eur, export_eur,
            balance_eur, coverage_ratio
        from marts.fct_trade_balances where territory_code = 'D52'
        """,
    ),
    "partners of a region": (
        (
            "balance",
            "partner",
            f"{{{{ Dimension('territory__region_code') }}}} = 'R44' and {IN_2024}",
        ),
        """
        select country_code, balance_eur from marts.fct_trade_balances
        where territory_code = 'R44' and year = 2024
        """,
    ),
    "activities of a region": (
        (
            "exports",
            f"activity {YEAR}",
            "{{ Dimension('territory__region_name') }} = 'Grand Est'"
            " and {{ Dimension('trade_flow__flow') }} = 'export'",
        ),
        """
        select activity_code, make_date(year, 1, 1), value_eur
        from marts.fct_rankings where territory_code = 'R44' and flow = 'export'
            and ranked_by = 'activity'
        """,
    ),
    "products of France": (
        (
            "imports",
            "product",
            f"{IN_2024} and {{{{ Dimension('trade_flow__flow') }}}} = 'import'",
        ),
        """
        select product_code, value_eur from marts.fct_rankings
        where territory_code = 'FR' and flow = 'import' and ranked_by = 'product'
            and year = 2024
        """,
    ),
    "names of sectors and partners": (
        (
            "exports",
            "activity__a17_name_fr partner__name_en",
            "{{ Dimension('period__is_latest_year') }}",
        ),
        """
        select a17_name_fr, country_name_en, sum(export_eur)
        from marts.trade_labelled where year = 2024 group by all
        """,
    ),
    "the last quarter, named": (
        (
            "imports exports",
            "period__label_fr territory__name",
            "{{ Dimension('period__is_latest') }}",
        ),
        """
        select 'T4 2024', territory_name, import_eur, export_eur
        from marts.fct_territory_quarters
        inner join marts.dim_territory using (territory_code)
        where territory_level = 'department' and year = 2024 and quarter = 4
        """,
    ),
    "the Union, by department": (
        ("eu_export_share eu_import_share", f"territory {YEAR}"),
        """
        select territory_code, make_date(year, 1, 1),
            max(eu_share) filter (where flow = 'export'),
            max(eu_share) filter (where flow = 'import')
        from marts.rpt_factsheet_key_figures
        where territory_level = 'department' group by all
        """,
    ),
    "the Union, by region": (
        (
            "eu_exports eu_imports eu_export_share eu_import_share",
            "territory__region_code",
            f"{{{{ Dimension('territory__region_code') }}}} is not null and {IN_2024}",
        ),
        """
        select territory_code,
            max(exposure.value_eur) filter (where flow = 'export'),
            max(exposure.value_eur) filter (where flow = 'import'),
            max(eu_share) filter (where flow = 'export'),
            max(eu_share) filter (where flow = 'import')
        from marts.rpt_factsheet_key_figures
        inner join marts.fct_exposure as exposure
            using (year, territory_level, territory_code, flow)
        where territory_level = 'region' and year = 2024 and partner_group = 'EU'
        group by all
        """,
    ),
    "members of the Union": (
        ("exports", f"partner__is_eu_member {YEAR}"),
        """
        select true, make_date(year, 1, 1), value_eur from marts.fct_exposure
        where territory_code = 'FR' and flow = 'export' and partner_group = 'EU'
        union all
        select null, make_date(year, 1, 1), export_eur - value_eur
        from marts.fct_exposure inner join marts.fct_territory_totals
            using (year, territory_level, territory_code)
        where territory_code = 'FR' and flow = 'export' and partner_group = 'EU'
        """,
    ),
    "energy": (
        ("energy_imports energy_import_share", f"territory {YEAR}"),
        """
        select territory_code, make_date(year, 1, 1),
            sum(case when is_energy then value_eur else 0 end) as energy_eur,
            energy_eur / sum(value_eur)
        from marts.fct_trade_flows inner join marts.dim_activity using (activity_code)
        where flow = 'import' group by territory_code, year
        """,
    ),
    "shares of departments": (
        (
            "export_share_of_france import_share_of_france "
            "export_share_of_region import_share_of_region",
            f"territory {YEAR}",
        ),
        """
        select territory_code, make_date(year, 1, 1),
            max(france_share) filter (where flow = 'export'),
            max(france_share) filter (where flow = 'import'),
            max(region_share) filter (where flow = 'export'),
            max(region_share) filter (where flow = 'import')
        from marts.fct_share_ratios where territory_level = 'department'
        group by territory_code, year
        """,
    ),
    "shares of regions, of the last year": (
        (
            "export_share_of_france export_share_of_region",
            "territory__region_code",
            "{{ Dimension('territory__region_code') }} is not null",
        ),
        """
        select territory_code, france_share, 1 from marts.fct_share_ratios
        where territory_level = 'region' and flow = 'export' and year = 2024
        """,
    ),
    "France has no region": (
        ("import_share_of_france import_share_of_region", ""),
        "select 1, null",
    ),
    "rolling years of France": (
        (
            "rolling_exports rolling_imports rolling_exports_growth "
            "rolling_imports_growth",
            QUARTER,
        ),
        """
        select date_trunc('quarter', period_end),
            max(value_eur) filter (where flow = 'export'),
            max(value_eur) filter (where flow = 'import'),
            max(change_ratio) filter (where flow = 'export'),
            max(change_ratio) filter (where flow = 'import')
        from marts.fct_rolling_year where territory_code = 'FR' group by all
        """,
    ),
    "rolling years of departments": (
        ("rolling_exports rolling_exports_growth", f"territory {QUARTER}"),
        """
        select territory_code, date_trunc('quarter', period_end), value_eur,
            change_ratio
        from marts.fct_rolling_year
        where territory_level = 'department' and flow = 'export'
        """,
    ),
    "the last rolling year": (
        ("rolling_imports rolling_exports", ""),
        """
        select max(value_eur) filter (where flow = 'import'),
            max(value_eur) filter (where flow = 'export')
        from marts.fct_rolling_year
        where territory_code = 'FR' and end_year = 2024 and end_quarter = 4
        """,
    ),
    "year on year, regions": (
        (
            "exports_year_on_year imports_year_on_year",
            f"territory__region_code {QUARTER}",
            "{{ Dimension('territory__region_code') }} is not null",
        ),
        """
        select territory_code, date_trunc('quarter', period_end),
            max(quarter_change_ratio) filter (where flow = 'export'),
            max(quarter_change_ratio) filter (where flow = 'import')
        from marts.fct_rolling_year where territory_level = 'region' group by all
        """,
    ),
    "days alone": (
        ("", "metric_time__day"),
        "select unnest(range(period_start, period_end + 1, interval 1 day)) "
        "from marts.dim_quarter where has_imports or has_exports",
    ),
    "quarters alone": (
        ("", QUARTER),
        "select period_start from marts.dim_quarter",
    ),
}


@pytest.fixture(scope="module")
def metrics() -> Iterator[Metrics]:
    with duckdb.connect(str(SAMPLE), read_only=True) as connection:
        yield Metrics(connection)


def keyed(rows: list[tuple], groups: int) -> dict[tuple, list]:
    """Key rows by their groups; a date is one, whatever its type."""
    days = [
        tuple(each.date() if isinstance(each, datetime) else each for each in row)
        for row in rows
    ]
    by_group = {row[:groups]: list(row[groups:]) for row in days}
    assert len(by_group) == len(rows)
    return by_group


@pytest.mark.parametrize("name", QUERIES)
def test_a_metric_is_what_the_marts_hold(metrics: Metrics, name: str) -> None:
    asked, sql = QUERIES[name]
    groups = len(asked[1].split())
    held = keyed(metrics.connection.execute(sql).fetchall(), groups)
    answered = keyed(metrics.ask(*asked), groups)
    assert held.keys() == answered.keys() and held
    for group, values in held.items():
        for value, answer in zip(values, answered[group], strict=True):
            # Euros are whole and equal; of ratios, the last bits may differ.
            is_ratio = isinstance(value, float)
            expected = pytest.approx(value, rel=1e-12) if is_ratio else value
            assert answer == expected, (group, values, answered[group])


def test_every_metric_is_compared(metrics: Metrics) -> None:
    inputs = {
        each.name: {one.name for one in each.input_metrics}
        for each in metrics.manifest.metrics
    }
    compared: set[str] = set()
    found = {name for asked, _ in QUERIES.values() for name in asked[0].split()}
    while found:
        compared |= found
        found = {name for each in found for name in inputs[each]} - compared
    assert compared == inputs.keys()
    assert len(QUERIES) > 20


def test_a_window_that_is_short_is_refused(metrics: Metrics) -> None:
    rows = dict(metrics.ask("rolling_exports", QUARTER))
    values = [rows[quarter] for quarter in sorted(rows)]
    assert values[:3] == [None, None, None]
    assert all(value > 0 for value in values[3:]) and len(values) == 8
    # Asked for the years until the third quarter: of a window that is short, nothing.
    assert metrics.ask("rolling_exports", "", until=datetime(2023, 9, 30)) == [(None,)]
    ((until,),) = metrics.ask("rolling_exports", "", until=datetime(2024, 9, 30))
    assert until == values[6]


def test_what_cannot_be_said_is_an_error(metrics: Metrics) -> None:
    for metric, group in (
        ("rolling_exports", "partner"),
        ("export_share_of_france", QUARTER),
    ):
        with pytest.raises(InvalidQueryException):
            metrics.ask(metric, group)


def test_no_balance_of_a_quarter_with_one_flow(tmp_path: Path) -> None:
    """The imports of a quarter taken away, as `allow_missing_flow` lets them be."""
    file = tmp_path / "warehouse.duckdb"
    shutil.copy(SAMPLE, file)
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "delete from intermediate.int_flows_summed "
            "where flow = 'import' and year = 2024 and quarter = 4"
        )
        connection.execute(
            "update marts.dim_quarter set has_imports = false "
            "where year = 2024 and quarter = 4"
        )
        asked = Metrics(connection)
        columns = "imports exports balance coverage_ratio"
        years = {day.year: values for day, *values in asked.ask(columns, YEAR)}
        assert None not in years[2023]
        assert min(years[2024][:2]) > 0 and years[2024][2:] == [None, None]
        quarters = [balance for _, balance in asked.ask("balance", QUARTER)]
        assert quarters.count(None) == 1 and len(quarters) == 8


def mf(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command, as from a shell in the project."""
    folder = project()
    return subprocess.run(
        [Path(sys.executable).with_name("mf"), *arguments],
        cwd=folder,
        env={
            **os.environ,
            "COMMERCE_WAREHOUSE": str(folder / "warehouse.duckdb"),
            # It asks PyPI for a newer version of itself; not in a test.
            "HTTPS_PROXY": "http://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_configuration_is_valid() -> None:
    run = mf("validate-configs", "--show-all")
    assert run.returncode == 0, run.stdout + run.stderr
    # Of the manifest, and of models, dimensions, entities, measures and metrics.
    assert run.stdout.count("(ERRORS: 0, FUTURE_ERRORS: 0, WARNINGS: 0)") == 6


def test_the_command_answers_too(tmp_path: Path, metrics: Metrics) -> None:
    file = tmp_path / "answer.csv"
    run = mf(
        *("query", "--metrics", "exports,eu_export_share"),
        *("--group-by", "territory__name,metric_time__year"),
        *("--where", "{{ Dimension('territory__region_name') }} = 'Grand Est'"),
        *("--csv", str(file)),
    )
    assert run.returncode == 0, run.stdout + run.stderr
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    held = metrics.connection.execute(
        "select territory_name, year, export_eur from marts.fct_territory_totals "
        "inner join marts.dim_territory using (territory_code) "
        "where region_name = 'Grand Est' and level = 'department'"
    ).fetchall()
    assert held
    assert sorted(
        (row["territory__name"], int(row["metric_time__year"][:4]), int(row["exports"]))
        for row in rows
    ) == sorted(held)
