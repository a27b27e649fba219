"""Fetching: archives that are damaged, hostile, or not what their name says."""

from __future__ import annotations

import stat
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from customs_servers import Customs, fetch, placed, vintage_of
from customs_zips import LISTS, lines, shipped, zipped

from commerce_exterieur.customs.archive import Limits, unpack
from commerce_exterieur.errors import UserError
from commerce_exterieur.fetching.choice import choose
from commerce_exterieur.fetching.content import verify
from commerce_exterieur.fetching.resources import Resource

VINTAGE = "2025-02"
ONE = vintage_of(VINTAGE, "Region_2024_Import.txt")
EXPORT = "202502-Regional-2024-export.zip"
TEXT = lines(2024, "export")
NATIONAL = b"E;01;2024;01110;A01Z;10011100;BE;29916;20815;0\r\n" * 9
EIGHT = b"E;1;2013;0111;BE;29916;20815;x\r\n" * 9
PAGE = b"<!DOCTYPE html><html><title>Maintenance</title></html>"


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def with_bad_crc() -> bytes:
    held = zipped({zipfile.ZipInfo("Region.txt"): TEXT})
    return held.replace(b";01;", b";02;", 1)


BAD_ARCHIVES = {
    "climbing": (zipped({"../evil.txt": TEXT}), "climbs out of its folder"),
    "climbing backwards": (zipped({"a\\..\\..\\evil.txt": TEXT}), "climbs out"),
    "climbing beside": (zipped({"ok.txt": TEXT, "../evil": b""}), "climbs out"),
    "absolute": (zipped({"/tmp/evil.txt": TEXT}), "is an absolute path"),
    "drive": (zipped({"C:\\evil.txt": TEXT}), "is an absolute path"),
    "share": (zipped({"\\\\host\\evil.txt": TEXT}), "is an absolute path"),
    "link": (zipped({link("evil.txt"): b"/etc/passwd"}), "is a link or a device"),
    "terminal": (zipped({"\x1b[2Jevil.txt": TEXT}), "has control characters"),
    "two flow files": (zipped({"a.txt": TEXT, "b.TXT": TEXT}), "holds 2 flow files"),
    "no text": (zipped({"large.xlsx": b"PK"}), "holds no flow file"),
    "lists alone": (zipped(LISTS), "holds no flow file"),
    "no line": (zipped({"a.txt": b""}), "empty, or nothing but blank lines"),
    "bomb": (zipped({"a.txt": TEXT + bytes(10_000_000)}), "it may be a zip bomb"),
    "truncated": (shipped("export", 2024)[:-30], "is damaged or truncated"),
    "head only": (shipped("export", 2024)[:400], "is damaged or truncated"),
    "bad CRC": (with_bad_crc(), "Bad CRC-32"),
}
#: What a file of exports of 2024 may hold, and the two things that are then said.
WRONG_CONTENT = {
    "other flow": (
        lines(2024, "import"),
        "its name says exports of 2024",
        "'Regional-2024-export/Region_2024_Export.txt' say imports of 2024",
    ),
    "both flows": (
        TEXT + lines(2024, "import", 1),
        "its name says exports of 2024",
        "say exports and imports of 2024",
    ),
    "other year": (
        lines(2023, "export"),
        "its name says exports of 2024",
        "say exports of 2023",
    ),
    "a year more": (
        TEXT + lines(2023, "export", 1),
        "its name says exports of 2024",
        "say exports of 2023, 2024",
    ),
    "no good line": (
        TEXT.replace(b";01;18;", b";1;18;"),
        "its name says exports of 2024",
        "no well-formed line; the first one: malformed department code",
    ),
    "a web page": (PAGE, EXPORT, "a web page (HTML), not a customs file"),
    "a PDF": (b"%PDF-1.4\n", EXPORT, "a PDF, not a customs file"),
    "national lines": (NATIONAL, EXPORT, "the lines of a national file"),
    "eight columns": (EIGHT, EXPORT, "the lines of an old file of eight columns"),
    "labels": (LISTS["Libelle_PAYS.txt"], EXPORT, "a list of labels"),
}


def upload(doors: Customs, exports: bytes) -> None:
    doors.upload(EXPORT, exports)
    doors.upload("202502-Regional-2024-import.zip", shipped("import", 2024))


@pytest.mark.parametrize("kind", BAD_ARCHIVES)
def test_a_bad_archive_is_refused_with_the_reason(
    doors: Customs,
    out: Path,
    tmp_path: Path,
    kind: str,
    capsys: pytest.CaptureFixture,
) -> None:
    body, message = BAD_ARCHIVES[kind]
    upload(doors, body)
    assert fetch(doors, out) == 1
    error = capsys.readouterr().err
    assert message in error
    assert EXPORT in error
    assert "\x1b" not in error
    assert placed(out) == ONE
    # Nothing beside the folder, and nothing to go on with.
    assert [path.name for path in tmp_path.rglob("*") if "evil" in path.name] == []
    assert [path.name for path in (out / ".fetch").iterdir()] == ["lock"]


@pytest.mark.parametrize("kind", WRONG_CONTENT)
def test_lines_that_are_not_what_the_name_says_are_refused_with_both_said(
    doors: Customs, out: Path, kind: str, capsys: pytest.CaptureFixture
) -> None:
    text, named, found = WRONG_CONTENT[kind]
    upload(doors, shipped("export", 2024, text))
    assert fetch(doors, out) == 1
    error = capsys.readouterr().err
    assert named in error
    assert found in error
    assert placed(out) == ONE
    assert [path.name for path in (out / ".fetch").iterdir()] == ["lock"]


def test_what_is_in_place_stays_when_its_next_publication_is_refused(
    doors: Customs, out: Path
) -> None:
    upload(doors, shipped("export", 2024))
    assert fetch(doors, out) == 0
    manifest = (out / VINTAGE / "manifest.json").read_bytes()
    wrong = shipped("export", 2024, lines(2023, "export"), lists={})
    doors.upload(EXPORT, wrong, "2025-05/12")
    assert fetch(doors, out) == 1
    assert (out / VINTAGE / "Region_2024_Export.txt").read_bytes() == TEXT
    assert (out / VINTAGE / "manifest.json").read_bytes() == manifest


def test_a_rolling_file_may_hold_several_years_of_one_flow(
    doors: Customs, out: Path, capsys: pytest.CaptureFixture
) -> None:
    upload(doors, shipped("export", 2024))
    imports = shipped("import", data="REGIONAL_CPF4PAYSI.txt")
    doors.upload("202506-stat-regional-ce-import.zip", imports)
    swapped = shipped("export", text=lines(2025, "import"))
    doors.upload("202506-stat-regional-ce-export.zip", swapped)
    assert fetch(doors, out) == 1
    error = capsys.readouterr().err
    assert "its name says exports, and the lines of" in error
    assert "say imports of 2025" in error
    rolling = [path for path in placed(out) if path.startswith("2025-06/REGIONAL")]
    assert rolling == ["2025-06/REGIONAL_CPF4PAYSI.txt"]


def test_lines_of_a_year_after_the_results_are_refused(
    doors: Customs, out: Path, capsys: pytest.CaptureFixture
) -> None:
    path = doors.upload("Regional-2024-export.zip", shipped("export", 2024)).path
    given = ("--url", doors.root + path, "--results", "2023-02")
    assert fetch(doors, out, *given) == 1
    assert "go to 2024. Is the month right?" in capsys.readouterr().err
    assert placed(out) == []


def test_a_zip_that_is_not_compressed_is_a_zip(doors: Customs, out: Path) -> None:
    """Its first bytes show the lines it holds."""
    upload(doors, zipped({zipfile.ZipInfo("Region_2024_Export.txt"): TEXT}))
    assert fetch(doors, out) == 0
    assert (out / VINTAGE / "Region_2024_Export.txt").read_bytes() == TEXT


def test_a_byte_order_mark_and_a_last_line_without_end_are_no_matter(
    doors: Customs, out: Path
) -> None:
    text = b"\xef\xbb\xbf" + TEXT.splitlines()[0]
    upload(doors, shipped("export", 2024, text))
    assert fetch(doors, out) == 0
    assert (out / VINTAGE / "Region_2024_Export.txt").read_bytes() == text


def test_a_line_without_end_is_none_and_is_not_kept_in_memory(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    (file,) = choose([Resource("url", f"https://x.org/{EXPORT}")], None).files
    text.write_bytes(b"x" * 30_000_000 + TEXT.splitlines()[0])
    tracemalloc.start()
    with pytest.raises(UserError, match="no well-formed line"):
        verify(text, file, "a.txt")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 15_000_000
    text.write_bytes(b"x" * 3_000_000 + b"\n" + TEXT)
    verify(text, file, "a.txt")


def test_a_text_may_not_be_larger_than_the_limit(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(shipped("export", 2024))
    with (
        (tmp_path / "out").open("wb") as target,
        pytest.raises(UserError, match="swells past 100 bytes"),
    ):
        unpack(archive, target, Limits(max_bytes=100))


def test_hostile_titles_and_names_never_become_paths(
    doors: Customs, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    title = "../../evil\n\x1b[2J\u202e regional 2024 export \ud800.zip"
    doors.offer(
        "..%2F..%2Fevil%00_202502_regional_2024_export.zip",
        shipped("export", 2024),
        title=title,
        id="../../../evil",
    )
    said = "/evil/202502-Regional-2024-Import"
    doors.offer("x.zip", shipped("import", 2024), title=said)
    doors.offer("y.zip", b"", title="Regional 2024 export", url="file:///etc/passwd")
    doors.offer("z.zip", b"", title=["a", {"b": 1}], id=None)
    doors.resources.append("not a resource")
    doors.describe()
    assert fetch(doors, out) == 0
    assert placed(out) == vintage_of(
        VINTAGE, "Region_2024_Export.txt", "Region_2024_Import.txt"
    )
    assert [path.name for path in tmp_path.rglob("*") if "evil" in path.name] == []
    captured = capsys.readouterr()
    assert not set("\x1b\u202e\ud800") & set(captured.out + captured.err)
