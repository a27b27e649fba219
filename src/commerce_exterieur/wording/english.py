"""English typography and the few words that numbers and dates become."""

from __future__ import annotations

import datetime
import re

from babel.dates import format_date
from babel.lists import format_list

from commerce_exterieur.wording.numbers import NO_BREAK

_LOCALE = "en_GB"
_QUOTED = re.compile(r'"([^"]*)"')
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)|(?<=s)'(?= )")


def typeset(text: str) -> str:
    """Set the apostrophe ’ and the quotes “ ”; punctuation needs no space before it."""
    return harmonise(_QUOTED.sub("“\\1”", text))


def harmonise(text: str) -> str:
    """Give text from elsewhere the apostrophe of the page."""
    return _APOSTROPHE.sub("’", text)


def ordinal(rank: int, *, feminine: bool = False) -> str:
    """Write "1st", "22nd", "13th"."""
    del feminine  # no gender in English
    teens = rank % 100 in (11, 12, 13)
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def date_in_words(date: datetime.date) -> str:
    """Write "1 March 2025"."""
    return format_date(date, "d MMMM y", locale=_LOCALE).replace(" ", NO_BREAK)


def month_in_words(month: datetime.date) -> str:
    """Write "February 2025", of any day in it."""
    return format_date(month, "MMMM y", locale=_LOCALE).replace(" ", NO_BREAK)


def listed(items: list[str]) -> str:
    """Write "a, b and c"."""
    return format_list(items, locale=_LOCALE)


def of(months: str) -> str:
    """Write "of February 2025"."""
    return f"of {months}"
