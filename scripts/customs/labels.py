"""The lists of codes and labels that customs ship beside the lines.

Four lists, known by their codes and not by their names: `Libelle_PAYS.txt` (or
`PAYS.txt`), `Libelle_A129.txt`, `Libelle_CPF4_rev2.1.txt`, `Departement_region.txt`.
Fields are separated by `;`, a label that holds one is quoted; the encoding is UTF-8,
with a byte order mark or without, or Windows-1252. After code and label come the first
and the last month of validity (YYYYMM), or for departments the region.
"""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass

#: What a row of each list begins with: code, label, and for departments the region.
_ROWS = {
    "department": re.compile(r'[0-9][0-9A-Z];("[^"]|[^";0-9])[^;]*;"?[0-9]{2}"?(;.*)?'),
    "product": re.compile(r'[0-9]{4};("[^"]|[^";0-9]).*'),
    "activity": re.compile(r'[A-Z][0-9]{2}[0-9A-Z];("[^"]|[^";0-9]).*'),
    "country": re.compile(r'[A-Z]{2};("[^"]|[^";0-9]).*'),
}
#: The share of its lines that must be rows of a list.
ENOUGH = 0.8
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Label:
    """One row of a list.

    Attributes
    ----------
    code
        As customs write it.
    label
        Its name in French.
    valid_from, valid_to
        First and last month, YYYYMM; none when the list does not say it.
    """

    code: str
    label: str
    valid_from: int | None
    valid_to: int | None


def decode(content: bytes) -> str:
    """Read the bytes of a list: UTF-8 with or without a mark, else Windows-1252."""
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def list_kind(text: str) -> str | None:
    """Tell which list a text is.

    Parameters
    ----------
    text
        The text, or its beginning up to the end of a line.

    Returns
    -------
    str or None
        `country`, `activity`, `product` or `department`; none when it is no list.
    """
    lines = [line for line in _LINE_END.split(text) if line.strip()]
    return next(
        (
            kind
            for kind, row in _ROWS.items()
            if lines
            and sum(row.fullmatch(line) is not None for line in lines)
            >= ENOUGH * len(lines)
        ),
        None,
    )


def rows_of(text: str, kind: str) -> list[Label]:
    """Read the rows of a list; lines that are none, a header say, are left out.

    Parameters
    ----------
    text
        The whole list.
    kind
        As `list_kind` says.
    """
    lines = (line for line in _LINE_END.split(text) if _ROWS[kind].fullmatch(line))
    return [
        # Line by line: a quote left open does not swallow the rest of the list.
        _label(next(csv.reader([line], delimiter=";")), kind == "department")
        for line in lines
    ]


def _label(fields: list[str], is_department: bool) -> Label:
    code, label, *window = (" ".join(field.split()) for field in fields)
    first, last, *_ = (None, None) if is_department else [*window, None, None]
    return Label(code, label, _month(first, 1), _month(last, 12))


def _month(text: str | None, of_year: int) -> int | None:
    """Read YYYYMM; a year alone stands for its first or last month."""
    if not text or not re.fullmatch("[0-9]{4}|[0-9]{6}", text):
        return None
    return int(text) if len(text) == 6 else int(text) * 100 + of_year
