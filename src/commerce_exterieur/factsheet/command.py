"""Write the factsheets of one, several or all territories: PDF, HTML page, workbook.

    python scripts/render_factsheets.py --territory D52 --year 2024

Files: build/factsheets/<year>/<territory>.{pdf,html,xlsx}, in English
<territory>.en.*. A file appears only when it is complete, so a failed run leaves the
previous one. Exit status: 0 all written, 1 some sheets failed (they are named), 2 the
request cannot be met.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from commerce_exterieur import options as shared
from commerce_exterieur.errors import UserError
from commerce_exterieur.factsheet.content import build_sheet
from commerce_exterieur.factsheet.facts import require_sheet, sheet_codes
from commerce_exterieur.factsheet.page import render_page
from commerce_exterieur.factsheet.pdf import render_pdf
from commerce_exterieur.factsheet.pictures import Renderer
from commerce_exterieur.factsheet.sheet import Sheet
from commerce_exterieur.factsheet.workbook import render_workbook
from commerce_exterieur.files import replace_file, writable_folder
from commerce_exterieur.progress import progress_bar
from commerce_exterieur.warehouse import PROJECT, Territory, Warehouse

OUT = PROJECT / "build" / "factsheets"
FORMATS: dict[str, Callable[[Sheet], bytes]] = {
    "pdf": render_pdf,
    "html": lambda sheet: render_page(sheet).encode(),
    "xlsx": render_workbook,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _options(arguments)
    try:
        with Warehouse(options.warehouse) as warehouse:
            return _write_sheets(warehouse, options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    shared.add_territories(parser)
    shared.add_year(parser)
    shared.add_warehouse(parser)
    shared.add_out(parser, OUT)
    shared.add_formats(parser, FORMATS)
    shared.add_language(parser)
    return parser.parse_args(arguments)


def _write_sheets(warehouse: Warehouse, options: argparse.Namespace) -> int:
    year = warehouse.year(options.year)
    territories = _territories(warehouse, options)
    folder = writable_folder(options.out / str(year))
    language_code = options.language
    ending = "" if language_code == "fr" else f".{language_code}"
    renderer = Renderer(warehouse, year, language_code)
    failed: list[str] = []
    with progress_bar(territories, unit="sheet") as progress:
        for territory in progress:
            progress.set_description(territory.code)
            try:
                sheet = build_sheet(warehouse, territory, year, renderer, language_code)
                for name in dict.fromkeys(options.format):
                    path = folder / f"{territory.code}{ending}.{name}"
                    replace_file(path, FORMATS[name](sheet))
                    progress.clear()
                    print(path, flush=True)
            except UserError:
                raise
            except Exception as error:  # one bad sheet must not cost the others
                failed.append(territory.code)
                progress.write(
                    f"{territory.code}: {type(error).__name__}: {error}",
                    file=sys.stderr,
                )
    if failed:
        print(
            f"{len(failed)} of {len(territories)} sheets failed: {' '.join(failed)}",
            file=sys.stderr,
        )
    return 1 if failed else 0


def _territories(warehouse: Warehouse, options: argparse.Namespace) -> list[Territory]:
    """Look up the territories, each once, all before anything is drawn."""
    codes = sheet_codes(warehouse) if options.all else options.territory
    found = {territory.code: territory for territory in map(warehouse.territory, codes)}
    for territory in found.values():
        require_sheet(territory)
    return list(found.values())


if __name__ == "__main__":
    sys.exit(main())
