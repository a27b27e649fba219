"""Numbers as French typography writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_exterieur.wording.numbers import (
    format_decimal,
    format_eur,
    format_euros,
    format_integer,
    format_share,
    unit_for,
)

NB = "\u00a0"
NN = "\u202f"
MINUS = "\u2212"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, f"0{NB}M€"),
        (1, f"1{NB}€"),
        (99, f"99{NB}€"),
        (999, f"999{NB}€"),
        (1_000, f"1,0{NB}k€"),
        (45_249, f"45,2{NB}k€"),
        (45_250, f"45,3{NB}k€"),
        (-150_000, f"{MINUS}150,0{NB}k€"),
        (999_949, f"999,9{NB}k€"),
        (1_000_000, f"1,0{NB}M€"),
        (1_150_000, f"1,2{NB}M€"),
        (1_306_600_000, f"1{NN}306,6{NB}M€"),
        (9_999_949_999, f"9{NN}999,9{NB}M€"),
        (67_665_400_000, f"67{NN}665,4{NB}M€"),
        (580_354_500_000, f"580{NN}354,5{NB}M€"),
        (-104_421_800_000, f"{MINUS}104{NN}421,8{NB}M€"),
    ],
)
def test_amounts_choose_their_unit(value: int, expected: str) -> None:
    assert format_eur(value) == expected


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        (580_354_500_000, {"unit": "M€"}, f"580{NN}354,5{NB}M€"),
        (50_000, {"unit": "M€"}, f"0,1{NB}M€"),
        (49_999, {"unit": "M€"}, f"<{NB}0,1{NB}M€"),
        (-24_000, {"unit": "M€"}, f">{NB}{MINUS}0,1{NB}M€"),
        (24_000, {"unit": "M€", "signed": True}, f"<{NB}+0,1{NB}M€"),
        (1_234_567, {"unit": "k€"}, f"1{NN}234,6{NB}k€"),
        (283_200_000, {"unit": "M€", "signed": True}, f"+283,2{NB}M€"),
        (-283_200_000, {"unit": "M€", "signed": True}, f"{MINUS}283,2{NB}M€"),
        (0, {"unit": "M€", "signed": True}, f"0{NB}M€"),
        (240_000_000, {"unit": "M€", "bare": True}, "240,0"),
        (24_000, {"unit": "M€", "bare": True}, f"<{NB}0,1"),
        (0, {"unit": "M€", "bare": True}, "0"),
        (1_306_600_000, {"unit": "M€", "digits": 0}, f"1{NN}307{NB}M€"),
    ],
)
def test_amounts_in_a_unit_asked_for(value: int, options: dict, expected: str) -> None:
    assert format_eur(value, **options) == expected


@given(st.integers(-(10**13), 10**13).filter(bool))
def test_no_amount_is_printed_as_zero(value: int) -> None:
    digits = [letter for letter in format_eur(value, unit="M€") if letter.isdigit()]
    assert any(digit != "0" for digit in digits)


@given(st.integers(1, 10**13), st.sampled_from(["€", "k€", "M€"]))
def test_a_deficit_is_the_surplus_with_another_sign(value: int, unit: str) -> None:
    surplus, deficit = (
        format_eur(sign * value, unit=unit, signed=True) for sign in (1, -1)
    )
    turned = str.maketrans("+<", f"{MINUS}>")
    assert "+" in surplus
    assert surplus.translate(turned) == deficit


@pytest.mark.parametrize(
    ("share", "digits", "expected"),
    [
        (0.0193, 1, f"1,9{NB}%"),
        (0.00225, 2, f"0,23{NB}%"),
        (0.161, 1, f"16,1{NB}%"),
        (0.0, 1, f"0,0{NB}%"),
        (0.0004, 1, f"<{NB}0,1{NB}%"),
        (0.0005, 1, f"0,1{NB}%"),
        (0.00001, 2, f"<{NB}0,01{NB}%"),
        (1.0, 1, f"100,0{NB}%"),
        (1.2767, 1, f"127,7{NB}%"),
        (12.345678, 1, f"1{NN}234,6{NB}%"),
    ],
)
def test_shares(share: float, digits: int, expected: str) -> None:
    assert format_share(share, digits) == expected


def test_signed_shares() -> None:
    assert format_share(0.0321, signed=True) == f"+3,2{NB}%"
    assert format_share(-0.0321, signed=True) == f"{MINUS}3,2{NB}%"


def test_halves_round_away_from_zero_whatever_the_binary_value() -> None:
    # 0.145 and 2.675 are stored a little below what they print as.
    assert format_decimal(0.145, 2) == "0,15"
    assert format_decimal(2.675, 2) == "2,68"
    assert format_decimal(-2.675, 2) == f"{MINUS}2,68"
    assert format_decimal(Decimal("-0.04"), 1) == "0,0"


def test_integers_and_exact_euros() -> None:
    assert format_integer(1_234_567) == f"1{NN}234{NN}567"
    assert format_integer(-5, signed=True) == f"{MINUS}5"
    assert format_integer(5, signed=True) == "+5"
    assert format_euros(999) == f"999{NB}€"
    assert format_euros(1_306_600_000) == f"1{NN}306{NN}600{NN}000{NB}€"


@pytest.mark.parametrize(
    ("amounts", "unit"),
    [
        ([], "M€"),
        ([0, 0], "M€"),
        ([999], "€"),
        ([999, 1_000], "k€"),
        ([-999_999, 5], "k€"),
        ([10**6, 0], "M€"),
        ([12, 67_665_400_000], "M€"),
        ([141_600_000_000], "M€"),
        ([684_776_300_000, -104_421_800_000, 3], "M€"),
    ],
)
def test_the_largest_amount_gives_a_line_its_unit(amounts: list, unit: str) -> None:
    assert unit_for(*amounts) == unit


@given(st.lists(st.integers(-(10**13), 10**13), min_size=1))
def test_amounts_of_one_line_have_one_unit(amounts: list[int]) -> None:
    unit = unit_for(*amounts)
    for value in amounts:
        assert format_eur(value, unit=unit).split(NB)[-1] == unit
