"""What holds for every territory there is a sheet for, in both languages.

The engineer's warehouse is read, so run `dbt build` first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

import charts
from charts import Drawing
from common.warehouse import ENGINEER, Warehouse
from factsheet.facts import sheet_codes
from language import LANGUAGES, Code, language

YEAR = 2024


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    with Warehouse(ENGINEER) as warehouse:
        yield warehouse


@pytest.fixture(scope="module", params=LANGUAGES)
def code(request: pytest.FixtureRequest) -> Code:
    return request.param


def drawings(warehouse: Warehouse, figure: str, code: Code) -> Iterator[Drawing]:
    """The figure of every territory."""
    for territory in map(warehouse.territory, sheet_codes(warehouse)):
        yield charts.draw(warehouse, figure, territory, YEAR, code=code)


# -------------------------------------------------------------- who « Autres » are


def sides_told(drawing: Drawing) -> Iterator[tuple[str, str]]:
    """Side and name of every end of a flow that a Sankey's table and tooltips tell."""
    kinds = drawing.cells.kinds
    for row in drawing.cells.rows:
        yield from zip(kinds[:2], row[:2], strict=True)
    for table in drawing.tables:
        if table.kinds[0] in ("activity", "country"):
            yield from ((table.kinds[0], row[0]) for row in table.rows)
    data = drawing.spec["datasets"]
    for row in data["ribbons"] + data["top_flows"]:
        yield "activity", row["activity"]
        yield "country", row["country"]
    for row in data["nodes"]:
        yield kinds[row["side"] == "right"], row["name"]
    for row in data["strands"]:
        own, other = kinds[:2] if row["left"] else kinds[1::-1]
        yield own, row["name"]
        yield from ((other, line) for line in row["detail"].split("\n"))


@pytest.mark.parametrize("figure", ["exports", "imports"])
def test_the_rest_of_each_side_counts_what_stands_on_it(
    warehouse: Warehouse, code: Code, figure: str
) -> None:
    words = language(code)
    names = {"activity": "other_activities", "country": "other_countries"}
    seen = set()
    for drawing in drawings(warehouse, figure, code):
        counted = {
            row["side"]: row["members"]
            for row in warehouse.rows(
                "select side, members from marts.rpt_factsheet_nodes "
                "where territory_code = ? and year = ? and flow || 's' = ? "
                "and member_code = '*other'",
                [drawing.territory_code, YEAR, figure],
            )
        }
        start = re.escape(words.say("chart.others", count="§").partition("§")[0])
        for side, name in sides_told(drawing):
            if re.match(start + r"\d", name):
                said = words.say(f"chart.{names[side]}", count=counted[side])
                assert name.startswith(said), (drawing.territory_code, side)
                seen.add(side)
    assert seen == {"activity", "country"}
