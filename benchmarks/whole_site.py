"""The site of a year: what it costs, and what that is made of.

Builds build/benchmarks/site anew from the published warehouse (`make build` makes it):
French alone, both languages, again when nothing has changed, and one territory whose
data has changed; then makes territories in one process to say what one of them is made
of. Run from the project's folder:

    .venv/bin/python benchmarks/whole_site.py
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

from workload import PROJECT, PYTHON, Cost, run

from commerce_exterieur import charts
from commerce_exterieur.factsheet import pictures
from commerce_exterieur.site import sheets
from commerce_exterieur.site.sheets import Job
from commerce_exterieur.site.workers import Worker
from commerce_exterieur.warehouse import PUBLISHED

_SAMPLE = ("D08", "D10", "D51", "D52", "D54", "D55", "D57", "D67", "D68", "D88")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--year", type=int, default=2024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--folder", type=Path, default=PROJECT / "build" / "benchmarks" / "site"
    )
    options = parser.parse_args()
    folder, year = options.folder, options.year
    runs: dict[str, Callable[[], Cost]] = {
        "French, all territories": lambda: build(folder, year, "fr", anew=True),
        "both languages, all": lambda: build(folder, year, "fr", "en", anew=True),
        "both languages, nothing changed": lambda: build(folder, year, "fr", "en"),
        "both languages, one territory changed": lambda: change(folder, year),
    }
    costs: dict[str, list[Cost]] = defaultdict(list)
    for _ in range(options.rounds):
        for name, one in runs.items():
            costs[name].append(one())
            print(f"{name}: {costs[name][-1].seconds:.1f} s", flush=True)
    print(f"\n{'':40}{'seconds':>9}{'processor s':>13}")
    for name, found in costs.items():
        wall = statistics.median(cost.seconds for cost in found)
        cpu = statistics.median(cost.cpu_seconds for cost in found)
        print(f"{name:40}{wall:9.1f}{cpu:13.1f}")
    steps(folder, year)


def build(folder: Path, year: int, *languages: str, anew: bool = False) -> Cost:
    """Build the site."""
    if anew:
        shutil.rmtree(folder, ignore_errors=True)
    return run(
        *(PYTHON, "scripts/build_site.py", "--year", str(year), "--out", str(folder)),
        *("--language", *languages),
    )


def change(folder: Path, year: int) -> Cost:
    """Build it when the data of one territory is not what it was."""
    record = folder / ".made" / f"{year}.json"
    made = json.loads(record.read_text("utf-8"))
    made["D52"]["fingerprint"] = "another"
    record.write_text(json.dumps(made), encoding="utf-8")
    return build(folder, year, "fr", "en")


def steps(folder: Path, year: int) -> None:
    """Say what one territory in one language is made of, in one warm process."""
    worker = Worker(PUBLISHED, folder)
    shared: dict = {"fr": {}}
    for code in ("FR", "R44"):
        shared["fr"] |= worker.draw(code, year, ("fr",))["fr"]
    linked = frozenset(worker.gazetteer.territories)
    jobs = [Job(code, year, ("fr",), shared, linked) for code in _SAMPLE]
    for job in jobs[:2]:
        worker.make(job)
    spent: dict[str, float] = defaultdict(float)

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
            begun = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                spent[name] += time.perf_counter() - begun

        return call

    parts = (
        (charts, "draw", "laying figures out"),
        (charts, "to_svg", "rendering them as SVG"),
        (pictures, "read_csv", "reading their data"),
        (sheets, "read_facts", "reading what the text quotes"),
        (sheets, "render_pdf", "setting the PDF"),
        (sheets, "render_page", "setting the page"),
        (sheets, "figures_scripts", "the interactive figures"),
        (sheets, "read_parquet", "writing Parquet"),
    )
    begun = time.perf_counter()
    with ExitStack() as patches:
        for owner, name, label in parts:
            double = timed(label, getattr(owner, name))
            patches.enter_context(mock.patch.object(owner, name, double))
        for job in jobs:
            result = worker.make(job)
            if result.error:
                raise SystemExit(result.error)
    total = time.perf_counter() - begun
    spent["the rest"] = total - sum(spent.values())
    print(f"\none territory, one language: {total / len(jobs):.2f} s")
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"{name:40}{seconds / len(jobs):9.3f} s{seconds / total:7.0%}")


if __name__ == "__main__":
    main()
