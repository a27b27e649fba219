"""Texts of zips: unpacked once, kept while needed, by one process at a time."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from customs_folder import LINE, TEXT, TXT, ZIP, kept, names, put, refusal, sha256
from customs_zips import shipped, zipped

import commerce_exterieur.intake.unpacked
from commerce_exterieur.intake.inventory import inventory
from commerce_exterieur.intake.measure import stamp


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


BAD_ZIPS = {
    "climbing": (zipped({"../evil.txt": TEXT}), "climbs out of its folder"),
    "bomb": (
        zipped({"Region_2024_Export.txt": bytes(10_000_000)}),
        "it may be a zip bomb",
    ),
    "two texts": (zipped({"a.txt": TEXT, "b.txt": TEXT}), "holds 2 flow files"),
    "no text": (zipped({"large.xlsx": b"what"}), "holds no flow file"),
    "no line": (zipped({"a.txt": b""}), "empty, or nothing but blank lines"),
    "truncated": (zipped({"a.txt": TEXT * 1000})[:-30], "is damaged or truncated"),
    "head only": (zipped({"a.txt": TEXT * 1000})[:60], "is damaged or truncated"),
    "not a zip": (TEXT, "is damaged or truncated"),
    "empty": (b"", "is damaged or truncated"),
    "cut": (shipped("export", 2024)[:-500], "is damaged or truncated"),
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
    unpack = commerce_exterieur.intake.unpacked.unpack

    def slowly(*given: object) -> None:
        unpack(*given)
        archive.write_bytes(archive.read_bytes() + b"\0")

    monkeypatch.setattr(commerce_exterieur.intake.unpacked, "unpack", slowly)
    assert "changes while it is read: wait" in refusal(inventory(customs, unpacked))
    assert kept(unpacked) == []


def test_a_full_disk_is_a_refusal_and_leaves_no_half_text(
    customs: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(archive: Path, target: object, limits: object) -> None:
        target.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = put(customs / ZIP, zipped({"a.txt": TEXT}))
    monkeypatch.setattr(commerce_exterieur.intake.unpacked, "unpack", full)
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
from pathlib import Path
from commerce_exterieur.intake.inventory import inventory
from commerce_exterieur.intake.measure import stamp
print(inventory(Path(sys.argv[1]), Path(sys.argv[2])), flush=True)
sys.stdin.read()
"""


def worker(customs: Path, unpacked: Path) -> subprocess.Popen:
    """Another process that takes an inventory, then waits for its end."""
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(customs), str(unpacked)],
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
    unpack, calls, said = commerce_exterieur.intake.unpacked.unpack, [], []

    def slowly(*given: object) -> None:
        calls.append(given)
        time.sleep(0.2)
        unpack(*given)

    monkeypatch.setattr(commerce_exterieur.intake.unpacked, "unpack", slowly)
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
