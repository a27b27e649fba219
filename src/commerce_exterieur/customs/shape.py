"""What a file holds, judged by its first bytes and not by its name."""

from __future__ import annotations

import codecs
import re
from enum import Enum

from commerce_exterieur.customs.labels import decode, list_kind
from commerce_exterieur.customs.line import HEADER, is_flow_line

#: How much of a file's beginning is looked at.
HEAD = 64 << 10
#: A line of a national file:
#: flow;month;year;cpf6;a129;nc8;country;euros;kilograms;units
_NATIONAL = re.compile(
    rb"[IE];(0[1-9]|1[0-2]);(19|20)[0-9]{2};[0-9A-Z]{5,6};[0-9A-Z]*;[0-9]{8};"
    rb"[0-9A-Z]{2};.*"
)
#: A line of the eight columns that national files had until 2015.
_EIGHT_COLUMNS = re.compile(rb"[IE];[0-9]{1,2};(19|20)[0-9]{2}(;[^;]*){5}")
_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml|head|body|!--)", re.IGNORECASE)


class Shape(Enum):
    """Kinds of content; the value says what is wrong with it, where something is."""

    FLOW = "a flow file"
    LABELS = "a list of labels"
    EMPTY = "empty, or nothing but blank lines"
    NATIONAL = (
        "the lines of a national file (flow;month;year;cpf6;a129;nc8;…): no "
        "departments. The regional files are read here"
    )
    EIGHT_COLUMNS = (
        "the lines of an old file of eight columns, whose layout is not known here. "
        "Files of ten columns are read"
    )
    PAGE = "a web page (HTML), not a customs file"
    PDF = "a PDF, not a customs file"
    ZIP = "a zip, whatever its name says"
    OTHER = "not understood"


def shape_of(head: bytes) -> Shape:
    """Judge a file.

    Parameters
    ----------
    head
        Its first bytes, `HEAD` of them or all.

    Returns
    -------
    Shape
        `FLOW` when the first line is one of a flow file or the official header, or
        half of the lines seen are: a LISEZ-MOI may quote a line.
    """
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        return Shape.EMPTY
    # Marks of a kind come first: a stored zip shows the lines it holds.
    if head.startswith(b"%PDF"):
        return Shape.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Shape.ZIP
    lines = [line for line in lines_of(head) if line.strip()]
    good = [is_flow_line(line) for line in lines]
    if good[0] or is_header(lines[0]) or sum(good) * 2 >= len(good):
        return Shape.FLOW
    if _PAGE.match(head.removeprefix(codecs.BOM_UTF8)):
        return Shape.PAGE
    for pattern, shape in (
        (_NATIONAL, Shape.NATIONAL),
        (_EIGHT_COLUMNS, Shape.EIGHT_COLUMNS),
    ):
        if sum(pattern.fullmatch(line) is not None for line in lines) * 2 >= len(lines):
            return shape
    # The last line may be cut.
    whole = head if len(head) < HEAD else head[: head.rfind(b"\n") + 1]
    return Shape.LABELS if list_kind(decode(whole)) else Shape.OTHER


def is_header(line: bytes) -> bool:
    """Whether this, without its line end, is the official header."""
    return line.decode("latin-1").casefold() == HEADER


def lines_of(part: bytes) -> list[bytes]:
    """Cut a part of a file into lines without their ends; a mark is no part of it."""
    lines = part.removeprefix(codecs.BOM_UTF8).split(b"\n")
    return [line.removesuffix(b"\r") for line in lines]
