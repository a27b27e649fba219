"""Draw the figures of territories and write them as SVG, PNG, HTML and Vega-Lite.

    python scripts/render_charts.py --territory D52 --year 2024

writes build/charts/<territory>/<year>/{balances,activities,exports,imports}.* for the
department, its region and France.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from commerce_exterieur import charts, options
from commerce_exterieur.charts import Drawing
from commerce_exterieur.errors import UserError
from commerce_exterieur.files import replace_file, writable_folder
from commerce_exterieur.progress import progress_bar
from commerce_exterieur.warehouse import PROJECT, Territory, Warehouse
from commerce_exterieur.wording import LanguageCode

FORMATS: dict[str, Callable[[Drawing], bytes]] = {
    "svg": lambda drawing: charts.to_svg(drawing.spec, embed_fonts=True).encode(),
    "png": lambda drawing: charts.to_png(drawing.spec),
    "html": lambda drawing: charts.to_html(drawing).encode(),
    "vl.json": lambda drawing: json.dumps(drawing.spec, ensure_ascii=False).encode(),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    given = _parser().parse_args(arguments)
    try:
        folders = render(
            given.warehouse,
            [] if given.all else given.territory,
            given.year,
            given.out,
            given.format,
            given.language,
        )
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    for folder in folders:
        print(folder)
    return 0


def render(
    warehouse_file: Path,
    codes: list[str],
    year: int | None,
    out: Path,
    formats: list[str],
    language_code: LanguageCode = "fr",
) -> list[Path]:
    """Draw and write all figures.

    Parameters
    ----------
    warehouse_file
        The published warehouse.
    codes
        Territories; the region of a department and France are added. None: all.
    year
        None for the latest complete one.
    out
        Folder that gets `<territory>/<year>/<figure>.<format>`.
    formats
        Keys of `FORMATS`.
    language_code
        The language; English files end in `.en.<format>`.

    Returns
    -------
    list of Path
        The folders written.

    Raises
    ------
    UserError
        Unknown territory or year, no readable warehouse, no writable folder.
    """
    with Warehouse(warehouse_file) as warehouse:
        wanted_year = warehouse.year(year)
        territories = _territories(warehouse, codes)
        folders = [out / territory.code / str(wanted_year) for territory in territories]
        for folder in folders:
            writable_folder(folder)
        jobs = [
            (territory, folder, figure)
            for territory, folder in zip(territories, folders, strict=True)
            for figure in charts.FIGURES
        ]
        ending = "" if language_code == "fr" else f".{language_code}"
        progress = progress_bar(jobs, unit="figure")
        for territory, folder, figure in progress:
            progress.set_description(f"{territory.code} {figure}")
            drawing = charts.draw(
                warehouse, figure, territory, wanted_year, language_code=language_code
            )
            for suffix in formats:
                replace_file(
                    folder / f"{figure}{ending}.{suffix}", FORMATS[suffix](drawing)
                )
    return folders


def _territories(warehouse: Warehouse, codes: list[str]) -> list[Territory]:
    """List the territories with their regions and France, each once, in order."""
    if not codes:
        codes = [
            row["territory_code"]
            for row in warehouse.rows(
                "select territory_code from marts.dim_territory order by all"
            )
        ]
    found: dict[str, Territory] = {}
    for code in codes:
        territory = warehouse.territory(code)
        found[territory.code] = territory
        for wider in (territory.region_code, "FR"):
            if wider and wider not in found:
                found[wider] = warehouse.territory(wider)
    return list(found.values())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_territories(parser)
    options.add_year(parser)
    options.add_warehouse(parser)
    options.add_out(parser, PROJECT / "build" / "charts")
    options.add_formats(parser, FORMATS)
    options.add_language(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
