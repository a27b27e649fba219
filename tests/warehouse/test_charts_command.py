"""The command that draws figures."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_warehouse
from sample import SAMPLE

from commerce_exterieur import charts
from commerce_exterieur.charts import command as render_charts

CELLS = [("export", "A", "DE", 5_000_000), ("export", "B", "IT", 2_000_000)]


def test_the_command_writes_a_department_its_region_and_france(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "charts"
    arguments = ["--territory", "D52", "--warehouse", str(SAMPLE)]
    assert (
        render_charts.main([*arguments, "--out", str(out), "--format", "vl.json"]) == 0
    )
    printed = capsys.readouterr().out.split()
    year = printed[0].rsplit("/", 1)[1]
    assert printed == [str(out / code / year) for code in ("D52", "R44", "FR")]
    written = sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file())
    assert written == sorted(
        Path(code) / year / f"{figure}.vl.json"
        for code in ("D52", "R44", "FR")
        for figure in charts.FIGURES
    )


def test_the_command_writes_all_formats(tmp_path: Path) -> None:
    path = tiny_warehouse.write(tmp_path / "tiny.duckdb", CELLS)
    out = tmp_path / "charts"
    arguments = ["--territory", "D00", "--warehouse", str(path), "--out", str(out)]
    assert render_charts.main(arguments) == 0
    names = {path.name for path in (out / "D00" / "2024").iterdir()}
    assert names == {
        f"{figure}.{suffix}"
        for figure in charts.FIGURES
        for suffix in ("svg", "png", "html", "vl.json")
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--territory", "D00X"],
            "There is no territory 'D00X'. D00 (department Essai)?",
        ),
        (["--territory", "D00", "--year", "1999"], "Years available: 2024"),
        (["--territory", "D00", "--warehouse", "/nowhere/w.duckdb"], "make build"),
    ],
)
def test_the_command_says_what_is_wrong_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture, arguments: list[str], said: str
) -> None:
    path = tiny_warehouse.write(tmp_path / "tiny.duckdb", CELLS)
    status = render_charts.main(
        ["--warehouse", str(path), "--out", str(tmp_path / "out"), *arguments]
    )
    message = capsys.readouterr().err
    assert status == 2
    assert said in message
    assert message.count("\n") == 1


def test_the_command_names_a_folder_it_cannot_write(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tiny_warehouse.write(tmp_path / "tiny.duckdb", CELLS)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder")
    status = render_charts.main(
        ["--territory", "D00", "--warehouse", str(path), "--out", str(blocked)]
    )
    message = capsys.readouterr().err
    assert status == 2
    assert str(blocked) in message
    assert "--out" in message
    assert message.count("\n") == 1
