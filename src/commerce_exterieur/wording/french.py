"""French typography and the few words that numbers and dates become."""

from __future__ import annotations

import datetime
import re

from babel.dates import format_date
from babel.lists import format_list

from commerce_exterieur.wording.numbers import NARROW, NO_BREAK

_NARROW_BEFORE = re.compile(r" (?=[;!?])|(?<=\d) (?=\d{3}\b)")
_WIDE_BEFORE = re.compile(r" (?=[:»%€]|M€|Md€)|(?<=[«°]) ")
_TOO_WIDE = re.compile(f"{NO_BREAK}(?=[;!?])")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def typeset(text: str) -> str:
    """Set French spaces: narrow before « ; ! ? », no-break before « : », in quotes."""
    text = _NARROW_BEFORE.sub(NARROW, text)
    return harmonise(_WIDE_BEFORE.sub(NO_BREAK, text))


def harmonise(text: str) -> str:
    """Give text from elsewhere the apostrophe « ’ » and narrow space of the sheet.

    The reference labels mix both apostrophes; side by side that looks like a mistake.
    """
    return _APOSTROPHE.sub("’", _TOO_WIDE.sub(NARROW, text))


def ordinal(rank: int, *, feminine: bool = False) -> str:
    """« 1ᵉʳ », « 1ʳᵉ », « 2ᵉ »: the letters stand high in French."""
    if rank == 1:
        return "1ʳᵉ" if feminine else "1ᵉʳ"
    return f"{rank}ᵉ"


def date_in_words(date: datetime.date) -> str:
    """« 1ᵉʳ mars 2025 »."""
    day = "1ᵉʳ" if date.day == 1 else str(date.day)
    return f"{day}{NO_BREAK}{month_in_words(date)}"


def month_in_words(month: datetime.date) -> str:
    """« février 2025 », of any day in it."""
    return format_date(month, "MMMM y", locale="fr").replace(" ", NO_BREAK)


def listed(items: list[str]) -> str:
    """« a, b et c »."""
    return format_list(items, locale="fr")


def of(months: str) -> str:
    """« de février 2025 », « d’août 2024 et février 2025 »."""
    return f"d’{months}" if months[0] in "ao" else f"de {months}"
