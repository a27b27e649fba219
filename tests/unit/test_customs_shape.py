"""What a file holds is told by its first bytes, whatever its name says."""

from __future__ import annotations

import codecs

import pytest
from customs_zips import ACTIVITIES, COUNTRIES, DEPARTMENTS, PRODUCTS, README, zipped

from commerce_exterieur.customs.line import HEADER
from commerce_exterieur.customs.shape import HEAD, Shape, shape_of

BOM = codecs.BOM_UTF8
LINE = b"E;1;2024;52;13;C24C;2451;DE;1000;10\n"
BAD = b"E;1;2024;52;13;C24C;2451;DE;1000\n"
NATIONAL = b"E;01;2024;24510;C24C;73030010;DE;1000;10;0\n"
EIGHT = b"E;4;2012;52;C24C;DE;1000;10\n"


def windows(content: bytes) -> bytes:
    return content.replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("head", "shape"),
    [
        # The first line decides, or half of them.
        (LINE, Shape.FLOW),
        (windows(LINE), Shape.FLOW),
        (BOM + LINE, Shape.FLOW),
        (BOM + windows(LINE), Shape.FLOW),
        (LINE[:-1], Shape.FLOW),
        (b"\n \n\r\n" + LINE, Shape.FLOW),
        (HEADER.encode() + b"\n", Shape.FLOW),
        (HEADER.upper().encode() + b"\r\n" + LINE, Shape.FLOW),
        (LINE + BAD * 100, Shape.FLOW),
        (LINE + NATIONAL * 100, Shape.FLOW),
        (BAD + LINE, Shape.FLOW),
        (b"cut line\n" + LINE * 2, Shape.FLOW),
        ((BAD * 3 + LINE) * 9, Shape.OTHER),
        (LINE * 2_000 + LINE[:20], Shape.FLOW),
        (b"x\n" * (HEAD // 2) + LINE * 99_999, Shape.OTHER),
        # Nothing at all.
        (b"", Shape.EMPTY),
        (BOM, Shape.EMPTY),
        (b" \r\n\t\n\n", Shape.EMPTY),
        # Other files of customs.
        (NATIONAL, Shape.NATIONAL),
        (BOM + windows(NATIONAL) * 3, Shape.NATIONAL),
        (b"\n\r\n" + NATIONAL[:-1], Shape.NATIONAL),
        (b"FLUX;MOIS;ANNEE;CPF6;A129;NC8;PAYS;V;M;USUP\n" + NATIONAL, Shape.NATIONAL),
        (b"I;12;1999;0111A;A01Z;01012100;FR;;;\n", Shape.NATIONAL),
        (EIGHT * 3, Shape.EIGHT_COLUMNS),
        (b"I;12;1999;A01Z;01012100;FR;5;5\n", Shape.EIGHT_COLUMNS),
        # A few lines of eight fields are broken lines of a flow file.
        (EIGHT + BAD * 2, Shape.OTHER),
        (b"I;1;2024;24510;C24C;73030010;DE;1000;10;0\n", Shape.OTHER),
        (b"I;13;2024;24510;C24C;73030010;DE;1000;10;0\n", Shape.OTHER),
        (COUNTRIES, Shape.LABELS),
        (ACTIVITIES, Shape.LABELS),
        (PRODUCTS, Shape.LABELS),
        (DEPARTMENTS, Shape.LABELS),
        (COUNTRIES * 9_000, Shape.LABELS),
        (README, Shape.OTHER),
        # No files of customs.
        (b"<!DOCTYPE html>\n<html>404</html>\n", Shape.PAGE),
        (BOM + b"\r\n  <HTML><body>", Shape.PAGE),
        (b"<?xml version='1.0'?><Error/>", Shape.PAGE),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", Shape.PDF),
        (zipped({"a.txt": LINE}), Shape.ZIP),
        (zipped({}), Shape.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), Shape.OTHER),
        (bytes(HEAD), Shape.OTHER),
        (LINE.decode().encode("utf-16"), Shape.OTHER),
        (LINE.replace(b"\n", b"\r") * 3, Shape.OTHER),
        (b'{"error": "not found"}', Shape.OTHER),
    ],
)
def test_a_shape(head: bytes, shape: Shape) -> None:
    assert shape_of(head[:HEAD]) is shape


def test_only_the_beginning_is_looked_at() -> None:
    """A list whose last line is cut is one still; a whole one must be one."""
    cut = (COUNTRIES * 9_000)[: HEAD - 5] + b"x;y;z"
    assert len(cut) == HEAD
    assert shape_of(cut) is Shape.LABELS
    assert shape_of(b"AA;A\n" * 2 + b"not a row") is Shape.OTHER
