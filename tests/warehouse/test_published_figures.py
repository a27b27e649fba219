"""`commerce check` is asked the figures that were published.

Those the sample is fitted to are right on it. The 252 of `published_figures` are of
other years, or of cells that the sample invents: each that can be asked is asked of a
file in which it is true, among trade that is none of its business. Those that cannot be
asked are counted, with the reason.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from sample import SAMPLE

from commerce_exterieur.figure_check import main
from commerce_exterieur.warehouse import PROJECT

EXPECTATIONS = PROJECT / "seeds" / "expectations"
#: Sums of departments that the warehouse knows as one territory.
SETS = {"D67+D68": "S42"}
#: Half a unit of the last digit, in euros → the unit it was printed in, and digits.
PRINTED = {
    Decimal(10) ** exponent / 2: (unit, size - exponent)
    for unit, size, exponents in (
        ("Md€", 9, (9, 8)),
        ("M€", 6, range(7)),
        ("Md€", 9, (7,)),
    )
    for exponent in exponents
}
MEUR = 10**6


def read(name: str) -> list[dict[str, str]]:
    with (EXPECTATIONS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def printed(value_eur: Decimal, half_unit_eur: Decimal) -> list[str]:
    """As it stood in print: what `--value` and `--unit` are given."""
    unit, digits = PRINTED[half_unit_eur]
    value = value_eur / {"M€": 10**6, "Md€": 10**9}[unit]
    return [f"--value={value:.{digits}f}".replace(".", ","), "--unit", unit]


# -------------------------------------------------------------------------- the sample

TOTALS = [row for row in read("published_totals") if row["year"] in ("2023", "2024")]


@pytest.mark.parametrize(
    ("off", "verdict"), [(0, "right"), (1, "rounding"), (-1, "rounding"), (3, "wrong")]
)
@pytest.mark.parametrize(
    "total",
    TOTALS,
    ids=lambda total: f"{total['territory_code']}-{total['year']}-{total['flow']}",
)
def test_the_totals_that_the_sample_is_fitted_to(
    total: dict[str, str], off: int, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    half_unit = Decimal(total["half_unit_meur"]) * MEUR
    value = Decimal(total["value_meur"]) * MEUR + off * 2 * half_unit
    status = main(
        [
            *("--territory", total["territory_code"], "--flow", total["flow"]),
            *("--period", total["year"], *printed(value, half_unit)),
            *("--warehouse", str(SAMPLE)),
        ]
    )
    assert capsys.readouterr().out.startswith(f"{verdict}: ")
    assert status == (0 if verdict in ("right", "rounding") else 1)


def test_every_total_of_the_years_of_the_sample_is_asked() -> None:
    assert len(TOTALS) == 13


# ---------------------------------------------------------- the 252 published figures


@dataclass(frozen=True)
class Question:
    """A published figure as it can be asked."""

    figure_id: str
    territory_code: str
    flow: str
    first: int
    last: int
    country_code: str | None
    activity_code: str | None
    value_eur: Decimal
    half_unit_eur: Decimal

    @property
    def arguments(self) -> list[str]:
        first, last = (
            f"{(n - 1) // 4}Q{(n - 1) % 4 + 1}" for n in (self.first, self.last)
        )
        return [
            *("--territory", self.territory_code, "--flow", self.flow),
            *("--period", f"{first}..{last}"),
            *(["--country", self.country_code] if self.country_code else []),
            *(["--activity", self.activity_code] if self.activity_code else []),
        ]


def question(row: dict[str, str]) -> Question | str:
    """The question a published figure answers, or why it cannot be asked."""
    if row["kind"] != "amount":
        return f"{row['kind']}: no amount"
    if not row["first_quarter"]:
        return "printed without a period"
    territory_code = SETS.get(row["territory_codes"], row["territory_codes"])
    if "+" in territory_code:
        return "several territories that are no set"
    if row["dimension"] == "zone":
        return "a zone of partners"
    if "+" in row["members"]:
        return "several activities or partners"
    half_unit = Decimal(row["half_unit"]) * MEUR
    if half_unit not in PRINTED:
        return "not printed to a digit"
    members = row["members"].split(" x ")
    return Question(
        row["figure_id"],
        territory_code,
        row["flow"],
        *(
            int(row[name][:4]) * 4 + int(row[name][-1])
            for name in ("first_quarter", "last_quarter")
        ),
        country_code=members[-1] if "country" in row["dimension"] else None,
        activity_code=members[0] if row["dimension"].startswith("activity") else None,
        value_eur=Decimal(row["figure"]) * MEUR,
        half_unit_eur=half_unit,
    )


ASKED = {row["figure_id"]: question(row) for row in read("published_figures")}
QUESTIONS = [each for each in ASKED.values() if isinstance(each, Question)]


def test_what_cannot_be_asked_is_known() -> None:
    assert len(ASKED) == 252
    reasons = Counter(each for each in ASKED.values() if isinstance(each, str))
    assert reasons == {
        "share_of_territory: no amount": 41,
        "share_of_flow: no amount": 33,
        "coverage: no amount": 3,
        "growth: no amount": 3,
        "several territories that are no set": 9,
        "a zone of partners": 3,
        "printed without a period": 2,
        "several activities or partners": 1,
        "not printed to a digit": 1,
    }
    assert len(QUESTIONS) == 252 - reasons.total()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The names of the sample, every quarter since 2000 delivered, and no trade."""
    file = tmp_path_factory.mktemp("empty") / "made.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"attach '{SAMPLE}' as warehouse (read_only)")
        connection.execute("create schema marts")
        for mart in ("territory", "territory_members", "country", "activity"):
            connection.execute(
                f"create table marts.dim_{mart} as from warehouse.marts.dim_{mart}"
            )
        connection.execute(
            """
            create table marts.build_info as from warehouse.marts.build_info;
            create table marts.fct_trade_flows as
            from warehouse.marts.fct_trade_flows limit 0;
            create table marts.fct_revisions as
            from warehouse.marts.fct_revisions limit 0;
            create table marts.dim_quarter as
            select
                years.range as year,
                quarters.range as quarter,
                true as has_imports,
                true as has_exports
            from range(2000, 2030) as years, range(1, 5) as quarters;
            create table marts.rpt_factsheet_vintages as
            select
                range as year,
                'simulated' as vintages,
                'simulated' as sheet_vintages
            from range(2000, 2030);
            """
        )
    return file


def fill(connection: duckdb.DuckDBPyConnection, asked: Question) -> None:
    """Put in the trade that makes a figure true, and trade that is not its own."""
    inside, outside = (
        connection.execute(
            "select min(territory_code) from marts.dim_territory where "
            f"level = 'department' and territory_code {of} (select department_code "
            "from marts.dim_territory_members where territory_code = ?)",
            [asked.territory_code],
        ).fetchone()[0]
        for of in ("in", "not in")
    )
    value = int(asked.value_eur)
    other = 77_777_777_777
    country, activity = asked.country_code or "DE", asked.activity_code or "C20A"
    flows = {asked.flow: value}
    if asked.flow == "balance":
        flows = {"export": max(value, 0) + other, "import": max(-value, 0) + other}
    count = asked.last - asked.first + 1
    cells = [
        (quarter, flow, inside, country, activity, part)
        for flow, whole in flows.items()
        for quarter in range(asked.first, asked.last + 1)
        for part in [whole // count + (whole % count if quarter == asked.first else 0)]
    ]
    for flow in flows:
        cells += [
            (quarter, flow, inside, country, activity, other)
            for quarter in (asked.first - 1, asked.last + 1)
        ]
        strangers = [(outside, country, activity)] if outside else []
        strangers += [(inside, "ZM", activity)] if asked.country_code else []
        strangers += [(inside, country, "B05Z")] if asked.activity_code else []
        cells += [(asked.first, flow, *stranger, other) for stranger in strangers]
    if asked.flow != "balance":
        (reverse,) = {"import", "export"} - {asked.flow}
        cells.append((asked.first, reverse, inside, country, activity, other))
    connection.executemany(
        "insert into marts.fct_trade_flows by name select "
        "($1 - 1) // 4 as year, ($1 - 1) % 4 + 1 as quarter, $2 as flow, "
        "$3 as territory_code, $4 as country_code, $5 as activity_code, "
        "$6 as value_eur, make_date(($1 - 1) // 4, ($1 - 1) % 4 * 3 + 1, 1) "
        "as period_start, '0111' as product_code",
        cells,
    )


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.figure_id)
def test_a_published_figure_is_right_where_it_is_true_and_wrong_three_units_off(
    asked: Question, empty: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = shutil.copy(empty, tmp_path / "made.duckdb")
    with duckdb.connect(str(file)) as connection:
        fill(connection, asked)
    for off, verdict in ((0, "right"), (3, "wrong"), (-3, "wrong")):
        value = asked.value_eur + off * 2 * asked.half_unit_eur
        main(
            [
                *asked.arguments,
                *printed(value, asked.half_unit_eur),
                *("--warehouse", str(file)),
            ]
        )
        assert capsys.readouterr().out.startswith(f"{verdict}: ")
