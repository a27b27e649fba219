"""`commerce check` tells a printed figure from a rounded, an older, a wrong one."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import duckdb
import pytest
from sample import SAMPLE

from commerce_exterieur import figure_check
from commerce_exterieur.errors import UserError
from commerce_exterieur.figure_check import main, read_period, read_printed
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import language


def run(*arguments: object, warehouse: Path = SAMPLE) -> int:
    return main([*map(str, arguments), "--warehouse", str(warehouse)])


def asked(value: object, unit: str = "M€", **changed: str) -> list[object]:
    options = {"territory": "D52", "flow": "export", "period": "2024"} | changed
    return [
        *(part for name, text in options.items() for part in (f"--{name}", text)),
        f"--value={value}",
        "--unit",
        unit,
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        # Printed by the reference document.
        (asked("1306,6"), 0, "right"),
        (asked("1 306.6"), 0, "right"),
        (asked("1,3066", "Md€"), 0, "right"),
        (asked("1023,4", flow="import"), 0, "right"),
        # Rounded once too often, or cut.
        (asked("1306"), 0, "rounding"),
        (asked("1306,7"), 0, "rounding"),
        (asked("1305"), 1, "wrong"),
        (asked("1023,4"), 1, "it is the other flow"),
        (asked("283,2"), 1, "it is the balance"),
        (asked("2330,0"), 1, "it is exports and imports together"),
        (asked("67665,4"), 1, "it is the region around it"),
        (asked("580354,5"), 1, "it is France"),
        (asked("1340,8"), 1, "it is the same period a year before"),
        (asked("1306,6", period="2023"), 1, "it is the same period a year later"),
        (asked("227,3", country="DE"), 0, "right"),
        (asked("247,4", activity="C32B"), 0, "right"),
        (asked("1306,6", period="2024T1..2024T4"), 0, "right"),
        (asked("-283,2"), 1, "wrong"),
        (asked("283,2", flow="balance"), 0, "right"),
        (asked("-283,2", flow="balance"), 1, "wrong"),
        (asked("1306,6", flow="balance"), 1, "it is the exports"),
        (asked("1023,4", flow="balance"), 1, "it is the imports"),
        (asked("2330,0", flow="balance"), 1, "it is exports and imports together"),
        (asked("-104421,8", flow="balance"), 1, "it is France"),
    ],
)
def test_an_answer(
    arguments: list[object],
    status: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(*arguments) == status
    told = capsys.readouterr().out
    assert said in told
    assert "simulated" in told


def test_what_was_known_before_is_another_vintage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "warehouse.duckdb"
    shutil.copyfile(SAMPLE, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "insert into marts.fct_revisions by name select * replace ('2024-11' as "
            "vintage, value_eur - case flow when 'export' then 1000000 else 2000000 "
            "end as value_eur, false as is_current) "
            "from marts.fct_revisions "
            "where territory_code in ('D52', 'FR') and year = 2024"
        )
    assert run(*asked("1302,6"), warehouse=copy) == 1
    assert "as it was known with the results of 2024-11" in capsys.readouterr().out
    assert run(*asked("1306,6"), warehouse=copy) == 0
    assert run(*asked("287,2", flow="balance"), warehouse=copy) == 1
    assert "as it was known with the results of 2024-11" in capsys.readouterr().out
    assert run(*asked("283,2", flow="balance"), warehouse=copy) == 0
    # A vintage holds totals: it says nothing of one partner.
    assert run(*asked("223,3", country="DE"), warehouse=copy) == 1
    assert "wrong" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flow", "of_ours"),
    [
        ("export", "export_eur"),
        ("import", "import_eur"),
        ("balance", "export_eur - import_eur"),
    ],
)
def test_the_sql_it_gives_comes_to_its_figure(
    flow: str, of_ours: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(*asked("1", flow=flow, territory="R44", period="2023T3..2024T2", country="DE"))
    told = capsys.readouterr().out
    sql = told[told.index("select") :]
    with duckdb.connect(str(SAMPLE), read_only=True) as connection:
        (value,) = connection.execute(sql).fetchone()
        (expected,) = connection.execute(
            f"select sum({of_ours}) from marts.trade_labelled "
            "where region_code = 'R44' and country_code = 'DE' and period_start "
            "between date '2023-07-01' and date '2024-04-01'"
        ).fetchone()
    assert value == expected != 0
    assert language("en").decimal(value / 1e6, 3) in told


def test_every_printed_total_is_right() -> None:
    words = language("fr")
    with Warehouse(SAMPLE) as warehouse:
        figures = warehouse.rows(
            "select territory_code, flow, value_eur "
            "from marts.rpt_factsheet_key_figures "
            "where year = 2024 and value_eur > 0 and territory_level <> 'department' "
            "order by territory_code, flow"
        )
        for row in figures:
            text = words.eur(row["value_eur"], unit="M€", bare=True)
            (first, *_) = figure_check.check(
                warehouse,
                warehouse.territory(row["territory_code"]),
                row["flow"],
                read_period("2024"),
                read_printed(text, "M€"),
            )
            assert (first["concept"], first["verdict"]) == ("asked", "right"), row
    assert len(figures) > 60


def test_nothing_traded_is_a_right_zero(capsys: pytest.CaptureFixture[str]) -> None:
    # Nothing of Haute-Marne goes to the Holy See.
    assert run(*asked("0", country="VA")) == 0
    assert run(*asked("5", country="VA")) == 1
    assert "wrong" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", 8093, 8096),
        ("2023T1", 8093, 8093),
        ("2023-Q4", 8096, 8096),
        ("2023t3..2024T2", 8095, 8098),
        ("2023..2024", 8093, 8100),
    ],
)
def test_a_period_is_read(text: str, first: int, last: int) -> None:
    period = read_period(text)
    assert (period.first, period.last) == (first, last)
    assert read_period(str(period)) == period


@pytest.mark.parametrize("text", ["", "23", "2023T5", "2024..2023", "2023T2..2023T1"])
def test_no_period(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        read_period(text)


@pytest.mark.parametrize(
    ("text", "unit", "value", "half"),
    [
        ("71749", "M€", 71749 * 10**6, 500_000),
        ("71\u202f749,30", "M€", 71749_300_000, 5_000),
        ("−104,4", "Md€", -104_400_000_000, 50_000_000),
        ("12", "€", 12, 0.5),
    ],
)
def test_an_amount_is_read(text: str, unit: str, value: int, half: float) -> None:
    printed = read_printed(text, unit)
    assert (printed.value_eur, printed.half_unit) == (value, half)


def test_what_cannot_be_answered_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in (
        (asked("1", period="2019"), "no exports of 2019Q1"),
        (asked("1", period="2019", flow="balance"), "no balance of 2019Q1"),
        (asked("1", country="ZZZ"), "'ZZZ'"),
        (asked("1", activity="x' or true"), "x' or true"),
        (asked("a lot"), "'a lot' is no amount"),
        (asked("1", territory="Atlantis"), "Atlantis"),
    ):
        assert run(*arguments) == 2
        assert said in capsys.readouterr().err
    with pytest.raises(UserError):
        read_printed("1e9", "M€")


def test_what_was_not_delivered_whole_is_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(SAMPLE), read_only=True) as connection:
        (alone,) = connection.execute(
            "select export_eur from marts.fct_territory_quarters "
            "where territory_code = 'D52' and year = 2023 and quarter = 1"
        ).fetchone()
    # A year before are three quarters that nobody delivered, and this one.
    assert run(*asked(alone, "€", period="2023T2..2024T1")) == 1
    assert "wrong" in capsys.readouterr().out
    copy = tmp_path / "warehouse.duckdb"
    shutil.copyfile(SAMPLE, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "update marts.fct_revisions set vintage = "
            "case when year = 2024 and quarter > 1 then '2025-02' else '2024-05' end"
        )
        (first,) = connection.execute(
            "select export_eur from marts.fct_territory_quarters "
            "where territory_code = 'D52' and year = 2024 and quarter = 1"
        ).fetchone()
    # In May 2024 one quarter of 2024 was known: no figure of the year.
    assert run(*asked(first, "€"), warehouse=copy) == 1
    assert "wrong" in capsys.readouterr().out


def test_an_empty_code_is_no_wildcard(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*asked("0", country="")) == 2
    assert "There is no country ''. marts.dim_country" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "code", "names"),
    [
        ("country", "GB", ["Royaume-Uni", "royaume uni", "United Kingdom", "UK", "gb"]),
        ("activity", "C11Z", ["Boissons", "vin", "c11z"]),
    ],
)
def test_partners_and_activities_have_names(
    option: str, code: str, names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    answers = []
    for name in [code, *names]:
        run(*asked("1", **{option: name}))
        answers.append(capsys.readouterr().out)
    assert len(set(answers)) == 1 and f" {code}, 2024" in answers[0]


def test_what_is_near_a_name_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*asked("1", country="Alemagne")) == 2
    said = capsys.readouterr().err
    assert "There is no country 'Alemagne'. DE (Allemagne)" in said
    assert run(*asked("1", activity="aéronautique")) == 2
    assert "C30C" in capsys.readouterr().err


def test_a_figure_is_read_as_it_was_copied(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*asked("1\u202f306,6\u00a0M€")) == 0
    assert "1\u202f306,6 M€ printed" in capsys.readouterr().out
    assert str(read_period("T3 2024..T1 2025")) == "2024Q3..2025Q1"


def test_thousands_are_told_from_decimals(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*asked("1,306.6")) == 0
    assert run(*asked("1.306,6")) == 0
    assert run(*asked("1,307")) == 1
    assert "read as that of decimals" in capsys.readouterr().out
    assert run(*asked("9" * 400)) == 2
    assert "no amount" in capsys.readouterr().err


def test_a_negative_value_needs_no_equals_sign(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = []
    for value in (["--value=-104,4"], ["--value", "-104,4"]):
        run(
            *("--territory", "D52", "--flow", "balance", "--period", "2024"),
            *(*value, "--unit", "M€"),
        )
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert "-104,4 M€ printed" in told[0]
