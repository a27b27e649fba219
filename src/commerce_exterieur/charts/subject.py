"""What a figure is about: a territory, a year, their totals, where the data is from."""

from __future__ import annotations

from dataclasses import dataclass

from commerce_exterieur.provenance import read_provenance
from commerce_exterieur.warehouse import Territory, Warehouse
from commerce_exterieur.wording import Language
from commerce_exterieur.wording.numbers import Unit, unit_for


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
        The line under the picture, or nothing: the notice of simulated data says all.
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
        """The unit of all amounts in a figure of both flows."""
        return unit_for(self.import_eur, self.export_eur)

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
        provenance = read_provenance(warehouse, year)
        simulated = provenance.origin == "simulated"
        return cls(
            territory=territory,
            words=words,
            of=words.of(names),
            year=year,
            absent=warehouse.absent_flows(year),
            import_eur=totals[0]["import_eur"] if totals else 0,
            export_eur=totals[0]["export_eur"] if totals else 0,
            balance_eur=totals[0]["balance_eur"] if totals else 0,
            notice=provenance.mark(words),
            source=None if simulated else provenance.source(words),
        )
