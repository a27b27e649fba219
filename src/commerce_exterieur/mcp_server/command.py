"""Answer assistants over the Model Context Protocol, on standard input and output.

    commerce mcp

Read-only: the published file, no other file, no network. `docs/connect.md` says how
an assistant is told of it. Exit status: 0 the assistant left, 2 it cannot begin.
"""

from __future__ import annotations

import argparse
import resource
import sys

from commerce_exterieur import options as shared
from commerce_exterieur.errors import UserError
from commerce_exterieur.warehouse import Warehouse

#: What the process may hold, in bytes: DuckDB does not count texts that SQL makes up.
_MEMORY = 3 * 2**30
_SECONDS = 10.0


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _options(arguments)
    try:
        # Told now rather than with the first question.
        Warehouse(options.warehouse, is_locked=True).connection.close()
        try:
            from commerce_exterieur.mcp_server.tools import make_server
        except ModuleNotFoundError as error:
            raise UserError(
                f"The package {error.name} is missing, which `commerce mcp` needs: "
                "run `make install`, or `pip install '.[mcp]'`."
            ) from error
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most == resource.RLIM_INFINITY or most > _MEMORY:
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, most))
    try:
        make_server(options.warehouse, options.seconds).run("stdio")
    except KeyboardInterrupt:
        return 130
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    shared.add_warehouse(parser)
    parser.add_argument(
        "--seconds",
        type=shared.seconds,
        default=_SECONDS,
        help="how long a query of the assistant may take; default: %(default)g",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
