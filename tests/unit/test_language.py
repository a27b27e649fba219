"""Both languages say the same things, each in its own typography."""

from __future__ import annotations

import datetime
import pickle
import re
from collections.abc import Iterator

import pytest

from commerce_exterieur.wording import LANGUAGES, language
from commerce_exterieur.wording.numbers import NO_BREAK


def sentences(node: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from sentences(value, f"{key}.{name}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from sentences(value, f"{key}[{index}]")
    else:
        yield key, str(node)


def test_both_catalogues_have_the_same_keys_and_placeholders() -> None:
    french, english = (
        {
            key: sorted(re.findall(r"\{(\w+)\}", text))
            for key, text in sentences(language(code).catalogue)
        }
        for code in LANGUAGES
    )
    assert french == english
    assert len(french) > 200


def test_english_is_translated() -> None:
    english = dict(sentences(language("en").catalogue))
    same = {
        key
        for key, text in sentences(language("fr").catalogue)
        if text == english[key] and re.search(r"[a-z]{4} [a-z]{3}", text)
    }
    assert same == set()


def test_english_typography() -> None:
    words = language("en")
    assert not [
        text
        for _, text in sentences(words.catalogue)
        if re.search(r"[«»\"]| [;:!?%]|\w'\w", text)
    ]


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        (1_306_600_000, {"unit": "M€"}, "€1,306.6m"),
        (580_354_500_000, {}, "€580,354.5m"),
        (-42_100_000, {"signed": True}, "\u2212€42.1m"),
        (283_200_000, {"signed": True}, "+€283.2m"),
        (45_200, {}, "€45.2k"),
        (12, {}, "€12"),
        (0, {}, "€0m"),
        (1_306_600_000, {"unit": "M€", "bare": True}, "1,306.6"),
        (45_200, {"unit": "M€"}, f"<{NO_BREAK}€0.1m"),
        (-45_200, {"unit": "M€"}, f">{NO_BREAK}\u2212€0.1m"),
    ],
)
def test_english_amounts(value: int, options: dict, expected: str) -> None:
    assert language("en").eur(value, **options) == expected


def test_english_numbers_and_dates() -> None:
    words = language("en")
    assert words.euros(-1_306_600_001) == "\u2212€1,306,600,001"
    assert words.share(0.019) == "1.9%"
    assert words.share(0.00001) == f"<{NO_BREAK}0.1%"
    assert words.integer(182_000) == "182,000"
    assert [words.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
    ]  # fmt: skip
    assert words.date(datetime.date(2025, 3, 1)) == f"1{NO_BREAK}March{NO_BREAK}2025"
    assert words.month("2025-02") == f"February{NO_BREAK}2025"
    assert words.month("simulated") == "simulated"
    assert words.of_months(["2025-08"]) == f"of August{NO_BREAK}2025"
    assert words.of_months(["2024-02", "2024-08", "2025-02"]) == (
        f"of February{NO_BREAK}2024, August{NO_BREAK}2024 and February{NO_BREAK}2025"
    )


def test_names_of_places() -> None:
    names = {
        "territory_name": "Côte-d'Or",
        "name_genitive": "de la Côte-d'Or",
        "name_locative": "en Côte-d'Or",
    }
    assert language("fr").of(names) == "de la Côte-d’Or"
    assert language("fr").here(names) == "en Côte-d’Or"
    assert language("en").of(names) == "of Côte-d’Or"
    assert language("en").here(names) == "in Côte-d’Or"


def test_a_language_travels_to_another_process() -> None:
    words = language("en")
    assert pickle.loads(pickle.dumps(words)) is words
