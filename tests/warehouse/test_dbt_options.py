"""dbt's own options work on this project as on any other."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from dbt_scratch import PROJECT, dbt


@pytest.mark.parametrize(
    "options",
    [
        ["--warn-error"],
        ["--warn-error-options", '{"error": "all"}'],
        ["--warn-error-options", '{"error": ["Deprecations"], "silence": []}'],
    ],
)
def test_parsing_gives_no_warning(tmp_path: Path, options: list[str]) -> None:
    run = dbt(PROJECT, *options, "parse", warehouse=tmp_path / "warehouse.duckdb")
    assert run.exit_code == 0, run.output
    assert "WARN" not in run.output
    assert "Traceback" not in run.output


def test_building_the_sample_gives_no_warning_on_one_thread_either(
    tmp_path: Path,
) -> None:
    file = tmp_path / "warehouse.duckdb"
    run = dbt(PROJECT, "--warn-error", "build", "--threads", "1", warehouse=file)
    assert run.exit_code == 0, run.output
    assert set(run.status.values()) == {"success", "pass", "no-op"}
    # What dbt would warn of: that a keyed table lost its constraints.
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute(
            "select count(*) filter (not is_nullable) from duckdb_columns() "
            "where table_name = 'fct_rankings'"
        ).fetchone() == (7,)
