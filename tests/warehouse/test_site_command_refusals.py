"""The command that makes the site: what it refuses, in one line, before any work."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample import SAMPLE
from sheet_copies import changed, small_copy
from site_runs import run

from commerce_exterieur.files import only_writer, writable_folder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return small_copy(tmp_path / "warehouse.duckdb")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--territory", "D00"], "no territory 'D00'"),
        (["--territory", "D98"], "no sheet for D98"),
        (["--territory", "D52", "--year", "1999"], "Years available: 2023, 2024"),
        (["--territory", "D52", "--warehouse", "none.duckdb"], "make build"),
    ],
)
def test_command_says_what_is_wrong(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "new"
    assert run("--warehouse", SAMPLE, "--out", out, *arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1
    assert not out.exists()


@pytest.mark.parametrize("under", ["", "site"])
def test_command_names_a_folder_it_cannot_write(
    under: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    taken = tmp_path / "file"
    taken.write_text("")
    out = taken / under if under else taken
    assert run("--territory", "D52", "--warehouse", SAMPLE, "--out", out) == 2
    error = capsys.readouterr().err
    assert str(out) in error
    assert "--out" in error
    assert len(error.strip().splitlines()) == 1


def test_command_makes_no_fewer_than_one_process(
    capsys: pytest.CaptureFixture,
) -> None:
    with pytest.raises(SystemExit) as ended:
        run("--jobs", "0", "--warehouse", SAMPLE)
    assert ended.value.code == 2
    assert "at least one process" in capsys.readouterr().err


@pytest.mark.parametrize("code", ["../../ESC", "index", "COMPARE", "D52", "d52", "a b"])
def test_codes_that_cannot_name_a_page_are_refused(
    code: str, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    copy = changed(
        copy,
        "update marts.rpt_factsheet_territoires_industrie set "
        f"territoire_industrie_id = '{code}' "
        "where territoire_industrie_id = 'ti-8413'",
    )
    out = tmp_path / "site"
    assert run("--territory", "D48", "--warehouse", copy, "--out", out) == 2
    error = capsys.readouterr().err
    assert repr(code) in error
    assert len(error.strip().splitlines()) == 1
    assert not out.exists()


def test_two_builds_at_once_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = writable_folder(tmp_path / "site")
    with only_writer(out):
        assert run("--territory", "D48", "--warehouse", SAMPLE, "--out", out) == 2
    error = capsys.readouterr().err
    assert "Another program is writing" in error
    assert len(error.strip().splitlines()) == 1


def test_a_warehouse_of_an_older_version_is_refused_before_any_work(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "site"
    copy = changed(copy, "drop table marts.rpt_site_map")
    assert run("--territory", "D48", "--warehouse", copy, "--out", out) == 2
    error = capsys.readouterr().err
    assert "rpt_site_map" in error
    assert "make build" in error
    assert not out.exists()
