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
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.duckdb.utils import TargetConfig
from dbt_common.exceptions import CompilationError
from duckdb.sqltypes import VARCHAR

from commerce_exterieur.customs.line import line_rule
from commerce_exterieur.intake.inventory import Inventory, inventory
from commerce_exterieur.intake.measure import measure, stamp
from commerce_exterieur.mart_hash import create_columns_hash
from commerce_exterieur.seeds import Column, Layout, RefusedSeedError, count_records

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
        self._lock = Lock()
        assert self.creds is not None
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
        for name, function, parameters in (
            ("customs_inventory", self.customs_inventory, [VARCHAR]),
            ("customs_labels", self.customs_labels, [VARCHAR]),
            ("customs_stamp", self.customs_stamp, [VARCHAR]),
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
        create_columns_hash(conn, "program")

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
        found = self._inventory(folder)
        return json.dumps(
            {
                "files": [asdict(file) for file in found.files],
                "refused": found.refused,
                "notes": found.notes,
            }
        )

    def customs_labels(self, folder: str) -> str:
        """Read the lists of labels in a folder, as JSON.

        Parameters
        ----------
        folder
            The folder, as for `customs_inventory`.

        Returns
        -------
        str
            A list of rows; `kind` is country, activity, product or department,
            `valid_from` and `valid_to` are months (YYYYMM) or null.
        """
        return json.dumps(
            [
                {
                    "vintage": dated.vintage,
                    "source_file": dated.labels.name,
                    "kind": dated.labels.kind,
                    **asdict(row),
                }
                for dated in self._inventory(folder).lists
                for row in dated.labels.rows
            ]
        )

    def customs_stamp(self, path: str) -> str:
        """Tell the present state of a file: size and time; empty when it is gone."""
        return stamp(Path(path))

    def store(self, target_config: TargetConfig) -> None:
        """Examine the file of a seed before DuckDB loads it.

        Parameters
        ----------
        target_config
            Of `adapter.store_relation`. Its `config` is the caller's own dict: `path`,
            `shown` (the name in messages), and `columns` (name, data_type, required),
            `delimiter` and `quote`, or no columns for a file of raw lines. What is
            found is added to it: `rows`, and for raw lines `is_plain`.

        Raises
        ------
        CompilationError
            The file is not as declared.
        """
        asked = target_config.config
        path = Path(asked["path"])
        if "columns" not in asked:
            found = measure(path)
            asked.update(rows=found.lines, is_plain=found.is_plain)
            return
        layout = Layout(
            tuple(Column(**column) for column in asked["columns"]),
            asked["delimiter"],
            asked["quote"],
        )
        try:
            asked["rows"] = count_records(path, asked["shown"], layout)
        except RefusedSeedError as refused:
            raise CompilationError(str(refused)) from refused

    def _inventory(self, folder: str) -> Inventory:
        """Take the inventory; nothing is raised: an error is one more refusal.

        One at a time: what the first has measured, the second does not measure again.
        """
        try:
            with self._lock:
                return inventory(Path(folder).expanduser(), self._unpacked)
        except Exception as error:
            said = f"{folder}: cannot be read: {type(error).__name__}: {error}."
            return Inventory(refused=(said,))
