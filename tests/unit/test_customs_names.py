"""What the names that customs give say: flow, year, kind, month of results."""

from __future__ import annotations

import pytest

from commerce_exterieur.customs.names import (
    MONTHS,
    NATIONAL,
    SPREADSHEET,
    VINTAGE,
    FlowName,
    flow_name,
    is_documentation,
    names_a_region,
    other_shape,
    printable,
    results_month,
    words,
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        # Seen, or following from the national twin.
        ("202002_regional_2019_export.zip", ("export", "annual", 2019, "2020-02")),
        ("202308-Regional-2022-import.zip", ("import", "annual", 2022, "2023-08")),
        ("202605-Regional-2025-export.zip", ("export", "annual", 2025, "2026-05")),
        ("202205-stat-regional-ce-export.zip", ("export", "rolling", None, "2022-05")),
        ("202512-stat-regional-ce-import.zip", ("import", "rolling", None, "2025-12")),
        ("REGIONAL_CPF4PAYSE.txt", ("export", "rolling", None, None)),
        ("REGIONAL_CPF4PAYSI.txt", ("import", "rolling", None, None)),
        ("Region_2019_Export.txt", ("export", "annual", 2019, None)),
        ("Region_2021_Import.txt", ("import", "annual", 2021, None)),
        ("Regional-2019-export", ("export", "annual", 2019, None)),
        # Written otherwise.
        ("regional_cpf4_pays_e.TXT", ("export", "rolling", None, None)),
        ("REGIONAL CPF4 PAYS IMPORT.txt", ("import", "rolling", None, None)),
        ("Région 2019 Exportations.txt", ("export", "annual", 2019, None)),
        ("re\u0301gional-2019-importe\u0301es.zip", ("import", "annual", 2019, None)),
        ("REGION_2019_EXPORTS (1).TXT", ("export", "annual", 2019, None)),
        ("2025-02 régional 2024 export.zip", ("export", "annual", 2024, "2025-02")),
        (
            "Exportations régionales 2024, résultats de février 2025",
            ("export", "annual", 2024, "2025-02"),
        ),
        ("regional_2019_export_202002_2019.zip", ("export", "annual", 2019, "2020-02")),
    ],
)
def test_the_name_of_a_flow_file_says_what_it_holds(name: str, said: tuple) -> None:
    assert flow_name(name) == FlowName(*said)


@pytest.mark.parametrize(
    "name",
    [
        *("", "a.txt", "export", "2019", "Region_2019.txt", "Region_Export.txt"),
        "2019_Export.txt",  # of what?
        "Region_2019_2020_Export.txt",
        "Region_2019_Export_Import.txt",
        "Region_1819_Export.txt",
        "Region_2019_Exporter.txt",
        "202308-National-2022-import.zip",
        "202205-stat-national-ce-export.zip",
        "NATIONAL_NC8PAYSE.txt",
        "stat-regional-export.zip",
        *("Libelle_PAYS.txt", "Departement_region.txt", "nomenclature_A129.txt"),
        "Region_2019_Export.xlsx",
        "Region_2019_Export.pdf",
        "Descriptif_fichiers_regionaux_2019_export.pdf",
        "LISEZ-MOI_region_2019_export.txt",
    ],
)
def test_a_name_that_is_none_of_a_flow_file_or_says_two_things(name: str) -> None:
    assert flow_name(name) is None


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("202002_regional_2019_export.zip", "2020-02"),
        ("2020-02", "2020-02"),
        ("x 2020-02_y", "2020-02"),
        ("regional-202002-2019-202002.zip", "2020-02"),
        ("résultats de février 2025", "2025-02"),
        ("Résultats du mois d'août 2024", "2024-08"),
        ("RESULTATS D’OCTOBRE 2023", "2023-10"),
        ("résultats décembre 2023 (202312)", "2023-12"),
        # No month, or not one alone.
        *((name, None) for name in ("", "2019", "février 2025", "regional_2019.zip")),
        ("202013_regional_2019_export.zip", None),
        ("202000_regional_2019_export.zip", None),
        ("20200201_regional_2019_export.zip", None),  # a day
        ("2020-02-01", None),
        ("1202002_regional.zip", None),
        ("181902_regional.zip", None),
        ("202002_regional_202003.zip", None),
        ("résultats de février 2025 (202503)", None),
    ],
)
def test_the_month_of_results(name: str, month: str | None) -> None:
    assert results_month(name) == month


def test_every_month_has_a_name() -> None:
    for number, month in enumerate(MONTHS, 1):
        assert results_month(f"résultats de {month} 2025") == f"2025-{number:02}"
    assert len(MONTHS) == 12


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["region_18.xls"], SPREADSHEET),
        (["large.ODS"], SPREADSHEET),
        (["region_18_xlsx.zip"], SPREADSHEET),
        (["202308-National-2022-import.zip"], NATIONAL),
        (["2024_export_NC8.txt"], NATIONAL),
        (["Nationales 2024"], NATIONAL),
        (["Libelle_CPF4_rev2.1_2.txt"], "a list of labels"),
        (["Libellé_A129.TXT"], "a list of labels"),
        (["nomenclature_A129.txt"], "a list of labels"),
        (["Departement_region.txt"], "a list of labels"),
        (["DEPARTEMENT.txt"], "a list of labels"),
        (["PAYS.txt"], "a list of labels"),
        (["LISEZ-MOI.txt"], "documentation"),
        (["lisezmoi.TXT"], "documentation"),
        (["Region_2019_Export.txt", "un document.pdf"], "documentation"),
        (["Region_2019_Export.txt"], None),
        (["REGIONAL_CPF4PAYSE.txt"], None),
        (["Statistiques régionales et départementales"], None),
        (["internationale.txt"], None),
        (["pays de la Loire.txt"], None),
        ([], None),
    ],
)
def test_what_customs_publish_beside_is_known(
    names: list[str], reason: str | None
) -> None:
    assert other_shape(*names) == reason


def test_documentation_and_regions_are_known_by_their_words() -> None:
    assert all(map(is_documentation, ["LISEZ-MOI.txt", "ReadMe", "notice 2.txt"]))
    assert not any(map(is_documentation, ["lis moi.txt", "noticeable.txt", ""]))
    assert all(map(names_a_region, ["Région", "202502-Regional", "les régionales"]))
    assert not any(map(names_a_region, ["legion.txt", "subregional", ""]))


def test_a_vintage_is_a_month_of_two_centuries() -> None:
    for name in ("1900-01", "2099-12", "2025-02"):
        assert VINTAGE.fullmatch(name)
    for name in ("1899-12", "2100-01", "2025-13", "2025-00", "2025-2", "2025-02x", ""):
        assert not VINTAGE.fullmatch(name)


def test_words_and_visible_characters() -> None:
    assert words("Été_2019-CPF4/ﬁn\u00a0１") == "ete 2019 cpf 4 fin 1"
    assert printable("a\x1b[31m\u202e b\n\tc\u2028") == "a [31m b c"
    assert printable(3) == "3"
