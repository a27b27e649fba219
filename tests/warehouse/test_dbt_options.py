"""dbt's own options work on this project as on any other."""

from __future__ import annotations

from pathlib import Path

import duckdb
from dbt_scratch import PROJECT, dbt
from sample import SAMPLE


def test_parsing_gives_no_warning(tmp_path: Path) -> None:
    options = ("--warn-error-options", '{"error": "all", "silence": []}')
    run = dbt(PROJECT, *options, "parse", warehouse=tmp_path / "warehouse.duckdb")
    assert run.exit_code == 0, run.output
    assert "WARN" not in run.output
    assert "Traceback" not in run.output


def test_building_the_sample_gave_no_warning() -> None:
    """It is built with `--warn-error`: here, and by `make test`."""
    with duckdb.connect(str(SAMPLE), read_only=True) as connection:
        assert connection.execute(
            "select tests_warned, tests_passed > 100 from state.finished_run"
        ).fetchall() == [(0, True)]
        # What dbt would warn of: that a keyed table lost its constraints.
        assert connection.execute(
            "select count(*) filter (not is_nullable) from duckdb_columns() "
            "where table_name = 'fct_rankings'"
        ).fetchone() == (7,)
