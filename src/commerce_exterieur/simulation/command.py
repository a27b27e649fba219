"""Simulate customs lines: the bundled sample, or files of the official size.

THE DATA ARE SIMULATED. They have the layout of the French customs' departmental
files and reproduce a few published totals; department × product × country values are
drawn at random around hand-made assumptions (the tables beside this file). They show
that the warehouse works and must not be cited as statistics.

Without argument the command rewrites `seeds/customs/*.csv` and
`seeds/expectations/expected_lines.csv`. With `--out` it writes files of the official
layout, of any size:

    python scripts/simulate_customs.py --out data/big --vintage 2025-02 \
        --years 2019 2020 --import-lines 1751702 --export-lines 1750000

The same arguments give the same bytes, on any machine.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from tqdm import tqdm

from commerce_exterieur.customs.manifest import SIMULATED, write_manifest
from commerce_exterieur.customs.names import VINTAGE, text_name
from commerce_exterieur.errors import UserError
from commerce_exterieur.progress import progress_bar
from commerce_exterieur.simulation.codes import ReferenceCodes, read_codes
from commerce_exterieur.simulation.draws import FLOWS, Case
from commerce_exterieur.simulation.files import write_lines, write_table
from commerce_exterieur.simulation.one_flow import simulate
from commerce_exterieur.warehouse import PROJECT

SEEDS = PROJECT / "seeds"
SEED = 20_240_052
SAMPLE_YEARS = (2023, 2024)
SAMPLE_LINES = 45_500  # four files just under 8 MB together
OFFICIAL_LINES = {"export": 1_750_000, "import": 1_751_702}  # the size of 2019


def _progress(reference: ReferenceCodes, files: int) -> tqdm:
    total = files * len(reference.departments)
    return progress_bar(total=total, unit="department")


def write_sample(seeds_dir: Path, out_dir: Path, seed: int = SEED) -> None:
    """Write the bundled sample and the number of lines expected in it.

    Parameters
    ----------
    seeds_dir : Path
        Where `reference/` and `expectations/` are read.
    out_dir : Path
        Where `customs/` and `expectations/expected_lines.csv` are written.
    seed : int
        Seed of the simulation.

    Raises
    ------
    UserError
        When a seed is missing or a file cannot be written.
    """
    reference = read_codes(seeds_dir / "reference")
    counts: Counter[tuple[int, int, str]] = Counter()
    with _progress(reference, len(SAMPLE_YEARS) * len(FLOWS)) as bar:
        for year in SAMPLE_YEARS:
            for flow in FLOWS:
                case = Case(flow, year, seed)
                made = simulate(reference, seeds_dir, case, SAMPLE_LINES, bar.update)
                path = out_dir / "customs" / f"customs_{year}_{flow}.csv"
                write_lines(path, made, header=True)
                counts.update(
                    (year, quarter + 1, flow) for quarter in made.lines.quarter.tolist()
                )
    write_table(
        out_dir / "expectations" / "expected_lines.csv",
        ("data_origin", "year", "quarter", "flow", "line_count"),
        (("simulated", *key, count) for key, count in sorted(counts.items())),
    )


def write_official(
    out_dir: Path,
    vintage: str,
    years: list[int],
    line_counts: dict[str, int],
    seed: int = SEED,
) -> None:
    """Write files of the official layout and their manifest.

    Parameters
    ----------
    out_dir : Path
        The folder that holds one folder per vintage.
    vintage : str
        Month of results, `YYYY-MM`.
    years : list of int
        One pair of files each.
    line_counts : dict of str to int
        Lines of every export file and of every import file.
    seed : int
        Seed of the simulation.

    Raises
    ------
    UserError
        When an argument is impossible or a file cannot be written.
    """
    reference = read_codes(SEEDS / "reference")
    folder = out_dir / vintage
    files: list[dict[str, object]] = []
    with _progress(reference, len(years) * len(FLOWS)) as bar:
        for year in years:
            for flow in FLOWS:
                case, count = Case(flow, year, seed), line_counts[flow]
                made = simulate(reference, SEEDS, case, count, bar.update)
                name = text_name(flow, year)
                digest = write_lines(folder / name, made, header=False)
                files.append({"name": name, "sha256": digest, "lines": count})
    write_manifest(folder, SIMULATED, files, generator="simulate_customs", seed=seed)


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0],
        epilog="The data are simulated: never cite them.",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write files of the official layout there; default: the sample in seeds/",
    )
    parser.add_argument(
        "--vintage", metavar="YYYY-MM", help="month of results; needed with --out"
    )
    parser.add_argument(
        "--years",
        type=int,
        nargs="+",
        metavar="YEAR",
        help="years to simulate; needed with --out",
    )
    for flow, count in OFFICIAL_LINES.items():
        parser.add_argument(
            f"--{flow}-lines",
            type=int,
            metavar="N",
            help=f"lines of each {flow} file; default: as many as real ones, {count}",
        )
    parser.add_argument("--seed", type=int, default=SEED, help="default: %(default)s")
    return parser.parse_args(argv)


def _run(arguments: argparse.Namespace) -> None:
    """Check the arguments together and do what they ask."""
    if arguments.seed < 0:
        raise UserError("--seed must be 0 or more.")
    only_with_out = ("vintage", "years", "import_lines", "export_lines")
    given = [name for name in only_with_out if getattr(arguments, name) is not None]
    if arguments.out is None:
        if given:
            raise UserError(f"--{given[0].replace('_', '-')} needs --out.")
        write_sample(SEEDS, SEEDS, arguments.seed)
        return
    if not VINTAGE.fullmatch(arguments.vintage or ""):
        raise UserError("--out needs --vintage, a month such as 2025-02.")
    if not arguments.years:
        raise UserError("--out needs --years, such as --years 2019 2020.")
    wrong = [year for year in arguments.years if not 2000 <= year <= 2099]
    if wrong:
        raise UserError(f"--years: {wrong[0]} is not between 2000 and 2099.")
    write_official(
        arguments.out,
        arguments.vintage,
        sorted(set(arguments.years)),
        {
            flow: OFFICIAL_LINES[flow] if asked is None else asked
            for flow, asked in (
                ("export", arguments.export_lines),
                ("import", arguments.import_lines),
            )
        },
        arguments.seed,
    )


def main(argv: list[str] | None = None) -> int:
    """Run the command; 0 when it worked, 2 when the user can mend what failed."""
    try:
        _run(_arguments(argv))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
