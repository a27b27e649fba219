"""What the benchmarks share: files of the real size, and commands with their cost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
DBT = str(Path(sys.executable).parent / "dbt")
#: Lines of a real year: 1 751 702 imports (2019), and exports to 3.5 million.
IMPORT_LINES = 1_751_702
EXPORT_LINES = 1_748_298
#: The models every side of a comparison writes, and what they stand on.
TRADE_MARTS = [
    "+rejected_lines",
    "+fct_trade_flows",
    "+fct_territory_quarters",
    "+fct_territory_totals",
    "+fct_trade_balances",
    "+fct_rankings",
    "+fct_share_ratios",
]


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Attributes
    ----------
    seconds
        Wall clock. Other work on the machine is in it.
    cpu_seconds
        Of all its threads and children.
    peak_mb
        Peak resident memory.
    output
        What it printed.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    output: str = ""


def run(*command: str, **environment: str) -> Cost:
    """Run a command in the project's folder, and measure it.

    Raises
    ------
    SystemExit
        The command fails; its output is shown.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"{' '.join(command)}\n{output}")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(seconds, cpu, usage.ru_maxrss / 1024, output)


def simulate(folder: Path, year: int, share: float = 1.0) -> Path:
    """Make the files of a year, of the real size or a share of it, once.

    They lie in `<folder>/<year + 1>-02/`, as if published in February.
    """
    vintage = folder / f"{year + 1}-02"
    if not vintage.is_dir():
        run(
            *(PYTHON, "scripts/simulate_customs.py", "--out", str(folder)),
            *("--vintage", vintage.name, "--years", str(year)),
            *("--import-lines", str(int(IMPORT_LINES * share))),
            *("--export-lines", str(int(EXPORT_LINES * share))),
        )
    return vintage


class Warehouse:
    """A warehouse of its own for a benchmark, with the seeds in it.

    Parameters
    ----------
    folder
        Where its file and dbt's work files go.
    customs_dir
        The files it reads.
    """

    def __init__(self, folder: Path, customs_dir: Path) -> None:
        self.file = folder / "warehouse.duckdb"
        self.target = folder / "target"
        self.customs_dir = customs_dir
        folder.mkdir(parents=True, exist_ok=True)
        self._seeded = folder / "seeded.duckdb"
        if not self._seeded.exists():
            self.dbt("seed")
            shutil.move(self.file, self._seeded)
        self.empty()

    def empty(self) -> None:
        """Go back to a file with nothing but the seeds."""
        # What a killed run left to be written belongs to the file it ran on.
        self.file.with_name(f"{self.file.name}.wal").unlink(missing_ok=True)
        shutil.copy(self._seeded, self.file)

    def dbt(self, command: str, *arguments: str) -> Cost:
        """Run dbt on it; its project is parsed before, so that is not in the cost."""
        variables = json.dumps({"customs_dir": str(self.customs_dir)})
        return run(
            *(DBT, "--quiet", command, "--target-path", str(self.target)),
            *("--vars", variables, *arguments),
            COMMERCE_WAREHOUSE=str(self.file),
            DBT_LOG_PATH=str(self.target),
        )
