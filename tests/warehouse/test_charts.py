"""The figures draw what the marts hold, to the euro, and name it."""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np
import pytest
from drawn_figures import SANKEYS, draw, texts
from every_drawing import drawings_of_sheets
from label_boxes import is_ascending
from sample import SAMPLE

from commerce_exterieur.charts import theme
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording.numbers import format_eur, format_euros

TERRITORIES = ["D52", "D75", "D48", "D974", "D99", "R44", "R94", "FR"]


@pytest.fixture(scope="module")
def engineer() -> Warehouse:
    with Warehouse(SAMPLE) as warehouse:
        yield warehouse


@pytest.mark.parametrize("code", TERRITORIES)
@pytest.mark.parametrize("figure", SANKEYS)
@pytest.mark.parametrize("size", ["full", "compact"])
def test_sankeys_conserve_value_to_the_euro(
    engineer: Warehouse, code: str, figure: str, size: str
) -> None:
    drawing = draw(engineer, figure, code, size=size)
    data = drawing.spec["datasets"]
    flow = SANKEYS[figure]
    total = engineer.rows(
        f"select {flow}_eur as total from marts.fct_territory_totals "
        "where territory_code = ? and year = ?",
        [code, drawing.year],
    )[0]["total"]
    direct = data["ribbons"] + data["top_flows"]
    ends: dict[tuple[str, str], int] = defaultdict(int)
    for row in direct + data["strands"]:
        for side in ("left", "right"):
            if row[side]:
                ends[side, row[side]] += row["value_eur"]
    middle = min(row["x"] for row in data["nodes"])
    for row in data["nodes"]:
        side = "left" if row["x"] == middle else "right"
        assert ends.pop((side, row["code"])) == row["value_eur"]
    assert not ends
    for side in ("left", "right"):
        assert (
            sum(row["value_eur"] for row in direct + data["strands"] if row[side])
            == total
        )
    printed = format_eur(total, unit="M€")
    assert printed in drawing.subtitle


@pytest.mark.parametrize("code", TERRITORIES)
@pytest.mark.parametrize("figure", SANKEYS)
def test_sankeys_draw_the_cells_and_the_order_of_the_marts(
    engineer: Warehouse, code: str, figure: str
) -> None:
    drawing = draw(engineer, figure, code)
    data = drawing.spec["datasets"]
    sides = ("activity", "country") if figure == "exports" else ("country", "activity")
    key = [code, drawing.year, SANKEYS[figure]]
    cells = engineer.rows(
        "select * from marts.rpt_factsheet_flows "
        "where territory_code = ? and year = ? and flow = ?",
        key,
    )
    expected = {
        (row[f"{sides[0]}_code"], row[f"{sides[1]}_code"]): row["value_eur"]
        for row in cells
    }
    direct = data["ribbons"] + data["top_flows"]
    drawn = {(row["left"], row["right"]): row["value_eur"] for row in direct}
    assert drawn.items() <= expected.items()
    bundled = sum(expected.values()) - sum(drawn.values())
    into = sum(row["value_eur"] for row in data["strands"] if row["left"])
    out = sum(row["value_eur"] for row in data["strands"] if row["right"])
    assert into == out == bundled
    tips = "".join(row["detail"] for row in data["strands"])
    for pair in expected.keys() - drawn.keys():
        assert format_euros(expected[pair]) in tips
    top = {
        (row[f"{sides[0]}_code"], row[f"{sides[1]}_code"])
        for row in cells
        if row["is_top_flow"]
    }
    assert {(row["left"], row["right"]) for row in data["top_flows"]} == top
    for x in {row["x"] for row in data["nodes"]}:
        column = [row for row in data["nodes"] if row["x"] == x]
        side = sides[0] if x == min(row["x"] for row in data["nodes"]) else sides[1]
        nodes = engineer.rows(
            "select member_code, value_eur from marts.rpt_factsheet_nodes "
            "where territory_code = ? and year = ? and flow = ? and side = ? "
            "order by position",
            [*key, side],
        )
        assert [(row["code"], row["value_eur"]) for row in column] == [
            (row["member_code"], row["value_eur"]) for row in nodes
        ]
        assert is_ascending([row["y"] for row in column])


@pytest.mark.parametrize("code", TERRITORIES)
def test_balances_draw_the_mart(engineer: Warehouse, code: str) -> None:
    drawing = draw(engineer, "balances", code)
    data = drawing.spec["datasets"]
    rows = engineer.rows(
        "select * from marts.rpt_factsheet_countries "
        "where territory_code = ? and year = ? order by position",
        [code, drawing.year],
    )
    assert [row["code"] for row in data["rows"]] == [
        row["country_code"] for row in rows
    ]
    assert [row["value_eur"] for row in data["pills"]] == [
        row["balance_eur"] for row in rows
    ]
    bars = {(row["code"], row["flow"]): row for row in data["bars"]}
    scales = []
    for row in rows:
        for flow in ("import", "export"):
            value = row[f"{flow}_eur"]
            if not value:
                assert (row["country_code"], flow) not in bars
                continue
            bar = bars[row["country_code"], flow]
            assert bar["value_eur"] == value
            scales.append((bar["x2"] - bar["x"], value))
    longest, largest = max(scales, key=lambda pair: pair[1])
    for length, value in scales:
        assert length == pytest.approx(longest * value / largest, abs=0.02)


@pytest.mark.parametrize("code", TERRITORIES)
def test_activities_draw_the_mart_on_one_scale(engineer: Warehouse, code: str) -> None:
    drawing = draw(engineer, "activities", code)
    tiles = drawing.spec["datasets"]["tiles"]
    rows = engineer.rows(
        "select flow, activity_code, value_eur from marts.rpt_factsheet_activities "
        "where territory_code = ? and year = ? order by flow desc, position",
        [code, drawing.year],
    )
    assert [(row["flow"], row["code"], row["value_eur"]) for row in tiles] == [
        (row["flow"], row["activity_code"], row["value_eur"]) for row in rows
    ]
    # One scale in each panel; the smaller may be enlarged, and says how many times.
    scales = {}
    for flow in ("import", "export"):
        own = [row for row in tiles if row["flow"] == flow]
        if not own:
            continue
        # The gaps between tiles and sectors belong to them, at most 3.4 px a side.
        areas = np.array([(r["x2"] - r["x"]) * (r["y2"] - r["y"]) for r in own])
        gapped = np.array(
            [(r["x2"] - r["x"] + 3.4) * (r["y2"] - r["y"] + 3.4) for r in own]
        )
        values = np.array([row["value_eur"] for row in own])
        left, right = min(r["x"] for r in own), max(r["x2"] for r in own)
        top, bottom = min(r["y"] for r in own), max(r["y2"] for r in own)
        scale = (right - left + 3) * (bottom - top + 3) / values.sum()
        scales[flow] = scale
        assert (areas <= values * scale * 1.02 + 1).all()
        assert (gapped >= values * scale * 0.97 - 3).all()
    said = [row["text"] for row in texts(drawing.spec) if "surface ×" in row["text"]]
    if len(scales) == 2:
        factor = max(scales.values()) / min(scales.values())
        assert bool(said) == (factor >= 1.1), (factor, said)


def test_nearly_all_value_is_named_in_its_tile() -> None:
    """A text that begins in a tile names it, a number does not."""
    named = whole = blank = tiles_drawn = 0
    for drawing in drawings_of_sheets("activities"):
        written = texts(drawing.spec)
        for tile in drawing.spec["datasets"]["tiles"]:
            inside = [
                row["text"]
                for row in written
                if tile["x"] <= row["x"] <= tile["x2"]
                and tile["y"] <= row["y"] <= tile["y2"] + 3
            ]
            whole += tile["value_eur"]
            tiles_drawn += 1
            if any(re.search(r"[A-Za-zÀ-ÿ]{2}", text) for text in inside):
                named += tile["value_eur"]
            elif not inside:
                blank += 1
                # Only a sliver along a whole side has no room for a number.
                sides = tile["x2"] - tile["x"], tile["y2"] - tile["y"]
                assert min(sides) < 9, (drawing.territory_code, tile)
    print(f"{named / whole:.1%} of the value named, {blank} of {tiles_drawn} blank")
    assert named >= 0.9 * whole
    assert blank <= 0.002 * tiles_drawn


@pytest.mark.parametrize("code", ["D52", "D974", "R44", "FR"])
def test_every_tile_is_named_in_it_or_in_the_key(
    engineer: Warehouse, code: str
) -> None:
    drawing = draw(engineer, "activities", code)
    written = " ".join(row["text"] for row in texts(drawing.spec))
    names = engineer.rows(
        "select activity_short_fr, activity_abbreviation_fr "
        "from marts.rpt_factsheet_activities where territory_code = ? and year = ? "
        "and activity_code <> '*other'",
        [code, drawing.year],
    )
    for row in names:
        full = row["activity_short_fr"].replace("'", "’")
        short = row["activity_abbreviation_fr"].replace("'", "’")
        assert full in written or short in written, row


def test_no_ribbon_is_thinner_than_half_a_point(engineer: Warehouse) -> None:
    for code in TERRITORIES:
        for figure in SANKEYS:
            data = draw(engineer, figure, code).spec["datasets"]
            for row in data["ribbons"] + data["top_flows"] + data["strands"]:
                start = float(re.match(r"M\S+ (\S+?)C", row["path"])[1])
                lower = float(re.search(r" (\S+)Z$", row["path"])[1])
                assert lower - start >= theme.HAIRLINE - 0.02
