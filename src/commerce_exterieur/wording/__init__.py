"""The two languages of pages, figures and PDFs: words, numbers, dates, names.

All sentences stand in one catalogue, a file per language with the same keys (`fr.toml`,
`en.toml`); they are written with ordinary spaces and apostrophes, and the typography of
the language is applied here, once, before any value is put in. Values (numbers, names
from the marts) are never touched by these rules, apart from the apostrophe.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from commerce_exterieur.wording import english, french, numbers
from commerce_exterieur.wording.numbers import Unit

LanguageCode = Literal["fr", "en"]
LANGUAGES: tuple[LanguageCode, LanguageCode] = ("fr", "en")

__all__ = ["LANGUAGES", "Language", "LanguageCode", "Unit", "language"]

_RULES: dict[str, tuple[ModuleType, numbers.Style]] = {
    "fr": (french, numbers.FRENCH),
    "en": (english, numbers.ENGLISH),
}


class Language:
    """One language; get it from `language`."""

    def __init__(self, language_code: LanguageCode) -> None:
        self.code = language_code
        self._rules, self.style = _RULES[language_code]
        with Path(__file__).with_name(f"{language_code}.toml").open("rb") as file:
            self.catalogue: dict[str, Any] = self._typeset(tomllib.load(file))

    def __reduce__(self) -> tuple:
        """Travel to another process by name."""
        return language, (self.code,)

    def _typeset(self, node: Any) -> Any:  # noqa: ANN401
        if isinstance(node, dict):
            return {key: self._typeset(value) for key, value in node.items()}
        if isinstance(node, list):
            return [self._typeset(value) for value in node]
        return self._rules.typeset(node) if isinstance(node, str) else node

    # ------------------------------------------------------------------- sentences

    def _find(self, key: str) -> Any:  # noqa: ANN401
        found: Any = self.catalogue
        for part in key.split("."):
            found = found[part]
        return found

    def say(self, key: str, **values: object) -> str:
        """Write the sentence `section.name` of the catalogue with its values put in.

        Raises
        ------
        KeyError
            No such sentence, or a placeholder without a value.
        """
        return str(self._find(key)).format(**values)

    def others(self, kind: str, count: int) -> str:
        """Name the members that stand together under « Autres ».

        Parameters
        ----------
        kind
            `activity` or `country`.
        count
            How many there are.
        """
        if count == 1:
            return self.say(f"chart.other_{kind}")
        plural = {"activity": "activities", "country": "countries"}[kind]
        return self.say(f"chart.other_{plural}", count=count)

    def sentences(self, key: str, **values: object) -> list[str]:
        """Write the sentences of a list of the catalogue."""
        return [text.format(**values) for text in self._find(key)]

    def has(self, key: str) -> bool:
        """Whether the catalogue has the sentence `section.name`."""
        try:
            self._find(key)
        except (KeyError, TypeError):
            return False
        return True

    def label(self, text: str) -> str:
        """Give text from elsewhere (names, labels) the typography of the page."""
        return self._rules.harmonise(text)

    def named(self, row: dict[str, Any], column: str) -> str | None:
        """Pick the column of this language: `country_name` → `country_name_en`."""
        name = row[f"{column}_{self.code}"]
        return None if name is None else self.label(name)

    # --------------------------------------------------------------------- numbers

    def eur(
        self,
        value_eur: int | None,
        *,
        unit: Unit | None = None,
        digits: int = 1,
        signed: bool = False,
        bare: bool = False,
    ) -> str:
        """Write an amount: « 1 306,6 M€ », "€1,306.6m" (`numbers.format_eur`).

        Where there is none, a balance of one flow alone, « sans objet ».
        """
        if value_eur is None:
            return self.say("sheet.not_applicable")
        return numbers.format_eur(
            value_eur,
            unit=unit,
            digits=digits,
            signed=signed,
            bare=bare,
            style=self.style,
        )

    def euros(self, value_eur: int, *, signed: bool = False) -> str:
        """Write the exact amount: « 1 306 600 000 € »."""
        return numbers.format_euros(value_eur, signed=signed, style=self.style)

    def share(
        self, share: float | None, digits: int = 1, *, signed: bool = False
    ) -> str:
        """Write a ratio as a percentage: « 1,9 % », "1.9%"; none as « sans objet »."""
        if share is None:
            return self.say("sheet.not_applicable")
        return numbers.format_share(share, digits, signed=signed, style=self.style)

    def integer(self, value: int) -> str:
        """Write « 1 234 567 », "1,234,567"."""
        return numbers.format_integer(value, style=self.style)

    def unit(self, unit: Unit) -> str:
        """Name a unit in the head of a column: « M€ », "€m"."""
        return self.style.money_heads[unit]

    def decimal(self, value: float, digits: int = 1, *, signed: bool = False) -> str:
        """Write « 11,5 », "11.5"."""
        return numbers.format_decimal(value, digits, signed=signed, style=self.style)

    def ordinal(self, rank: int, *, feminine: bool = False) -> str:
        """Write « 2ᵉ », "2nd"; « 1ʳᵉ » of a feminine noun."""
        return self._rules.ordinal(rank, feminine=feminine)

    # ----------------------------------------------------------------------- dates

    def date(self, date: datetime.date) -> str:
        """Write « 1er mars 2025 », "1 March 2025"."""
        return self._rules.date_in_words(date)

    def month(self, month: str) -> str:
        """Write « février 2025 » for `2025-02`; other text is returned as it is."""
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
            return month
        return self._rules.month_in_words(datetime.date.fromisoformat(f"{month}-01"))

    def months(self, months: Sequence[str]) -> str:
        """Write « février 2024 et février 2025 », "February 2024 and February 2025"."""
        return self._rules.listed([self.month(each) for each in months])

    def of_months(self, months: Sequence[str]) -> str:
        """Write « de février 2024 et février 2025 », "of February 2025"."""
        return self._rules.of(self.months(months))

    # ------------------------------------------------------------------ territories

    def of(self, names: dict[str, Any]) -> str:
        """« de la Haute-Marne », "of Haute-Marne", from a row of `dim_territory`."""
        if self.code == "fr":
            return self.label(names["name_genitive"])
        return self.say("territory.of", name=self.label(names["territory_name"]))

    def here(self, names: dict[str, Any]) -> str:
        """« en Haute-Marne », "in Haute-Marne", from a row of `dim_territory`."""
        if self.code == "fr":
            return self.label(names["name_locative"])
        return self.say("territory.here", name=self.label(names["territory_name"]))


@lru_cache(maxsize=len(LANGUAGES))
def language(language_code: LanguageCode) -> Language:
    """Give one of the two languages, its catalogue read once."""
    return Language(language_code)
