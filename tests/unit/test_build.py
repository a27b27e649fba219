"""`commerce build`: what dbt is given, from any folder, and a file that is held."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import jinja2
import pytest
import yaml

from commerce_exterieur import build
from commerce_exterieur.warehouse import PROJECT


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple]:
    """What dbt is asked, and where; nothing is built or published."""
    asked: list[tuple] = []

    def run(
        command: list, *, cwd: Path, env: dict[str, str], check: bool
    ) -> subprocess.CompletedProcess[str]:
        assert env == dict(os.environ)
        asked.append((command, cwd))
        return subprocess.CompletedProcess(command, 3 if "fail" in command else 0)

    monkeypatch.setattr(build.subprocess, "run", run)
    monkeypatch.setattr(build, "ENGINEER", tmp_path / "dev" / "warehouse.duckdb")
    monkeypatch.setattr(
        build.publication, "main", lambda arguments: asked.append(("publish",)) or 0
    )
    return asked


def test_dbt_runs_in_the_project_and_its_work_is_published(
    calls: list[tuple], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert build.main([]) == 0
    assert build.main(["--no-publish", "--", "--select", "dim_quarter"]) == 0
    dbt = Path(sys.executable).with_name("dbt")
    assert calls == [
        ([dbt, "build"], PROJECT),
        ("publish",),
        ([dbt, "build", "--select", "dim_quarter"], PROJECT),
    ]


def test_another_command_of_dbt_publishes_nothing(calls: list[tuple]) -> None:
    assert build.main(["--", "run", "--select", "dim_quarter"]) == 0
    dbt = Path(sys.executable).with_name("dbt")
    assert calls == [([dbt, "run", "--select", "dim_quarter"], PROJECT)]


def test_vars_typed_for_dbt_stand_beside_our_own(
    calls: list[tuple], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--customs-dir", str(tmp_path), "--", "--vars"]
    # Jinja of the user's stays Jinja.
    assert build.main([*asked, "max_lost_share: '{{ 0.5 }}'", "--vars=a: [1]"]) == 0
    command = calls[0][0]
    assert command.count("--vars") == 1
    given = yaml.safe_load(command[command.index("--vars") + 1])
    folder = jinja2.Template(given.pop("customs_dir")).render()
    assert folder == str(tmp_path)
    assert given == {"max_lost_share": "{{ 0.5 }}", "a": [1]}
    for wrong in ("customs_dir: x", "[1]", "a: b: c"):
        assert build.main([*asked, wrong]) == 2
        assert "--vars" in capsys.readouterr().err
    assert len(calls) == 2


def test_a_build_of_nothing_publishes_nothing(
    calls: list[tuple], capsys: pytest.CaptureFixture[str]
) -> None:
    build.ENGINEER.parent.mkdir()
    with duckdb.connect(str(build.ENGINEER)) as connection:
        connection.execute("create schema state")
        connection.execute(
            "create table state.finished_run as select 'before' as run_id"
        )
    assert build.main(["--", "--select", "nothing"]) == 0
    assert "left as it was" in capsys.readouterr().out
    assert [command for command, *_ in calls] != ["publish"]
    assert ("publish",) not in calls


def test_a_failed_build_is_not_published(calls: list[tuple]) -> None:
    assert build.main(["--", "fail"]) == 3
    assert len(calls) == 1


@pytest.mark.parametrize("folder", ["customs", "l'été {{ 1 + 1 }}", 'a: "b" #'])
def test_the_folder_is_that_of_the_caller_letter_by_letter(
    calls: list[tuple], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert build.main(["--customs-dir", folder]) == 2
    assert not calls
    (tmp_path / folder).mkdir()
    assert build.main(["--customs-dir", folder, "--as-of", "2025-02"]) == 0
    command = calls[0][0]
    given = yaml.safe_load(command[command.index("--vars") + 1])
    rendered = {name: jinja2.Template(value).render() for name, value in given.items()}
    assert rendered == {"customs_dir": str(tmp_path / folder), "as_of": "2025-02"}


def test_a_file_that_another_program_holds_is_one_line(
    calls: list[tuple], capsys: pytest.CaptureFixture[str]
) -> None:
    build.ENGINEER.parent.mkdir()
    with duckdb.connect(str(build.ENGINEER)):
        code = "import sys; from commerce_exterieur import build, warehouse; "
        code += f"build.ENGINEER = build.Path({str(build.ENGINEER)!r}); "
        code += "sys.exit(build.main([]))"
        done = subprocess.Popen(
            [sys.executable, "-c", code], stderr=subprocess.PIPE, text=True
        )
        _, said = done.communicate()
    assert done.returncode == 2
    assert said.startswith("build: ") and said.count("\n") == 1
    assert "is locked by another program" in said
    build.ENGINEER.write_text("no database")
    assert build.main([]) == 2
    assert "is not a DuckDB file" in capsys.readouterr().err
    assert not calls
