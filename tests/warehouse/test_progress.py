"""Progress is for a terminal: a log file or a pipe gets none of it."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest
import yaml
from sample import SAMPLE

from commerce_exterieur import publication
from commerce_exterieur.warehouse import PROJECT, Warehouse

SCRIPTS = PROJECT / "scripts"
SHEET = ["--territory", "D48", "--warehouse", str(SAMPLE), "--out"]
#: Scripts with a bar; the last argument is where they write. Those that take longest,
#: build_site.py and render_factsheets.py, run in test_files.py.
COMMANDS = {
    "publish.py": ["--source", str(SAMPLE), "--target"],
    "render_charts.py": ["--format", "vl.json", *SHEET],
    "simulate_customs.py": [
        *("--years", "2024", "--vintage", "2025-02"),
        *("--import-lines", "20000", "--export-lines", "20000", "--out"),
    ],
}


def command(script: str, out: Path) -> list[str]:
    return [sys.executable, str(SCRIPTS / script), *COMMANDS[script], str(out / "out")]


@pytest.mark.parametrize("script", COMMANDS)
def test_no_bar_goes_into_a_pipe(tmp_path: Path, script: str) -> None:
    done = subprocess.run(
        command(script, tmp_path), capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_a_terminal_gets_a_bar(tmp_path: Path) -> None:
    reader, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    running = subprocess.Popen(command("render_charts.py", tmp_path), stderr=terminal)
    os.close(terminal)
    said = b""
    # The terminal of a process that has ended cannot be read.
    with contextlib.suppress(OSError):
        while part := os.read(reader, 1000):
            said += part
    os.close(reader)
    assert running.wait() == 0
    assert b"%|" in said


def test_duckdb_draws_no_bar_of_its_own() -> None:
    """It would in a pipe, of any query that takes two seconds on a busy machine."""
    profile = yaml.safe_load((PROJECT / "profiles.yml").read_text())
    settings = profile["commerce_exterieur"]["outputs"]["dev"]["settings"]
    assert settings["enable_progress_bar"] is False
    with Warehouse(SAMPLE) as warehouse, publication._reading(SAMPLE) as published:
        for connection in (warehouse.connection, published):
            asked = connection.execute("select current_setting('enable_progress_bar')")
            assert asked.fetchone() == (False,)
