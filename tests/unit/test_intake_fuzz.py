"""Folders that nobody would give, and some that an enemy would: nothing is silent."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from customs_folder import (
    BOM,
    EIGHT,
    IMPORTED,
    LINE,
    NATIONAL,
    PAGE,
    TEXT,
    names,
    put,
    sha256,
)
from customs_zips import COUNTRIES, LISTS, README, shipped, zipped
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from commerce_exterieur.customs.line import HEADER
from commerce_exterieur.intake.folder import BESIDE, FOREIGN, READ
from commerce_exterieur.intake.inventory import inventory

FOLDERS = st.sampled_from(
    [
        *("", "2025-02", "x/2025-02", "2025-02/deep/still", "2024-11", "y", "2025-13"),
        *(
            "202502_regional_2024_export",
            "2025-02/Regional-2024-export",
            "2025-02/é  è",
        ),
        *(".fetch", "2025-02/__MACOSX", "2025-02/a.txt", "2025-02/manifest.json"),
    ]
)
NAMES = st.sampled_from(
    [
        *("Region_2024_Export.txt", "Region_2024_Import.TXT", "REGIONAL_CPF4PAYSE.txt"),
        *(
            "a.txt",
            "b.Txt",
            "-a b'c\".txt",
            "é\u0301.txt",
            " .txt",
            "a\nb.txt",
            "[a].txt",
        ),
        *("Region_2024_Export", "Region_2024_Export.dat", "Region_2024_Export.txt.bak"),
        *("Region_2024_Export.html", "a.csv", "a.zip.001", "a.txt.crdownload", "a.bin"),
        *("Libelle_PAYS.txt", "Departement_region.txt", "nomenclature_A129.txt"),
        *("LISEZ-MOI.txt", "notice.txt", "National_2024_Export.txt", "x.xls", "c.md"),
        *("202502_regional_2024_export.zip", "a.zip", "A.ZIP", "national.zip", "x.pdf"),
        *(".hidden.txt", "._a.txt", "Thumbs.db", "\u202etxt.zip", "a?.txt", "core"),
    ]
)
CONTENTS = [
    *(TEXT, LINE[:-1], BOM + TEXT, IMPORTED, LINE.replace(b"2024", b"2023")),
    *(TEXT.replace(b"\n", b"\r\n"), BOM + TEXT.replace(b"\n", b"\r\n")),
    *(TEXT.replace(b"\n", b"\r"), TEXT + IMPORTED, HEADER.encode() + b"\n" + TEXT),
    *(b"", b"\n\n", BOM, NATIONAL * 2, EIGHT * 2, PAGE, README, b"%PDF-1.4\n", b"x\n"),
    *(*LISTS.values(), COUNTRIES * 2_000 + TEXT * 3_000, b'AD;"never closed\n' * 2),
    *(COUNTRIES.replace(b"\r\n", b"\r"), COUNTRIES[:-9] + b"\xff\xfe", bytes(70_000)),
    *(TEXT.decode().encode("utf-16"), b"E;" * 90_000, TEXT * 900 + b"\xff\x00\n"),
]
# By number: they are too long to be shown.
TEXTS = st.integers(0, len(CONTENTS) - 1).map(lambda n: CONTENTS[n])
MEMBERS = st.sampled_from(
    [
        *(
            "Region_2024_Export.txt",
            "a.txt",
            "x/y/z/é à.TXT",
            "x\\a.txt",
            "data",
            "a.csv",
        ),
        *("__MACOSX/._a.txt", "x/.DS_Store", "x/LISEZ-MOI.txt", "Libelle_PAYS.txt"),
        *("../a.txt", "/a.txt", "a\nb.txt", "a" * 300, "\U0001f4a9.txt", " ", "x.pdf"),
    ]
)
ARCHIVES = [
    shipped("export", 2024),
    shipped("import", count=4),
    shipped("export", 2024, others={"more.zip": shipped("import", 2024)}),
    zipped({"a.zip": zipped({"b.zip": zipped({"c.txt": TEXT})})}),
    zipped({f"{number}": b"" for number in range(501)}),
    shipped("export", 2024)[:-40],
]
ZIPS = st.one_of(
    st.dictionaries(MEMBERS, TEXTS, max_size=4).map(zipped),
    st.integers(0, len(ARCHIVES) - 1).map(lambda n: ARCHIVES[n]),
    st.binary(max_size=40),
)
MANIFESTS = st.sampled_from(
    [
        b'{"data_origin": "simulated", "files": []}',
        b'{"data_origin": "simulated", "files": [}',
        b'{"data_origin": "official", "files": [{"name": "a.txt", "sha256": "0"}]}',
    ]
)
FILES = st.one_of(
    st.tuples(FOLDERS, NAMES, TEXTS | ZIPS),
    st.tuples(FOLDERS, st.just("manifest.json"), MANIFESTS),
)


def holds_lines(content: bytes) -> bool:
    """Whether a text has lines of customs; one that a LISEZ-MOI quotes is none."""
    lines = [line.removesuffix(b"\r") for line in content.split(b"\n")]
    return content != README and any(
        re.fullmatch(b"[EI];[1-4];20[0-9]{2}(;[0-9A-Z]+){7}", line) for line in lines
    )


def may_be_silent(place: Path) -> bool:
    """Whether nobody takes a file for data, by its path in the folder."""
    if any(part.startswith(".") or part == "__MACOSX" for part in place.parts):
        return True
    if place.name == "manifest.json":
        return True
    month = "20[0-9]{2}-?(0[1-9]|1[0-2])(_|$)"
    is_dated = any(re.match(month, one) for one in place.parts)
    ending = place.suffix.lower()
    is_elsewhere = not is_dated and ending not in {*READ, *FOREIGN}
    return "Region_" not in place.name and (ending in BESIDE or is_elsewhere)


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(FILES, max_size=7, unique_by=lambda file: file[:2]))
@example([("2025-02", "Libelle_PAYS.txt", COUNTRIES * 2_000 + TEXT * 3_000)])
@example([("2025-02", "Region_2024_Export.txt", COUNTRIES)])
@example([("2025-02", "Region_2024_Export.html", TEXT)])
def test_what_holds_lines_is_read_or_refused_by_name(
    files: list[tuple[str, str, bytes]],
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        customs = Path(temporary) / "customs"
        customs.mkdir()
        given = {}
        for folder, name, content in files:
            path = customs / folder / name
            if path.is_dir() or any(one.is_file() for one in path.parents):
                continue
            given[put(path, content)] = content
        unpacked = Path(temporary) / "unpacked"
        found = inventory(customs, unpacked)

    assert list(found.refused) == sorted(found.refused)
    assert all(map(str.isprintable, (*found.refused, *found.notes)))
    assert names(found) == sorted(set(names(found)))
    assert found.files or found.refused
    said = "\n".join(found.refused)
    for path, content in given.items():
        seen = "".join(one if one.isprintable() else " " for one in str(path))
        seen = " ".join(seen.split())
        is_refused = any(
            one in said for one in (f"{seen}: ", f"{seen} and ", f"and {seen} have")
        )
        is_text = any(file.path == str(path) for file in found.files)
        text = str(unpacked / f"{sha256(content)}.txt")
        is_zip = any(file.path == text for file in found.files)
        is_read = is_text or is_zip
        if holds_lines(content) and not may_be_silent(path.relative_to(customs)):
            is_left_out = any(
                note.startswith(f"{seen}: documentation by its name")
                for note in found.notes
            )
            assert is_text or is_refused or is_left_out
        if path.suffix.lower() == ".zip" and not may_be_silent(
            path.relative_to(customs)
        ):
            assert is_read or is_refused
        is_twice = list(given.values()).count(content) > 1
        assert not (is_read and is_refused) or is_twice
    # What is read of a text is its lines, each once.
    for file in found.files:
        if (content := given.get(Path(file.path))) is not None:
            assert file.lines == content.count(b"\n") + (
                content[-1:] not in (b"\n", b"")
            )
