"""A Spark run in a process of its own, that is killed in the middle of its work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from dbt_scratch import PROJECT
from spark_settings import SMALL

from commerce_exterieur.spark.tables import SparkFolder


def spark(folder: SparkFolder, *arguments: str) -> subprocess.Popen[str]:
    """Start `commerce spark` as a group of processes of its own."""
    settings = [f"--conf={name}={value}" for name, value in SMALL.items()]
    return subprocess.Popen(
        [
            sys.executable,
            *("-m", "commerce_exterieur.cli", "spark"),
            *("--folder", str(folder.path), "--no-publish", *settings, *arguments),
        ],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def kill_when(run: subprocess.Popen[str], reached: Callable[[], bool]) -> str:
    """Kill the run and its Java as soon as something is there; what it had said."""
    while run.poll() is None:
        if reached():
            os.killpg(run.pid, signal.SIGKILL)
            break
        time.sleep(0.005)
    said, _ = run.communicate()
    assert run.returncode == -signal.SIGKILL, f"it ended before it was killed: {said}"
    return said
