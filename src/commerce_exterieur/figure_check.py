"""Check a printed figure: right, rounded, of another vintage or concept, or wrong.

    commerce check --territory R44 --flow export --period 2023 --value 71749 --unit M€

Answers `right`, `rounding` (one unit of its last digit off), `other vintage`, `other
concept` (the other flow, the balance, France …) or `wrong`, with our figure, the SQL
that gives it and whom to cite. Exit status: 0 right or rounding, 1 another answer, 2
the question cannot be answered.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from commerce_exterieur import options as shared
from commerce_exterieur.errors import UserError
from commerce_exterieur.member_names import Kind, member_code
from commerce_exterieur.provenance import read_provenance
from commerce_exterieur.warehouse import Territory, Warehouse
from commerce_exterieur.wording import language

_QUERY = Path(__file__).with_suffix(".sql")
UNITS = {"€": 1, "k€": 10**3, "M€": 10**6, "Md€": 10**9}
_CONCEPTS = {
    "asked": "the amount asked for",
    "vintage": "the amount as it was known with the results of {vintage}",
    "other_flow": "the other flow",
    "exports": "the exports",
    "imports": "the imports",
    "balance": "the balance, exports less imports",
    "both_flows": "exports and imports together",
    "without_energy": "the amount without energy",
    "without_unspecified": "the amount without unspecified partners",
    "year_before": "the same period a year before",
    "year_after": "the same period a year later",
    "region": "the region around it",
    "france": "France",
}
FLOWS = ("export", "import", "balance")
_SAID = {"export": "exports", "import": "imports", "balance": "balance"}
#: Flow: what must have been delivered of each quarter.
_DELIVERED = {
    "export": "has_exports",
    "import": "has_imports",
    "balance": "has_exports and has_imports",
}
_QUARTER = r"(?P<{0}year>[0-9]{{4}})(?:-?[TQ](?P<{0}quarter>[1-4]))?"
_PERIOD = re.compile(
    _QUARTER.format("first_") + r"(?:\.\." + _QUARTER.format("last_") + ")?",
    re.IGNORECASE,
)
_LONGEST = 20
_NUMBER = re.compile(r"[+−-]?[0-9]+(?:[.,][0-9]+)?")


@dataclass(frozen=True)
class Period:
    """Whole quarters, both ends included, numbered 4 × year + quarter."""

    first: int
    last: int

    @property
    def quarters(self) -> list[tuple[int, int]]:
        """Year and quarter of each."""
        return [
            ((number - 1) // 4, (number - 1) % 4 + 1)
            for number in range(self.first, self.last + 1)
        ]

    def __str__(self) -> str:
        (year, quarter), (last_year, last_quarter) = self.quarters[0], self.quarters[-1]
        if quarter == 1 and last_quarter == 4:
            return str(year) if year == last_year else f"{year}..{last_year}"
        first, last = f"{year}Q{quarter}", f"{last_year}Q{last_quarter}"
        return first if first == last else f"{first}..{last}"


@dataclass(frozen=True)
class Printed:
    """A printed amount.

    Attributes
    ----------
    value_eur
        In euros.
    half_unit
        Half a unit of its last digit, in euros: what rounding may change.
    """

    text: str
    value_eur: Decimal
    half_unit: Decimal


def read_period(text: str) -> Period:
    """Read `2023`, `2023T1`, `2023-Q1`, `T1 2023`, `2023T3..2024T2`.

    Raises
    ------
    argparse.ArgumentTypeError
        It is none, or ends before it begins.
    """
    written = re.sub(r"([TQ][1-4])\s+([0-9]{4})", r"\2\1", text.strip(), flags=re.I)
    match = _PERIOD.fullmatch(written)
    if match is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no period: write 2023, 2023T1 or 2023T3..2024T2"
        )
    year, quarter = int(match["first_year"]), match["first_quarter"]
    last_year = int(match["last_year"] or year)
    last_quarter = match["last_quarter"] or (None if match["last_year"] else quarter)
    period = Period(
        4 * year + int(quarter or 1), 4 * last_year + int(last_quarter or 4)
    )
    if period.last < period.first:
        raise argparse.ArgumentTypeError(f"{text!r} ends before it begins")
    return period


def read_printed(text: str, unit: str) -> Printed:
    """Read an amount as it is printed: `71749`, `71 749,3`, `71,749.3`, `−104,4`.

    A lone comma or point parts the decimals.

    Raises
    ------
    UserError
        It is no number.
    """
    # « 1 307 M€ », as it was copied.
    plain = re.sub(r"[\s\u00a0\u202f']", "", text).removesuffix(unit)
    if re.search(r"[.,][0-9]{3}[.,]", plain) and len({*plain} & {",", "."}) == 2:
        plain = plain.replace("," if plain.rindex(".") > plain.rindex(",") else ".", "")
    if not _NUMBER.fullmatch(plain) or len(plain) > _LONGEST:
        raise UserError(f"--value {text!r} is no amount: write 71749 or 71749,3.")
    number = Decimal(plain.replace(",", ".").replace("−", "-"))
    digits = len(plain.replace(",", ".").partition(".")[2])
    size = UNITS[unit]
    return Printed(
        f"{text.strip().removesuffix(unit).rstrip()} {unit}",
        number * size,
        Decimal(size) / 2 / 10**digits,
    )


def check(
    warehouse: Warehouse,
    territory: Territory,
    flow: str,
    period: Period,
    printed: Printed,
    *,
    country_code: str | None = None,
    activity_code: str | None = None,
) -> list[dict[str, Any]]:
    """Set a printed amount beside what it may be, the best answer first.

    Returns
    -------
    list of dict
        `concept`, `vintage`, `value_eur`, `gap_eur`, `verdict`, as figure_check.sql
        gives them; the first row's `verdict` is the answer.

    Raises
    ------
    UserError
        A quarter of the period was not delivered.
    """
    _require_delivered(warehouse, flow, period)
    rows = warehouse.rows(
        _QUERY.read_text("utf-8"),
        {
            "territory_code": territory.code,
            "flow": flow,
            "first_quarter": period.first,
            "last_quarter": period.last,
            "country_code": country_code,
            "activity_code": activity_code,
            "printed": float(printed.value_eur),
            "half_unit": float(printed.half_unit),
        },
    )
    if not any(row["concept"] == "asked" for row in rows):
        # Delivered, and nothing was traded.
        is_right = abs(printed.value_eur) <= printed.half_unit
        asked = {
            "concept": "asked",
            "vintage": None,
            "value_eur": 0,
            "gap_eur": -float(printed.value_eur),
            "verdict": "right" if is_right else "wrong",
        }
        rows = [asked, *rows] if is_right else [*rows, asked]
        rows.sort(key=lambda row: row["verdict"] == "no")
    return rows


def _require_delivered(warehouse: Warehouse, flow: str, period: Period) -> None:
    held = {
        (row["year"], row["quarter"])
        for row in warehouse.rows(
            f"select year, quarter from marts.dim_quarter where {_DELIVERED[flow]}"
        )
    }
    missing = [each for each in period.quarters if each not in held]
    if missing:
        told = [f"{year}Q{quarter}" for year, quarter in missing]
        quarters = ", ".join(told[:4] + (["…", told[-1]] if len(told) > 4 else []))
        raise UserError(
            f"{warehouse.path} has no {_SAID[flow]} of {quarters}, so a figure of "
            f"{period} cannot be checked."
        )


def meaning(row: dict[str, Any]) -> str:
    """Say in words what a row of `check` is."""
    return _CONCEPTS[row["concept"]].format(vintage=row["vintage"])


def reproduce(
    territory: Territory,
    flow: str,
    period: Period,
    country_code: str | None,
    activity_code: str | None,
) -> str:
    """Write the SQL that gives our figure, for anybody with the file."""
    filters = [
        f"members.territory_code = '{territory.code}'",
        *([f"flows.flow = '{flow}'"] if flow != "balance" else []),
        f"4 * flows.year + flows.quarter between {period.first} and {period.last}",
        *(
            [f"flows.country_code = {_literal(country_code)}"]
            if country_code is not None
            else []
        ),
        *(
            [f"flows.activity_code = {_literal(activity_code)}"]
            if activity_code is not None
            else []
        ),
    ]
    value = "flows.value_eur"
    if flow == "balance":
        value = f"case flows.flow when 'export' then {value} else -{value} end"
    return (
        f"select sum({value})\n"
        "from marts.fct_trade_flows as flows\n"
        "inner join marts.dim_territory_members as members\n"
        "    on flows.territory_code = members.department_code\n"
        "where\n    " + "\n    and ".join(filters) + ";"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _options(arguments)
    try:
        with Warehouse(options.warehouse) as warehouse:
            return _answer(warehouse, options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--territory", required=True, help="D52, Haute-Marne, R44, FR")
    parser.add_argument("--flow", required=True, choices=FLOWS)
    parser.add_argument(
        "--period",
        required=True,
        type=read_period,
        help="2023, 2023T1, 2023T3..2024T2",
    )
    parser.add_argument(
        "--value", required=True, help="as printed: 71749, '71 749,3', -104,4"
    )
    parser.add_argument("--unit", required=True, choices=UNITS)
    parser.add_argument(
        "--country", metavar="CODE", help="of one partner: DE, Allemagne"
    )
    parser.add_argument("--activity", metavar="CODE", help="of one activity: C11Z, vin")
    shared.add_warehouse(parser)
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "--value" in given[:-1]:
        # With a comma, argparse would take a negative number for an option.
        place = given.index("--value")
        given[place : place + 2] = [f"--value={given[place + 1]}"]
    return parser.parse_args(given)


def _members(options: argparse.Namespace) -> list[tuple[Kind, str | None]]:
    return [("country", options.country), ("activity", options.activity)]


def _answer(warehouse: Warehouse, options: argparse.Namespace) -> int:
    territory = warehouse.territory(options.territory)
    printed = read_printed(options.value, options.unit)
    flow, period = options.flow, options.period
    country_code, activity_code = (
        None if wanted is None else member_code(warehouse, kind, wanted)
        for kind, wanted in _members(options)
    )
    rows = check(
        warehouse,
        territory,
        flow,
        period,
        printed,
        country_code=country_code,
        activity_code=activity_code,
    )
    (asked,) = [row for row in rows if row["concept"] == "asked"]
    answer = rows[0]
    words, unit = language("en"), UNITS[options.unit]
    digits = 0 if unit == 1 else 3
    of = " ".join(filter(None, (country_code, activity_code)))
    print(f"{answer['verdict']}: {printed.text} printed")
    print(
        f"  {_SAID[flow]} of {territory.name} ({territory.code}){of and ' ' + of}, "
        f"{period}: {words.decimal(asked['value_eur'] / unit, digits)} "
        f"{options.unit} here"
    )
    if answer["concept"] != "asked":
        value = words.decimal(answer["value_eur"] / unit, digits)
        print(f"  it is {meaning(answer)}: {value} {options.unit}")
    elif answer["verdict"] == "wrong":
        gap = words.decimal(-answer["gap_eur"] / unit, digits, signed=True)
        print(f"  the printed figure is off by {gap} {options.unit}")
        if re.fullmatch(r"\s*[0-9]{1,3}[.,][0-9]{3}\s*", options.value):
            print("  (its comma or point was read as that of decimals)")
    sources = dict.fromkeys(
        read_provenance(warehouse, year).source(words) for year, _ in period.quarters
    )
    for source in sources:
        print(f"  {source}")
    sql = reproduce(territory, flow, period, country_code, activity_code)
    print("\n" + sql)
    return 0 if answer["verdict"] in ("right", "rounding") else 1


if __name__ == "__main__":
    sys.exit(main())
