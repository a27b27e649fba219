"""The tables of a Spark warehouse as files: swept, marked as finished, handed over.

Beside the tables stands `finished_run.json`, the mark of a run that made and tested
everything: what it came to, and every file of its tables with its SHA-256. What is
handed over to DuckDB is what the mark says, or nothing.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commerce_exterieur.errors import UserError
from commerce_exterieur.files import replace_file, sha256_of

#: Schemas whose tables are handed over.
HANDED_OVER = ("marts.db", "staging.db/stg_customs__files")


@dataclass(frozen=True)
class SparkFolder:
    """The folder of a Spark warehouse (`build/spark`)."""

    path: Path

    @property
    def tables(self) -> Path:
        """Where the tables lie, `<schema>.db/<table>/*.parquet`."""
        return self.path / "tables"

    @property
    def mark(self) -> Path:
        """The mark of a finished run."""
        return self.path / "finished_run.json"

    def forget_finished_run(self) -> None:
        """Take the mark away, before anything is changed."""
        self.mark.unlink(missing_ok=True)

    def remember_finished_run(self, run: dict[str, Any]) -> None:
        """Leave the mark, with what the files of the tables are now.

        Parameters
        ----------
        run
            What the run came to (`spark__leave_finished_run`).
        """
        said = json.dumps({**run, "files": self.files()}, indent=1)
        replace_file(self.mark, said.encode())

    def last_finished_run(self) -> str | None:
        """Name the run that left the mark; none without a mark."""
        if not self.mark.exists():
            return None
        return json.loads(self.mark.read_text("utf-8"))["run_id"]

    def finished_run(self) -> dict[str, Any]:
        """Read the mark and hold the files against it.

        Raises
        ------
        UserError
            There is no mark, or the files are not those it names.
        """
        try:
            run = json.loads(self.mark.read_text("utf-8"))
        except FileNotFoundError:
            raise UserError(
                f"{self.path} is not what a finished run left: the last one failed, "
                "was cut short, or made or tested a part only. Run `commerce spark`, "
                "of everything and until it ends without error."
            ) from None
        found = self.files()
        if changed := sorted(
            name
            for name in {**found, **run["files"]}
            if found.get(name) != run["files"].get(name)
        ):
            raise UserError(
                f"{self.path} was changed since its tests ({', '.join(changed[:3])}"
                f"{' …' if len(changed) > 3 else ''}). Run `commerce spark` until it "
                "ends without error."
            )
        return run

    def files(self) -> dict[str, str]:
        """SHA-256 of every file that is handed over, by its path from the tables.

        Files and folders that Spark does not read, by their name, are none of them.
        """
        return {
            str(file.relative_to(self.tables)): sha256_of(file)
            for place in HANDED_OVER
            for file in sorted((self.tables / place).rglob("*.parquet"))
            if not any(_is_work(part) for part in file.relative_to(self.tables).parts)
        }

    def sweep(self, known: set[tuple[str, str]]) -> list[str]:
        """Delete the folders that no catalogue knows, and those of half a writing.

        Parameters
        ----------
        known
            Schema and table of each that it knows.

        Returns
        -------
        list[str]
            What was deleted.
        """
        tables = [
            table for table in sorted(self.tables.glob("*.db/*")) if table.is_dir()
        ]
        swept = [t for t in tables if (t.parent.stem, t.name) not in known]
        swept += [
            work
            for table in tables
            if table not in swept
            for work in sorted(table.iterdir())
            if work.is_dir() and _is_work(work.name)
        ]
        for table in swept:
            shutil.rmtree(table)
        return [str(each.relative_to(self.tables)) for each in swept]


def _is_work(name: str) -> bool:
    """Tell the folders that Spark writes in before it renames (and never reads)."""
    return name.startswith((".", "_"))
