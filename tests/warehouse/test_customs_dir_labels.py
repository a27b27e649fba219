"""The lists of labels in the zips: they name unknown codes and contradict our lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from customs_build import build, deliver, rows
from customs_zips import DEPARTMENTS, shipped
from dbt_scratch import Run

#: Codes that no list of ours has, one of each kind in every line; and known ones.
LINES = "".join(
    f"{{flow}};{quarter};{{year}};{codes};{{value}};1\r\n"
    for quarter in (1, 2)
    for codes in (
        "52;13;C24C;2451;DE",
        "9Z;24;Z98Z;9998;Y1",
        "9Y;24;Z97Z;9997;Y2",
        "9X;24;Z96Z;9996;Y3",
        "52;13;C24A;2451;DE",  # a product under another activity
    )
)
OLD = {
    "PAYS.txt": (
        b"Y1;Y un, autrefois;190001;999912\r\nY3;Y trois, autrefois;190001;999912\r\n"
        b"IT;Toute autre chose;190001;199912\r\n"  # corrected since
    ),
}
COUNTRIES = (
    "DE;Allemagne;199901;999912\r\n"
    "FR;France;199901;202412\r\n"  # ended
    "IT;Italia;199901;999912\r\n"  # named otherwise
    "Y1;Nouvelle «  île »;202401;999912\r\n"
    "Y2;Premier nom;200001;201012\r\n"
    'Y2;"Second nom ; plus long";201101;\r\n'
    "YK;Jamais vu;2020;2021\r\n"  # new, and used by no line
    "BE;Belgique;;\r\n"  # says nothing of its window
).encode()
ACTIVITIES = (
    "\ufeffZ98Z;Activité d’un nom qui est bien trop long;200901;999912\r\n"
    "Z97Z;Activité courte;200901;999912\r\n"
    "C24C;  produits  de FONDERIE ;200901;999912\r\n"
).encode()
PRODUCTS = (
    '9998;"Produits été ; hiver";201501;999912\r\n'
    "2451;Fonderie de fonte;201501;999912\r\n"
).encode("cp1252")
LISTS = {
    "Libelle_PAYS.txt": COUNTRIES,
    "Libelle_A129.txt": ACTIVITIES,
    "Libelle_CPF4_rev2.1.txt": PRODUCTS,
    "Departement_region.txt": DEPARTMENTS + b"9Z;Terres nouvelles;24;Outre-Mer\r\n",
}


def text(flow: str, year: int, value: int) -> bytes:
    return LINES.format(flow=flow[0].upper(), year=year, value=value).encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labels")
    files = {}
    for vintage, lists, value in (("2024-11", OLD, 5), ("2025-02", LISTS, 7)):
        for flow in ("export", "import"):
            zipped = shipped(flow, 2024, text(flow, 2024, value), lists=lists)
            name = f"{vintage.replace('-', '')}_regional_2024_{flow}.zip"
            files[name] = zipped
    deliver(folder / "customs", files)
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return build(folder, folder / "customs")


DIMENSIONS = {
    "territory": ("territory_code", "territory_name"),
    "country": ("country_code", "country_name_fr"),
    "product": ("product_code", "product_name_fr"),
    "activity": ("activity_code", "activity_name_fr"),
}


def unknown(folder: Path) -> dict[str, list[tuple]]:
    """Codes that our lists do not know: their names, and the lists' vintages."""
    return {
        kind: rows(
            folder,
            f"select {code}, {name}, label_vintage from marts.dim_{kind} "
            "where not is_known order by all",
        )
        for kind, (code, name) in DIMENSIONS.items()
    }


def test_an_unknown_code_is_named_by_the_newest_list_that_has_it(
    run: Run, folder: Path
) -> None:
    assert run.exit_code == 0, run.output
    assert unknown(folder) == {
        "territory": [
            ("D9X", "9X", None),
            ("D9Y", "9Y", None),
            ("D9Z", "Terres nouvelles", "2025-02"),
        ],
        "country": [
            ("Y1", "Nouvelle « île »", "2025-02"),
            ("Y2", "Second nom ; plus long", "2025-02"),
            ("Y3", "Y trois, autrefois", "2024-11"),
        ],
        "product": [
            ("9996", "9996", None),
            ("9997", "9997", None),
            ("9998", "Produits été ; hiver", "2025-02"),
        ],
        "activity": [
            ("Z96Z", "Z96Z", None),
            ("Z97Z", "Activité courte", "2025-02"),
            ("Z98Z", "Activité d’un nom qui est bien trop long", "2025-02"),
        ],
    }


def test_a_known_code_keeps_the_name_of_our_lists(run: Run, folder: Path) -> None:
    assert rows(
        folder,
        "select country_name_fr, is_known, label_vintage from marts.dim_country "
        "where country_code = 'IT'",
    ) == [("Italie", True, None)]
    for kind in DIMENSIONS:
        assert rows(
            folder,
            f"select count(*) from marts.dim_{kind} "
            "where is_known and label_vintage is not null",
        ) == [(0,)]


def test_names_of_unknown_codes_fit_sentences_and_drawings(
    run: Run, folder: Path
) -> None:
    assert rows(
        folder,
        "select name_with_article, name_genitive, name_locative "
        "from marts.dim_territory where territory_code = 'D9Z'",
    ) == [
        (
            "le département Terres nouvelles",
            "du département Terres nouvelles",
            "dans le département Terres nouvelles",
        )
    ]
    assert rows(
        folder,
        "select activity_code, activity_short_fr, activity_short_en "
        "from marts.dim_activity where not is_known order by all",
    ) == [
        ("Z96Z", "Z96Z", "Z96Z"),
        ("Z97Z", "Activité courte", "Activité courte"),
        ("Z98Z", "Z98Z", "Z98Z"),
    ]


def test_unknown_codes_are_warned_of_by_the_name_a_list_gives_them(run: Run) -> None:
    for words in (
        "unknown country code Y1: 28 euros, kept under its own code, which the list "
        "of labels of 2025-02 calls « Nouvelle « île » ». Add it",
        "unknown country code Y3: 28 euros, kept under its own code, which the list "
        "of labels of 2024-11 calls « Y trois, autrefois ». Add it",
        "unknown product code 9996: 28 euros, kept under its own code. Add it",
    ):
        assert words in " ".join(run.output.split())


def test_what_a_list_says_otherwise_than_ours_is_told_at_the_end(
    run: Run, folder: Path
) -> None:
    compiled = "target/compiled/commerce_exterieur/tests/plausibility"
    sql = (folder / compiled / "warn_label_lists_disagree.sql").read_text()
    found = rows(folder, f"select * exclude vintage from ({sql}) order by all")
    assert found == [
        ("activity", "Z97Z", "new", None, "Activité courte"),
        ("activity", "Z98Z", "new", None, "Activité d’un nom qui est bien trop long"),
        ("country", "FR", "validity", "France", "France until 202412"),
        ("country", "IT", "name", "Italie", "Italia"),
        ("country", "Y1", "new", None, "Nouvelle « île »"),
        ("country", "Y2", "new", None, "Second nom ; plus long"),
        ("country", "Y3", "new", None, "Y trois, autrefois"),
        ("country", "YK", "new", None, "Jamais vu until 202112"),
        ("department", "9Z", "new", None, "Terres nouvelles"),
        ("product", "2451", "activity", "C24C", "C24A"),
        (
            "product",
            "2451",
            "name",
            "Travaux de fonderie de fonte",
            "Fonderie de fonte",
        ),
        ("product", "9998", "new", None, "Produits été ; hiver"),
    ]
    assert run.status["warn_label_lists_disagree"] == "warn"
    assert "list_kind country, code FR, vintage 2025-02, difference validity" in (
        run.output
    )


def test_the_state_of_an_earlier_vintage_ignores_later_lists(
    run: Run, folder: Path
) -> None:
    dimensions = [f"+dim_{kind}" for kind in DIMENSIONS]
    again = build(
        folder,
        folder / "customs",
        *("--select", *dimensions, "--resource-type", "model"),
        as_of="2024-12",
    )
    assert again.exit_code == 0, again.output
    assert unknown(folder)["country"] == [
        ("Y1", "Y un, autrefois", "2024-11"),
        ("Y2", "Y2", None),
        ("Y3", "Y trois, autrefois", "2024-11"),
    ]
    assert unknown(folder)["product"][-1] == ("9998", "9998", None)
