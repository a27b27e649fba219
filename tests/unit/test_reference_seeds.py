"""What the committed reference seeds must hold."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from commerce_exterieur import reference_lists as build_reference

SEEDS = build_reference.SEEDS


def seed(name: str, folder: Path = SEEDS) -> list[dict[str, str]]:
    """Read a seed as text."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_code(name: str, folder: Path = SEEDS) -> dict[str, dict[str, str]]:
    """Read a seed, each row under the value of its first column."""
    return {next(iter(row.values())): row for row in seed(name, folder)}


@pytest.mark.parametrize(
    ("name", "key", "count"),
    [
        ("departments", ("customs_code",), 102),
        ("regions", ("insee_code",), 18),
        ("countries", ("country_code", "valid_from"), 289),
        ("products", ("product_code",), 576),
        ("activities", ("activity_code",), 76),
        ("territoires_industrie", ("territory_id", "insee_department_code"), 259),
    ],
)
def test_seed_is_sorted_by_its_key(name: str, key: tuple[str, ...], count: int) -> None:
    keys = [tuple(row[column] for column in key) for row in seed(name)]
    assert keys == sorted(set(keys))
    assert len(keys) == count


def test_seeds_are_plain_utf8_without_blank_lines() -> None:
    for path in SEEDS.glob("*.csv"):
        text = path.read_bytes().decode("utf-8")
        assert not text.startswith("\ufeff")
        assert "\r" not in text
        assert text.endswith("\n")
        assert "\n\n" not in text
        assert '""' not in text


def test_names_fit_the_drawings() -> None:
    for column in ("activity_short_fr", "activity_short_en"):
        names = [row[column] for row in seed("activities")]
        assert len(set(names)) == len(names)
        assert max(map(len, names)) <= 32
    for column, width in {"country_name_fr": 32, "country_name_en": 40}.items():
        names = [row[column] for row in seed("countries")]
        assert len(set(names)) == len(names)
        assert max(map(len, names)) <= width


def test_names_we_write_hold_straight_apostrophes_only() -> None:
    ours = re.compile(r"country_name|activity_name_en|activity_short|_in_sent|tive_fr")
    for name in ("countries", "activities", "departments", "regions"):
        for row in seed(name):
            for column, value in row.items():
                assert not (ours.search(column) and "’" in value), value


def test_namibia_is_two_letters_and_no_null() -> None:
    row = by_code("countries")["NA"]
    assert (row["iso_alpha2"], row["country_name_fr"]) == ("NA", "Namibie")


@pytest.mark.parametrize(
    ("code", "windows"),
    [
        ("QU", [("190001", "199912", "special"), ("201201", "999912", "special")]),
        ("XK", [("199206", "199212", "historical"), ("200506", "999912", "country")]),
        ("XS", [("190001", "200505", "historical"), ("200506", "999912", "country")]),
    ],
)
def test_reused_codes_keep_both_windows(
    code: str, windows: list[tuple[str, str, str]]
) -> None:
    assert [
        (row["valid_from"], row["valid_to"], row["category"])
        for row in seed("countries")
        if row["country_code"] == code
    ] == windows


def test_windows_of_a_code_do_not_overlap() -> None:
    last: dict[str, str] = {}
    for row in seed("countries"):
        assert last.get(row["country_code"], "") < row["valid_from"]
        last[row["country_code"]] = row["valid_to"]


def test_partners_that_are_no_country() -> None:
    today = {
        row["country_code"]: row["category"]
        for row in seed("countries")
        if row["valid_to"] == "999912"
    }
    special = {code for code, category in today.items() if category == "special"}
    assert special == {"EU", "QP", "QQ", "QR", "QS", "QU"}
    assert today["FR"] == "returned"


def test_members_of_the_union() -> None:
    members = [row for row in seed("countries") if row["eu_member_from"]]
    # The 27 without France, which as a partner only stands for returned goods.
    assert len([row for row in members if not row["eu_member_to"]]) == 26
    assert not by_code("countries")["FR"]["eu_member_from"]
    left = [
        (r["country_code"], r["eu_member_to"]) for r in members if r["eu_member_to"]
    ]
    assert left == [("GB", "202012")]


def test_every_good_has_an_activity_and_every_activity_a_good() -> None:
    made = {
        row["activity_code"] for row in seed("products") if row["is_goods"] == "true"
    }
    assert made == set(by_code("activities"))


def test_energy_activities() -> None:
    energy = {
        r["activity_code"] for r in seed("activities") if r["is_energy"] == "true"
    }
    assert energy == {"B05Z", "B06Z", "C19Z", "D35A", "D35B"}


def test_each_group_has_one_name_and_each_division_one_group() -> None:
    for left, right in [
        ("a38_code", ("a38_name_fr", "a38_name_en", "a17_code")),
        ("a17_code", ("a17_name_fr", "a17_name_en")),
    ]:
        pairs = {(r[left], *(r[c] for c in right)) for r in seed("activities")}
        assert len(pairs) == len({row[left] for row in seed("activities")})
    divisions = {(r["activity_code"][:3], r["a38_code"]) for r in seed("activities")}
    assert len(divisions) == len({division for division, _ in divisions})


@pytest.mark.parametrize(
    ("name", "column"), [("departments", "department_name"), ("regions", "region_name")]
)
def test_forms_of_a_name_agree(name: str, column: str) -> None:
    genitives = {
        "le ": "du ",
        "les ": "des ",
        "la ": "de la ",
        "l'": "de l'",
        "": "de ",
    }
    for row in seed(name):
        bare = row[column]
        if row.get("customs_code") == "98":
            bare = bare.lower()
        sentence = row["name_in_sentence_fr"]
        assert sentence.endswith(bare)
        article = sentence.removesuffix(bare)
        # Usage drops the article of compound and of some feminine regions.
        without = f"d'{bare}" if bare[0] in "AEIOYÉÎ" else f"de {bare}"
        allowed = {genitives[article] + bare}
        if name == "regions" and article in ("la ", "l'"):
            allowed.add(without)
        assert row["genitive_fr"] in allowed
        # « en » takes no article, « dans » needs one, « à » stands before towns and
        # islands that have none.
        allowed = {f"à {bare}"} if not article else {f"en {bare}", f"dans {sentence}"}
        assert row["locative_fr"] in allowed
        # « le » and « la » elide before a vowel; a mute h is Hérault's alone.
        if article in ("le ", "la "):
            assert bare[0] not in "AEIOYÉÎ"
        if article == "l'":
            assert bare[0] in "AEIOYÉÎ" or bare == "Hérault"


@pytest.mark.parametrize(
    ("code", "forms"),
    [
        ("01", ("l'Ain", "de l'Ain", "dans l'Ain")),
        ("08", ("les Ardennes", "des Ardennes", "dans les Ardennes")),
        ("20", ("la Corse", "de la Corse", "en Corse")),
        ("52", ("la Haute-Marne", "de la Haute-Marne", "en Haute-Marne")),
        ("59", ("le Nord", "du Nord", "dans le Nord")),
        ("75", ("Paris", "de Paris", "à Paris")),
        ("9D", ("La Réunion", "de La Réunion", "à La Réunion")),
        ("99", ("Monaco", "de Monaco", "à Monaco")),
    ],
)
def test_forms_of_some_departments(code: str, forms: tuple[str, ...]) -> None:
    row = by_code("departments")[code]
    assert forms == tuple(
        row[column] for column in ("name_in_sentence_fr", "genitive_fr", "locative_fr")
    )


def test_department_and_region_agree_on_the_customs_region() -> None:
    regions = by_code("regions")
    for row in seed("departments"):
        if row["customs_code"] == "98":
            assert row["insee_region_code"] == row["customs_region_code"] == ""
        else:
            region = regions[row["insee_region_code"]]
            assert region["customs_code"] == row["customs_region_code"]


def test_territoires_industrie_of_haute_marne() -> None:
    named = {
        row["territory_name"]
        for row in seed("territoires_industrie")
        if row["insee_department_code"] == "52" and int(row["commune_count"]) >= 5
    }
    assert named == {"Sud Haute-Marne", "Sud Meuse Nord Haute-Marne"}


def test_descriptions_keep_their_code_words_in_french() -> None:
    rows = seed("descriptions_fr")
    texts = [row["description_en"] for row in rows]
    assert texts == sorted(set(texts))
    for row in rows:
        english, french = row["description_en"], row["description_fr"]
        assert french == " ".join(french.split())
        assert french.endswith(".")
        assert "’" not in french
        assert codes(french) == codes(english), french


def codes(text: str) -> list[str]:
    """Find what stands in backticks, in the order of the alphabet."""
    return sorted(re.findall("`[^`]+`", text))
