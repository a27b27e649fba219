"""Digest of all a territory's files are made from: if equal, nothing to redraw."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from commerce_exterieur.site.gazetteer import Gazetteer
from commerce_exterieur.warehouse import Warehouse

_PACKAGE = Path(__file__).parents[1]
#: Rooms that no page is made in.
_ELSEWHERE = {
    *("customs", "export", "fetching", "intake", "mcp_server", "simulation"),
    "__pycache__",
}
_LIBRARIES = (
    "altair",
    "babel",
    "fonttools",
    "jinja2",
    "squarify",
    "typst",
    "vl-convert-python",
    "xlsxwriter",
)
#: Marts with rows by territory and year that a sheet quotes or draws.
_BY_YEAR = (
    "fct_territory_totals",
    "rpt_factsheet_territories",
    "rpt_factsheet_key_figures",
    "rpt_factsheet_countries",
    "rpt_factsheet_activities",
    "rpt_factsheet_flows",
    "rpt_factsheet_nodes",
    "rpt_factsheet_shares",
    "rpt_territory_findings",
    "fct_reliability",
    "fct_territory_quarters",
    "rpt_factsheet_revisions",
    "fct_revision_summary",
)
_SHARED = ("dim_territory", "dim_territory_members", "dim_country", "dim_activity")


@lru_cache(maxsize=1)
def programs() -> str:
    """Digest of the programs that draw and write, and of the libraries they use."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        place = path.relative_to(_PACKAGE)
        if path.is_file() and not _ELSEWHERE & set(place.parts):
            digest.update(str(place).encode())
            digest.update(path.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library}={version(library)}".encode())
    return digest.hexdigest()


def fingerprints(
    warehouse: Warehouse,
    gazetteer: Gazetteer,
    codes: list[str],
    year: int,
    linked: frozenset[str],
    site_address: str | None = None,
) -> dict[str, str]:
    """Give the digest of each territory's sheet of the year.

    It covers its own rows and those of its region and France, all names, the vintages
    of the year, the build's origin and version, which places around have a page, and
    the programs; not the moment of the build, so a warehouse built again from the same
    files changes nothing.
    """
    rows = _rows_by_territory(warehouse, year)
    # A sheet shows its place among all of its level.
    places = {
        row["territory_level"]: row["digest"]
        for row in warehouse.rows(
            """
            select
                territory_level,
                cast(sum(hash(territory_code, flow, value_eur, rank_in_france))
                    as varchar) as digest
            from marts.rpt_factsheet_key_figures
            where year = ?
            group by territory_level
            """,
            [year],
        )
    }
    shared = _digest(
        programs(),
        *_shared(warehouse),
        _vintages(warehouse, year),
        str(site_address),
    )
    return {
        territory.code: _digest(
            shared,
            str(year),
            territory.code,
            str(places.get(territory.level)),
            *(
                rows[territory_code]
                for territory_code in (territory.code, territory.region_code, "FR")
                if territory_code
            ),
            *sorted(gazetteer.around(territory.code) & linked),
        )
        for territory in map(gazetteer.territories.__getitem__, codes)
    }


def index_fingerprint(warehouse: Warehouse, year: int, *inputs: object) -> str:
    """Give the digest of the pages that lead to the sheets.

    Parameters
    ----------
    inputs
        What they depend on beside the warehouse: languages, territories made, years.
    """
    marts = (
        "rpt_site_map",
        "rpt_factsheet_territories",
        "rpt_factsheet_key_figures",
        "rpt_factsheet_vintages",
        "rpt_site_members",
        "rpt_site_partners",
    )
    by_year = [
        warehouse.rows(
            "select coalesce(cast(sum(hash(mart)) as varchar), 'none') as digest "
            f"from marts.{mart} as mart where year = ?",
            [year],
        )[0]["digest"]
        for mart in marts
    ]
    shared = _shared(warehouse, (*_SHARED, "rpt_factsheet_territoires_industrie"))
    return _digest(programs(), *shared, *map(str, by_year), str(year), repr(inputs))


def _rows_by_territory(warehouse: Warehouse, year: int) -> dict[str, str]:
    parts: dict[str, list[str]] = defaultdict(list)
    for mart in _BY_YEAR:
        # Quarters are shown with those of the years before.
        years = "<=" if mart == "fct_territory_quarters" else "="
        found = warehouse.rows(
            f"""
            select
                territory_code,
                cast(sum(hash(mart)) as varchar) || '/' || count(*) as digest
            from marts.{mart} as mart
            where year {years} ?
            group by territory_code
            """,
            [year],
        )
        for row in found:
            parts[row["territory_code"]].append(f"{mart}:{row['digest']}")
    for row in warehouse.rows(
        """
        select
            territory_code,
            cast(sum(hash(mart)) as varchar) || '/' || count(*) as digest
        from marts.rpt_factsheet_territoires_industrie as mart
        group by territory_code
        """
    ):
        parts[row["territory_code"]].append(row["digest"])
    return defaultdict(
        str, {territory_code: _digest(*each) for territory_code, each in parts.items()}
    )


def _shared(warehouse: Warehouse, marts: tuple[str, ...] = _SHARED) -> list[str]:
    names = [
        warehouse.rows(
            "select coalesce(cast(sum(hash(mart)) as varchar), 'none') as digest "
            f"from marts.{mart} as mart"
        )[0]["digest"]
        for mart in marts
    ]
    build = warehouse.build_info()
    columns = ("data_origin", "lines_read", "project_version")
    return [*names, *(str(build[name]) for name in columns)]


def _vintages(warehouse: Warehouse, year: int) -> str:
    return str(
        warehouse.rows(
            "select * from marts.rpt_factsheet_vintages where year = ?", [year]
        )
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
