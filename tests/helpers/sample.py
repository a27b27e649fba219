"""The bundled sample, built, and a site made from it: what most tests read."""

from __future__ import annotations

import shutil
from pathlib import Path

from dbt_scratch import PROJECT, dbt
from shared import SHARED, made_once

from commerce_exterieur.site import command as build_site

#: The engineer's file of a complete build.
SAMPLE = SHARED / "sample" / "warehouse.duckdb"


def require_sample(given: Path | None) -> None:
    """Make sure that the sample is there: built, or copied from the file given.

    A build that runs beside the tests locks its own file, not the copy.
    """

    def make(folder: Path) -> None:
        if given:
            shutil.copy(given, folder / SAMPLE.name)
            return
        file = folder / SAMPLE.name
        run = dbt(PROJECT, "build", "--warn-error", warehouse=file)
        assert run.exit_code == 0, run.output

    made_once("sample", make)


def sample_site() -> Path:
    """A site of four territories in both languages."""

    def make(folder: Path) -> None:
        status = build_site.main(
            [
                *("--territory", "D52", "R44", "FR", "D48", "--year", "2024"),
                *("--warehouse", str(SAMPLE), "--out", str(folder)),
            ]
        )
        assert status == 0

    return made_once("site", make)
