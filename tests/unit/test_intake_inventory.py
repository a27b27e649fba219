"""What the files of a folder are, by their content, and what is known of them."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest
from customs_folder import (
    BOM,
    EIGHT,
    IMPORTED,
    LINE,
    NATIONAL,
    PAGE,
    TEXT,
    TXT,
    ZIP,
    names,
    put,
    refusal,
    sha256,
)
from customs_zips import COUNTRIES, DEPARTMENTS, LISTS, README, shipped, zipped

import commerce_exterieur.intake.inventory
from commerce_exterieur.intake.inventory import CustomsFile, Inventory, inventory
from commerce_exterieur.intake.measure import measure, stamp

Q5 = LINE.replace(b"E;1;", b"E;5;")


def test_texts_and_zips_are_listed_in_order_with_what_is_known_of_them(
    customs: Path, unpacked: Path
) -> None:
    rolling = (LINE + LINE.replace(b"2024", b"2025")).replace(b"\n", b"\r\n") + b"\r"
    put(customs / "2025-02" / "REGIONAL_CPF4PAYSE.TXT", rolling)
    put(customs / "2025-02" / "strange.txt", IMPORTED)
    put(customs / TXT)
    text_2023 = TEXT.replace(b"2024", b"2023")
    archive = put(
        customs / "202411_regional_2023_export.ZIP", zipped({"x/a.TXT": text_2023})
    )
    record = {"name": Path(TXT).name, "sha256": sha256(TEXT)}
    manifest = {
        "data_origin": "official",
        "files": [record | {"published_on": "2025-04-07"}],
    }
    put(customs / "2025-02" / "manifest.json", json.dumps(manifest).encode())
    text = unpacked / f"{sha256(archive.read_bytes())}.txt"

    def known(path: Path, content: bytes, **said: object) -> CustomsFile:
        return CustomsFile(
            **{
                "path": str(path),
                "vintage": "2025-02",
                "name": path.name,
                "sha256": sha256(content),
                "bytes": len(content),
                "lines": 3,
                "header_lines": 0,
                "is_plain": True,
                "stamp": stamp(path),
                "kind": "annual",
                "flow": "export",
                "year": 2024,
                "data_origin": "provided",
                "published_on": None,
            }
            | said
        )

    folder = customs / "2025-02"
    assert inventory(customs, unpacked) == Inventory(
        files=(
            known(text, text_2023, vintage="2024-11", name=archive.name, year=2023),
            known(
                folder / "REGIONAL_CPF4PAYSE.TXT",
                rolling,
                is_plain=False,
                kind="rolling",
                year=None,
            ),
            known(
                customs / TXT,
                TEXT,
                data_origin="official",
                published_on="2025-04-07",
            ),
            known(folder / "strange.txt", IMPORTED, flow=None, year=None),
        ),
    )


# A zip as shipped, packed or not


def unpack_by_hand(body: bytes, folder: Path) -> None:
    put(folder.with_suffix(".tmp"), body)
    with zipfile.ZipFile(folder.with_suffix(".tmp")) as opened:
        opened.extractall(folder)
    folder.with_suffix(".tmp").unlink()


@pytest.mark.parametrize("place", ["2025-02", "202502-Regional-2024-export"])
@pytest.mark.parametrize("inside", ["Regional-2024-export", ""])
def test_a_zip_is_read_as_shipped_and_unpacked_as_it_is(
    customs: Path, unpacked: Path, place: str, inside: str
) -> None:
    body = shipped("export", 2024, folder=inside)
    put(customs / "202502-Regional-2024-export.zip", body)
    packed = inventory(customs, unpacked)
    assert packed.refused == packed.notes == ()
    assert names(packed) == [("2025-02", "202502-Regional-2024-export.zip")]
    kinds = sorted(one.labels.kind for one in packed.lists)
    assert kinds == ["activity", "country", "department", "product"]
    assert {one.vintage for one in packed.lists} == {"2025-02"}

    unpack_by_hand(body, customs / place)
    both = inventory(customs, unpacked)
    assert both.refused == both.notes == ()
    # The same bytes: the warehouse counts them once.
    assert names(both) == [*names(packed), ("2025-02", "Region_2024_Export.txt")]
    assert len({file.sha256 for file in both.files}) == 1
    assert both.lists == packed.lists

    (customs / "202502-Regional-2024-export.zip").unlink()
    alone = inventory(customs, unpacked)
    assert names(alone) == [("2025-02", "Region_2024_Export.txt")]
    assert (alone.lists, alone.refused) == (packed.lists, ())


def test_both_flows_unpacked_into_one_folder_are_both_read(
    customs: Path, unpacked: Path
) -> None:
    for flow in ("export", "import"):
        unpack_by_hand(shipped(flow, 2024, folder=""), customs / "2025-02")
    found = inventory(customs, unpacked)
    assert [(file.flow, file.year) for file in found.files] == [
        *(("export", 2024), ("import", 2024))
    ]
    assert (len(found.lists), found.refused, found.notes) == (4, (), ())


def test_what_of_a_zip_is_not_understood_is_told(customs: Path, unpacked: Path) -> None:
    path = put(customs / ZIP, shipped("export", 2024, others={"odd.bin": b"\x00"}))
    assert inventory(customs, unpacked).notes == (
        f"{path}: holds what is not understood, and left out: "
        "'Regional-2024-export/odd.bin'.",
    )


# Lists of labels


def test_a_list_is_dated_like_the_lines_it_came_with_and_kept_once_a_vintage(
    customs: Path, unpacked: Path
) -> None:
    other = {"Libelle_PAYS.txt": b"AT;Austria;;\n"}
    put(customs / ZIP, shipped("export", 2024))
    put(customs / "202502_regional_2024_import.zip", shipped("import", 2024))
    put(
        customs / "202411_regional_2023_export.zip",
        shipped("export", 2023, lists=other),
    )
    put(customs / "2025-02" / "PAYS.txt", COUNTRIES)
    put(customs / "Libelle_A129.txt", LISTS["Libelle_A129.txt"])  # of no vintage
    found = inventory(customs, unpacked)
    assert [(one.vintage, one.labels.kind) for one in found.lists] == [
        ("2024-11", "country"),
        *(("2025-02", kind) for kind in ("activity", "country", "department")),
        ("2025-02", "product"),
    ]
    assert found.refused == ()
    # Two that differ are both kept.
    put(customs / "2025-02" / "Libelle_PAYS.txt", b"AT;Austria;;\n")
    assert len(inventory(customs, unpacked).lists) == 6


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Departement_region.txt", DEPARTMENTS),
        ("Departement_region.txt", b"01;Ain;84;ARA\n"),
        ("nomenclature_A129.txt", LISTS["Libelle_A129.txt"]),
        ("nomenclature_A129.txt", b"anything else"),
        ("Libelle_CPF4_rev2.1_2.txt", LISTS["Libelle_CPF4_rev2.1.txt"]),
        ("Libelle_PAYS.txt", b""),
        ("PAYS.txt", COUNTRIES),
        ("DEPARTEMENT.txt", b"whatever"),
        ("unnamed.txt", COUNTRIES),
        ("LISEZ-MOI.txt", README),
        ("LISEZ-MOI.txt", b""),
        ("notice.TXT", README),
    ],
)
def test_a_list_or_a_readme_is_never_taken_for_a_flow_file(
    customs: Path, unpacked: Path, name: str, content: bytes
) -> None:
    put(customs / "2025-02" / name, content)
    assert "holds no file" in refusal(inventory(customs, unpacked))
    put(customs / TXT)
    found = inventory(customs, unpacked)
    assert (names(found), found.refused) == ([("2025-02", Path(TXT).name)], ())


@pytest.mark.parametrize("name", ["Libelle_PAYS.txt", "a.txt"])
def test_what_only_begins_like_a_list_is_refused(
    customs: Path, unpacked: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "begins like a list of labels, and goes on as something else. Move it away."
    path = put(customs / "2025-02" / name, COUNTRIES * 2_000 + LINE * 99_000)
    assert refusal(inventory(customs, unpacked)) == f"{path}: {said}"
    # Nor is a file read whole that is larger than any list.
    put(path, COUNTRIES)
    monkeypatch.setattr(commerce_exterieur.intake.inventory, "LARGEST_LISTS", 100)
    assert refusal(inventory(customs, unpacked)) == f"{path}: {said}"


# What is refused for its content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (NATIONAL, ["the lines of a national file", "no departments"]),
        (BOM + NATIONAL.replace(b"\n", b"\r\n") * 3, ["a national file"]),
        (EIGHT * 3, ["an old file of eight columns", "ten columns are read"]),
        (PAGE, ["a web page (HTML)"]),
        (b"%PDF-1.4\n%\xe2\xe3", ["a PDF"]),
        (zipped({"a.txt": TEXT}), ["a zip, whatever its name says"]),
        (COUNTRIES, ["its name says a flow file, it holds a list of labels"]),
    ],
)
@pytest.mark.parametrize("name", [TXT, "2025-02/REGIONAL_CPF4PAYSI.txt"])
def test_what_is_known_to_be_something_else_is_refused_whatever_its_name(
    customs: Path, unpacked: Path, content: bytes, words: list[str], name: str
) -> None:
    path = put(customs / name, content)
    said = refusal(inventory(customs, unpacked))
    assert said.startswith(f"{path}: ")
    for word in words:
        assert word in said
    assert said.endswith("ove it away.")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (Q5 + b"more\n", ["first line is 'E;1;2024;"[:15], "(quarter out of range)"]),
        (b"\n\nBonjour\x1b[31m\n", [r"'Bonjour\x1b[31m'", "(wrong number of fields)"]),
        (b"\xff\xfe" * 9, ["(wrong number of fields)"]),
        (b"", ["empty, or nothing but blank lines"]),
        (b"\r\n \n", ["empty, or nothing but blank lines"]),
    ],
)
def test_without_a_name_of_customs_a_text_must_begin_like_lines(
    customs: Path, unpacked: Path, content: bytes, words: list[str]
) -> None:
    path = put(customs / "2025-02" / "a.txt", content)
    said = refusal(inventory(customs, unpacked))
    assert said.startswith(f"{path}: ")
    for word in words:
        assert word in said
    # With one, its lines are rejected one by one, each with its reason.
    path.rename(customs / TXT)
    assert len(inventory(customs, unpacked).files) == 1


@pytest.mark.parametrize("content", [TEXT, IMPORTED])
@pytest.mark.parametrize("name", ["Libelle_PAYS.txt", "PAYS.txt"])
def test_lines_under_the_name_of_a_list_are_refused(
    customs: Path, unpacked: Path, content: bytes, name: str
) -> None:
    put(customs / "2025-02" / name, content)
    said = refusal(inventory(customs, unpacked))
    assert "its lines are those of a flow file. Give it its true name" in said


OTHER_YEAR = LINE.replace(b"2024", b"2023")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (TXT, IMPORTED, "its name says exports of 2024, its lines are imports of 2024"),
        (TXT, OTHER_YEAR * 3, "exports of 2024, its lines are exports of 2023"),
        (TXT, OTHER_YEAR + TEXT, "its lines are exports of 2023, 2024"),
        (TXT, TEXT * 9_000 + OTHER_YEAR, "its lines are exports of 2023, 2024"),
        (TXT, TEXT * 9_000 + IMPORTED, "its lines are exports and imports of 2024"),
        (
            "2025-02/REGIONAL_CPF4PAYSI.txt",
            TEXT,
            "name says imports, its lines are exp",
        ),
        (ZIP, zipped({"a.txt": IMPORTED}), "exports of 2024, its lines are imports"),
        (
            ZIP,
            zipped({"Region_2023_Export.txt": OTHER_YEAR}),
            "its name says exports of 2024, its lines are exports of 2023",
        ),
        (
            "2025-02/a.zip",
            zipped({"Region_2024_Import.txt": TEXT}),
            "its name says imports of 2024, its lines are exports of 2024",
        ),
    ],
)
def test_lines_of_another_flow_or_year_than_the_name_are_refused_both_said(
    customs: Path, unpacked: Path, name: str, content: bytes, words: str
) -> None:
    path = put(customs / name, content)
    said = refusal(inventory(customs, unpacked))
    assert said.startswith(f"{path}: ")
    assert words in said
    assert said.endswith("Give it its true name, or move it away.")


@pytest.mark.parametrize(
    ("vintage", "quarter", "is_later"),
    [
        *(("2023-11", 1, True), ("2024-02", 4, True), ("2024-06", 3, True)),
        *(("2024-07", 3, False), ("2024-12", 4, False), ("2025-01", 4, False)),
    ],
)
def test_lines_later_than_the_vintage_are_told(
    customs: Path, unpacked: Path, vintage: str, quarter: int, is_later: bool
) -> None:
    line = LINE.replace(b"E;1", f"E;{quarter}".encode())
    path = put(customs / vintage / "Region_2024_Export.txt", LINE + line)
    said = f"holds lines of quarter {quarter} of 2024, later than its vintage {vintage}"
    assert inventory(customs, unpacked).notes == (f"{path}: {said}.",) * is_later


# Annual or rolling


@pytest.mark.parametrize(
    ("name", "member", "content", "kind"),
    [
        ("REGIONAL_CPF4_PAYS_E.txt", None, TEXT, "rolling"),
        ("regional_cpf4payse.TXT", None, TEXT, "rolling"),
        ("202502-stat-regional-ce-export.zip", "a.txt", TEXT, "rolling"),
        ("a.zip", "x/REGIONAL_CPF4PAYSE.txt", TEXT, "rolling"),
        ("202502_regional.zip", "Region_2024_Export.txt", TEXT, "annual"),
        ("a.zip", "a.txt", TEXT, "annual"),
        ("a.zip", "a.txt", OTHER_YEAR + TEXT, "rolling"),
        ("a.txt", None, TEXT, "annual"),
        ("a.txt", None, TEXT * 9_000 + OTHER_YEAR, "rolling"),
        ("Region_2024_Export.txt", None, Q5, "annual"),
    ],
)
def test_a_file_is_rolling_by_its_name_that_of_its_member_or_its_years(
    customs: Path,
    unpacked: Path,
    name: str,
    member: str | None,
    content: bytes,
    kind: str,
) -> None:
    body = zipped({zipfile.ZipInfo(member): content}) if member else content
    put(customs / "2025-02" / name, body)
    (file,) = inventory(customs, unpacked).files
    assert file.kind == kind


# Names and changes


def test_two_files_of_one_name_and_vintage_are_refused_together(
    customs: Path, unpacked: Path
) -> None:
    first = put(customs / "2025-02" / "Region_2024_Export.txt")
    second = put(customs / "other" / "2025-02" / "Region_2024_Export.txt", LINE)
    put(customs / "2025-03" / "Region_2024_Export.txt")
    put(customs / "2025-02" / "Region_2024_Import.txt", IMPORTED)
    found = inventory(customs, unpacked)
    assert names(found) == [
        ("2025-02", "Region_2024_Import.txt"),
        ("2025-03", "Region_2024_Export.txt"),
    ]
    assert found.refused == (
        f"{first} and {second} have the same name (Region_2024_Export.txt) in the "
        "vintage 2025-02. Keep one.",
    )


def test_zips_of_one_name_and_vintage_are_named_as_they_were_given(
    customs: Path, unpacked: Path
) -> None:
    first = put(customs / "2025-02" / ZIP, shipped("export", 2024))
    second = put(customs / ZIP, shipped("export", 2024))
    assert refusal(inventory(customs, unpacked)).startswith(f"{first} and {second} ")


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

    monkeypatch.setattr(commerce_exterieur.intake.inventory, "measure", slowly)
    found = inventory(customs, unpacked)
    assert names(found) == [("2025-02", "other.txt")]
    assert found.refused == (
        f"{path}: changes while it is read: wait until it is complete.",
    )


def test_a_file_that_is_deleted_while_it_is_looked_at_is_refused(
    customs: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(customs / TXT)
    look = commerce_exterieur.intake.inventory._manifests
    monkeypatch.setattr(
        commerce_exterieur.intake.inventory,
        "_manifests",
        lambda *given: (path.unlink(), look(*given))[1],
    )
    said = refusal(inventory(customs, unpacked))
    assert said == f"{path}: cannot be read: No such file or directory."


def test_a_lisez_moi_that_quotes_lines_is_passed_over(
    customs: Path, unpacked: Path
) -> None:
    put(customs / TXT)
    put(customs / "2025-02" / "LISEZ-MOI.txt", TEXT)
    found = inventory(customs, unpacked)
    assert names(found) == [("2025-02", Path(TXT).name)]
    assert found.refused == ()
    assert "LISEZ-MOI.txt: documentation by its name" in found.notes[0]
    # Thousands of lines are no notice, whatever the name.
    put(customs / "2025-02" / "LISEZ-MOI.txt", TEXT * 1000)
    assert "LISEZ-MOI.txt: its name says" in inventory(customs, unpacked).refused[0]
