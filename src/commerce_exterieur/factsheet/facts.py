"""What a sheet quotes, read from the marts. Nothing is computed here."""

from __future__ import annotations

from dataclasses import dataclass

from commerce_exterieur.errors import UserError
from commerce_exterieur.factsheet.data import read_panels
from commerce_exterieur.factsheet.findings import read_findings
from commerce_exterieur.provenance import Provenance, read_provenance
from commerce_exterieur.warehouse import Territory, Warehouse
from commerce_exterieur.wording import Language, Unit
from commerce_exterieur.wording.numbers import unit_for

FLOWS = ("export", "import")
_NOT_DETERMINED = "D98"


@dataclass(frozen=True)
class Profile:
    """A territory with its key figures of the year and the names sentences need.

    Attributes
    ----------
    words
        The language of the sheet.
    of, here
        « de la Haute-Marne », « en Haute-Marne ».
    totals
        Its row of `rpt_factsheet_territories`.
    figures
        Flow → its row of `rpt_factsheet_key_figures`.
    """

    territory: Territory
    words: Language
    of: str
    here: str
    totals: dict
    figures: dict[str, dict]

    @property
    def code(self) -> str:
        """Code of the territory."""
        return self.territory.code

    @property
    def level(self) -> str:
        """Level: `country`, `region`, `department` or `set`."""
        return self.territory.level

    def total(self, flow: str) -> int:
        """Return the year's `export` or `import`, whole euros."""
        return self.totals[f"{flow}_eur"]

    @property
    def unit(self) -> Unit:
        """The unit of its exports, imports and balance where they stand together."""
        return unit_for(*map(self.total, FLOWS))

    @property
    def trades(self) -> bool:
        """Whether anything was traded in the year."""
        return any(self.total(flow) for flow in FLOWS)

    def status(self, flow: str) -> str:
        """Say what the year's `export` or `import` is: `value_status` of its row."""
        return self.figures[flow]["value_status"]

    def delivered(self, flow: str) -> bool:
        """Whether the year's `export` or `import` are in the files read."""
        return self.totals[f"{flow}_quarters"] > 0


@dataclass(frozen=True)
class Facts:
    """Everything one sheet needs from the marts.

    Attributes
    ----------
    around
        The territories it is compared with, smallest first: region, France.
    is_outside_france
        Monaco: a department to the customs, and to nobody else.
    findings
        What is remarkable about it, the best first.
    shares
        The panels of `rpt_factsheet_shares`, rows in order.
    largest_flows
        The five largest flows of both, with their `share`.
    places
        Flow → the territories of the same level that are ranked, the largest first.
    reliability
        Flow → its row of `fct_reliability`.
    quarters
        Its rows of `fct_territory_quarters`, of the year and the one before.
    revisions
        Its rows of `rpt_factsheet_revisions`, the first publication first.
    revision_summary
        Its rows of `fct_revision_summary`, one a flow.
    data
        Name of a block → its rows as CSV.
    made_from
        Where the figures of the year are from.
    cited
        The same with the year before, if the sheet prints the change on it.
    industries
        The Territoires d'industrie to list, `id` and `name`; None where the programme
        does not apply (regions, France, Monaco).
    """

    profile: Profile
    around: list[Profile]
    is_outside_france: bool
    year: int
    build: dict
    made_from: Provenance
    cited: Provenance
    industries: list[dict] | None
    top_partner: dict | None
    top_activities: dict[str, dict]
    top_flows: dict[tuple[str, str], dict]
    findings: list[dict]
    shares: dict[str, list[dict]]
    largest_flows: list[dict]
    places: dict[str, list[dict]]
    reliability: dict[str, dict]
    quarters: list[dict]
    revisions: list[dict]
    revision_summary: list[dict]
    data: dict[str, str]

    @property
    def words(self) -> Language:
        """The language of the sheet."""
        return self.profile.words

    @property
    def region(self) -> Profile | None:
        """The region it is compared with, if it is."""
        return self.around[0] if len(self.around) == 2 else None

    @property
    def is_alone(self) -> bool:
        """A department that is its whole region (Corse, overseas)."""
        territory = self.profile.territory
        return territory.level == "department" and territory.is_one_department

    def country(self, row: dict, column: str = "country") -> str:
        """Name of the country of a row; its code when no list has one."""
        return self.words.named(row, f"{column}_name") or row[f"{column}_code"]

    def activity(self, row: dict, column: str = "activity") -> str:
        """Short name of the activity of a row; its code when no list has one."""
        return self.words.named(row, f"{column}_short") or row[f"{column}_code"]


def sheet_codes(warehouse: Warehouse) -> list[str]:
    """Every territory that has a sheet: France, regions, departments, sets."""
    rows = warehouse.rows(
        """
        select territory_code from marts.dim_territory
        where has_sheet
        order by
            case level
                when 'country' then 0 when 'region' then 1
                when 'department' then 2 else 3
            end,
            territory_code
        """
    )
    return [row["territory_code"] for row in rows]


def require_sheet(territory: Territory) -> None:
    """Refuse a territory that has no sheet.

    Raises
    ------
    UserError
        It stands for lines without a department, or no list knows it.
    """
    if territory.has_sheet:
        return
    why = (
        "it gathers the lines whose department is not determined. Name a department, "
        "a region or FR."
        if territory.code == _NOT_DETERMINED
        else "no reference list knows it. Add it to seeds/reference and run "
        "`make build`."
    )
    raise UserError(f"There is no sheet for {territory.code}: {why}")


def read_facts(
    warehouse: Warehouse, territory: Territory, year: int, words: Language
) -> Facts:
    """Read what the sheet of one territory and year quotes.

    Raises
    ------
    UserError
        There is no sheet for it.
    """
    require_sheet(territory)
    around = _around(warehouse, territory)
    profile, *others = (
        _profile(warehouse, each, year, words) for each in [territory, *around]
    )
    return Facts(
        profile=profile,
        around=others,
        is_outside_france=territory.level == "department"
        and _insee_code(warehouse, territory) is None,
        year=year,
        build=warehouse.build_info(),
        made_from=read_provenance(warehouse, year),
        cited=read_provenance(warehouse, year, is_compared=profile.trades),
        industries=_industries(warehouse, territory),
        top_partner=_first(
            warehouse,
            "select * from marts.rpt_factsheet_countries "
            "where territory_code = ? and year = ? order by position limit 1",
            [territory.code, year],
        ),
        top_activities=_top_activities(warehouse, territory, year),
        top_flows=_top_flows(
            warehouse, [each.code for each in (profile, *others)], year
        ),
        findings=read_findings(warehouse, territory.code, year),
        shares=_shares(warehouse, territory, year),
        largest_flows=warehouse.rows(
            """
            select
                *,
                value_share as share,
                null as reference_share
            from marts.rpt_factsheet_flows
            where territory_code = ? and year = ? and is_top_flow
            order by value_eur desc, activity_code, country_code
            """,
            [territory.code, year],
        ),
        places=_places(warehouse, territory, year),
        reliability={
            row["flow"]: row
            for row in warehouse.rows(
                "select * from marts.fct_reliability "
                "where territory_code = ? and year = ?",
                [territory.code, year],
            )
        },
        quarters=warehouse.rows(
            "select * from marts.fct_territory_quarters where territory_code = ? "
            "and year in (?, ?) order by year, quarter",
            [territory.code, year - 1, year],
        ),
        revisions=warehouse.rows(
            "select * from marts.rpt_factsheet_revisions where territory_code = ? "
            "and year = ? order by vintage, flow",
            [territory.code, year],
        ),
        revision_summary=warehouse.rows(
            "select * from marts.fct_revision_summary where territory_code = ? "
            "and year = ? order by flow",
            [territory.code, year],
        ),
        data=read_panels(warehouse, territory, year),
    )


def _places(
    warehouse: Warehouse, territory: Territory, year: int
) -> dict[str, list[dict]]:
    """Read who is ranked beside the territory, flow by flow."""
    places: dict[str, list[dict]] = {flow: [] for flow in FLOWS}
    for row in warehouse.rows(
        """
        select
            figures.flow,
            figures.territory_code,
            figures.territory_name,
            figures.value_eur,
            figures.rank_in_france,
            territories.region_code
        from marts.rpt_factsheet_key_figures as figures
        inner join marts.dim_territory as territories using (territory_code)
        where
            figures.territory_level = ? and figures.year = ?
            and figures.rank_in_france is not null and figures.value_eur > 0
        order by figures.flow, figures.rank_in_france
        """,
        [territory.level, year],
    ):
        places[row["flow"]].append(row)
    return places


def _shares(
    warehouse: Warehouse, territory: Territory, year: int
) -> dict[str, list[dict]]:
    """Read the panels of shares, each in its order."""
    panels: dict[str, list[dict]] = {}
    for row in warehouse.rows(
        """
        select * from marts.rpt_factsheet_shares
        where territory_code = ? and year = ?
        order by panel, position
        """,
        [territory.code, year],
    ):
        panels.setdefault(row["panel"], []).append(row)
    return panels


def _around(warehouse: Warehouse, territory: Territory) -> list[Territory]:
    """Region and France, as far as they differ from the territory itself."""
    if territory.level == "country":
        return []
    france = warehouse.territory("FR")
    if territory.region_code is None or territory.is_one_department:
        return [france]
    return [warehouse.territory(territory.region_code), france]


def _profile(
    warehouse: Warehouse, territory: Territory, year: int, words: Language
) -> Profile:
    names = warehouse.rows(
        "select territory_name, name_genitive, name_locative from marts.dim_territory "
        "where territory_code = ?",
        [territory.code],
    )[0]
    where = "where territory_code = ? and year = ?"
    key = [territory.code, year]
    totals = warehouse.rows(
        f"select * from marts.rpt_factsheet_territories {where}", key
    )
    figures = {
        row["flow"]: row
        for row in warehouse.rows(
            f"select * from marts.rpt_factsheet_key_figures {where}", key
        )
    }
    if not totals or set(figures) != set(FLOWS):
        raise UserError(
            f"{warehouse.path} has no key figures for {territory.code} in {year}. "
            "Build it again with `make build`."
        )
    return Profile(
        territory=territory,
        words=words,
        of=words.of(names),
        here=words.here(names),
        totals=totals[0],
        figures=figures,
    )


def _industries(warehouse: Warehouse, territory: Territory) -> list[dict] | None:
    if territory.level != "department":
        return None
    if _insee_code(warehouse, territory) is None:
        return None
    return warehouse.rows(
        """
        select
            territoire_industrie_id as id,
            territoire_industrie_name as name
        from marts.rpt_factsheet_territoires_industrie
        where territory_code = ? and is_listed
        order by commune_count desc, territoire_industrie_name
        """,
        [territory.code],
    )


def _insee_code(warehouse: Warehouse, territory: Territory) -> str | None:
    return warehouse.rows(
        "select insee_codes from marts.dim_territory where territory_code = ?",
        [territory.code],
    )[0]["insee_codes"]


def _top_activities(
    warehouse: Warehouse, territory: Territory, year: int
) -> dict[str, dict]:
    """Find the largest named activity of each flow, as the treemap draws it."""
    rows = warehouse.rows(
        """
        select *
        from marts.rpt_factsheet_activities
        where territory_code = ? and year = ? and position = 1
        and value_share is not null and activity_code <> '*other'
        """,
        [territory.code, year],
    )
    return {row["flow"]: row for row in rows}


def _top_flows(
    warehouse: Warehouse, codes: list[str], year: int
) -> dict[tuple[str, str], dict]:
    """(territory, flow) → the largest red ribbon of its diagram."""
    found: dict[tuple[str, str], dict] = {}
    for territory_code in codes:
        rows = warehouse.rows(
            """
            select *
            from marts.rpt_factsheet_flows
            where territory_code = ? and year = ? and is_top_flow
            order by value_eur desc, activity_code, country_code
            """,
            [territory_code, year],
        )
        for row in rows:
            found.setdefault((territory_code, row["flow"]), row)
    return found


def _first(warehouse: Warehouse, sql: str, parameters: list) -> dict | None:
    rows = warehouse.rows(sql, parameters)
    return rows[0] if rows else None
