"""Zips as customs ship them, and zips that they never would."""

from __future__ import annotations

import hashlib
import io
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest
from customs_zips import DEPARTMENTS, LISTS, README, shipped, zipped
from customs_zips import lines as lines_of
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce_exterieur.customs import archive
from commerce_exterieur.customs.archive import Limits, Unpacked, look, unpack
from commerce_exterieur.customs.line import HEADER
from commerce_exterieur.errors import UserError

LINE = b"E;1;2024;52;13;C24C;2451;DE;1000;10\n"
TEXT = LINE * 3
NATIONAL = b"E;01;2024;24510;C24C;73030010;DE;1000;10;0\n"
EIGHT = b"E;4;2012;52;C24C;DE;1000;10\n"
PAGE = b"<!DOCTYPE html>\n<html>404</html>\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.zip"


def put(path: Path, members: dict) -> Path:
    path.write_bytes(zipped(members))
    return path


def refusal(path: Path) -> str:
    """What both readers say of an archive that neither takes."""
    said = set()
    for reader in (look, lambda archive: unpack(archive, io.BytesIO(), Limits())):
        with pytest.raises(UserError) as caught:
            reader(path)
        said.add(str(caught.value))
    (sentence,) = said
    return sentence


# What is read


@pytest.mark.parametrize("flow", ["export", "import"])
@pytest.mark.parametrize("year", [2019, None])
def test_a_zip_as_shipped_gives_its_lines_and_its_four_lists(
    path: Path, flow: str, year: int | None
) -> None:
    path.write_bytes(shipped(flow, year))
    with zipfile.ZipFile(path) as opened:
        texts = [one for one in opened.namelist() if one.endswith(".txt")]
        assert len(texts) == 6
    found = look(path)
    kinds = {one.name: one.kind for one in found.lists}
    assert found.data.endswith(("Export.txt", "Import.txt", "PAYSE.txt", "PAYSI.txt"))
    assert kinds == {
        "Libelle_CPF4_rev2.1.txt": "product",
        "Libelle_A129.txt": "activity",
        "Libelle_PAYS.txt": "country",
        "Departement_region.txt": "department",
    }
    assert [one.content for one in found.lists] == list(LISTS.values())
    assert found.not_understood == ()
    target = io.BytesIO()
    done = unpack(path, target, Limits())
    years = [year] if year else [2024, 2025]
    text = b"".join(lines_of(one, flow) for one in years)
    assert target.getvalue() == text
    assert done == Unpacked(
        hashlib.sha256(text).hexdigest(), len(text), 50 * len(years), found.data
    )


@pytest.mark.parametrize(
    "member",
    [
        "Region_2024_Export.txt",
        "a.TXT",
        "a.csv",
        "no ending",
        "a/b/c/Région 2024 (1).txt",
        "a\\b\\Region.txt",
        "été/Region.txt",
    ],
)
def test_the_lines_are_known_by_their_content_wherever_they_are(
    path: Path, member: str
) -> None:
    put(path, {"a/": b"", member: TEXT, "b/LISEZ-MOI.txt": README})
    assert Path(look(path).data).name == Path(member).name
    assert unpack(path, io.BytesIO(), Limits()).lines == 3


def test_what_is_beside_the_lines_is_passed_over(path: Path) -> None:
    beside = {
        "__MACOSX/._Region_2024_Export.txt": TEXT,
        "x/__MACOSX/a.txt": TEXT,
        ".DS_Store": b"\x00\x01",
        "x/.hidden/Region.txt": TEXT,
        "x/Descriptif.PDF": b"%PDF-1.4",
        "notice.txt": b"Bonjour",
        "LISEZ-MOI.txt": README,
        "index.html": PAGE,
        "PAYS.txt": b"AD;Andorre;;\n",
        "DEPARTEMENT.txt": b"01;Ain\n",
    }
    put(path, {"x/Region.txt": TEXT, **beside})
    found = look(path)
    assert (found.data, found.not_understood) == ("x/Region.txt", ())
    assert [one.name for one in found.lists] == ["PAYS.txt", "DEPARTEMENT.txt"]


def test_what_is_not_understood_is_told(path: Path) -> None:
    turns = b"AD;Andorre;;\n" * 9_000 + b"something else\n" * 9_000
    others = {"data.bin": b"\x00\x01", "turns.txt": turns, "old.txt": NATIONAL}
    put(path, {"a.txt": TEXT, **others, "Libelle_A129.txt": LISTS["Libelle_A129.txt"]})
    found = look(path)
    assert found.not_understood == ("data.bin", "turns.txt", "old.txt")
    assert [one.name for one in found.lists] == ["Libelle_A129.txt"]


def test_lines_that_begin_badly_are_known_by_their_name(path: Path) -> None:
    bad = b"E;1;2024;52;13;C24C;2451;DE;1000\n" * 9 + TEXT
    put(path, {"Region_2024_Export.txt": bad, "LISEZ-MOI.txt": README})
    assert look(path).data == "Region_2024_Export.txt"
    assert "no flow file" in refusal(put(path, {"a.txt": bad}))


@pytest.mark.parametrize(
    ("text", "lines"), [(TEXT, 3), (TEXT[:-1], 3), (b"\n" + LINE, 2), (LINE[:-1], 1)]
)
def test_a_last_line_without_its_end_counts(
    path: Path, text: bytes, lines: int
) -> None:
    assert unpack(put(path, {"a.txt": text}), io.BytesIO(), Limits()).lines == lines


# What is refused


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (
            {"x/Region_2024_Export.txt": TEXT, "x/b.txt": TEXT},
            ["holds 2 flow files", "'x/Region_2024_Export.txt'", "'x/b.txt'"],
        ),
        (
            {"Region_2024_Export.txt": TEXT, "Region_2024_Import.txt": b"damaged"},
            ["holds 2 flow files", "'Region_2024_Export.txt'", "Region_2024_Import"],
        ),
        (
            {"Region_2024_Export.txt": TEXT, "Region_2024_Import.txt": PAGE},
            ["'Region_2024_Import.txt': a web page"],
        ),
        (
            {"a.txt": NATIONAL, "LISEZ-MOI.txt": README},
            ["'a.txt': the lines of a national file", "no departments"],
        ),
        ({"a.txt": EIGHT * 9}, ["'a.txt': the lines of an old file of eight columns"]),
        ({"Region_2024_Export.txt": DEPARTMENTS}, ["a list of labels"]),
        ({"Region_2024_Export.txt": b""}, ["'Region_2024_Export.txt': empty"]),
        ({"a.txt": b"\r\n"}, ["'a.txt': empty"]),
        ({"a.txt": PAGE}, ["'a.txt': a web page"]),
        ({"a.zip": zipped({"b.txt": TEXT})}, ["'a.zip': a zip"]),
        ({"large.xlsx": b"what"}, ["no flow file", "'large.xlsx'"]),
        (LISTS, ["no flow file", "'Libelle_A129.txt'", "'Departement_region.txt'"]),
        ({}, ["no flow file", "it is empty"]),
        ({"a/": b""}, ["no flow file", "it is empty"]),
        ({f"{n}.bin": b"x" for n in range(99)}, ["no flow file", "'7.bin', …)"]),
    ],
)
def test_a_zip_without_one_flow_file_is_refused_by_the_names_in_it(
    path: Path, members: dict[str, bytes], words: list[str]
) -> None:
    said = refusal(put(path, members))
    assert said.startswith("the zip ")
    assert said.endswith(".")
    for word in words:
        assert word in said


def entry(name: str, mode: int = 0, **said: object) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    for key, value in said.items():
        setattr(made, key, value)
    return made


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (entry("../evil.txt"), "climbs out of its folder"),
        (entry("a\\..\\evil.txt"), "climbs out of its folder"),
        (entry("/tmp/evil.txt"), "is an absolute path"),
        (entry("\\\\server\\evil.txt"), "is an absolute path"),
        (entry("C:\\evil.txt"), "is an absolute path"),
        (entry("a\nb.txt"), "has control characters in its name"),
        (entry("a\u202etxt.exe"), "has control characters in its name"),
        (entry("evil.txt", stat.S_IFLNK | 0o777), "is a link or a device"),
        (entry("evil.txt", stat.S_IFCHR | 0o666), "is a link or a device"),
        (entry("evil.txt", compress_type=zipfile.ZIP_BZIP2), "compressed in a way"),
        (entry("evil.txt", compress_type=zipfile.ZIP_LZMA), "compressed in a way"),
    ],
)
def test_an_archive_made_to_do_harm_is_refused_whole(
    path: Path, member: zipfile.ZipInfo, reason: str
) -> None:
    put(path, {"Region_2024_Export.txt": TEXT, member: TEXT})
    assert reason in refusal(path)


def test_an_encrypted_archive_is_refused(path: Path) -> None:
    body = bytearray(zipped({"a.txt": TEXT}))
    body[body.index(b"PK\x01\x02") + 8] |= 1  # the flag in the central directory
    path.write_bytes(body)
    assert "is encrypted" in refusal(path)


def test_a_swarm_of_entries_is_refused_before_they_are_read(path: Path) -> None:
    put(path, {f"{number}.txt": b"" for number in range(20_000)})
    assert "it has 20,000 entries" in refusal(path)


def test_a_bomb_is_refused_and_little_of_it_is_written(path: Path) -> None:
    put(path, {"Region_2024_Export.txt": LINE + bytes(30_000_000)})
    target = io.BytesIO()
    with pytest.raises(UserError, match="it may be a zip bomb"):
        unpack(path, target, Limits())
    assert len(target.getvalue()) <= Limits().max_ratio * path.stat().st_size
    with pytest.raises(UserError, match="swells past 100 bytes"):
        unpack(put(path, {"a.txt": TEXT}), io.BytesIO(), Limits(max_bytes=100))


def test_lists_that_swell_are_refused_together(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LARGEST_LISTS", 1000)
    lists = {f"{number}.txt": b"AD;Andorre;;\n" * 30 for number in range(3)}
    path.write_bytes(zipped({"a.txt": TEXT, **lists}))
    with pytest.raises(UserError, match=r"its lists .*'2.txt'.* larger than 1,000"):
        look(path)
    del lists["2.txt"]
    path.write_bytes(zipped({"a.txt": TEXT, **lists}))
    assert len(look(path).lists) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: body[:-30],
        lambda body: body[:60],
        lambda body: b"",
        lambda body: TEXT,
        lambda body: body[: len(body) // 2] + bytes(9) + body[len(body) // 2 + 9 :],
    ],
    ids=["end lost", "head only", "empty", "a text", "bytes lost"],
)
def test_a_damaged_archive_is_called_so(path: Path, damage: object) -> None:
    path.write_bytes(damage(zipped({"a.txt": b"".join([TEXT] * 1000)})))
    with pytest.raises(UserError, match="is damaged or truncated"):
        unpack(path, io.BytesIO(), Limits())


def nameless(body: bytes) -> bytes:
    """The one entry, `a`, says that its name has no letters."""
    entry = body.index(b"PK\x01\x02")
    return body[: entry + 28] + b"\x00\x00\x01\x00" + body[entry + 32 :]


def displaced(body: bytes) -> bytes:
    """The table of contents says that it stands further on: members begin before 0."""
    end = body.index(b"PK\x05\x06")
    return body[: end + 16] + b"\xff\x00\x00\x00" + body[end + 20 :]


@pytest.mark.parametrize(
    ("damage", "words"), [(nameless, "has no name"), (displaced, "is damaged")]
)
def test_a_table_of_contents_that_lies_is_refused(
    path: Path, damage: object, words: str
) -> None:
    path.write_bytes(damage(zipped({"a": TEXT})))
    assert words in refusal(path)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from([shipped("export", 2024, count=3), shipped("import", count=3)]),
    st.lists(st.tuples(st.integers(1, 900), st.integers(0, 255)), max_size=6),
    st.integers(0, 40),
)
def test_damage_of_any_kind_is_a_refusal_in_words(
    body: bytes, changes: list[tuple[int, int]], lost: int
) -> None:
    damaged = bytearray(body)
    for place, byte in changes:  # from the end: the table of contents is there
        damaged[-place] = byte
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(damaged[: len(damaged) - lost])
        for reader in (look, lambda path: unpack(path, io.BytesIO(), Limits())):
            try:
                reader(Path(file.name))
            except UserError as error:
                assert str(error).startswith("the zip ")
                assert "()" not in str(error)
                assert str(error).isprintable()


def test_an_archive_that_may_not_be_read_is_not_called_damaged(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        look(path)
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        look(path)


def test_a_lisez_moi_that_begins_with_lines_is_passed_over(tmp_path: Path) -> None:
    quoted = f"{HEADER}\r\nE;3;2018;01;18;A01Z;0111;AT;29916;20815\r\n".encode()
    archive = tmp_path / "a.zip"
    archive.write_bytes(shipped("export", 2024, others={"LISEZ-MOI.txt": quoted}))
    assert look(archive).data.endswith("Region_2024_Export.txt")
    archive.write_bytes(zipped({"LISEZ-MOI.txt": quoted}))
    with pytest.raises(UserError, match="holds no flow file"):
        look(archive)
