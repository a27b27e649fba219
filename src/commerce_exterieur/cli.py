"""One command for everything: `commerce charts --territory D52`.

Each verb is a module with a `main`, whose parser is its own; only the one asked for is
imported. The scripts of `scripts/` call the same ones.
"""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from importlib import import_module

#: Verb: the module that does it, and what it does in a line.
VERBS = {
    "fetch": ("fetching.command", "download the official customs files"),
    "simulate": ("simulation.command", "simulate customs files"),
    "build": ("build", "build, test and publish the warehouse"),
    "spark": ("spark.command", "build, test and publish it with Apache Spark"),
    "parity": ("spark.parity", "compare what both engines make of the same files"),
    "publish": ("publication", "publish the marts of a finished build"),
    "charts": ("charts.command", "draw the figures of territories"),
    "factsheets": ("factsheet.command", "set the factsheets of territories"),
    "export": ("export.command", "write the marts as CSV and Parquet, described"),
    "semantics": ("export.semantics", "write the semantic layer for other tools"),
    "site": ("site.command", "make the static site"),
    "check": ("figure_check", "set a printed figure beside ours"),
    "mcp": ("mcp_server.command", "answer assistants over MCP, read-only"),
    "reference": ("reference_lists", "rebuild the reference lists from labels"),
}
USAGE = "\n".join(
    [
        "usage: commerce VERB [OPTION …]",
        "",
        *(f"  {verb:<11} {help}" for verb, (_, help) in VERBS.items()),
        "",
        "commerce VERB --help lists its options.",
    ]
)


def main(arguments: list[str] | None = None) -> int:
    """Run a verb; return its exit status.

    Parameters
    ----------
    arguments
        The verb and its options; none for those of the process.
    """
    verb, *rest = (sys.argv[1:] if arguments is None else arguments) or [""]
    if verb in ("-h", "--help"):
        print(USAGE)
        return 0
    if verb not in VERBS:
        near = get_close_matches(verb, VERBS, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        said = f"commerce: there is no verb {verb!r}.{hint}\n\n" if verb else ""
        print(said + USAGE, file=sys.stderr)
        return 2
    # The name by which the verb's parser calls itself.
    sys.argv[0] = f"commerce {verb}"
    module = import_module(f"commerce_exterieur.{VERBS[verb][0]}")
    try:
        status = module.main(rest)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has enough; what is left must not fail at the end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return status


if __name__ == "__main__":
    sys.exit(main())
