"""A user's own sets of territories, partner groups and duties: rows in a CSV file."""

from __future__ import annotations

import datetime
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from dbt_scratch import PROJECT, Run, dbt

PARTS = ("dbt_project.yml", "profiles.yml", "macros", "models", "seeds", "tests")
ASKED = ["fct_share_ratios", "dim_territory", "fct_us_duties", "fct_tariff_exposure"]


def copied(folder: Path) -> Path:
    """A copy of the project whose lists a test may change."""
    folder.mkdir()
    for name in PARTS:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(
                source,
                folder / name,
                ignore=shutil.ignore_patterns("*.py", "__pycache__"),
            )
        else:
            shutil.copy(source, folder / name)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copied(tmp_path / "project")


def append(project: Path, seed: str, *lines: str) -> None:
    path = project / "seeds" / "reference" / f"{seed}.csv"
    path.write_text(path.read_text("utf-8") + "".join(f"{line}\n" for line in lines))


def test_a_set_of_ones_own_needs_a_row_per_member(
    project: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    append(project, "territory_sets", "SZ1,52,,,,,,,", "SZ1,21,,,,,,,", "SZ1,70,,,,,,,")
    append(
        project, "tariff_measures",
        "mine,US,2027-03-01,2027-04-01,Section 999,Act,all,add,7.5,true,,,read,me",
    )  # fmt: skip
    append(project, "tariff_measure_activities", "mine,C11Z,all,guess")
    run = dbt(project, "build", "--exclude-resource-types", "unit_test test", "-s",
              *(f"+{name}" for name in ASKED), warehouse=warehouse)  # fmt: skip
    assert run.exit_code == 0, run.output
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            """
            select totals.year, totals.flow, totals.value_eur, sum(parts.value_eur),
                totals.rank_in_france, totals.region_share
            from marts.fct_share_ratios as totals
            inner join marts.fct_share_ratios as parts
                on totals.year = parts.year and totals.flow = parts.flow
                and parts.territory_code in ('D52', 'D21', 'D70')
            where totals.territory_code = 'SZ1' group by all
            """
        ).fetchall()
        assert len(rows) == 4
        for _, _, whole, parts, rank, region_share in rows:
            assert whole == parts > 0
            assert rank is None and region_share is None
        ranks = connection.execute(
            "select count(*), max(rank_in_france) from marts.fct_share_ratios "
            "where year = 2024 and flow = 'export' and territory_level = 'department' "
            "and rank_in_france is not null"
        ).fetchone()
        assert ranks[0] == ranks[1]
        name = connection.execute(
            "select level, territory_name, has_sheet "
            "from marts.dim_territory where territory_code = 'SZ1'"
        ).fetchone()
        assert name == ("set", "SZ1", True)

        def duty(day: datetime.date) -> tuple:
            return connection.execute(
                "select duty_min_pct, duty_max_pct, measures from marts.fct_us_duties "
                "where activity_code = 'C11Z' and valid_from <= ? "
                "and (valid_to is null or ? < valid_to)",
                [day, day],
            ).fetchone()

        # It stacks on what is in force, on its own days alone.
        before, within = (
            duty(datetime.date(2027, 2, 28)),
            duty(datetime.date(2027, 3, 1)),
        )
        after = duty(datetime.date(2027, 4, 1))
        assert within[:2] == (before[0] + 7.5, before[1] + 7.5)
        assert within[2] == sorted([*before[2], "mine"])
        assert after == before
        # Nothing is known before the first measure.
        assert duty(datetime.date(2024, 12, 31)) is None


def test_intervals_follow_the_kinds_of_measures(project: Path, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    header = "measure_id,imposed_by,valid_from,valid_to,authority,legal_reference,scope,rate_kind,rate_pct,stacks,stacking_rule,hts_headings,evidence,source\n"  # noqa: E501
    rows = {
        "whole": ("2030-01-01", "2030-12-31", "add", 20),
        "part": ("2030-02-01", "2030-12-31", "add", 50),
        "cap": ("2030-03-01", "2030-12-31", "floor", 15),
        "free": ("2030-04-01", "2030-12-31", "exempt", 0),
        "eu": ("2030-01-01", "2030-12-31", "add", 99),
    }
    seeds = project / "seeds" / "reference"
    (seeds / "tariff_measures.csv").write_text(
        header
        + "".join(
            f"{name},{'EU' if name == 'eu' else 'US'},{begin},{end},a,b,c,"
            f"{kind},{rate},false,,,e,f\n"
            for name, (begin, end, kind, rate) in rows.items()
        )
    )
    (seeds / "tariff_measure_activities.csv").write_text(
        "measure_id,activity_pattern,coverage,basis\n"
        "whole,C11Z,all,guess\npart,C1%,part,guess\ncap,C11Z,part,guess\n"
        "free,C11Z,part,guess\neu,%,all,guess\n"
    )
    run = dbt(project, "build", "--exclude-resource-types", "unit_test test", "-s",
              "+fct_us_duties", warehouse=warehouse)  # fmt: skip
    assert run.exit_code == 0, run.output
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            "select activity_code, strftime(valid_from, '%Y-%m'), duty_min_pct, "
            "duty_max_pct from marts.fct_us_duties "
            "where activity_code in ('C11Z', 'C12Z', 'C21Z') order by all"
        ).fetchall()
    assert found == [
        ("C11Z", "2030-01", 20, 20),
        ("C11Z", "2030-02", 20, 50),
        ("C11Z", "2030-03", 0, 50),
        ("C11Z", "2030-04", 0, 50),
        ("C11Z", "2030-12", 0, 0),
        ("C12Z", "2030-01", 0, 0),
        ("C12Z", "2030-02", 0, 50),
        ("C12Z", "2030-03", 0, 50),
        ("C12Z", "2030-04", 0, 50),
        ("C12Z", "2030-12", 0, 0),
        ("C21Z", "2030-01", 0, 0),
        ("C21Z", "2030-02", 0, 0),
        ("C21Z", "2030-03", 0, 0),
        ("C21Z", "2030-04", 0, 0),
        ("C21Z", "2030-12", 0, 0),
    ]


# What cannot be, all of it in one project: every row is refused by name.
WRONG = [
    ("territory_sets", "S1,52,,,,,,,", "assert_territory_sets_are_sound",
     "set_code S1, customs_code 52, reason the code is not S and two capitals or "
     "digits"),
    ("territory_sets", "SZ1,2A,,,,,,,", "assert_territory_sets_are_sound",
     "set_code SZ1, customs_code 2A, reason no department has this customs code"),
    ("territory_sets", "S42,67,,,,,,,", "assert_territory_sets_are_sound",
     "set_code S42, customs_code 67, reason the department stands there 2 times"),
    ("territory_sets", "S42,52,Elsass,,,,,,", "assert_territory_sets_are_sound",
     "set_code S42, reason set_name_fr is both « Alsace » and « Elsass »"),
    ("tariff_measures", "m,US,2027-03-01,2027-03-01,a,b,c,add,5,false,,,e,f",
     "assert_tariff_measures_are_sound",
     "measure_id m, reason it ends on 2027-03-01, not after its first day 2027-03-01"),
    ("tariff_measure_activities", "m,C11Z,all,guess", None, ""),
    ("tariff_measure_activities", "none,C11Z,all,guess",
     "assert_tariff_measures_are_sound",
     "measure_id none, reason tariff_measures.csv has no such measure"),
    ("partner_groups", "X,X,X,QR,190001,999912,me",
     "assert_partner_groups_are_sound",
     "group_code X, country_code QR, reason no country has this code"),
    ("partner_groups", "EU,X,X,DE,190001,999912,me",
     "assert_partner_groups_are_sound",
     "group_code EU, reason EU and NON_EU come from the dates of countries.csv"),
]  # fmt: skip
CALENDAR_YEAR = "\nCalendar year of the trade.\n"


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A build of wrong lists, and of descriptions that have no French any more."""
    folder = tmp_path_factory.mktemp("refused")
    project = copied(folder / "project")
    for seed, line, _, _ in WRONG:
        append(project, seed, line)
    columns = project / "models" / "columns.md"
    text = columns.read_text("utf-8")
    assert text.count(CALENDAR_YEAR) == 1
    columns.write_text(text.replace(CALENDAR_YEAR, "\nYear of\n  the whale's.\n"))
    append(
        project, "descriptions_fr", "Number of whales.,Nombre de baleines.",
        "First day of the quarter.,Premier jour du trimestre.",
    )  # fmt: skip
    run = dbt(project, "build", "-s", "departments", "countries", "activities",
              *{seed for seed, _, _, _ in WRONG}, "assert_territory_sets_are_sound",
              "assert_tariff_measures_are_sound", "assert_partner_groups_are_sound",
              "+dim_column", warehouse=folder / "warehouse.duckdb")  # fmt: skip
    assert run.exit_code == 1
    return run


@pytest.mark.parametrize(
    ("test", "said"), [(test, said) for _, _, test, said in WRONG if test]
)
def test_a_row_that_cannot_be_is_refused_by_name(
    refused: Run, test: str, said: str
) -> None:
    assert refused.status[test] == "fail"
    assert said in refused.output.partition(f"{test}:\n")[2].partition("assert_")[0]


def test_no_row_that_can_be_is_refused(refused: Run) -> None:
    wanted = Counter(test for _, _, test, _ in WRONG if test)
    assert {test: refused.failures[test] for test in wanted} == wanted


def test_descriptions_and_their_french_are_held_against_each_other(
    refused: Run,
) -> None:
    for said in (
        "it has no French, text Year of the whale's.",
        "no mart or column is described so, text Calendar year of the trade.",
        "no mart or column is described so, text Number of whales.",
        "it stands there 2 times, text First day of the quarter.",
        "seeds/reference/descriptions_fr.csv",
    ):
        assert said in refused.output
    # It stops the build before the dictionary is made.
    assert refused.status["dim_column"] == "skipped"
