"""The figures of every territory of the sample, each drawn once a session."""

from __future__ import annotations

import pickle
from pathlib import Path

from sample import SAMPLE
from shared import made_once

from commerce_exterieur import charts
from commerce_exterieur.charts import Drawing
from commerce_exterieur.factsheet.facts import sheet_codes
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import LanguageCode


def every_drawing(
    figure: str, code: LanguageCode = "fr", size: str = "full"
) -> dict[str, Drawing]:
    """A figure of the latest year, by territory: all of them, with a sheet or not."""

    def make(folder: Path) -> None:
        with Warehouse(SAMPLE) as warehouse:
            year = warehouse.year(None)
            territories = warehouse.rows(
                "select territory_code as code from marts.dim_territory order by code"
            )
            drawings = {
                row["code"]: charts.draw(
                    warehouse,
                    figure,
                    warehouse.territory(row["code"]),
                    year,
                    size=size,
                    language_code=code,
                )
                for row in territories
            }
        (folder / "drawings").write_bytes(pickle.dumps(drawings))

    folder = made_once(f"{figure}_{code}_{size}", make)
    return pickle.loads((folder / "drawings").read_bytes())


def drawings_of_sheets(
    figure: str, code: LanguageCode = "fr", size: str = "full"
) -> list[Drawing]:
    """Those of the territories there is a sheet for."""
    drawn = every_drawing(figure, code, size)
    with Warehouse(SAMPLE) as warehouse:
        return [drawn[territory] for territory in sheet_codes(warehouse)]
