"""The mark of a finished run: who leaves it, who takes it away, what it lets pass."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from dbt_scratch import Run, dbt, scratch_project
from sample import SAMPLE
from strangers import killed_writing

from commerce_exterieur import publication as publish
from commerce_exterieur.warehouse import Warehouse

PROJECT_FILE = """
vars: {project_version: '1.0'}
on-run-start: ["{{ forget_finished_run() }}", "{{ create_keyed_state() }}"]
on-run-end: ["{{ remember_finished_run(results) }}"]
models: {scratch: {marts: {+schema: marts, +materialized: table}}}
"""
FILES = {
    "seeds/numbers.csv": "a\n1\n2\n",
    "models/stg_customs__files.sql": (
        "select 'v' as vintage, 'f' as source_file, 'x' as file_sha256"
    ),
    "models/marts/fct_a.sql": "select a from {{ ref('numbers') }}",
    "models/marts/fct_trade_flows.sql": (
        "{{ config(materialized='view') }} select a as code from {{ ref('fct_a') }}"
    ),
    "models/marts/build_info.sql": (
        "select '{{ invocation_id }}' as run_id, {{ utc_now() }} as built_at"
    ),
    "models/marts/dim_territory.sql": "select 'FR' as territory_code",
    "models/properties.yml": """
seeds:
  - {name: numbers, columns: [{name: a, data_type: integer}]}
exposures:
  - {name: sheet, type: analysis, owner: {name: us}, depends_on: [ref('fct_a')]}
models:
  - name: fct_a
    columns:
      - name: a
        constraints: [{type: not_null}]
        data_tests:
          - not_null
          - accepted_values: {arguments: {values: [1]}, config: {severity: warn}}
unit_tests:
  - name: a_is_a
    model: fct_a
    given: [{input: ref('numbers'), rows: [{a: 5}]}]
    expect: {rows: [{a: 5}]}
""",
    "tests/are_small.sql": "select a from {{ ref('fct_a') }} where a > 9",
}


class Scratch:
    """A dbt project of five models with the hooks of this one."""

    def __init__(self, folder: Path) -> None:
        self.folder = scratch_project(folder)
        self.file = folder / "a.b.duckdb"
        self.target = folder / "published" / "warehouse.duckdb"
        profile = folder / "profiles.yml"
        profile.write_text(profile.read_text().replace("warehouse", "a.b"))
        with (folder / "dbt_project.yml").open("a") as project:
            project.write(PROJECT_FILE)
        self.write(FILES)

    def write(self, files: dict[str, str]) -> None:
        for name, content in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(content)

    def dbt(self, *arguments: str) -> Run:
        return dbt(self.folder, *arguments)

    def is_finished(self) -> bool:
        """Tell whether publishing is allowed; if not, nothing is published."""
        self.target.unlink(missing_ok=True)
        status = publish.main(
            ["--source", str(self.file), "--target", str(self.target)]
        )
        assert status in (0, 2)
        assert self.target.exists() == (status == 0)
        return status == 0


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    scratch = Scratch(tmp_path_factory.mktemp("scratch"))
    done = scratch.dbt("build")
    assert done.exit_code == 0, done.output
    shutil.copy(scratch.file, scratch.folder / "kept")
    shutil.copytree(scratch.folder / "target", scratch.folder / "state")
    return scratch


@pytest.fixture
def scratch(built: Scratch) -> Scratch:
    """A finished run, and the files it was made from."""
    shutil.copy(built.folder / "kept", built.file)
    built.file.with_name("a.b.duckdb.wal").unlink(missing_ok=True)
    built.write(FILES)
    return built


def test_a_complete_build_is_published_with_what_it_tested(
    scratch: Scratch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scratch.is_finished()
    # Two data tests passed and the unit test; one data test warned.
    assert "3 tests passed, 1 warned)" in capsys.readouterr().out
    with duckdb.connect(str(scratch.file), read_only=True) as engineer:
        mark = engineer.execute("from state.finished_run").df().iloc[0]
    assert mark.database_name == "a"
    assert mark.project_version == "1.0"
    assert mark.as_of == ""
    assert len(mark.files_fingerprint) == len(mark.project_fingerprint) == 32
    with Warehouse(scratch.target) as published:
        assert published.build_info()["run_id"] == mark.run_id
        assert published.rows("select * from marts.fct_trade_flows order by 1") == [
            {"code": 1},
            {"code": 2},
        ]


@pytest.mark.parametrize(
    "command",
    [
        ["ls"],
        ["parse"],
        ["compile"],
        ["docs", "generate"],
        ["show", "--select", "fct_a"],
        ["test"],
        ["test", "--select", "are_small"],
    ],
    ids=" ".join,
)
def test_a_command_that_changes_nothing_keeps_the_mark(
    scratch: Scratch, command: list[str]
) -> None:
    done = scratch.dbt(*command)
    assert done.exit_code == 0, done.output
    assert scratch.is_finished()


@pytest.mark.parametrize(
    "command",
    [
        ["run"],
        ["run", "--select", "fct_a"],
        ["seed"],
        ["build", "--select", "fct_a"],
        ["build", "--exclude", "are_small"],
        ["build", "--exclude-resource-type", "unit_test"],
        ["build", "--resource-type", "model", "seed", "test", "exposure"],
        ["build", "--select", "fct_a+", "--indirect-selection", "empty"],
        ["build", "--empty", "--exclude-resource-type", "unit_test"],
        ["build", "--empty"],
        ["build", "--sample", "1 day"],
        ["build", "--defer", "--favor-state", "--state", "state"],
    ],
    ids=" ".join,
)
def test_a_run_that_is_not_complete_takes_the_mark_away(
    scratch: Scratch, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    done = scratch.dbt(*command)
    assert done.exit_code == 0, done.output
    assert not scratch.is_finished()
    assert "Run `dbt build`" in capsys.readouterr().err


def test_what_the_environment_leaves_out_counts_too(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_EXCLUDE_RESOURCE_TYPES", "unit_test")
    assert scratch.dbt("build").exit_code == 0
    assert not scratch.is_finished()


def test_a_run_without_tests_is_not_made_good_by_tests_after_it(
    scratch: Scratch,
) -> None:
    assert scratch.dbt("run").exit_code == 0
    assert scratch.dbt("test").exit_code == 0
    assert not scratch.is_finished()
    assert scratch.dbt("build").exit_code == 0
    assert scratch.is_finished()


RED = {
    "a data test": {"tests/are_small.sql": "select 1 as a"},
    "a test that cannot run": {"tests/are_small.sql": "select nothing"},
    "a unit test": {
        "models/marts/fct_a.sql": "select a + 1 as a from {{ ref('numbers') }}"
    },
    "a model": {"models/marts/dim_territory.sql": "select nothing"},
    "a seed": {"seeds/numbers.csv": "a\n1;2\n"},
}


@pytest.mark.parametrize("red", RED)
def test_a_red_build_is_not_published(scratch: Scratch, red: str) -> None:
    scratch.write(RED[red])
    assert scratch.dbt("build").exit_code != 0
    assert not scratch.is_finished()
    # What is done again is a part: nobody tested it with the rest.
    scratch.write(FILES)
    results = scratch.folder / "red" / "run_results.json"
    results.parent.mkdir(exist_ok=True)
    shutil.copy(scratch.folder / "target" / results.name, results)
    retried = scratch.dbt("retry", "--state", "red")
    assert retried.exit_code == 0, retried.output
    assert not scratch.is_finished()


def test_red_tests_take_the_mark_away_until_the_next_build(scratch: Scratch) -> None:
    scratch.write(RED["a data test"])
    assert scratch.dbt("test", "--select", "are_small").exit_code == 1
    scratch.write(FILES)
    assert scratch.dbt("test").exit_code == 0
    assert not scratch.is_finished()


@pytest.mark.kills
@pytest.mark.parametrize("command", ["build", "run"])
def test_a_killed_run_leaves_no_mark(scratch: Scratch, command: str) -> None:
    scratch.write(
        {"models/marts/dim_territory.sql": "select count(*) as n from range(10**13)"}
    )
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "dbt"), command],
        cwd=scratch.folder,
        env=dict(os.environ, NO_COLOR="1"),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    heard = ""
    while "START sql table model marts.dim_territory" not in heard:
        heard += process.stdout.readline() or pytest.fail(heard)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not scratch.is_finished()


def test_what_is_changed_behind_dbts_back_is_not_published(
    scratch: Scratch, capsys: pytest.CaptureFixture[str]
) -> None:
    killed_writing(scratch.file, "insert into marts.fct_a values (3)")
    assert not scratch.is_finished()
    assert "(fct_a, fct_trade_flows)" in capsys.readouterr().err


def test_a_mart_that_was_renamed_is_not_published_under_its_old_name(
    scratch: Scratch,
) -> None:
    scratch.write({"models/marts/fct_b.sql": "select 1 as b"})
    assert scratch.dbt("build").exit_code == 0
    (scratch.folder / "models/marts/fct_b.sql").unlink()
    assert scratch.dbt("build").exit_code == 0
    assert scratch.is_finished()
    with Warehouse(scratch.target) as published:
        names = {row["table_name"] for row in published.rows("from duckdb_tables()")}
    assert names == {"build_info", "dim_territory", "fct_a", "fct_trade_flows"}


def test_what_the_project_never_made_stops_the_publication(
    scratch: Scratch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scratch.dbt("build").exit_code == 0
    with duckdb.connect(str(scratch.file)) as engineer:
        engineer.execute("create table marts.fct_ghost as select 1 as a")
    assert not scratch.is_finished()
    assert "fct_ghost" in capsys.readouterr().err
    # A build makes it no mart of the project.
    assert scratch.dbt("build").exit_code == 0
    assert not scratch.is_finished()


def test_the_projects_own_mark_is_of_its_own_run() -> None:
    with duckdb.connect(str(SAMPLE), read_only=True) as engineer:
        assert engineer.execute(
            "select mark.tests_passed > 100, mark.run_id = build.run_id, "
            "mark.finished_at >= build.built_at "
            "from state.finished_run as mark cross join marts.build_info as build"
        ).fetchall() == [(True, True, True)]
