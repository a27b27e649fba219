"""Make the static site of a year: every territory, in French and in English.

    python scripts/build_site.py --year 2024

Files: build/site/, to be opened as they are or put on any web server. Territories are
made in parallel; one whose data and programs have not changed is left as it is. A
territory that fails is named and keeps its previous files; the others are made. Exit
status: 0 all made, 1 some territories failed, 2 the request cannot be met.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from commerce_exterieur import options as shared
from commerce_exterieur.errors import UserError
from commerce_exterieur.factsheet.facts import require_sheet
from commerce_exterieur.files import only_writer, writable_folder
from commerce_exterieur.progress import progress_bar
from commerce_exterieur.site import interruption
from commerce_exterieur.site.fingerprint import fingerprints, index_fingerprint
from commerce_exterieur.site.gazetteer import Gazetteer, read_gazetteer
from commerce_exterieur.site.index_pages import write_index_pages
from commerce_exterieur.site.layout import HOME, PREFIX
from commerce_exterieur.site.records import INDEX_PAGES, Records, standing
from commerce_exterieur.site.sheets import Job, Shared
from commerce_exterieur.site.workers import WorkerPool
from commerce_exterieur.warehouse import PROJECT, Warehouse
from commerce_exterieur.wording import LANGUAGES, LanguageCode

OUT = PROJECT / "build" / "site"
#: What warehouses of earlier versions do not have.
_NEEDED = (
    "rpt_site_map.class_from",
    "rpt_factsheet_territoires_industrie.commune_share",
    "rpt_factsheet_territories.not_compared_reason",
    "rpt_factsheet_vintages.sheet_vintages",
    "rpt_factsheet_shares.ratio",
    "rpt_factsheet_revisions.is_current",
    "rpt_factsheet_flows.top_flows_share",
    "rpt_factsheet_activities.sector_code",
    "rpt_site_members.class_high",
    "rpt_site_partners.position",
    "fct_reliability.grade",
    "fct_rankings.country_code",
    "dim_territory.level",
)
#: Fewer territories than this are not worth starting processes for.
_FEW = 4


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _options(arguments)
    try:
        with interruption.taken():
            return _run(options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except BaseException as error:
        # DuckDB, for one, makes an error of its own of an interruption.
        if not (interruption.is_asked() or isinstance(error, KeyboardInterrupt)):
            raise
        print(
            "Interrupted. What was made is kept; run it again for the rest.",
            file=sys.stderr,
        )
        return 130


def _run(options: argparse.Namespace) -> int:
    with Warehouse(options.warehouse) as warehouse:
        _check(warehouse)
        year = warehouse.year(options.year)
        gazetteer = read_gazetteer(warehouse)
        wanted = _wanted(warehouse, gazetteer, options.territory)
        with only_writer(writable_folder(options.out)):
            return _make_site(warehouse, gazetteer, wanted, year, options)


def _check(warehouse: Warehouse) -> None:
    """Refuse a warehouse that lacks what the site is made from, before any work."""
    found = {
        row["column_name"]
        for row in warehouse.rows(
            "select table_name || '.' || column_name as column_name "
            "from duckdb_columns() where schema_name = 'marts'"
        )
    }
    missing = [name for name in _NEEDED if name not in found]
    if missing:
        raise UserError(
            f"{warehouse.path} has no {', '.join(missing)}: it was built by an older "
            "version. Run `make build` again."
        )


def _address(text: str) -> str:
    """Take an address of the web, and end it with a slash."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not the address of a folder on the web, as "
            "https://example.org/commerce/"
        )
    return text if text.endswith("/") else f"{text}/"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    shared.add_year(parser)
    shared.add_only_territories(parser)
    shared.add_warehouse(parser)
    shared.add_out(parser, OUT)
    shared.add_languages(parser)
    parser.add_argument(
        "--jobs",
        type=int,
        default=len(os.sched_getaffinity(0)),
        help="processes; default: one a core",
    )
    parser.add_argument(
        "--address",
        type=_address,
        metavar="URL",
        help="where the site will stand: what is shared then shows its picture",
    )
    parser.add_argument(
        "--force", action="store_true", help="make what has not changed too"
    )
    options = parser.parse_args(arguments)
    if options.out == Path():
        parser.error("--out: name a folder of its own for the site")
    # More processes than cores would only be in each other's way.
    options.jobs = min(options.jobs, len(os.sched_getaffinity(0)))
    if options.jobs < 1:
        parser.error(f"--jobs {options.jobs}: at least one process is needed")
    return options


def _make_site(
    warehouse: Warehouse,
    gazetteer: Gazetteer,
    wanted: list[str],
    year: int,
    options: argparse.Namespace,
) -> int:
    begun = time.monotonic()
    site = options.out
    records = Records(site, year)
    # A site of two languages stays one: else the other would tell older figures.
    spoken = records.languages() | set(options.language)
    languages = tuple(
        language_code for language_code in LANGUAGES if language_code in spoken
    )
    linked = frozenset(records.codes(languages) | set(wanted))
    batch = _Batch(warehouse, gazetteer, records, year, languages, options)
    made, failed = batch.make(wanted, linked)
    # Pages that link a territory which failed and never had a page are set again.
    missing = set(failed) - records.codes(languages)
    again = [
        territory_code
        for territory_code in wanted
        if territory_code not in failed and gazetteer.around(territory_code) & missing
    ]
    if again:
        remade, failed_now = batch.make(again, linked - missing)
        failed |= failed_now
        made = [
            territory_code
            for territory_code in {*made, *remade}
            if territory_code not in failed
        ]
    try:
        _write_index_pages(warehouse, gazetteer, site, year, languages, options.force)
        print(site / (PREFIX[languages[0]] + HOME))
        has_home = True
    except Exception as error:  # the territories made are listed all the same
        interruption.check()
        has_home = False
        print(
            f"The home page could not be made: {type(error).__name__}: {error}",
            file=sys.stderr,
        )
    print(
        f"{year}: {_count(len(made))} made, "
        f"{len(wanted) - len(made) - len(failed)} unchanged, {len(failed)} failed, "
        f"in {time.monotonic() - begun:.1f} s",
        file=sys.stderr,
    )
    if failed:
        print(
            f"{len(failed)} of {_count(len(wanted))} failed: {' '.join(failed)}",
            file=sys.stderr,
        )
    return 0 if has_home and not failed else 1


def _count(territories: int) -> str:
    return f"{territories} {'territory' if territories == 1 else 'territories'}"


@dataclass(frozen=True)
class _Batch:
    """What all territories of one run are made with."""

    warehouse: Warehouse
    gazetteer: Gazetteer
    records: Records
    year: int
    languages: tuple[LanguageCode, ...]
    options: argparse.Namespace

    def make(
        self, wanted: list[str], linked: frozenset[str]
    ) -> tuple[list[str], dict[str, str]]:
        """Make those that have changed; return the made, and the failed with why."""
        prints = fingerprints(
            self.warehouse,
            self.gazetteer,
            wanted,
            self.year,
            linked,
            self.options.address,
        )
        changed = [
            territory_code
            for territory_code in wanted
            if self.options.force
            or not self.records.holds(
                territory_code, prints[territory_code], self.languages
            )
        ]
        few = len(changed) < _FEW
        processes = 1 if few else min(self.options.jobs, len(changed))
        pool = WorkerPool(self.options.warehouse, self.options.out, processes)
        shared = pool.draw_shared(
            _compared(self.gazetteer, changed), self.year, self.languages
        )
        jobs = [
            Job(
                territory_code,
                self.year,
                self.languages,
                _shared_by(self.gazetteer, territory_code, shared, self.languages),
                linked,
                self.options.address,
            )
            for territory_code in changed
        ]
        made, failed = [], {}
        with progress_bar(total=len(jobs), unit="territory") as progress:
            for result in pool.make(jobs):
                progress.update()
                progress.set_description(result.territory_code)
                if result.error is None:
                    made.append(result.territory_code)
                    self.records.note(
                        result.territory_code,
                        prints[result.territory_code],
                        self.languages,
                        result.files,
                    )
                    # Each time: a run cut short is not made twice.
                    self.records.save()
                else:
                    failed[result.territory_code] = result.error
                    progress.write(
                        f"{result.territory_code}: {result.error}", file=sys.stderr
                    )
        return made, failed


def _write_index_pages(
    warehouse: Warehouse,
    gazetteer: Gazetteer,
    site: Path,
    year: int,
    languages: tuple[LanguageCode, ...],
    is_forced: bool,
) -> None:
    """Write home, comparison, Territoires d'industrie and assets, if they changed."""
    records = Records(site, year)
    known = standing(site, languages)
    fingerprint = index_fingerprint(
        warehouse, year, languages, {each: sorted(known[each]) for each in known}
    )
    if is_forced or not records.holds(INDEX_PAGES, fingerprint, languages):
        files = write_index_pages(warehouse, gazetteer, site, year, languages, known)
        records.note(INDEX_PAGES, fingerprint, languages, files)
        records.save()


def _wanted(
    warehouse: Warehouse, gazetteer: Gazetteer, asked: list[str] | None
) -> list[str]:
    """List the territories to make, each once; all when none is asked for."""
    if asked is None:
        return list(gazetteer.territories)
    found = {}
    for territory in map(warehouse.territory, asked):
        require_sheet(territory)
        found[territory.code] = territory
    return list(found)


def _compared(gazetteer: Gazetteer, codes: list[str]) -> list[str]:
    """List the regions and the country these territories are compared with."""
    found: dict[str, None] = {}
    for territory in map(gazetteer.territories.__getitem__, codes):
        if territory.level != "country":
            found["FR"] = None
        if territory.is_one_department:
            continue
        if territory.region_code:
            found[territory.region_code] = None
        if territory.level == "region":
            found[territory.code] = None
    if "FR" in codes:
        found["FR"] = None
    return list(found)


def _shared_by(
    gazetteer: Gazetteer,
    territory_code: str,
    shared: dict[str, Shared],
    languages: tuple[LanguageCode, ...],
) -> Shared:
    """Pick the figures a territory's sheet and page show beside its own."""
    around = (territory_code, gazetteer.territories[territory_code].region_code, "FR")
    return {
        language: {
            key: picture
            for place in around
            if place in shared
            for key, picture in shared[place].get(language, {}).items()
        }
        for language in languages
    }


if __name__ == "__main__":
    sys.exit(main())
