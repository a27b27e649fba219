"""What a sheet opens with: title, sentences, first figures, and their numbers."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from sample import SAMPLE
from sheet_copies import sheet_of, small_copy

from commerce_exterieur.factsheet.facts import FLOWS, read_facts, sheet_codes
from commerce_exterieur.factsheet.opening import headline, opening, summary
from commerce_exterieur.factsheet.page import render_page
from commerce_exterieur.factsheet.sheet import Bars, Lines, Links, Strip
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import LANGUAGES, LanguageCode, language

YEARS = (2023, 2024)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_territory_has_a_title_and_sentences(code: LanguageCode) -> None:
    words = language(code)
    with Warehouse(SAMPLE) as warehouse:
        for territory in map(warehouse.territory, sheet_codes(warehouse)):
            for year in YEARS[code == "en" :]:
                facts = read_facts(warehouse, territory, year, words)
                said = (headline(facts), *summary(facts))
                assert len(said) >= 2, territory.code
                for text in said:
                    assert 5 < len(text) < 260, text
                    assert not re.search(r"[{}]|None|nan|NaN", text), text
                assert not said[0].endswith("."), said[0]
                assert all(text.endswith((".", "!")) for text in said[1:]), said
                assert len(set(said)) == len(said)


def test_first_figures_are_drawn_to_scale() -> None:
    with Warehouse(SAMPLE) as warehouse:
        for code in ("D52", "D75", "D976", "R44", "S42", "FR"):
            facts = read_facts(
                warehouse, warehouse.territory(code), 2024, language("fr")
            )
            blocks = {block.id: block for block in opening(facts, Links())}
            assert ("specialities" in blocks) == (code != "FR")
            for name, block in blocks.items():
                if not isinstance(block, Bars):
                    continue
                held = (
                    facts.shares["specialities"]
                    if name == "specialities"
                    else [
                        row
                        for row in facts.largest_flows
                        if f"largest-{row['flow']}s" == name
                    ]
                )
                longest = max(
                    max(row["share"], row["reference_share"] or 0) for row in held
                )
                for bar, row in zip(block.bars, held, strict=True):
                    assert math.isclose(bar.length, row["share"] / longest)
                assert block.csv and block.csv.count("\n") == len(held) + 1
            strip = blocks.get("place")
            assert (strip is None) == (code in ("FR", "S42"))
            if isinstance(strip, Strip):
                for row in strip.rows:
                    values = sorted(
                        each["value_eur"] for each in facts.places[row.flow]
                    )
                    assert sorted(dot.place for dot in row.dots) == pytest.approx(
                        sorted(
                            (math.log10(value) - low) / (high - low)
                            for value in values
                            for low, high in [_ends(facts.places)]
                        )
                    )
                    assert row.own.kind == "own"


def _ends(places: dict[str, list[dict]]) -> tuple[float, float]:
    values = [row["value_eur"] for flow in FLOWS for row in places[flow]]
    return math.log10(min(values)), math.log10(max(values))


def test_quarters_are_shown_only_where_they_are_not_invented(tmp_path: Path) -> None:
    simulated = sheet_of(SAMPLE, "D52")
    assert not any(isinstance(block, Lines) for block in simulated.opening)
    path = small_copy(
        tmp_path / "warehouse.duckdb",
        "update marts.build_info set data_origin = 'provided'",
        # A quarter without imports breaks their line.
        "update marts.fct_territory_quarters set import_eur = 0, "
        "import_status = 'not_delivered' where territory_code = 'D52' "
        "and year = 2023 and quarter = 3",
    )
    sheet = sheet_of(path, "D52")
    (block,) = [each for each in sheet.opening if isinstance(each, Lines)]
    exports, imports = block.lines
    assert [len(piece) for piece in exports.pieces] == [8]
    assert [len(piece) for piece in imports.pieces] == [2, 5]
    with Warehouse(path) as warehouse:
        held = warehouse.rows(
            "select export_eur, import_eur from marts.fct_territory_quarters "
            "where territory_code = 'D52' order by year, quarter"
        )
    most = max(max(row.values()) for row in held)
    assert [1 - y for _, y in exports.pieces[0]] == pytest.approx(
        [row["export_eur"] / most for row in held]
    )
    assert [cells[2] for cells in block.cells.rows].count("non livrées") == 1
    assert block.csv and block.csv.count("\n") == len(held) + 1
    assert render_page(sheet).count("<polyline") == 3


def test_revisions_are_drawn_from_the_first_publication(tmp_path: Path) -> None:
    revised = (
        "insert into marts.rpt_factsheet_revisions by name select * replace ("
        "'2025-0{month}' as vintage, {last} as is_current, "
        "value_eur + {change} as value_eur, {change} as change_from_first_eur, "
        "{change} / value_eur as change_from_first_share) from first_published"
    )
    path = small_copy(
        tmp_path / "warehouse.duckdb",
        "update marts.build_info set data_origin = 'provided'",
        "create temp table first_published as from marts.rpt_factsheet_revisions "
        "where territory_code = 'D52' and year = 2024",
        "delete from marts.rpt_factsheet_revisions",
        "insert into marts.fct_revision_summary by name select year, territory_level, "
        "territory_code, flow, 4 as quarters_revised, '2025-02' as first_vintage, "
        "'2025-08' as latest_vintage, value_eur as first_eur, value_eur - 5000000 as "
        "latest_eur, -0.0123 as mean_revision, 0.0345 as mean_absolute_revision, "
        "case flow when 'export' then 182 end as days from first_published",
        *(
            revised.format(month=month, change=change, last=month == 8)
            for month, change in ((2, 0), (5, 10_000_000), (8, -5_000_000))
        ),
    )
    with Warehouse(SAMPLE) as warehouse:
        published = warehouse.rows(
            "select flow, value_eur from marts.rpt_factsheet_revisions "
            "where territory_code = 'D52' and year = 2024"
        )
    sheet = sheet_of(path, "D52")
    (block,) = [each for each in sheet.opening if each.id == "revisions"]
    assert isinstance(block, Lines)
    words = language("fr")
    assert block.ends == (words.month("2025-02"), words.month("2025-08"))
    low, zero, high = (y for y, _ in reversed(block.levels))
    assert (low, high) == (1, 0)
    for line in block.lines:
        (steps,) = line.pieces
        assert [x for x, _ in steps] == sorted(x for x, _ in steps)
        assert steps[0] == (0, zero)
        # Up from the first, then below it, by half as much.
        top, bottom = min(y for _, y in steps), steps[-1][1]
        assert (zero - top) == pytest.approx(2 * (bottom - zero))
        first = next(row for row in published if row["flow"] == line.flow)
        share = words.share(-5_000_000 / first["value_eur"], 2, signed=True)
        assert f"{share} depuis {block.ends[0]}" in line.label
    key = " ".join(block.key.split())
    assert "biais −1,23 %, écart absolu moyen 3,45 %, en 182 jours au plus." in key
    assert "biais −1,23 %, écart absolu moyen 3,45 %." in key
    assert len(block.cells.rows) == 3
    assert block.csv and block.csv.count("\n") == 7
    page = render_page(sheet)
    assert page.count("<polyline") == 4 and 'id="revisions"' in page
