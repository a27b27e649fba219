"""Figures drawn from a warehouse, and the texts they write."""

from __future__ import annotations

from commerce_exterieur import charts
from commerce_exterieur.charts import Drawing
from commerce_exterieur.warehouse import Warehouse

SANKEYS = {"exports": "export", "imports": "import"}


def draw(warehouse: Warehouse, figure: str, code: str, **options: object) -> Drawing:
    """Draw a figure of the latest year."""
    territory = warehouse.territory(code)
    return charts.draw(warehouse, figure, territory, warehouse.year(None), **options)


def texts(spec: dict) -> list[dict]:
    """All texts a specification writes."""
    return [
        row
        for name, rows in spec["datasets"].items()
        if name.startswith("text_")
        for row in rows
    ]


def words(spec: dict) -> str:
    """What the picture says, as one string."""
    return "\n".join(row["text"] for row in texts(spec))
