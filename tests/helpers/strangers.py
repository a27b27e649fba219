"""Other programs at a DuckDB file, and a user without rights."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WRITE = "import duckdb, sys; connection = duckdb.connect(sys.argv[1]); "


@contextmanager
def writing(file: Path) -> Iterator[subprocess.Popen]:
    """Let another program hold a file open for writing."""
    program = _WRITE + "print('open', flush=True); sys.stdin.read()"
    writer = subprocess.Popen(
        [sys.executable, "-c", program, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert writer.stdout.readline() == "open\n"
        yield writer
    finally:
        writer.communicate()


def killed_writing(file: Path, sql: str) -> None:
    """Let another program change a file and be killed: its log stays beside it."""
    file.chmod(0o644)
    program = _WRITE + "connection.execute(sys.argv[2]); os.kill(os.getpid(), 9)"
    subprocess.run(
        [sys.executable, "-c", f"import os; {program}", str(file), sql], check=False
    )
    assert file.with_name(f"{file.name}.wal").exists()


def may_write(file: Path) -> bool:
    """Tell whether another program could open a file for writing."""
    return not subprocess.run(
        [sys.executable, "-c", _WRITE, str(file)], check=False, capture_output=True
    ).returncode


@contextmanager
def nobody() -> Iterator[None]:
    """Be a user whom the rights of files hold back; root is not."""
    user = os.geteuid()
    if not user:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
