"""What SQL asks of the program, whatever the engine: folders of customs files, seeds.

The answers are JSON texts, which every engine and Jinja can take.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any

from dbt_common.exceptions import CompilationError

from commerce_exterieur.intake.inventory import Inventory, inventory
from commerce_exterieur.intake.measure import measure, stamp
from commerce_exterieur.seeds import Column, Layout, RefusedSeedError, count_records


class IntakeFunctions:
    """The functions, with the folder that the texts of zips are unpacked to."""

    def __init__(self, unpacked: Path) -> None:
        self._unpacked = unpacked
        self._lock = Lock()

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

    def examine_seed(self, asked: dict[str, Any]) -> None:
        """Examine the file of a seed before an engine loads it.

        Parameters
        ----------
        asked
            `path`, `shown` (the name in messages), and `columns` (name, data_type,
            required), `delimiter` and `quote`, or no columns for a file of raw lines.
            What is found is added to it: `rows`, and for raw lines `is_plain` and
            `sha256`.

        Raises
        ------
        CompilationError
            The file is not as declared.
        """
        path = Path(asked["path"])
        if "columns" not in asked:
            found = measure(path)
            asked.update(rows=found.lines, is_plain=found.is_plain, sha256=found.sha256)
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
