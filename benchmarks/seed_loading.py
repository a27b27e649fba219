"""How fast `dbt seed` loads one million customs lines, against the stock way.

Timed in turn, several rounds: our materialisation, as raw lines (as the sample is
loaded) and as a table read strictly (as reference lists are); dbt-duckdb's own with
declared column types; and `dbt seed` of an empty project, which is dbt's start-up and
is taken off the others. Quoted: medians and their ratios. `--untyped` adds dbt-duckdb's
own without types for the codes, which takes many minutes for a million lines. Run from
the project's folder:

    .venv/bin/python benchmarks/seed_loading.py --lines 1000000 --rounds 3
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]

TYPES = {
    "flux": "text",
    "trimestre": "integer",
    "annee": "integer",
    "departement": "text",
    "region": "text",
    "a129": "text",
    "cpf4": "text",
    "pays": "text",
    "valeur": "bigint",
    "masse": "bigint",
}


def main() -> None:
    """Make the projects, time them in turn, print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--untyped", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        csv = customs_csv(Path(folder), options.lines)
        variants = {
            "start-up (no line)": project(Path(folder) / "none", None, ours=True),
            "ours, raw lines": project(Path(folder) / "raw", csv, ours=True, raw=True),
            "ours, strict table": project(Path(folder) / "ours", csv, ours=True),
            "stock, typed": project(Path(folder) / "typed", csv, ours=False),
        }
        if options.untyped:
            variants["stock, codes untyped"] = project(
                Path(folder) / "untyped", csv, ours=False, typed=False
            )
        seconds: dict[str, list[float]] = {name: [] for name in variants}
        for _ in range(options.rounds):
            for name, where in variants.items():
                seconds[name].append(seed(where))
                print(f"{name}: {seconds[name][-1]:.1f} s", file=sys.stderr)
    report(seconds, options.lines)


def customs_csv(folder: Path, lines: int) -> Path:
    """One simulated file of the real layout, with the sample's header."""
    subprocess.run(
        [
            sys.executable,
            str(PROJECT / "scripts" / "simulate_customs.py"),
            *("--out", str(folder), "--years", "2024", "--vintage", "2025-02"),
            *("--import-lines", str(lines), "--export-lines", "50000"),
        ],
        check=True,
        cwd=PROJECT,
    )
    (source,) = (folder / "2025-02").glob("*Import.txt")
    csv = folder / "lines.csv"
    with csv.open("wb") as target, source.open("rb") as content:
        target.write(";".join(TYPES).encode() + b"\n")
        shutil.copyfileobj(content, target)
    return csv


def project(
    folder: Path,
    csv: Path | None,
    *,
    ours: bool,
    typed: bool = True,
    raw: bool = False,
) -> Path:
    """Lay a dbt project out with at most one seed; with our macros or without."""
    (folder / "seeds").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "name: bench\nversion: '1.0'\nprofile: bench\n"
        "flags: {send_anonymous_usage_stats: false}\n"
    )
    (folder / "profiles.yml").write_text(
        "bench: {target: dev, outputs: {dev: {type: duckdb, path: w.duckdb, "
        "plugins: [{module: commerce_exterieur.intake.plugin, alias: program}]}}}\n"
    )
    if ours:
        shutil.copytree(PROJECT / "macros", folder / "macros")
    if csv is not None:
        shutil.copy(csv, folder / "seeds" / "lines.csv")
        types = ", ".join(f"{name}: {kind}" for name, kind in TYPES.items())
        # Without types dbt guesses them from a sample, as 32-bit integers; its COPY
        # then refuses the codes and its inserts the larger amounts. So this variant
        # is given the type of the two amounts and switches its COPY off.
        column_types = (
            f"      column_types: {{{types}}}\n"
            if typed
            else "      column_types: {valeur: bigint, masse: bigint}\n"
            "      fast: false\n"
        )
        (folder / "seeds" / "seeds.yml").write_text(
            "version: 2\nseeds:\n  - name: lines\n    config:\n      delimiter: ';'\n"
            + ("      meta: {raw_lines: true}\n" if raw else column_types)
        )
    return folder


def seed(folder: Path) -> float:
    """Wall seconds of one `dbt seed` into a new database."""
    (folder / "w.duckdb").unlink(missing_ok=True)
    started = time.perf_counter()
    subprocess.run(
        [str(Path(sys.executable).parent / "dbt"), "--log-level", "error", "seed"],
        cwd=folder,
        check=True,
    )
    return time.perf_counter() - started


def report(seconds: dict[str, list[float]], lines: int) -> None:
    """Print a row per command, and how many times our raw lines it takes."""
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    start_up = medians.pop("start-up (no line)")
    print(f"{lines:,} lines; start-up of dbt taken off: {start_up:.1f} s")
    for name, median in medians.items():
        loading = median - start_up
        ratio = loading / (medians["ours, raw lines"] - start_up)
        print(f"{name:20} {loading:7.1f} s   {ratio:6.1f} ×")


if __name__ == "__main__":
    main()
