"""The lists of codes and labels that customs ship beside the lines.

Four lists, known by their codes and not by their names: `Libelle_PAYS.txt` (or
`PAYS.txt`), `Libelle_A129.txt`, `Libelle_CPF4_rev2.1.txt`, `Departement_region.txt`.
Fields are separated by `;`, a label that holds one is quoted; the encoding is UTF-8,
with a byte order mark or without, or Windows-1252. After code and label come the first
and the last month of validity (YYYYMM, or a year), or for departments the region.
"""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass

from commerce_exterieur.customs.names import printable

#: The code at the beginning of a row of each list.
_CODES = {
    "department": "[0-9][0-9A-Z]",
    "product": "[0-9]{4}",
    "activity": "[A-Z][0-9]{2}[0-9A-Z]",
    "country": "[A-Z][0-9A-Z]",
}
#: After it comes a label, no number as in a line of trade, and something more or not.
#: The longest official row has 150 characters.
_ROWS = {
    kind: re.compile(rf'{code};("[^"]|[^";0-9]).{{0,1000}}')
    for kind, code in _CODES.items()
}
#: The share of its lines that must be rows of a list.
ENOUGH = 0.8
_LINE_END = re.compile(rb"\r\n|\n|\r")


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
    """Read the bytes of a list, line by line: UTF-8, or else Windows-1252."""
    lines = _LINE_END.split(content.removeprefix(codecs.BOM_UTF8))
    return "\n".join(map(_decoded, lines))


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def list_kind(text: str) -> str | None:
    """Tell which list a text is.

    Parameters
    ----------
    text
        The text as `decode` gives it, or its beginning up to the end of a line.

    Returns
    -------
    str or None
        `country`, `activity`, `product` or `department`; none when it is no list.
    """
    lines = [line for line in text.split("\n") if line.strip()]
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
    """Read the rows of a list; lines that name nothing, a header say, are left out.

    Parameters
    ----------
    text
        The whole list, as `decode` gives it.
    kind
        As `list_kind` says.
    """
    lines = (line for line in text.split("\n") if _ROWS[kind].fullmatch(line))
    rows = (
        # Line by line: a quote left open does not swallow the rest of the list.
        _label(next(csv.reader([line], delimiter=";")), kind == "department")
        for line in lines
    )
    return [row for row in rows if row.label]


def _label(fields: list[str], is_department: bool) -> Label:
    code, label, *window = map(printable, fields)
    first, last, *_ = (None, None) if is_department else [*window, None, None]
    return Label(code, label, _month(first, 1), _month(last, 12))


def _month(text: str | None, of_year: int) -> int | None:
    """Read YYYYMM; a year alone stands for its first or last month."""
    if not text or not re.fullmatch("[0-9]{4}|[0-9]{6}", text):
        return None
    return int(text) if len(text) == 6 else int(text) * 100 + of_year
