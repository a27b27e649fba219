"""The lists of labels that customs ship: quirks of their bytes, codes and windows."""

from __future__ import annotations

import codecs
import csv

import pytest
from customs_zips import ACTIVITIES, COUNTRIES, DEPARTMENTS, LISTS, PRODUCTS, README
from dbt_scratch import PROJECT
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce_exterieur.customs.labels import Label, decode, list_kind, rows_of
from commerce_exterieur.customs.line import is_flow_line


def read(content: bytes) -> tuple[str | None, list[Label]]:
    text = decode(content)
    kind = list_kind(text)
    return kind, rows_of(text, kind) if kind else []


def test_windows_1252_quotes_and_windows_line_ends() -> None:
    assert b"\xe9" in PRODUCTS and b'"' in PRODUCTS and b"\r\n" in PRODUCTS
    cereals = "Céréales (à l'exclusion du riz), légumineuses et oléagineux"
    assert read(PRODUCTS) == (
        "product",
        [
            Label("0111", cereals, 201501, 999912),
            Label("2451", "Fonte; tubes et tuyaux coulés", 201501, 999912),
        ],
    )


def test_a_byte_order_mark_is_no_part_of_the_first_code() -> None:
    assert ACTIVITIES.startswith(codecs.BOM_UTF8)
    kind, rows = read(ACTIVITIES)
    assert (kind, [row.code for row in rows]) == ("activity", ["A01Z", "C24C"])
    assert rows[0].label == "Produits de la culture et de l’élevage"


def test_departments_have_a_region_in_place_of_a_window() -> None:
    assert read(DEPARTMENTS) == (
        "department",
        [
            Label("01", "Ain", None, None),
            Label("20", "Corse", None, None),
            Label("9A", "Guadeloupe", None, None),
        ],
    )
    # As old zips may have had them.
    assert read(b"01;Ain\n2A;Corse-du-Sud\n")[0] == "department"


def test_a_code_used_twice_and_na_are_rows_like_others() -> None:
    kind, rows = read(COUNTRIES)
    assert kind == "country"
    assert read(b"Y1;Nouveau pays;;\n")[0] == "country"
    assert [(row.code, row.valid_to) for row in rows if row.code in ("NA", "QU")] == [
        *(("NA", 999912), ("QU", 201312), ("QU", 999912)),
    ]


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (";199901;999912", 199901, 999912),
        (";1999;2020", 199901, 202012),
        (";1999;", 199901, None),
        (";;", None, None),
        (";;202012", None, 202012),
        (";;9999", None, 999912),
        ("", None, None),
        (";199901", 199901, None),
        (';"199901";" 999912 "', 199901, 999912),
        (";199901;999912;more;and more", 199901, 999912),
        (";01/1999;fin", None, None),
        (";19990101;99991231", None, None),
    ],
)
def test_a_window_is_months_or_years_or_nothing(
    window: str, first: int | None, last: int | None
) -> None:
    assert read(f"DE;Allemagne{window}\n".encode()) == (
        "country",
        [Label("DE", "Allemagne", first, last)],
    )


@pytest.mark.parametrize(
    ("row", "label"),
    [
        ("AD;Andorre;;", "Andorre"),
        ('AD;"Andorre";;', "Andorre"),
        ('AD;"Principauté ; d\'Andorre";;', "Principauté ; d'Andorre"),
        ('AD;"dite ""Andorre""";;', 'dite "Andorre"'),
        ('AD;Andorre "la neuve";;', 'Andorre "la neuve"'),
        ('AD;"never closed;190001;999912', "never closed;190001;999912"),
        ("AD;  An\tdorre \x1b[31m\u202e ;;", "An dorre [31m"),
        ("AD;=1+1;;", "=1+1"),
    ],
)
def test_a_label_is_one_line_of_visible_characters(row: str, label: str) -> None:
    text = f"AA;Avant;;\n{row}\nZZ;Après;;\n"
    assert [one.label for one in rows_of(text, "country")] == ["Avant", label, "Après"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("name", LISTS)
def test_lines_may_end_in_any_way(name: str, end: str) -> None:
    content = LISTS[name].replace(b"\r\n", end.encode())
    assert read(content) == read(LISTS[name])
    assert read(content.rstrip()) == read(LISTS[name])
    assert read(content + end.encode() * 3) == read(LISTS[name])


def test_a_line_in_another_encoding_spoils_no_other() -> None:
    content = "RE;Réunion;;\r\n".encode() + "CI;Côte d’Ivoire;;\r\n".encode("cp1252")
    assert [row.label for row in read(content)[1]] == ["Réunion", "Côte d’Ivoire"]
    # Windows-1252 leaves five bytes without a letter.
    assert read(b"AD;And\x81rre;;\n")[1][0].label == "And\ufffdrre"


def test_a_header_a_note_and_what_names_nothing_are_left_out() -> None:
    rows = "".join(f"A{letter};Pays {letter};;\n" for letter in "ABCDEFGHIJKLM")
    odd = f'code;libelle;debut;fin\nBA;"";;\nBB; ;;\nBC;{"x" * 200_000};;\n'
    kind, found = read((odd + rows).encode())
    assert kind == "country"
    assert [row.code for row in found] == [f"A{letter}" for letter in "ABCDEFGHIJKLM"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n\r\n",
        README,
        b"E;3;2018;01;18;A01Z;0111;AT;29916;20815\n",
        b"I;12;2019;24510;C24C;73030010;DE;1000;10;0\n",
        b"01;18;A01Z;0111\n",  # a number is no label
        b"AD;Andorre;;\nnothing of the kind\n",
        b"AD,Andorre\n",
        b"a1;Ain;18;x\nb2;Bar;18;x\n",
        "AD;Andorre;;\n".encode("utf-16"),
        b"<html>\nAD;Andorre\n</html>\n",
    ],
)
def test_what_is_no_list_is_taken_for_none(content: bytes) -> None:
    assert list_kind(decode(content)) is None


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text('AD;"\r\n é09', max_size=60).map(str.encode))
def test_no_bytes_break_a_reader(content: bytes) -> None:
    kind, rows = read(content)
    for row in rows:
        assert kind and row.label and row.label.isprintable()
        assert not is_flow_line(row.label.encode())


def test_our_own_reference_lists_would_be_known() -> None:
    """A code list is told by its codes: each of ours is of the kind it is."""
    for seed, columns, kind in [
        ("countries", ("country_code", "label_official"), "country"),
        ("activities", ("activity_code", "activity_name_fr"), "activity"),
        ("products", ("product_code", "product_name_fr"), "product"),
        ("departments", ("customs_code", "department_name"), "department"),
    ]:
        with (PROJECT / f"seeds/reference/{seed}.csv").open(encoding="utf-8") as file:
            rows = [[row[name] for name in columns] for row in csv.DictReader(file)]
        text = "".join(f'{code};"{label}";;\n' for code, label in rows)
        found = rows_of(text, kind)
        assert list_kind(text) == kind
        assert [(row.code, row.label) for row in found] == [
            (code, " ".join(label.split())) for code, label in rows
        ]
