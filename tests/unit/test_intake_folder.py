"""A walk through a folder of customs files: what a path alone decides."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from customs_folder import TEXT, TXT, ZIP, names, put, refusal
from customs_zips import zipped

from commerce_exterieur.intake.inventory import inventory

# Vintages


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
        ("2025-02/Regional-2024-export/a.txt", "2025-02"),
        # A zip's name speaks when no folder does,
        ("202002_regional_2019_export.zip", "2020-02"),
        ("x/regional-202002-2019-202002.zip", "2020-02"),
        # and that of the folder it was unpacked in.
        ("202002_regional_2019_export/Region_2019_Export.txt", "2020-02"),
        ("202002_regional_2019_export/Regional-2019-export/a.txt", "2020-02"),
        ("x/202205-stat-regional-ce-export/deep/a.txt", "2022-05"),
    ],
)
def test_a_vintage_is_the_nearest_folder_or_else_in_the_zip_s_name(
    customs: Path, unpacked: Path, path: str, vintage: str
) -> None:
    text = TEXT.replace(b"2024", b"2019")
    put(customs / path, zipped({"a.txt": text}) if path.endswith("zip") else text)
    found = inventory(customs, unpacked)
    assert names(found) == [(vintage, Path(path).name)]
    assert found.refused == ()


@pytest.mark.parametrize(
    "path",
    [
        "2025-02/202412_regional_2024_export.zip",
        "2025-02/202412_regional_2024_export/Region_2024_Export.txt",
        "202412-Regional-2024-export/2025-02/Region_2024_Export.txt",
        "2025-02/x/202412_regional_2024_export/Regional-2024-export/a.txt",
    ],
)
def test_a_folder_that_says_another_month_than_the_zip_wins_and_that_is_told(
    customs: Path, unpacked: Path, path: str
) -> None:
    put(customs / path, zipped({"a.txt": TEXT}) if path.endswith("zip") else TEXT)
    found = inventory(customs, unpacked)
    assert names(found) == [("2025-02", Path(path).name)]
    assert found.notes == (
        f"{customs / path}: read as results of 2025-02, as its folder says; the name "
        "of its zip says 2024-12. Folders are named after the month of results, not "
        "of publication.",
    )


def test_a_folder_that_says_the_same_month_is_nothing_to_tell(
    customs: Path, unpacked: Path
) -> None:
    put(customs / "2025-02" / ZIP, zipped({"a.txt": TEXT}))
    put(customs / "2025-02" / ZIP.removesuffix(".zip") / "b.txt")
    found = inventory(customs, unpacked)
    assert len(found.files) == 2
    assert found.notes == ()


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
        "202502/a.txt",  # of what?
        "Regional-2024-export/Region_2024_Export.txt",
        "regional_2019_export.zip",
        "202013_regional_2019_export.zip",
        "20200201_regional_2019_export.zip",
        "202002_regional_202003.zip",
    ],
)
def test_a_file_of_no_vintage_is_refused_with_its_place(
    customs: Path, unpacked: Path, path: str
) -> None:
    put(customs / path, zipped({"a.txt": TEXT}) if path.endswith("zip") else TEXT)
    said = refusal(inventory(customs, unpacked))
    assert said.startswith(f"{customs / path}: ")
    assert "the month of results (YYYY-MM)" in said
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


# What is passed over


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
        ".fetch/Region.txt",
        "2025-02/._Region_2024_Export.txt",
        "2025-02/.hidden/a.txt",
        "2025-02/.DS_Store",
        "__MACOSX/2025-02/a.txt",
        "2025-02/__MACOSX/a.txt",
        "2025-02/LisezMoi.pdf",
        "2025-02/Descriptif_region_2024_export.PDF",
        "2025-02/notes.md",
        "2025-02/index.html",
        "2025-02/map.svg",
        "2025-02/Thumbs.db",
        "2025-02/desktop.ini",
        "notes.md",
        "noextension",
        "todo.bak",
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
    assert (found.refused, found.notes) == ((), ())


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
        ("202308-National-2022-import.zip", "no departments"),
        ("2024_export_NC8.txt", "no departments"),
        ("a.txt.part", "an unfinished download"),
        ("a.zip.unfinished", "an unfinished download"),
        ("a.zip.PART", "an unfinished download"),
        ("Region_2024_Export.txt.crdownload", "an unfinished download"),
        ("Region_2024_Export.txt.tmp", "an unfinished download"),
        ("Region_2024_Export", "it has no ending"),
        ("Region_2024_Export.", "customs publish .txt files in .zip files"),
        ("Region_2024_Export.csv", "not .csv"),
        ("Region_2024_Export.dat", "not .dat"),
        ("Region_2024_Export.text", "not .text"),
        ("Region_2024_Export.txt.bak", "not .bak"),
        ("Region_2024_Export.txt~", "not .txt~"),
        ("Region_2024_Export.txt ", "not .txt "),
        ("Region_2024_Export.zip.001", "not .001"),
        ("Region_2024_Export.html", "not .html"),
        ("Region_2024_Export.md", "not .md"),
        ("Region_2024_Export.txt.gz", "not .gz"),
        ("a.tsv", "customs publish .txt"),
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
    assert said.startswith(f"{path}: ".replace(" :", ":"))
    assert reason.strip() in said
    assert said.endswith(f"Move it out of {customs}.")


@pytest.mark.parametrize(
    "name", ["anything", "a.bak", "a.001", "a.txt2", "core", "été", "a.xml", "zip"]
)
def test_whatever_lies_in_a_vintage_s_folder_is_known_or_refused(
    customs: Path, unpacked: Path, name: str
) -> None:
    path = put(customs / "2025-02" / "deep" / name)
    said = refusal(inventory(customs, unpacked))
    assert said.startswith(f"{path}: customs publish .txt files in .zip files")
    path.rename(put(customs / "elsewhere" / "notes.md").with_name(name))
    assert "holds no file" in refusal(inventory(customs, unpacked))


def test_a_link_that_leads_nowhere_is_refused_even_for_a_whole_vintage(
    customs: Path, unpacked: Path
) -> None:
    (customs / "2025-02").mkdir()
    (customs / TXT).symlink_to("gone.txt")
    (customs / "2025-02" / "manifest.json").symlink_to("gone.json")
    (customs / "2025-03").symlink_to("gone")
    (customs / "2025-04").symlink_to("2025-04")
    found = inventory(customs, unpacked)
    assert found.refused == tuple(
        f"{customs / name}: this link leads nowhere. Mend it or delete it."
        for name in (TXT, "2025-02/manifest.json", "2025-03", "2025-04")
    )


@pytest.mark.parametrize("path", [TXT, "2025-02/a.dat", ZIP])
def test_a_pipe_is_refused_and_not_waited_for(
    customs: Path, unpacked: Path, path: str
) -> None:
    (customs / path).parent.mkdir(exist_ok=True)
    os.mkfifo(customs / path)
    assert refusal(inventory(customs, unpacked)).startswith(f"{customs / path}: ")


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


def test_a_manifest_that_may_not_be_read_stops_the_build(anyone: Path) -> None:
    manifest = put(anyone / "2025-02" / "manifest.json", b'{"data_origin": "simulated"')
    manifest.chmod(0)
    put(anyone / TXT)
    assert inventory(anyone, anyone / "dev").refused == (
        f"{manifest} cannot be read: Permission denied.",
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


@pytest.mark.parametrize(
    "name",
    ["a\nb.txt", "a\u202eb.txt", "a\u200bb.zip", "a\x1b[31m.txt", "x\ny/Region.txt"],
)
def test_a_name_that_shows_otherwise_than_it_is_is_refused(
    customs: Path, unpacked: Path, name: str
) -> None:
    put(customs / "2025-02" / name)
    said = refusal(inventory(customs, unpacked))
    assert said.endswith("its name has letters that no screen shows. Rename it.")
    assert said.isprintable()


@pytest.mark.parametrize(
    "name", ["Région 2024 Export.txt", "it's «a».TXT", "- --a.txt"]
)
def test_accents_spaces_and_quotes_are_letters_like_others(
    customs: Path, unpacked: Path, name: str
) -> None:
    put(customs / "2025-02" / name)
    assert names(inventory(customs, unpacked)) == [("2025-02", name)]


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
