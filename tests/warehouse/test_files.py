"""What the programs write can be read by others: a web server, or a log."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sample import SAMPLE

from commerce_exterieur.warehouse import PROJECT

COMMANDS = {
    "build_site": ["--language", "fr"],
    "render_charts": ["--format", "svg", "vl.json"],
    "render_factsheets": [],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_strict_umask_hides_nothing(tmp_path: Path, command: str) -> None:
    own = tmp_path / "own"
    own.mkdir(mode=0o700)
    out = own / "made" / "by" / "us"
    done = subprocess.run(
        [
            *(sys.executable, PROJECT / "scripts" / f"{command}.py"),
            *("--territory", "D48", "--year", "2024", "--warehouse", SAMPLE),
            *("--out", out, *COMMANDS[command]),
        ],
        umask=0o077,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    # No bar goes into a pipe. The site tells what it has made.
    assert len(done.stderr.splitlines()) == (command == "build_site"), done.stderr
    assert "it/s" not in done.stderr and "%|" not in done.stderr
    found = {path: path.stat().st_mode & 0o777 for path in (own / "made").rglob("*")}
    folders = {path for path in found if path.is_dir()}
    assert len(folders) > 2
    assert {oct(found[path]) for path in folders} == {oct(0o755)}
    assert (own / "made").stat().st_mode & 0o777 == 0o755
    files = {path for path in found if path.is_file() and path.name != ".lock"}
    assert len(files) > 1
    assert {oct(found[path]) for path in files} == {oct(0o644)}
    # Folders that were there are nobody's business but their owner's.
    assert own.stat().st_mode & 0o777 == 0o700
