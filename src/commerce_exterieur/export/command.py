"""Write the marts as files, described by a Data Package.

    commerce export
    commerce export --mart fct_trade_flows dim_territory --out /tmp/flows

Files: build/export/datapackage.json and, in folders beside it, every mart as CSV, as
CSV for French spreadsheets and as Parquet. Exit status: 0 all written, 2 the request
cannot be met; the export before is kept then.
"""

from __future__ import annotations

import argparse
import sys

from commerce_exterieur import options as shared
from commerce_exterieur.errors import UserError
from commerce_exterieur.export.package import write_package
from commerce_exterieur.warehouse import PROJECT, Warehouse

OUT = PROJECT / "build" / "export"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--mart",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="only these; default: all but rpt_… and fct_evolutions",
    )
    shared.add_warehouse(parser)
    shared.add_out(parser, OUT, "replaced as a whole; default: build/export")
    options = parser.parse_args(arguments)
    try:
        with Warehouse(options.warehouse) as warehouse:
            marts = write_package(warehouse, options.out, options.mart)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{options.out / 'datapackage.json'}: {len(marts)} marts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
