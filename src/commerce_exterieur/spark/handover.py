"""From a Spark warehouse to a DuckDB file that is published like any other.

dbt makes the marts anew in DuckDB, with their contracts and comments; the rows of a
table are read from Spark's Parquet instead of computed (the var `handed_over`), views
and functions are made as ever. The files that are read are those that the mark of the
tested run names; before and after, they are held against it.
"""

from __future__ import annotations

from pathlib import Path

from commerce_exterieur.build import run_dbt
from commerce_exterieur.errors import UserError
from commerce_exterieur.spark.tables import SparkFolder


def hand_over(folder: SparkFolder) -> Path:
    """Make the DuckDB file of a finished Spark run.

    Parameters
    ----------
    folder
        The Spark warehouse.

    Returns
    -------
    Path
        A file with the mark of a finished run, ready to be published.

    Raises
    ------
    UserError
        The run did not finish, its tables were changed since, or dbt failed.
    """
    run = folder.finished_run()
    file = folder.path / "handed_over.duckdb"
    for old in (file, file.with_name(f"{file.name}.wal")):
        old.unlink(missing_ok=True)
    status = run_dbt(
        "run",
        "--quiet",
        "--select",
        "path:models/marts",
        "stg_customs__files",
        "--target-path",
        str(folder.path / "target_handed_over"),
        variables={
            "handed_over": {
                "tables": str(folder.tables),
                "mark": str(folder.mark),
                **{name: value for name, value in run.items() if name != "files"},
            }
        },
        warehouse=file,
    )
    if status:
        raise UserError(
            f"{folder.path} could not be handed over to DuckDB (see above)."
        )
    folder.finished_run()
    return file
