"""What one reading of a text's bytes says, cut into chunks anywhere."""

from __future__ import annotations

import os
import tempfile
import tracemalloc
from pathlib import Path

import duckdb
import pytest
from customs_folder import BOM, LINE, put, sha256
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import commerce_exterieur.intake.measure
from commerce_exterieur.intake.measure import LONGEST, measure, stamp


def naive(content: bytes, longest: int) -> tuple[str, int, int, bool]:
    """The rules said once more, on the whole text and without any speed."""
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    plain = True
    rest = content if content == BOM else content.removeprefix(BOM)
    for place, byte in enumerate(rest):
        if byte == 0x0D:
            plain = plain and rest[place + 1 : place + 2] == b"\n"
        elif byte != 0x0A:
            plain = plain and 0x20 <= byte <= 0x7E
    plain = plain and all(len(line) <= longest for line in lines)
    ends = {line[-1:] == b"\r" for line in content.split(b"\n")[:-1]}
    plain = plain and len(ends) < 2
    return sha256(content), len(content), len(lines), plain


PIECES = st.sampled_from(
    [b"\r", b"\n", b"\r\n", b"a", b" ~", b"abcdef", BOM, b"\xef", b"\t", b"\x00\x7f"]
)
PLAIN_PIECES = st.sampled_from([b"\n", b"\r\n", b"a", b";'\"\\", b"abcdefghij"])


@settings(max_examples=400, deadline=None)
@given(
    pieces=st.lists(PIECES | PLAIN_PIECES, max_size=12)
    | st.lists(PLAIN_PIECES, max_size=12),
    marked=st.booleans(),
    chunk=st.integers(1, 9),
    longest=st.integers(1, 12),
    head=st.integers(3, 20),
)
@example(pieces=[b"a\r", b"\na"], marked=False, chunk=2, longest=9, head=5)
@example(pieces=[b"a\r", b"a\na"], marked=False, chunk=2, longest=9, head=5)
@example(pieces=[b"a\n", b"a\r"], marked=False, chunk=2, longest=9, head=5)
@example(pieces=[b"a"], marked=True, chunk=2, longest=9, head=5)
@example(pieces=[BOM], marked=True, chunk=2, longest=9, head=5)
@example(pieces=[b"abcdef\nabcdefg"], marked=False, chunk=3, longest=6, head=9)
def test_a_text_cut_anywhere_is_measured_as_if_it_were_not(
    pieces: list[bytes], marked: bool, chunk: int, longest: int, head: int
) -> None:
    content = BOM * marked + b"".join(pieces)
    with tempfile.NamedTemporaryFile() as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr(commerce_exterieur.intake.measure, "HEAD", head)
        Path(file.name).write_bytes(content)
        found = measure(Path(file.name), chunk, longest)
    said = (found.sha256, found.size, found.lines, found.is_plain)
    assert said == naive(content, longest)
    assert (found.head, found.tail) == (content[:head], content[-head:])


@pytest.mark.parametrize(
    ("content", "lines", "is_plain"),
    [
        (b"", 0, True),
        (b"a", 1, True),
        (b"a\n", 1, True),
        (b"\n\n", 2, True),
        (b"a\r\nb\r\nc", 3, True),
        (b"a\r\nb\nc", 3, False),
        (b"a\nb\r\nc", 3, False),
        (BOM + b"a\n", 1, True),
        (BOM, 1, False),  # to DuckDB it has no line
        (b"a" + BOM + b"\n", 1, False),
        (BOM + BOM + b"a\n", 1, False),
        (b"\xef\xbb", 1, False),
        (b"a\rb\n", 1, False),
        (b"a\r\r\n", 1, False),
        (b"a\r", 1, False),
        (b"\tb\n", 1, False),
        (b"\x7f\n", 1, False),
        (b"\x00\n", 1, False),
        ("é\n".encode(), 1, False),
        (b"a" * LONGEST + b"\n", 1, True),
        (b"a" * (LONGEST + 1) + b"\n", 1, False),
        (b"a" * (LONGEST + 1), 1, False),
        (b"\n" + b"a" * LONGEST, 2, True),
        ((b"a" * LONGEST + b"\n") * 9, 9, True),
        ((b"a" * LONGEST + b"\n") * 8 + b"a" * LONGEST + b"a\n", 9, False),
    ],
)
def test_what_a_line_and_a_plain_text_are(
    tmp_path: Path, content: bytes, lines: int, is_plain: bool
) -> None:
    found = measure(put(tmp_path / "a.txt", content))
    assert (found.lines, found.is_plain) == (lines, is_plain)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([b"\n", b"a", b";'\"\\", b"abcdefghij"]), max_size=12),
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
)
def test_a_plain_text_is_one_that_duckdb_reads_line_by_line(
    pieces: list[bytes], end: bytes, marked: bool
) -> None:
    content = b"".join(pieces).replace(b"\n", end)
    assume(content or not marked)
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        Path(file.name).write_bytes(BOM * marked + content)
        found = measure(Path(file.name))
        # As `lines_of_file` in macros/customs_source.sql.
        rows = duckdb.execute(
            "select coalesce(line, '') from read_csv(?, auto_detect = false, "
            "header = false, delim = '\x01', quote = '', escape = '', "
            "strict_mode = false, columns = {'line': 'VARCHAR'})",
            [file.name],
        ).fetchall()
    lines = [line.removesuffix("\r") for line in content.decode().split("\n")]
    if content.endswith(b"\n") or not content:
        lines.pop()
    assert found.is_plain
    assert [row[0] for row in rows] == lines
    assert found.lines == len(lines)


def test_a_large_text_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", LINE * 500_000)
    tracemalloc.start()
    found = measure(path, chunk=1 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.lines == 500_000
    assert peak < 4 << 20 < found.size


def test_a_stamp_is_size_and_time_and_nothing_for_a_file_that_is_gone(
    tmp_path: Path,
) -> None:
    path = put(tmp_path / "a.txt", b"abc")
    os.utime(path, ns=(0, 1_763_871_000_000_000_001))
    assert stamp(path) == "3:1763871000000000001"
    (tmp_path / "link.txt").symlink_to(path)
    assert stamp(tmp_path / "link.txt") == stamp(path)
    path.unlink()
    assert stamp(path) == stamp(tmp_path / "link.txt") == stamp(path / "b") == ""
