"""The intake: what of a folder of customs files is read, what is refused, and why."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from customs_zips import zipped
from dbt_scratch import PROJECT, dbt, scratch_project
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import intake.inventory
import intake.plugin
import intake.unpacked
from intake.inventory import CustomsFile, Inventory, inventory
from intake.measure import LONGEST, measure, stamp
from intake.plugin import Plugin

LINE = b"E;1;2024;52;13;C24C;2451;DE;1000;10\n"
TEXT = LINE * 3
NATIONAL = b"E;01;2024;24510;C24C;73030010;DE;1000;10;0\n"
TXT = "2025-02/Region_2024_Export.txt"
ZIP = "202502_regional_2024_export.zip"
SCRIPTS = PROJECT / "scripts"
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def customs(tmp_path: Path) -> Path:
    folder = tmp_path / "customs"
    folder.mkdir()
    return folder


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    return tmp_path / "dev" / "unpacked"


def put(path: Path, content: bytes = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def names(found: Inventory) -> list[tuple[str, str]]:
    return [(file.vintage, file.name) for file in found.files]


def refusal(found: Inventory) -> str:
    """The one refusal of a folder of which nothing is read."""
    assert found.files == ()
    assert len(found.refused) == 1
    return found.refused[0]


def kept(unpacked: Path) -> list[str]:
    return sorted(path.name for path in unpacked.iterdir() if path.name != ".lock")


# What the bytes say


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
)
@example(pieces=[b"a\r", b"\na"], marked=False, chunk=2, longest=9)
@example(pieces=[b"a\r", b"a\na"], marked=False, chunk=2, longest=9)
@example(pieces=[b"a\n", b"a\r"], marked=False, chunk=2, longest=9)
@example(pieces=[b"a"], marked=True, chunk=2, longest=9)
@example(pieces=[BOM], marked=True, chunk=2, longest=9)
@example(pieces=[b"abcdef\nabcdefg"], marked=False, chunk=3, longest=6)
def test_a_text_cut_anywhere_is_measured_as_if_it_were_not(
    pieces: list[bytes], marked: bool, chunk: int, longest: int
) -> None:
    content = BOM * marked + b"".join(pieces)
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(content)
        found = measure(Path(file.name), chunk, longest)
    said = (found.sha256, found.bytes, found.lines, found.is_plain)
    assert said == naive(content, longest)
    assert found.head == content


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
        # As `customs_lines_of_file` in macros/customs_source.sql.
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
    assert peak < 4 << 20 < found.bytes


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


# What is read


def test_texts_and_zips_are_listed_in_order_with_what_is_known_of_them(
    customs: Path, unpacked: Path
) -> None:
    import_text = TEXT.replace(b"E;", b"I;")[:-1] + b"\r"
    put(customs / "2025-02" / "Region_2024_Import.TXT", import_text)
    put(customs / TXT)
    archive = put(
        customs / "202411_regional_2023_export.ZIP", zipped({"x/a.TXT": b"x"})
    )
    text = unpacked / f"{sha256(archive.read_bytes())}.txt"
    found = inventory(customs, unpacked)
    assert found == Inventory(
        files=(
            CustomsFile(
                path=str(text),
                vintage="2024-11",
                name="202411_regional_2023_export.ZIP",
                sha256=sha256(b"x"),
                bytes=1,
                lines=1,
                is_plain=True,
                stamp=stamp(text),
            ),
            CustomsFile(
                path=str(customs / TXT),
                vintage="2025-02",
                name="Region_2024_Export.txt",
                sha256=sha256(TEXT),
                bytes=len(TEXT),
                lines=3,
                is_plain=True,
                stamp=stamp(customs / TXT),
            ),
            CustomsFile(
                path=str(customs / "2025-02" / "Region_2024_Import.TXT"),
                vintage="2025-02",
                name="Region_2024_Import.TXT",
                sha256=sha256(import_text),
                bytes=len(import_text),
                lines=3,
                is_plain=False,
                stamp=stamp(customs / "2025-02" / "Region_2024_Import.TXT"),
            ),
        ),
        refused=(),
    )


@pytest.mark.parametrize(
    ("path", "vintage"),
    [
        ("2025-02/a.txt", "2025-02"),
        ("1900-01/a.txt", "1900-01"),
        ("2099-12/a.txt", "2099-12"),
        ("official/2025-02/a.txt", "2025-02"),
        ("2025-02/deeper/still/a.txt", "2025-02"),
        ("2024-11/2025-02/a.txt", "2025-02"),
        ("2025-02/a.txt/b.txt", "2025-02"),  # a folder may be named like a file
        # A zip's name speaks when no folder does.
        ("202002_regional_2019_export.zip", "2020-02"),
        ("2025-02/202002_regional_2019_export.zip", "2025-02"),
        ("x/regional-202002-2019-202002.zip", "2020-02"),
    ],
)
def test_a_vintage_is_the_nearest_folder_or_else_in_the_zip_s_name(
    customs: Path, unpacked: Path, path: str, vintage: str
) -> None:
    put(customs / path, zipped({"a.txt": TEXT}) if path.endswith("zip") else TEXT)
    found = inventory(customs, unpacked)
    assert names(found) == [(vintage, Path(path).name)]
    assert found.refused == ()


@pytest.mark.parametrize(
    "path",
    [
        "a.txt",
        "202502_regional_2024_export.txt",
        "sub/a.txt",
        "2025-13/a.txt",
        "2025-00/a.txt",
        "1899-12/a.txt",
        "2100-01/a.txt",
        "2025-2/a.txt",
        "x2025-02/a.txt",
        "2025-02x/a.txt",
        "regional_2019_export.zip",
        "202013_regional_2019_export.zip",
        "20200201_regional_2019_export.zip",
        "202002_regional_202003.zip",
    ],
)
def test_a_file_of_no_vintage_is_refused_with_its_place(
    customs: Path, unpacked: Path, path: str
) -> None:
    put(customs / path, zipped({"a.txt": TEXT}))
    said = refusal(inventory(customs, unpacked))
    assert said.startswith(f"{customs / path}: ")
    assert "(YYYY-MM)" in said
    assert said.endswith(f"Move it to {customs}/<YYYY-MM>/{Path(path).name}.")


def test_the_folder_itself_may_be_a_vintage_however_it_is_written(
    customs: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(customs / TXT)
    monkeypatch.chdir(customs / "2025-02")
    (customs / "latest").symlink_to("2025-02")
    for folder in (customs / "2025-02", Path(), Path("../2025-02"), customs / "latest"):
        assert names(inventory(folder, unpacked)) == [
            ("2025-02", "Region_2024_Export.txt")
        ]
    (customs / "2025-03").symlink_to(customs.parent / "elsewhere")
    put(customs.parent / "elsewhere" / "a.txt")
    assert names(inventory(customs / "2025-03", unpacked)) == [("2025-03", "a.txt")]


def test_paths_are_as_the_folder_was_given(
    customs: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(customs / TXT)
    monkeypatch.chdir(customs.parent)
    assert inventory(Path("customs"), unpacked).files[0].path == f"customs/{TXT}"


def test_links_are_followed_but_never_round_and_round(
    customs: Path, unpacked: Path, tmp_path: Path
) -> None:
    put(tmp_path / "downloads" / "export.txt")
    (customs / "2025-02").mkdir()
    (customs / TXT).symlink_to(tmp_path / "downloads" / "export.txt")
    (customs / "2025-03").symlink_to(tmp_path / "downloads")
    (customs / "2025-02" / "up").symlink_to(customs)
    (tmp_path / "downloads" / "here").symlink_to(".")
    found = inventory(customs, unpacked)
    assert names(found) == [
        ("2025-02", "Region_2024_Export.txt"),
        ("2025-03", "export.txt"),
    ]
    assert found.refused == ()


@pytest.mark.parametrize(
    "path",
    [
        "2025-02/manifest.json",
        ".fetch/Region.txt",
        "2025-02/._Region_2024_Export.txt",
        "2025-02/.hidden/a.txt",
        "__MACOSX/2025-02/a.txt",
        "2025-02/a.txt.part",
        "2025-02/a.zip.unfinished",
        "2025-02/a.zip.PART",
        "LisezMoi.pdf",
        "notes.md",
        "noextension",
    ],
)
def test_what_is_nobody_s_data_is_left_in_silence(
    customs: Path, unpacked: Path, path: str
) -> None:
    put(customs / path)
    assert "holds no file" in refusal(inventory(customs, unpacked))
    put(customs / TXT)
    found = inventory(customs, unpacked)
    assert names(found) == [("2025-02", "Region_2024_Export.txt")]
    assert found.refused == ()


# What is refused


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("region_18.xls", "thousands of euros"),
        ("region_18.XLSX", "thousands of euros"),
        ("large.ods", "thousands of euros"),
        ("large.xlsm", "a spreadsheet"),
        ("region_18_xls.zip", "a spreadsheet"),
        ("National_2024_Export.txt", "no departments"),
        ("national_2024_import.zip", "no departments"),
        ("2024_export_NC8.txt", "no departments"),
        ("Libelle_CPF4_rev2.1.txt", "a list of labels"),
        ("Libellé_A129.TXT", "a list of labels"),
        ("lisezmoi.txt", "documentation"),
        ("Lisez-moi.txt", "documentation"),
        ("README.txt", "documentation"),
        ("notice.txt", "documentation"),
        ("Region_2024_Export.csv", "customs publish .txt files in .zip files"),
        ("a.tsv", "customs publish .txt"),
        ("Region_2024_Export.txt.gz", "customs publish .txt"),
        ("a.7z", "customs publish .txt"),
        ("a.RAR", "customs publish .txt"),
        ("a.tar", "customs publish .txt"),
        ("a.parquet", "customs publish .txt"),
        ("other.json", "customs publish .txt"),
    ],
)
@pytest.mark.parametrize("folder", ["", "2025-02"])
def test_a_file_of_another_shape_is_refused_by_name(
    customs: Path, unpacked: Path, name: str, reason: str, folder: str
) -> None:
    path = put(customs / folder / name)
    said = refusal(inventory(customs, unpacked))
    assert said.startswith(f"{path}: ")
    assert reason in said
    assert said.endswith(f"Move it out of {customs}.")


@pytest.mark.parametrize(
    ("content", "is_refused"),
    [
        (NATIONAL, True),
        (NATIONAL.replace(b"\n", b"\r\n") * 3, True),
        (BOM + NATIONAL, True),
        (b"\n\r\n" + NATIONAL[:-1], True),
        (b"FLUX;MOIS;ANNEE;CPF6;A129;NC8;PAYS;VALEUR;MASSE;USUP\n" + NATIONAL, True),
        (b"I;12;1999;0111A;A01Z;01012100;FR;;;\n", True),
        (b"I;1;2024;24510;C24C;73030010;DE;1000;10;0\n", False),
        (b"I;13;2024;24510;C24C;73030010;DE;1000;10;0\n", False),
        (NATIONAL + LINE, False),
        (LINE + NATIONAL, False),
        (b"flux;trimestre;annee;departement;region;a129;cpf4;pays;valeur;masse\n", 0),
        (b"nothing of the kind\n", False),
        # Only the beginning is looked at.
        (b"x\n" * 40_000 + NATIONAL, False),
        (NATIONAL * 2_000 + LINE, True),
    ],
)
@pytest.mark.parametrize("name", ["2025-02/Region_2024_Export.txt", ZIP])
def test_a_national_file_is_known_by_its_lines(
    customs: Path, unpacked: Path, content: bytes, is_refused: bool, name: str
) -> None:
    if name == ZIP:
        archive = zipfile.ZipInfo("a.txt")  # stored: nothing like a bomb
        put(customs / name, zipped({archive: content}))
    else:
        put(customs / name, content)
    found = inventory(customs, unpacked)
    if is_refused:
        said = refusal(found)
        assert said.startswith(f"{customs / name}: the lines of a national file")
        assert "no departments. Move it away" in said
    else:
        assert (len(found.files), found.refused) == (1, ())


def test_an_empty_text_is_a_file_of_no_lines(customs: Path, unpacked: Path) -> None:
    put(customs / TXT, b"")
    (file,) = inventory(customs, unpacked).files
    assert (file.bytes, file.lines, file.is_plain) == (0, 0, True)


def test_two_files_of_one_name_and_vintage_are_refused_together(
    customs: Path, unpacked: Path
) -> None:
    first = put(customs / "2025-02" / "Region_2024_Export.txt")
    second = put(customs / "other" / "2025-02" / "Region_2024_Export.txt", LINE)
    put(customs / "2025-03" / "Region_2024_Export.txt")
    put(customs / "2025-02" / "Region_2024_Import.txt")
    found = inventory(customs, unpacked)
    assert names(found) == [
        ("2025-02", "Region_2024_Import.txt"),
        ("2025-03", "Region_2024_Export.txt"),
    ]
    assert found.refused == (
        f"{first} and {second} have the same name in the vintage 2025-02. Keep one.",
    )


def test_a_link_that_leads_nowhere_is_refused_even_for_a_whole_vintage(
    customs: Path, unpacked: Path
) -> None:
    (customs / "2025-02").mkdir()
    (customs / TXT).symlink_to("gone.txt")
    (customs / "2025-03").symlink_to("gone")
    (customs / "2025-04").symlink_to("2025-04")
    found = inventory(customs, unpacked)
    assert found.refused == tuple(
        f"{customs / name}: this link leads nowhere. Mend it or delete it."
        for name in (TXT, "2025-03", "2025-04")
    )


def test_a_pipe_is_refused_and_not_waited_for(customs: Path, unpacked: Path) -> None:
    (customs / "2025-02").mkdir()
    os.mkfifo(customs / TXT)
    assert "a pipe or a device" in refusal(inventory(customs, unpacked))


@pytest.fixture
def anyone() -> Iterator[Path]:
    """A folder looked at with nobody's rights: root may read everything."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    rights = os.geteuid()
    if rights == 0:
        os.chown(folder, 65534, -1)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        os.seteuid(rights)
        for path in folder.rglob("*"):
            path.chmod(0o755)
        shutil.rmtree(folder)


def test_what_may_not_be_read_is_refused_by_name(anyone: Path) -> None:
    put(anyone / "2025-01" / "a.txt").chmod(0)
    put(anyone / "2025-02" / ZIP, zipped({"a.txt": TEXT})).chmod(0)
    put(anyone / "2025-03" / "a.txt").parent.chmod(0)
    put(anyone / "2025-04" / "a.txt").parent.chmod(0o444)
    put(anyone / "2025-05" / "a.txt")
    found = inventory(anyone, anyone / "dev")
    assert names(found) == [("2025-05", "a.txt")]
    assert found.refused == tuple(
        f"{anyone / path}: cannot be read: Permission denied."
        for path in ("2025-01/a.txt", f"2025-02/{ZIP}", "2025-03", "2025-04/a.txt")
    )


@pytest.mark.parametrize("name", ["a[1].txt", "a*.txt", "a?.txt", "x [y]/a.txt"])
def test_a_name_that_duckdb_takes_for_a_pattern_is_refused(
    customs: Path, unpacked: Path, name: str
) -> None:
    put(customs / "2025-02" / name)
    assert "one of * ? [" in refusal(inventory(customs, unpacked))


def test_a_zip_may_have_such_a_name_for_its_text_has_another(
    customs: Path, unpacked: Path
) -> None:
    put(customs / "2025-02" / "a [1].zip", zipped({"a.txt": TEXT}))
    assert names(inventory(customs, unpacked)) == [("2025-02", "a [1].zip")]


def test_a_name_that_is_no_text_is_refused_in_a_sentence_that_is(
    customs: Path, unpacked: Path
) -> None:
    (customs / "2025-02").mkdir()
    put(Path(os.fsdecode(os.fsencode(customs) + b"/2025-02/R\xe9gion\x1b.txt")))
    said = refusal(inventory(customs, unpacked))
    assert r"R\xe9gion .txt: its name is not UTF-8. Rename it." in said
    assert said.encode().isascii()


def test_a_folder_that_is_none_or_empty_is_refused(
    customs: Path, unpacked: Path
) -> None:
    said = refusal(inventory(customs, unpacked))
    assert said.startswith(f"customs_dir '{customs}' holds no file <YYYY-MM>/*.txt")
    said = refusal(inventory(customs / "gone", unpacked))
    assert said.startswith(f"customs_dir '{customs}/gone' does not exist. Name ")
    file = put(customs / "a.txt")
    said = refusal(inventory(file, unpacked))
    assert said.startswith(f"customs_dir '{file}' is not a folder. Name ")
    assert not unpacked.exists()


@pytest.mark.parametrize("grown", [LINE, b""], ids=["longer", "same length"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    customs: Path, unpacked: Path, grown: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(customs / TXT)
    put(customs / "2025-02" / "other.txt")

    def slowly(read: Path) -> object:
        found = measure(read)
        if read == path:
            path.write_bytes(TEXT + grown)
            os.utime(path, ns=(0, path.stat().st_mtime_ns + (not grown)))
        return found

    monkeypatch.setattr(intake.inventory, "measure", slowly)
    found = inventory(customs, unpacked)
    assert names(found) == [("2025-02", "other.txt")]
    assert found.refused == (
        f"{path}: changes while it is read: wait until it is complete.",
    )


def test_a_file_that_is_deleted_while_it_is_read_is_refused(
    customs: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(customs / TXT)
    look = intake.inventory._without_namesakes
    monkeypatch.setattr(
        intake.inventory,
        "_without_namesakes",
        lambda given: (path.unlink(), look(given))[1],
    )
    said = refusal(inventory(customs, unpacked))
    assert said == f"{path}: cannot be read: No such file or directory."


# Zips


def test_a_zip_is_unpacked_once_and_its_text_hashed_every_time(
    customs: Path, unpacked: Path
) -> None:
    archive = put(customs / ZIP, zipped({"Regional-2024-export/Region.txt": TEXT}))
    first = inventory(customs, unpacked).files[0]
    text = Path(first.path)
    assert text == unpacked / f"{sha256(archive.read_bytes())}.txt"
    assert text.read_bytes() == TEXT
    assert (first.sha256, first.lines, first.stamp) == (sha256(TEXT), 3, stamp(text))
    inode = text.stat().st_ino
    assert inventory(customs, unpacked).files == (first,)
    assert text.stat().st_ino == inode
    # What is read is what is hashed.
    text.write_bytes(LINE)
    assert inventory(customs, unpacked).files[0].sha256 == sha256(LINE)
    text.unlink()
    assert inventory(customs, unpacked).files[0].sha256 == sha256(TEXT)


def test_texts_that_no_zip_needs_any_more_are_deleted_and_nothing_else(
    customs: Path, unpacked: Path
) -> None:
    archive = put(customs / ZIP, zipped({"a.txt": TEXT}))
    strangers = ["notes.txt", "a" * 63 + ".txt", "A" * 64 + ".txt", "b" * 64 + ".csv"]
    for name in [*strangers, "0" * 64 + ".txt", "1" * 64 + ".txt.part"]:
        put(unpacked / name)
    (unpacked / ("c" * 64 + ".txt")).mkdir()
    strangers.append("c" * 64 + ".txt")
    assert inventory(customs, unpacked).refused == ()
    first = f"{sha256(archive.read_bytes())}.txt"
    assert kept(unpacked) == sorted([first, *strangers])
    put(archive, zipped({"a.txt": LINE}))
    inventory(customs, unpacked)
    second = f"{sha256(archive.read_bytes())}.txt"
    assert kept(unpacked) == sorted([second, *strangers])
    archive.unlink()
    assert "holds no file" in refusal(inventory(customs, unpacked))
    assert kept(unpacked) == sorted(strangers)


def test_nothing_is_deleted_for_a_folder_that_does_not_exist(
    customs: Path, unpacked: Path
) -> None:
    put(customs / ZIP, zipped({"a.txt": TEXT}))
    inventory(customs, unpacked)
    inventory(customs / "misspelt", unpacked)
    assert len(kept(unpacked)) == 1


def test_no_folder_is_made_when_there_is_no_zip(customs: Path, unpacked: Path) -> None:
    put(customs / TXT)
    inventory(customs, unpacked)
    assert not unpacked.exists()


def test_a_zip_given_in_two_vintages_is_unpacked_once(
    customs: Path, unpacked: Path
) -> None:
    body = zipped({"a.txt": TEXT})
    for vintage in ("2025-02", "2025-03"):
        put(customs / vintage / ZIP, body)
    files = inventory(customs, unpacked).files
    assert [file.vintage for file in files] == ["2025-02", "2025-03"]
    assert files[0].path == files[1].path
    assert len(kept(unpacked)) == 1


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def encrypted() -> bytes:
    body = bytearray(zipped({"a.txt": TEXT}))
    body[body.index(b"PK\x01\x02") + 8] |= 1  # the flag in the central directory
    return bytes(body)


BAD_ZIPS = {
    "climbing": (zipped({"../evil.txt": TEXT}), "climbs out of its folder"),
    "absolute": (zipped({"/tmp/evil.txt": TEXT}), "is an absolute path"),
    "link": (zipped({link("evil.txt"): b"/etc/passwd"}), "is a link or a device"),
    "encrypted": (encrypted(), "is encrypted"),
    "bomb": (zipped({"evil.txt": bytes(10_000_000)}), "it may be a zip bomb"),
    "two texts": (zipped({"a.txt": TEXT, "b.txt": TEXT}), "holds 2 .txt files"),
    "no text": (zipped({"large.xlsx": b"PK"}), "holds 0 .txt files"),
    "no line": (zipped({"a.txt": b""}), "holds an empty text file"),
    "truncated": (zipped({"a.txt": TEXT * 1000})[:-30], "is damaged or truncated"),
    "head only": (zipped({"a.txt": TEXT * 1000})[:60], "is damaged or truncated"),
    "not a zip": (TEXT, "is damaged or truncated"),
    "empty": (b"", "is damaged or truncated"),
}


@pytest.mark.parametrize("kind", BAD_ZIPS)
def test_a_bad_zip_is_refused_with_the_reason_and_leaves_nothing(
    customs: Path, unpacked: Path, tmp_path: Path, kind: str
) -> None:
    body, reason = BAD_ZIPS[kind]
    path = put(customs / ZIP, body)
    put(customs / "2025-02" / "good.zip", zipped({"a.txt": TEXT}))
    found = inventory(customs, unpacked)
    assert names(found) == [("2025-02", "good.zip")]
    (said,) = found.refused
    assert said.startswith(f"{path}: the zip ")
    assert reason in said
    assert said.endswith(" Download it again, or move it away.")
    assert kept(unpacked) == [Path(found.files[0].path).name]
    assert [one for one in tmp_path.rglob("*") if "evil" in one.name] == []


def test_a_zip_that_changes_while_it_is_unpacked_is_refused(
    customs: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = put(customs / ZIP, zipped({"a.txt": TEXT}))
    unpack = intake.unpacked.unpack

    def slowly(*given: object) -> None:
        unpack(*given)
        archive.write_bytes(archive.read_bytes() + b"\0")

    monkeypatch.setattr(intake.unpacked, "unpack", slowly)
    assert "changes while it is read: wait" in refusal(inventory(customs, unpacked))
    assert kept(unpacked) == []


def test_a_full_disk_is_a_refusal_and_leaves_no_half_text(
    customs: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(archive: Path, target: object, limits: object) -> None:
        target.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = put(customs / ZIP, zipped({"a.txt": TEXT}))
    monkeypatch.setattr(intake.unpacked, "unpack", full)
    said = refusal(inventory(customs, unpacked))
    assert said.startswith(f"{path}: ")
    assert "No space left on device" in said
    assert kept(unpacked) == []


def test_texts_that_can_be_put_nowhere_are_a_refusal(
    customs: Path, unpacked: Path
) -> None:
    path = put(customs / ZIP, zipped({"a.txt": TEXT}))
    put(customs / TXT)
    put(unpacked, b"a file where the folder should be")
    found = inventory(customs, unpacked)
    assert names(found) == [("2025-02", "Region_2024_Export.txt")]
    assert found.refused == (
        f"{path}: cannot be unpacked into {unpacked}: File exists.",
    )


def test_our_own_texts_are_not_taken_for_files_of_the_customs(customs: Path) -> None:
    put(customs / ZIP, zipped({"a.txt": TEXT}))
    for _ in range(2):
        found = inventory(customs, customs / "dev" / "unpacked")
        assert names(found) == [("2025-02", ZIP)]
        assert found.refused == ()


WORKER = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from intake.inventory import inventory
print(inventory(Path(sys.argv[2]), Path(sys.argv[3])), flush=True)
sys.stdin.read()
"""


def worker(customs: Path, unpacked: Path) -> subprocess.Popen:
    """Another process that takes an inventory, then waits for its end."""
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(SCRIPTS), str(customs), str(unpacked)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_at_once_unpack_once_and_agree(customs: Path, unpacked: Path) -> None:
    for month in range(1, 7):
        archive = {zipfile.ZipInfo("a.txt"): TEXT * 5000 * month}
        put(customs / f"2025{month:02}_regional_2024_export.zip", zipped(archive))
    workers = [worker(customs, unpacked) for _ in range(4)]
    said = {one.communicate()[0] for one in workers}
    assert len(said) == 1
    assert said.pop() == f"{inventory(customs, unpacked)}\n"
    assert len(kept(unpacked)) == 6


def test_one_at_a_time_works_in_the_folder_of_texts(
    customs: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpack, calls, said = intake.unpacked.unpack, [], []

    def slowly(*given: object) -> None:
        calls.append(given)
        time.sleep(0.2)
        unpack(*given)

    monkeypatch.setattr(intake.unpacked, "unpack", slowly)
    put(customs / ZIP, zipped({"a.txt": TEXT}))
    threads = [
        threading.Thread(target=lambda: said.append(inventory(customs, unpacked)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert said == [said[0]] * 3
    assert said[0].refused == ()


def test_a_text_that_another_process_reads_is_not_deleted_before_its_end(
    customs: Path, unpacked: Path, tmp_path: Path
) -> None:
    put(customs / ZIP, zipped({"a.txt": TEXT}))
    put(tmp_path / "other" / ZIP, zipped({"a.txt": LINE}))
    reader = worker(customs, unpacked)
    try:
        reader.stdout.readline()
        (theirs,) = kept(unpacked)
        assert inventory(tmp_path / "other", unpacked).refused == ()
        assert len(kept(unpacked)) == 2
    finally:
        reader.communicate()
    inventory(tmp_path / "other", unpacked)
    assert len(kept(unpacked)) == 1
    assert theirs not in kept(unpacked)


# The plugin


def plugin(path: str) -> Plugin:
    return Plugin("intake", {}, credentials=SimpleNamespace(path=path))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    path = str(tmp_path / "dev" / "warehouse.duckdb")
    (tmp_path / "dev").mkdir()
    with duckdb.connect(path) as connection:
        plugin(path).configure_connection(connection)
        yield connection


def asked(connection: duckdb.DuckDBPyConnection, folder: Path | str) -> dict:
    query = "select customs_inventory(?)"
    return json.loads(connection.execute(query, [str(folder)]).fetchone()[0])


def test_sql_gets_the_inventory_as_json(
    connection: duckdb.DuckDBPyConnection, customs: Path, unpacked: Path
) -> None:
    put(customs / TXT)
    put(customs / ZIP, zipped({"a.txt": TEXT}))
    put(customs / "été.csv")
    found = inventory(customs, unpacked)
    said = asked(connection, customs)
    assert said == {
        "files": [vars(file) for file in found.files],
        "refused": list(found.refused),
    }
    assert list(said["files"][0]) == [
        *("path", "vintage", "name", "sha256", "bytes", "lines", "is_plain", "stamp")
    ]
    assert kept(unpacked) == [Path(said["files"][0]["path"]).name]
    for file in found.files:
        stamps = connection.execute("select customs_stamp(?)", [file.path]).fetchone()
        assert stamps == (file.stamp,)
    assert connection.execute(
        "select customs_stamp('/gone'), customs_stamp(null), customs_inventory(null)"
    ).fetchone() == ("", None, None)


def test_every_cursor_of_every_thread_has_the_functions(
    connection: duckdb.DuckDBPyConnection, customs: Path
) -> None:
    put(customs / TXT)
    put(customs / ZIP, zipped({"a.txt": TEXT}))
    said = []

    def ask() -> None:
        cursor = connection.cursor()
        said.extend(asked(cursor, customs) for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 20
    assert all(one == said[0] for one in said)
    assert len(said[0]["files"]) == 2


def test_the_function_is_called_when_a_query_runs_and_once(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def counted(folder: Path, unpacked: Path) -> Inventory:
        calls.append((folder, unpacked))
        return Inventory((), ("no",))

    monkeypatch.setattr(intake.plugin, "inventory", counted)
    connection.execute("explain select customs_inventory('a')").fetchall()
    assert calls == []
    connection.execute(
        "with found as (select customs_inventory('~/a') as said) "
        "select said, length(said), json_extract(said, '$.refused') from found"
    ).fetchall()
    assert [folder for folder, _ in calls] == [Path.home() / "a"]


@pytest.mark.parametrize("error", [RuntimeError("odd"), OSError(28, "No space left")])
def test_an_error_nobody_thought_of_is_a_refusal(
    connection: duckdb.DuckDBPyConnection,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(intake.plugin, "inventory", fail)
    said = asked(connection, "somewhere")
    assert said["files"] == []
    (sentence,) = said["refused"]
    assert sentence.startswith("somewhere: cannot be read: ")
    assert str(error) in sentence


def test_a_folder_no_system_call_takes_is_a_refusal(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    said = connection.execute("select customs_inventory('a' || chr(0))").fetchone()[0]
    assert len(json.loads(said)["refused"]) == 1


def test_a_warehouse_in_memory_unpacks_into_a_temporary_folder(customs: Path) -> None:
    put(customs / ZIP, zipped({"a.txt": TEXT}))
    with duckdb.connect(":memory:") as connection:
        plugin(":memory:").configure_connection(connection)
        (file,) = asked(connection, customs)["files"]
        assert Path(file["path"]).read_bytes() == TEXT
        assert Path(file["path"]).is_relative_to(tempfile.gettempdir())


TWICE = """
import gc, sys, types
sys.path.insert(0, sys.argv[1])
import duckdb
from intake.plugin import Plugin

def opened():
    plugin = Plugin("intake", {}, types.SimpleNamespace(path=sys.argv[2]))
    connection = duckdb.connect(sys.argv[2])
    plugin.configure_connection(connection)
    plugin.configure_connection(connection.cursor())
    plugin.configure_connection(connection)
    return connection

first = opened()
second = opened()
first.close()
del first
gc.collect()
print(second.execute("select customs_stamp('/gone') = ''").fetchone()[0])
second.close()
print(opened().execute("select customs_stamp('/gone') = ''").fetchone()[0])
"""


def test_connections_may_come_and_go(tmp_path: Path) -> None:
    """In a process of its own: DuckDB crashes when it calls what was freed."""
    done = subprocess.run(
        [sys.executable, "-c", TWICE, str(SCRIPTS), str(tmp_path / "a.duckdb")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("True\nTrue\n", "", 0)


def test_dbt_has_the_functions_in_its_four_threads(tmp_path: Path) -> None:
    folder = scratch_project(tmp_path / "scratch")
    put(folder / "customs" / TXT)
    put(folder / "customs" / ZIP, zipped({"a.txt": TEXT}))
    shutil.copytree(SCRIPTS, folder / "scripts")
    (folder / "profiles.yml").write_text(
        "scratch: {target: dev, outputs: {dev: {type: duckdb, threads: 4, "
        "path: warehouse.duckdb, module_paths: [scripts], "
        "plugins: [{module: intake.plugin}]}}}\n"
    )
    for number in range(6):
        (folder / "models" / f"model_{number}.sql").write_text(
            "{{ config(materialized='table') }} "
            "{% set found = run_query(\"select customs_inventory('customs')\") %}"
            "select {{ fromjson(found.rows[0][0]).files | length if execute else 0 }} "
            "as files, customs_inventory('customs') as said"
        )
    run = dbt(folder, "run", "--quiet")
    assert run.exit_code == 0, run.output
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as made:
        for number in range(6):
            files, said = made.execute(f"from model_{number}").fetchone()
            assert files == 2
            paths = [file["path"] for file in json.loads(said)["files"]]
            assert paths == [
                f"unpacked/{kept(folder / 'unpacked')[0]}",
                f"customs/{TXT}",
            ]


# All together


NAMES = st.sampled_from(
    [
        "a.txt",
        "b.TXT",
        "202502_a.zip",
        "region.zip",
        "x.xls",
        "Libelle_A129.txt",
        "c.csv",
        "c.md",
        ".hidden.txt",
        "bad.zip",
    ]
)
FOLDERS = st.sampled_from(["", "2025-02", "x/2025-02", "2025-02/deep", ".fetch", "y"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(FOLDERS, NAMES), max_size=8, unique=True))
def test_every_file_that_may_be_data_is_read_or_refused_by_name(
    places: list[tuple[str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        customs = Path(temporary) / "customs"
        customs.mkdir()
        for number, (folder, name) in enumerate(places, 1):
            is_zip = name.endswith(".zip") and name != "bad.zip"
            text = LINE * number  # told apart by its hash
            put(customs / folder / name, zipped({"a.txt": text}) if is_zip else text)
        found = inventory(customs, Path(temporary) / "unpacked")
        assert names(found) == sorted(set(names(found)))
        assert list(found.refused) == sorted(found.refused)
        hashes = {file.sha256 for file in found.files}
        said = "\n".join(found.refused)
        for number, (folder, name) in enumerate(places, 1):
            path = customs / folder / name
            is_read = sha256(LINE * number) in hashes
            is_refused = f"{path}: " in said or f"{path} " in said
            is_data = folder != ".fetch" and name not in ("c.md", ".hidden.txt")
            assert (is_read, is_refused) in (
                [(True, False), (False, True)] if is_data else [(False, False)]
            )
