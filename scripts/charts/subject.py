"""What a figure is about: a territory, a year, their totals, where the data is from."""

from __future__ import annotations

from dataclasses import dataclass

from common.warehouse import Territory, Warehouse
from language import Language
from language.numbers import Unit, unit_for


@dataclass(frozen=True)
class Subject:
    """A territory in a year.

    Attributes
    ----------
    words
        The language of the figure.
    of
        The name in the genitive: « de la Haute-Marne ».
    import_eur, export_eur, balance_eur
        Totals of the year, whole euros; no balance where the two flows were delivered
        for different quarters.
    absent
        The flows of the year that were not delivered: `import`, `export`.
    notice
        What the reader must know about the data before reading it, or nothing.
    source
        The line under the picture, or nothing.
    """

    territory: Territory
    words: Language
    of: str
    year: int
    import_eur: int
    export_eur: int
    balance_eur: int | None
    absent: frozenset[str]
    notice: str | None
    source: str | None

    @property
    def unit(self) -> Unit:
        """The unit of all amounts in the figures of this territory."""
        return unit_for(max(self.import_eur, self.export_eur))

    def total(self, flow: str) -> int:
        """Give the year's total of `import` or `export`, whole euros."""
        return self.import_eur if flow == "import" else self.export_eur

    def nothing(self, flow: str | None = None) -> str:
        """Say why there is nothing to draw of a flow, or of any."""
        absent = self.absent if flow is None else self.absent & {flow}
        if absent:
            return self.words.say(f"chart.absent_{min(absent)}s", year=self.year)
        is_uneven = flow is None and self.balance_eur is None
        key = "no_balance" if is_uneven else "no_trade_in"
        return self.words.say(f"chart.{key}", year=self.year)

    @classmethod
    def load(
        cls, warehouse: Warehouse, territory: Territory, year: int, words: Language
    ) -> Subject:
        """Read names, totals and origin from the marts."""
        names = warehouse.rows(
            "select territory_name, name_genitive from marts.dim_territory "
            "where territory_code = ?",
            [territory.code],
        )[0]
        totals = warehouse.rows(
            """
            select import_eur, export_eur, balance_eur from marts.fct_territory_totals
            where territory_code = ? and year = ?
            """,
            [territory.code, year],
        )
        build = warehouse.build_info()
        return cls(
            territory=territory,
            words=words,
            of=words.of(names),
            year=year,
            absent=warehouse.absent_flows(year),
            import_eur=totals[0]["import_eur"] if totals else 0,
            export_eur=totals[0]["export_eur"] if totals else 0,
            balance_eur=totals[0]["balance_eur"] if totals else 0,
            notice=_notice(build, words),
            source=_source(build, words),
        )


def _notice(build: dict, words: Language) -> str | None:
    return words.say("sheet.simulated") if build["data_origin"] == "simulated" else None


def _source(build: dict, words: Language) -> str | None:
    """Cite the producer for its own files only, with the month published."""
    if build["data_origin"] == "provided":
        return words.say("chart.provided")
    if build["data_origin"] != "official":
        return None
    latest = max(build["vintages"].split(", "))
    return words.say("source.official", of_month=words.of_month(latest))
