"""Break rules in SQL one at a time: does something turn red?

    .venv/bin/python tests/mutants.py              # make mutants; ten minutes or more
    .venv/bin/python tests/mutants.py coverage eu  # those whose name holds a word

Each rule is broken in a copy of the project and the sample is built there. `dbt build`
must fail, or else the tests that compute the marts anew. Exit status: 1 when a broken
rule went unnoticed, 2 when one is not in the code any more.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
#: Compute the marts a second time, or hold them against published oracles.
TESTS = (
    "tests/warehouse/test_recomputation.py",
    "tests/warehouse/test_indicators.py",
    "tests/warehouse/test_growth_and_exposure.py",
    "tests/warehouse/test_indicator_oracles.py",
    "tests/warehouse/test_findings.py",
    "tests/warehouse/test_analyst_marts.py",
    "tests/warehouse/test_export.py",
)


@dataclass(frozen=True)
class Mutant:
    """A rule, and what it becomes: `old` is in the file once."""

    name: str
    path: str
    old: str
    new: str


MUTANTS = [
    Mutant(
        "balance turned round",
        "macros/measures.sql",
        "then {{ export_eur }} - {{ import_eur }} end",
        "then {{ import_eur }} - {{ export_eur }} end",
    ),
    Mutant(
        "coverage is imports over exports",
        "macros/measures.sql",
        "then {{ share(export_eur, import_eur) }} end",
        "then {{ share(import_eur, export_eur) }} end",
    ),
    Mutant(
        "an empty whole divides by one",
        "macros/measures.sql",
        "cast({{ part }} as double) / nullif({{ whole }}, 0)",
        "cast({{ part }} as double) / greatest({{ whole }}, 1)",
    ),
    Mutant(
        "growth over the new value",
        "macros/measures.sql",
        "{{ share('(' ~ value ~ ' - ' ~ previous ~ ')', previous) }}",
        "{{ share('(' ~ value ~ ' - ' ~ previous ~ ')', value) }}",
    ),
    Mutant(
        "not delivered is not traded",
        "macros/measures.sql",
        "when {{ quarters }} = 0 then 'not_delivered'",
        "when {{ quarters }} < 0 then 'not_delivered'",
    ),
    Mutant(
        "the earliest vintage counts",
        "models/intermediate/int_periods_selected.sql",
        "order by vintage desc",
        "order by vintage",
    ),
    Mutant(
        "the rolling file before the annual one",
        "models/intermediate/int_periods_delivered.sql",
        "order by file_kind nulls last, source_file nulls last",
        "order by file_kind desc, source_file",
    ),
    Mutant(
        "France without departments in no region",
        "models/intermediate/int_departments_nested.sql",
        "        'FR' as territory_code\n    from departments\n",
        "        'FR' as territory_code\n    from departments\n"
        "    where region_code is not null\n",
    ),
    Mutant(
        "special partners are ranked",
        "models/intermediate/int_members_ranked.sql",
        "coalesce(countries.is_country, true) as has_rank",
        "true as has_rank",
    ),
    Mutant(
        "a rolling year of three quarters",
        "models/marts/indicators/fct_rolling_year.sql",
        "case when quarters_covered = 4 then",
        "case when quarters_covered >= 3 then",
    ),
    Mutant(
        "a dependence from fewer partners",
        "models/marts/indicators/fct_import_dependence.sql",
        "set concentrated = 0.4",
        "set concentrated = 0.6",
    ),
    Mutant(
        "more activities have a tile",
        "models/marts/factsheet/rpt_factsheet_activities.sql",
        "set smallest_share = 0.008",
        "set smallest_share = 0.004",
    ),
    Mutant(
        "an index of concentration that forgets the unspecified",
        "macros/measures.sql",
        "{%- if unspecified %} + {{ exact(unspecified) }}",
        "{%- if unspecified and false %} + {{ exact(unspecified) }}",
    ),
    Mutant(
        "intra-industry trade turned round",
        "macros/measures.sql",
        "1 - {{ share(gaps, trade) }}",
        "{{ share(gaps, trade) }}",
    ),
    Mutant(
        "contributions to the balance in percent",
        "macros/measures.sql",
        "1000 * (\n        ({{ export_eur }} - {{ import_eur }})",
        "100 * (\n        ({{ export_eur }} - {{ import_eur }})",
    ),
    Mutant(
        "the map parts at other places",
        "models/marts/site/rpt_site_map.sql",
        "('any', 0.2), ('any', 0.4)",
        "('any', 0.3), ('any', 0.4)",
    ),
    Mutant(
        "a department without sheet has one",
        "models/marts/core/dim_territory.sql",
        "territories.territory_code <> 'D98' as has_sheet",
        "territories.territory_code <> 'D99' as has_sheet",
    ),
    Mutant(
        "imports of the view are exports",
        "models/marts/core/trade_labelled.sql",
        "case when flows.flow = 'import' then flows.value_eur else 0 end",
        "case when flows.flow = 'export' then flows.value_eur else 0 end",
    ),
    Mutant(
        "larger territories count a department twice",
        "macros/roll_up.sql",
        "where nested.territory_level {{ '<>' if is_larger else '=' }} 'department'",
        "where nested.territory_level {{ '<>' if is_larger else '=' }} 'department'\n"
        "    or {{ 'true' if is_larger else 'false' }}",
    ),
    Mutant(
        "every column may be summed",
        "macros/dictionary.sql",
        "'true' if meta.get('additive') else 'false'",
        "'true'",
    ),
]


def copy_project(folder: Path) -> None:
    """Copy what git knows, as it stands."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / name, target)


def run(command: list[str], folder: Path, warehouse: Path) -> tuple[bool, str]:
    """Run a command on the copy; whether it was content, and what it said last."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"COMMERCE_WAREHOUSE": str(warehouse)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    told = [line for line in said if "FAIL" in line or "ERROR" in line]
    return done.returncode == 0, (told or said or [""])[0].strip()


def noticed_by(mutant: Mutant, folder: Path) -> tuple[str, str]:
    """Say which half of the suite turns red on a broken rule, if any."""
    path = folder / mutant.path
    sound = path.read_text("utf-8")
    if sound.count(mutant.old) != 1:
        return "GONE", f"{sound.count(mutant.old)} times in {mutant.path}"
    binary = Path(sys.executable).parent
    warehouse = folder / "build" / "warehouse.duckdb"
    warehouse.parent.mkdir(exist_ok=True)
    warehouse.unlink(missing_ok=True)
    path.write_text(sound.replace(mutant.old, mutant.new), "utf-8")
    try:
        content, said = run([str(binary / "dbt"), "build", "-q"], folder, warehouse)
        if not content:
            return "dbt", said
        tests = [str(binary / "python"), "-m", "pytest", "-x", "-q", "--tb=no"]
        options = ["-p", "no:cacheprovider", f"--sample={warehouse}"]
        content, said = run([*tests, *options, *TESTS], folder, warehouse)
        return ("SURVIVED", "") if content else ("pytest", said)
    finally:
        path.write_text(sound, "utf-8")


def main(words: list[str]) -> int:
    """Break the rules chosen; returns the exit status."""
    chosen = [
        each
        for each in MUTANTS
        if not words or any(word in each.name for word in words)
    ]
    found = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        copy_project(folder)
        for mutant in chosen:
            by, said = noticed_by(mutant, folder)
            found.append(by)
            print(f"{by:9} {mutant.name}  {said[:90]}", flush=True)
    noticed = sum(by in ("dbt", "pytest") for by in found)
    print(f"{noticed} of {len(chosen)} broken rules were noticed")
    return 2 if "GONE" in found else int("SURVIVED" in found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
