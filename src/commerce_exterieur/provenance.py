"""Where figures are from: who is cited, and from which vintages they are made."""

from __future__ import annotations

from dataclasses import dataclass

from commerce_exterieur.errors import UserError
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import Language


@dataclass(frozen=True)
class Provenance:
    """The source of the figures of one year.

    Attributes
    ----------
    origin
        `simulated`, `provided` or `official`, as `build_info` says.
    vintages
        Months of the results they are made from, `YYYY-MM`, ascending.
    """

    origin: str
    vintages: tuple[str, ...]

    def mark(self, words: Language) -> str | None:
        """Return the mention that simulated figures carry everywhere."""
        simulated = self.origin == "simulated"
        return words.say("sheet.simulated") if simulated else None

    def source(self, words: Language) -> str:
        """Write the source line; the producer is cited for its own files only."""
        of_months = words.of_months(self.vintages)
        return words.say(f"source.{self.origin}", of_months=of_months)

    def in_words(self, words: Language) -> str:
        """List the vintages: « février 2024 et février 2025 »."""
        if self.origin == "simulated":
            return words.say("sheet.vintage_simulated")
        return words.months(self.vintages)


def read_provenance(
    warehouse: Warehouse, year: int, *, is_compared: bool = False
) -> Provenance:
    """Read where the figures of a year are from.

    Parameters
    ----------
    is_compared
        Whether the change on the year before is printed with them, where there is one.

    Raises
    ------
    UserError
        The warehouse says nothing of the year.
    """
    column = "sheet_vintages" if is_compared else "vintages"
    found = warehouse.rows(
        f"select {column} as vintages from marts.rpt_factsheet_vintages where year = ?",
        [year],
    )
    if not found:
        raise UserError(
            f"{warehouse.path} does not say from which vintages {year} is made. "
            "Build it again with `make build`."
        )
    return Provenance(
        origin=warehouse.build_info()["data_origin"],
        vintages=tuple(found[0]["vintages"].split(", ")),
    )
