"""The tile grid of France: a tile for every department, neighbours kept close.

The pairs below were written down from what is known of the map, not from the grid.
"""

from __future__ import annotations

import csv

import duckdb
import pytest
from sample import SAMPLE

from commerce_exterieur.warehouse import PROJECT

OVERSEAS = {"D971", "D972", "D973", "D974", "D976"}
#: Departments that touch, all around the country and across it.
PAIRS = """
    59-62 62-80 59-02 02-08 08-51 60-80 76-80 27-76 14-50 14-61
    22-29 29-56 22-35 35-44 35-50 44-85 17-85 17-33 33-40 40-64
    64-65 31-65 09-66 11-66 11-34 13-30 13-83 06-83 04-06 04-05
    05-38 73-74 01-74 39-25 25-90 68-90 67-68 57-67 54-57 51-55
    52-88 10-89 21-71 58-18 45-41 28-78 36-87 15-43 07-26 24-46
    60-77 77-95 77-89 92-95 78-92 75-92 75-93 75-94 91-94 93-95
"""
NEIGHBOURS = [tuple(pair.split("-")) for pair in PAIRS.split()]

Tile = tuple[int, int]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    path = PROJECT / "src" / "commerce_exterieur" / "site" / "tiles.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tiles(rows: list[dict[str, str]]) -> dict[str, Tile]:
    return {
        row["territory_code"]: (int(row["column"]), int(row["row"])) for row in rows
    }


def distance(one: Tile, other: Tile) -> int:
    """Steps of a king in chess."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def test_every_department_with_a_sheet_has_one_tile(
    rows: list[dict[str, str]], tiles: dict[str, Tile]
) -> None:
    with duckdb.connect(str(SAMPLE), read_only=True) as warehouse:
        departments = {
            code
            for (code,) in warehouse.execute(
                "select territory_code from marts.dim_territory where is_known "
                "and level = 'department' and territory_code <> 'D98'"
            ).fetchall()
        }
    assert tiles.keys() == departments
    assert len(rows) == len(departments)


def test_no_cell_is_used_twice(tiles: dict[str, Tile]) -> None:
    assert len(set(tiles.values())) == len(tiles)


def test_the_grid_has_thirteen_columns_and_rows(tiles: dict[str, Tile]) -> None:
    for axis in zip(*tiles.values(), strict=True):
        assert (min(axis), max(axis)) == (1, 13)


def test_the_mainland_has_no_gap(tiles: dict[str, Tile]) -> None:
    apart = OVERSEAS | {"D20"}
    mainland = [tile for code, tile in tiles.items() if code not in apart]
    for row in {row for _, row in mainland}:
        columns = sorted(column for column, at in mainland if at == row)
        assert columns == list(range(columns[0], columns[-1] + 1))


def test_overseas_and_corse_touch_nothing_of_the_mainland(
    tiles: dict[str, Tile],
) -> None:
    apart = OVERSEAS | {"D20"}
    mainland = [tile for code, tile in tiles.items() if code not in apart]
    for code in apart:
        assert min(distance(tiles[code], tile) for tile in mainland) > 1
    assert {tiles[code][0] for code in OVERSEAS} == {1}
    assert tiles["D20"][1] > max(row for _, row in mainland)


def test_neighbours_are_close(tiles: dict[str, Tile]) -> None:
    apart = [
        distance(tiles[f"D{one}"], tiles[f"D{other}"]) for one, other in NEIGHBOURS
    ]
    assert sum(steps <= 2 for steps in apart) >= 0.8 * len(apart)
    assert sum(steps == 1 for steps in apart) >= 0.8 * len(apart)
    assert max(apart) <= 3


@pytest.mark.parametrize(
    ("code", "side"),
    [("D92", "west"), ("D93", "north"), ("D94", "east")],
)
def test_the_inner_suburbs_surround_paris(
    tiles: dict[str, Tile], code: str, side: str
) -> None:
    steps = {"west": (-1, 0), "north": (0, -1), "east": (1, 0)}
    column, row = tiles["D75"]
    assert tiles[code] == (column + steps[side][0], row + steps[side][1])


def test_the_outline_is_the_one_of_france(tiles: dict[str, Tile]) -> None:
    apart = OVERSEAS | {"D20", "D99"}
    mainland = {code: tile for code, tile in tiles.items() if code not in apart}
    west = min(mainland, key=lambda code: mainland[code][0])
    east = {code for code, tile in mainland.items() if tile[0] == 12}
    north = {code for code, tile in mainland.items() if tile[1] == 1}
    south = {code for code, tile in mainland.items() if tile[1] == 12}
    assert west == "D29"
    assert {"D67", "D68", "D06"} <= east
    assert north == {"D59", "D62"}
    assert {"D65", "D09", "D66"} <= south
