"""Findings: a sentence for everybody, without a hole, that its grade allows."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from sample import SAMPLE

from commerce_exterieur.factsheet.facts import sheet_codes
from commerce_exterieur.factsheet.findings import finding_sentence, read_findings
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import LANGUAGES, LanguageCode, language

YEARS = (2023, 2024)
#: The worst grade at which each kind is said: the contract, written a second time.
WORST = {
    "speciality": "C", "rank": "B", "largest_flow": "C", "unusual_partner": "B",
    "concentration": "B", "exposure": "B", "dependence": "B", "balance": "C",
    "first_partner": "C", "first_activity": "C", "total": "D", "none": "D",
}  # fmt: skip


@pytest.mark.parametrize("language_code", LANGUAGES)
def test_every_territory_and_year_has_a_sentence_without_a_hole(
    language_code: LanguageCode,
) -> None:
    words = language(language_code)
    kinds: Counter[str] = Counter()
    with Warehouse(SAMPLE) as warehouse:
        forms = {
            row["territory_code"]: row
            for row in warehouse.rows("select * from marts.dim_territory")
        }
        for code in sheet_codes(warehouse):
            names = forms[code]
            for year in YEARS:
                rows = read_findings(warehouse, code, year)
                assert rows, (code, year)
                assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
                assert len({row["kind"] for row in rows}) == len(rows)
                for row in rows:
                    kinds[row["kind"]] += 1
                    said = finding_sentence(
                        row, words.of(names), words.here(names), words
                    )
                    assert not re.search(r"[{}]|\bnan\b|None|null|  ", said), said
                    assert said[-1] == "." and said[0] == said[0].upper(), said
                    assert row["grade"] <= WORST[row["kind"]], said
                    if language_code == "fr":
                        # Articles are there, and no « de le », no « vers Italie ».
                        assert not re.search(r"\b(de|à) les?\b", said), said
                        assert not re.search(r"(vers|depuis) (Italie|Allemagne)", said)
    # Never of simulated data, whose years are drawn.
    assert "change" not in kinds
    assert {"speciality", "rank", "unusual_partner", "balance", "exposure"} <= set(
        kinds
    )


def test_the_first_import_of_paris_stands_with_its_note() -> None:
    words = language("fr")
    with Warehouse(SAMPLE) as warehouse:
        for year in YEARS:
            rows = read_findings(warehouse, "D75", year)
            imports = [row for row in rows if row["flow"] == "import"]
            assert imports
            for row in imports:
                assert "par convention" in finding_sentence(
                    row, "de Paris", "à Paris", words
                )


def test_trivia_do_not_lead() -> None:
    with Warehouse(SAMPLE) as warehouse:
        rows = warehouse.rows(
            """
            select findings.value_eur, specialisation.share_of_france
            from marts.rpt_territory_findings as findings
            inner join marts.fct_specialisation as specialisation
                on
                    findings.year = specialisation.year
                    and findings.territory_code = specialisation.territory_code
                    and findings.flow = specialisation.flow
                    and findings.member_code = specialisation.activity_code
            where findings.kind in ('speciality', 'rank')
            """
        )
    assert len(rows) > 100
    for row in rows:
        assert row["value_eur"] >= 10_000_000 or row["share_of_france"] >= 0.01


def test_a_change_of_official_data_is_said() -> None:
    row = {
        "kind": "change", "flow": "export", "year": 2024, "territory_level": "region",
        "member_code": "C11Z", "member_name_fr": "Boissons", "member_name_en": "Drinks",
        "member_with_article_fr": None, "share": -0.034, "reference_share": -0.051,
        "ratio": None, "rank_in_france": None, "value_eur": 1_000_000_000,
        "territory_name": None, "note": None,
    }  # fmt: skip
    said = finding_sentence(row, "du Grand Est", "dans le Grand Est", language("fr"))
    assert said.replace("\N{NO-BREAK SPACE}", " ").startswith(
        "Boissons : −3,4 points des exportations du Grand Est"
    )
    assert "−5,1" in said
