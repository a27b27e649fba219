"""The dbt-duckdb plugin that gives SQL the inventory of a folder of customs files.

`profiles.yml` names it. On every connection it adds two functions:

`customs_inventory(folder)`
    JSON: `{"files": [{path, vintage, name, …}], "refused": ["…"]}`, as in
    `intake.inventory`. What is refused is for the caller to raise.
`customs_stamp(path)`
    The present state of a file, to be compared with the `stamp` of the inventory;
    empty when it is gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb.sqltypes import VARCHAR

from intake.inventory import Inventory, inventory
from intake.measure import stamp

#: Functions given to DuckDB. A database outlives the connection that added them when
#: another one is open, and would call them after they were freed: a crash.
_kept: list[Callable[[str], str]] = []


class Plugin(BasePlugin):
    """Adds `customs_inventory` and `customs_stamp` to the connections of dbt."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Choose the folder for the texts of zips: beside the warehouse.

        Parameters
        ----------
        plugin_config
            The settings of the profile; none is used.
        """
        if self.creds.path == ":memory:":
            self._temporary = TemporaryDirectory(prefix="customs_")
            self._unpacked = Path(self._temporary.name)
        else:
            self._unpacked = Path(self.creds.path).parent / "unpacked"

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Add the functions; the cursors that dbt's threads use see them too.

        Parameters
        ----------
        conn
            The connection that dbt has just opened.
        """
        for name, function in (
            ("customs_inventory", self.customs_inventory),
            ("customs_stamp", self.customs_stamp),
        ):
            _kept.append(function)
            # Already there: through this connection, or another one to the database.
            with suppress(duckdb.NotImplementedException, duckdb.CatalogException):
                # With side effects, so never folded into a constant at planning.
                conn.create_function(
                    name, function, [VARCHAR], VARCHAR, side_effects=True
                )

    def customs_inventory(self, folder: str) -> str:
        """Take the inventory of a folder, as JSON.

        Parameters
        ----------
        folder
            The folder; `~` is the user's own, as for DuckDB.

        Returns
        -------
        str
            The inventory. Nothing is raised: an error is one more refusal.
        """
        try:
            found = inventory(Path(folder).expanduser(), self._unpacked)
        except Exception as error:
            said = f"{folder}: cannot be read: {type(error).__name__}: {error}."
            found = Inventory((), (said,))
        return json.dumps(asdict(found))

    def customs_stamp(self, path: str) -> str:
        """Tell the present state of a file: size and time; empty when it is gone."""
        return stamp(Path(path))
