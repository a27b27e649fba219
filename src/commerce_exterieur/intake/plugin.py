"""The dbt-duckdb plugin that gives SQL the inventory of a folder of customs files.

`profiles.yml` names it. On every connection it adds three functions:

`customs_inventory(folder)`
    JSON: `{"files": [{path, vintage, name, …}], "refused": ["…"], "notes": ["…"]}`, as
    in `intake.inventory`. What is refused is for the caller to raise.
`customs_labels(folder)`
    JSON: the rows of the lists of labels in the folder, `[{vintage, source_file, kind,
    code, label, valid_from, valid_to}]`.
`customs_stamp(path)`
    The present state of a file, to be compared with the `stamp` of the inventory;
    empty when it is gone.

and a constant, which costs no call of Python (the first one makes DuckDB import pandas,
a sixth of what an idle `dbt run` takes):

`program.customs_line_rule()`
    JSON: what a line is, as `customs.line.line_rule` gives it.

Jinja reaches it without SQL by `adapter.store_relation`: `store` examines a seed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.duckdb.utils import TargetConfig
from duckdb.sqltypes import VARCHAR

from commerce_exterieur.customs.line import line_rule
from commerce_exterieur.intake.functions import IntakeFunctions
from commerce_exterieur.mart_hash import create_columns_hashes

#: Functions given to DuckDB. A database outlives the connection that added them when
#: another one is open, and would call them after they were freed: a crash.
_kept: list[Callable[..., str]] = []


class Plugin(BasePlugin):
    """Adds the functions to the connections of dbt."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Choose the folder for the texts of zips: beside the warehouse.

        Parameters
        ----------
        plugin_config
            The settings of the profile; none is used.
        """
        assert self.creds is not None
        if self.creds.path == ":memory:":
            self._temporary = TemporaryDirectory(prefix="customs_")
            unpacked = Path(self._temporary.name)
        else:
            unpacked = Path(self.creds.path).parent / "unpacked"
        self._functions = IntakeFunctions(unpacked)

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Add the functions; the cursors that dbt's threads use see them too.

        Parameters
        ----------
        conn
            The connection that dbt has just opened.
        """
        for name, function, parameters in (
            ("customs_inventory", self._functions.customs_inventory, [VARCHAR]),
            ("customs_labels", self._functions.customs_labels, [VARCHAR]),
            ("customs_stamp", self._functions.customs_stamp, [VARCHAR]),
        ):
            _kept.append(function)
            # Already there: through this connection, or another one to the database.
            with suppress(duckdb.NotImplementedException, duckdb.CatalogException):
                # With side effects, so never folded into a constant at planning.
                conn.create_function(
                    name, function, [*parameters], VARCHAR, side_effects=True
                )
        # In a database of its own: what is temporary is of one cursor only.
        rule = json.dumps(line_rule()).replace("'", "''")
        conn.execute("attach if not exists ':memory:' as program")
        conn.execute(f"create or replace macro program.customs_line_rule() as '{rule}'")
        create_columns_hashes(conn, "program")

    def store(self, target_config: TargetConfig) -> None:
        """Examine the file of a seed before DuckDB loads it.

        Parameters
        ----------
        target_config
            Of `adapter.store_relation`. Its `config` is the caller's own dict, as
            `IntakeFunctions.examine_seed` takes it and adds to it.

        Raises
        ------
        CompilationError
            The file is not as declared.
        """
        self._functions.examine_seed(target_config.config)
