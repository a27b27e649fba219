"""A CSV seed read strictly, before DuckDB loads it.

DuckDB's reader with declared types is not strict: it rounds 1.5, reads 1e3, 0x10 and
1_000, skips blank lines, takes swapped headers and drops an empty field too many. So
every value is held against its declared type here, and what is wrong is named by file,
line and column.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any


class RefusedSeedError(Exception):
    """A seed is not what was declared; the message says where and what to do."""


@dataclass(frozen=True)
class Column:
    """A declared column.

    Attributes
    ----------
    name
        As the header says it.
    data_type
        Of SQL: text, an integer type, `decimal(p, s)`, boolean or date.
    required
        Whether a value must be there.
    """

    name: str
    data_type: str
    required: bool = False


@dataclass(frozen=True)
class Layout:
    """How a file is written: its columns in order, delimiter, quote (empty: none)."""

    columns: tuple[Column, ...]
    delimiter: str = ","
    quote: str = '"'


@dataclass(frozen=True)
class _Kind:
    """How a type is written: the pattern of its text, its range, words for a reader."""

    pattern: re.Pattern[str]
    words: str
    is_in_range: Callable[[str], bool] = lambda _: True


_TEXTS = ("text", "varchar", "string")
_SIGNED = {"tinyint": 8, "smallint": 16, "integer": 32, "int": 32, "bigint": 64}
#: The least whole number too large for a type.
_TOO_LARGE = {name: 2 ** (bits - 1) for name, bits in _SIGNED.items()}
_TOO_LARGE |= {f"u{name}": 2**bits for name, bits in _SIGNED.items()}
_TOO_LARGE["hugeint"] = 2**127
#: What an undecodable byte becomes under `surrogateescape`.
_UNDECODED = re.compile("[\udc80-\udcff]")


def count_records(path: Path, shown: str, layout: Layout) -> int:
    """Read a whole seed and count its records.

    Parameters
    ----------
    path
        The file, UTF-8.
    shown
        Its name in messages.
    layout
        What was declared of it.

    Returns
    -------
    int
        Records, the header left out.

    Raises
    ------
    RefusedSeedError
        Header, line or value is not as declared, or a type has no strict reading.
    """
    kinds = [_kind(column.data_type) for column in layout.columns]
    count = 0
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        _check_header(file.readline(), shown, layout)
        for line, record, text in _records(file, shown, layout):
            _check_shape(f"{shown}, line {line}", record, text, layout)
            for column, kind, value in zip(layout.columns, kinds, record, strict=True):
                said = _wrong(column, kind, value, text, layout.quote)
                if said:
                    raise RefusedSeedError(
                        f"{shown}, line {line}, column {column.name}: {said}. "
                        "Mend the value in the file."
                    )
            count += 1
    return count


def _check_header(header: str, shown: str, layout: Layout) -> None:
    """Refuse a header that is not the declared columns in their order."""
    header = header.rstrip("\r\n")
    names = next(csv.reader([header], **_dialect(layout)), [])
    declared = [column.name for column in layout.columns]
    if names != declared:
        raise RefusedSeedError(
            f"{shown}, line 1: the header must be '{layout.delimiter.join(declared)}', "
            f"it is '{header}'. Mend the header or the columns declared in the seed's "
            "properties file."
        )


def _records(
    file: Iterator[str], shown: str, layout: Layout
) -> Iterator[tuple[int, list[str], str]]:
    """Each record after the header: number of its first line, values, its text."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in file:
            taken.append(line)
            yield line

    reader = csv.reader(lines(), **_dialect(layout))
    while True:
        taken.clear()
        # Counted from 0, and the header was read before.
        first = reader.line_num + 2
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise RefusedSeedError(
                f"{shown}, line {first}: {error}. The line is '{_head(taken[0])}'. "
                "Look for a quote that is not closed, or not doubled, and for stray "
                "line ends."
            ) from error
        yield first, record, "".join(taken)


def _dialect(layout: Layout) -> dict[str, Any]:
    """How the module csv is told of a layout."""
    return {
        "delimiter": layout.delimiter,
        "quotechar": layout.quote or '"',
        "quoting": csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE,
        "strict": True,
    }


def _check_shape(where: str, record: list[str], text: str, layout: Layout) -> None:
    """Refuse a blank line, and one with a field too few or too many."""
    if not text.strip():
        raise RefusedSeedError(f"{where}: the line is blank. Delete it.")
    wanted = len(layout.columns)
    if len(record) == wanted:
        return
    if len(record) == wanted + 1 and not record[-1]:
        said = "a field too many at the end"
    else:
        said = f"{len(record)} fields"
    raise RefusedSeedError(
        f"{where}: {said}. The line is '{_head(text)}'. Mend the line: it needs "
        f"{wanted} fields separated by '{layout.delimiter}'."
    )


def _wrong(
    column: Column, kind: _Kind | None, value: str, text: str, quote: str
) -> str | None:
    """Say what is wrong with a value; none when nothing is."""
    if not value:
        # The module csv does not tell a quoted "" (an empty text) from nothing (null).
        is_empty_text = kind is None and quote and quote * 2 in text
        is_missing = column.required and not is_empty_text
        return "the value is missing" if is_missing else None
    if _UNDECODED.search(value):
        shown = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return f"'{shown[:100]}' is not utf-8"
    if kind is None or (kind.pattern.fullmatch(value) and kind.is_in_range(value)):
        return None
    return f"'{value[:100]}' is not {kind.words}"


def _kind(data_type: str) -> _Kind | None:
    """How values of a type are written; none for text, which may be anything."""
    name = data_type.lower().strip()
    base, *arguments = re.split(r"[(,)]", name.replace(" ", ""))
    if base in _TEXTS:
        return None
    if base in _TOO_LARGE:
        return _Kind(
            re.compile("[0-9]+"),
            f"digits only, in the range of {name}",
            lambda value: int(value) < _TOO_LARGE[base],
        )
    if base in ("decimal", "numeric"):
        numbers = [int(number) for number in arguments if number]
        # DuckDB's own width and scale when none is said.
        width, scale = (*numbers, 0)[:2] if numbers else (18, 3)
        return _decimal(name, width, scale)
    if base in ("boolean", "bool"):
        return _Kind(re.compile("true|false"), "true or false")
    if base == "date":
        return _Kind(
            re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a date YYYY-MM-DD", _is_a_day
        )
    raise RefusedSeedError(
        f"type '{data_type}' has no strict reading: use text, an integer type, "
        "decimal(p, s), boolean or date, or add its pattern to seeds.py"
    )


def _decimal(name: str, width: int, scale: int) -> _Kind:
    """How a decimal of so many digits, so many of them after the point, is written."""
    fraction = f"([.][0-9]{{1,{scale}}})?" if scale else ""
    return _Kind(
        re.compile(f"-?0*[0-9]{{1,{max(width - scale, 1)}}}{fraction}"),
        f"a decimal number with a point, in the range of {name}",
    )


def _is_a_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _head(text: str) -> str:
    """Show the beginning of a line."""
    shown = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return shown.rstrip("\r\n")[:200]
