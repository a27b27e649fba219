"""Everything of a year's site but the sheets: home, comparison, industries, assets."""

from __future__ import annotations

from pathlib import Path

from commerce_exterieur.factsheet.content import attribution_of
from commerce_exterieur.factsheet.data import to_csv
from commerce_exterieur.files import replace_files
from commerce_exterieur.site import layout
from commerce_exterieur.site.assets import shared_files
from commerce_exterieur.site.comparison import compare_page
from commerce_exterieur.site.gazetteer import Gazetteer
from commerce_exterieur.site.home import home_page, map_script
from commerce_exterieur.site.industries import industry_figures, industry_page
from commerce_exterieur.site.layout import PageAddress
from commerce_exterieur.site.llms import llms_txt
from commerce_exterieur.site.members import (
    member_csv,
    member_links,
    member_page,
    read_members,
)
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import LanguageCode, language


def write_index_pages(
    warehouse: Warehouse,
    gazetteer: Gazetteer,
    site: Path,
    year: int,
    languages: tuple[LanguageCode, ...],
    standing: dict[int, set[str]],
) -> list[str]:
    """Write the pages that lead to the sheets, and what all pages share.

    Parameters
    ----------
    standing
        Territories whose page exists, by year, ascending: only these are linked. The
        last year's home opens the site.

    Returns
    -------
    list of str
        The files, below `site`.
    """
    made = standing.get(year, set())
    files = shared_files(warehouse, gazetteer, languages, standing)
    files[layout.data_file(f"departments_{year}", year, "csv")] = _map_csv(
        warehouse, year
    )
    figures = industry_figures(warehouse, year)
    members = read_members(warehouse, year)
    made_from = warehouse.rows(
        """
        select build.data_origin, made.vintages
        from marts.build_info as build
        left join marts.rpt_factsheet_vintages as made on made.year = ?
        """,
        [year],
    )[0]
    for member in members:
        name = f"{member.kind}_{member.code}_{year}"
        files[layout.data_file(name, year, "csv")] = member_csv(member, made_from)
    for language_code in languages:
        words = language(language_code)
        attribution = attribution_of(warehouse, words, year)
        script = map_script(warehouse, gazetteer, words, year)
        files[layout.map_script(year, language_code)] = script.encode()
        homes = [layout.year_page(year)]
        if year >= max(standing, default=year):
            homes.append(layout.HOME)
        for path in homes:
            address = PageAddress(language_code, path, languages)
            files[address.file] = home_page(
                warehouse, gazetteer, address, words, year, attribution, made
            ).encode()
        address = PageAddress(language_code, layout.LLMS, languages)
        files[address.file] = llms_txt(
            warehouse, gazetteer, address, words, {**standing, year: made}
        ).encode()
        address = PageAddress(language_code, layout.compare_page(year), languages)
        files[address.file] = compare_page(
            gazetteer,
            address,
            words,
            year,
            attribution_of(warehouse, words, year, is_compared=True),
            made,
        ).encode()
        links = member_links(warehouse, year, words)
        for member in members:
            address = PageAddress(
                language_code,
                layout.member_page(member.kind, member.code, year),
                languages,
            )
            files[address.file] = member_page(
                member, gazetteer, address, words, year, attribution, made, links
            ).encode()
        for industry in gazetteer.industries:
            address = PageAddress(
                language_code, layout.industry_page(industry.id, year), languages
            )
            files[address.file] = industry_page(
                gazetteer, industry, figures, address, words, year, attribution, made
            ).encode()
    # A file that has not changed keeps its date: less to copy to a server.
    replace_files(
        {
            site / name: content
            for name, content in files.items()
            if not ((site / name).is_file() and (site / name).read_bytes() == content)
        }
    )
    return list(files)


def _map_csv(warehouse: Warehouse, year: int) -> bytes:
    """Write the measures of the map, a row a department and measure."""
    rows = warehouse.rows(
        """
        select
            map.*,
            build.data_origin,
            made.vintages
        from marts.rpt_site_map as map
        cross join marts.build_info as build
        left join marts.rpt_factsheet_vintages as made using (year)
        where map.year = ?
        order by map.territory_code, map.measure
        """,
        [year],
    )
    return to_csv(rows).encode()
