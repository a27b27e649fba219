"""Numbers as French and English typography write them, for pictures, pages and tables.

Vega's built-in `fr-FR` locale separates thousands wrongly, so no number is formatted
by Vega: every displayed number comes from here as text.

Amounts are whole euros and stay integers until they are printed. Rounding is half
away from zero, in integer or decimal arithmetic, so that the result never depends on
how a float happens to be stored: 50 000 € is « 0,1 M€ » and −50 000 € is « −0,1 M€ ».
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

NARROW = "\u202f"
NO_BREAK = "\u00a0"
MINUS = "\u2212"

Unit = Literal["€", "k€", "M€"]
EUROS: dict[str, int] = {"€": 1, "k€": 10**3, "M€": 10**6}


@dataclass(frozen=True)
class Style:
    """How one language writes numbers.

    Attributes
    ----------
    money
        Unit → pattern of an amount in it; the sign stands before the pattern.
    money_heads
        Unit → what the head of a column calls it.
    percent
        Pattern of a percentage.
    """

    thousands: str
    decimal: str
    money: dict[str, str]
    money_heads: dict[str, str]
    percent: str


FRENCH = Style(
    thousands=NARROW,
    decimal=",",
    money={unit: f"{{}}{NO_BREAK}{unit}" for unit in EUROS},
    money_heads={unit: unit for unit in EUROS},
    percent=f"{{}}{NO_BREAK}%",
)
ENGLISH = Style(
    thousands=",",
    decimal=".",
    money={"€": "€{}", "k€": "€{}k", "M€": "€{}m"},
    money_heads={"€": "€", "k€": "€k", "M€": "€m"},
    percent="{}%",
)


def format_integer(value: int, *, signed: bool = False, style: Style = FRENCH) -> str:
    """Write « 1 234 567 », with a sign when `signed` (zero carries none)."""
    return _sign(value, signed) + _grouped(abs(int(value)), style)


def format_decimal(
    value: float | Decimal,
    digits: int = 1,
    *,
    signed: bool = False,
    style: Style = FRENCH,
) -> str:
    """Write « 1 234,5 »; a float is the number it prints, not its binary value.

    Parameters
    ----------
    value
        A finite number.
    digits
        Decimals printed.
    signed
        Print « + » before positive numbers too.
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    scaled = int((exact * 10**digits).to_integral_value(ROUND_HALF_UP))
    return _sign(scaled, signed) + _fixed(abs(scaled), digits, style)


def unit_for(*amounts_eur: int) -> Unit:
    """Choose the one unit of a line or a figure from all its amounts.

    The largest decides: M€, k€ below 1 M€, € below 1 k€; where all are zero, M€. There
    is no larger unit: a department stands beside its region and France, whose published
    totals are in M€.
    """
    largest = max(map(abs, amounts_eur), default=0)
    if largest >= EUROS["M€"] or largest == 0:
        return "M€"
    return "k€" if largest >= EUROS["k€"] else "€"


def format_eur(
    value_eur: int,
    *,
    unit: Unit | None = None,
    digits: int = 1,
    signed: bool = False,
    bare: bool = False,
    style: Style = FRENCH,
) -> str:
    """Write an amount in a unit a reader can hold in mind: « 1 306,6 M€ », "€1,306.6m".

    Parameters
    ----------
    value_eur
        Whole euros.
    unit
        Unit of the line or figure it stands in, from `unit_for`; an amount alone has
        its own.
    digits
        Decimals printed (none for euros).
    signed
        Print « + » before surpluses too.
    bare
        Leave the unit out: a column head names it.

    Returns
    -------
    str
        Zero is « 0 » with the unit. No trade is printed as 0,0: one too small for its
        unit is « < 0,1 M€ », with a sign « < +0,1 M€ » or « > −0,1 M€ ». The sign is
        U+2212, spaces do not break.
    """
    used = unit or unit_for(value_eur)
    pattern = "{}" if bare else style.money[used]
    if value_eur == 0:
        return pattern.format("0")
    decimals = 0 if used == "€" else digits
    scaled = _rounded(abs(value_eur), EUROS[used], decimals)
    text = pattern.format(_fixed(max(scaled, 1), decimals, style))
    text = _sign(value_eur, signed) + text
    if scaled:
        return text
    return f"{'<' if value_eur > 0 else '>'}{NO_BREAK}{text}"


def format_euros(value_eur: int, *, signed: bool = False, style: Style = FRENCH) -> str:
    """Write the exact amount: « 1 306 600 000 € », "€1,306,600,000"."""
    text = style.money["€"].format(_grouped(abs(int(value_eur)), style))
    return _sign(value_eur, signed) + text


def format_share(
    share: float, digits: int = 1, *, signed: bool = False, style: Style = FRENCH
) -> str:
    """Write a ratio as a percentage: 0.019 is « 1,9 % », "1.9%".

    0.0023 with 2 digits is « 0,23 % »; a share above zero that would print as zero
    is « < 0,1 % ».
    """
    exact = Decimal(repr(float(share))) * 100
    smallest = Decimal(1).scaleb(-digits)
    if 0 < exact < smallest / 2:
        least = format_decimal(smallest, digits, style=style)
        return f"<{NO_BREAK}{style.percent.format(least)}"
    return style.percent.format(
        format_decimal(exact, digits, signed=signed, style=style)
    )


def _sign(value: int, signed: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""


def _rounded(value: int, unit: int, digits: int) -> int:
    """Give `value / unit` in steps of 10^-digits, half up; value is positive."""
    return (2 * value * 10**digits + unit) // (2 * unit)


def _fixed(scaled: int, digits: int, style: Style) -> str:
    if digits == 0:
        return _grouped(scaled, style)
    whole, decimals = divmod(scaled, 10**digits)
    return f"{_grouped(whole, style)}{style.decimal}{decimals:0{digits}d}"


def _grouped(value: int, style: Style) -> str:
    return f"{value:,}".replace(",", style.thousands)


def balance_sign(
    balance_eur: int | None,
) -> Literal["surplus", "deficit", "balanced", "undefined"]:
    """Say on which side a balance is; 0 is on neither, None is no balance."""
    if balance_eur is None:
        return "undefined"
    if balance_eur == 0:
        return "balanced"
    return "surplus" if balance_eur > 0 else "deficit"
