"""The record of a folder's files: it vouches by hash, and is never half believed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from commerce_exterieur.customs.manifest import (
    OFFICIAL,
    PROVIDED,
    SIMULATED,
    Manifest,
    read_manifest,
    write_manifest,
)
from commerce_exterieur.errors import UserError

FILE = {"name": "a.txt", "sha256": "1" * 64}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    published = {**FILE, "published_on": "2025-04-07", "data_origin": "official"}
    other = {"name": "B.txt", "sha256": "2" * 64}
    write_manifest(tmp_path, PROVIDED, [published, other], generator="é", seed=3)
    assert read_manifest(tmp_path) == Manifest(
        PROVIDED,
        {"B.txt": other, "a.txt": published},
        {"generator": "é", "seed": 3},
    )
    text = (tmp_path / "manifest.json").read_text("utf-8")
    assert text.index("B.txt") < text.index("a.txt") and '"é"' in text


def test_a_file_is_vouched_for_by_the_hash_of_its_bytes() -> None:
    record = {**FILE, "published_on": "2025-04-07"}
    found = Manifest(OFFICIAL, {"a.txt": record})
    assert found.origin_of("a.txt", "1" * 64) == OFFICIAL
    assert found.published_on("a.txt", "1" * 64) == "2025-04-07"
    for name, sha256 in (("a.txt", "2" * 64), ("b.txt", "1" * 64)):
        assert found.origin_of(name, sha256) == PROVIDED
        assert found.published_on(name, sha256) is None


def test_a_record_may_have_an_origin_of_its_own() -> None:
    found = Manifest(OFFICIAL, {"a.txt": {**FILE, "data_origin": PROVIDED}})
    assert found.origin_of("a.txt", "1" * 64) == PROVIDED


def test_beside_a_simulated_manifest_everything_is_simulated() -> None:
    found = Manifest(SIMULATED, {"a.txt": {**FILE, "data_origin": OFFICIAL}})
    for sha256 in ("1" * 64, "2" * 64):
        assert found.origin_of("a.txt", sha256) == SIMULATED


def test_no_manifest_is_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None
    assert read_manifest(tmp_path / "gone") is None
    (tmp_path / "file").write_text("x")
    assert read_manifest(tmp_path / "file") is None


def said(**other: object) -> str:
    return json.dumps({"data_origin": "simulated", "files": [FILE]} | other)


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "null", "[]", "3", '"simulated"', "{}"),
        said()[:-2],
        json.dumps({"data_origin": "simulated"}),
        json.dumps({"files": []}),
        said(data_origin="Simulated"),
        said(data_origin=None),
        said(data_origin=["simulated"]),
        said(files=None),
        said(files={"a.txt": "1"}),
        said(files=["a.txt"]),
        said(files=[{"sha256": "1" * 64}]),
        said(files=[{"name": ["a.txt"], "sha256": "1" * 64}]),
        said(files=[{**FILE, "data_origin": "mine"}]),
        said(files=[{**FILE, "data_origin": ["official"]}]),
        *(
            said(files=[{**FILE, "published_on": day}])
            for day in ("", "soon", "2025-02-30", "20250407", "2025-W06-5", 20250407)
        ),
        "[" * 100_000,
        "9" * 10_000,
        "\x00" * 40,
    ],
)
def test_what_is_no_manifest_is_refused_and_not_passed_over(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "manifest.json").write_text(content, "utf-8")
    with pytest.raises(UserError, match=r"manifest\.json is not a manifest of this"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_an_editor_s_encoding_hides_nothing(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "manifest.json").write_text(said(), encoding)
    assert read_manifest(tmp_path).data_origin == SIMULATED


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(said().encode("utf-16")[:-1])
    with pytest.raises(UserError, match="not a manifest"):
        read_manifest(tmp_path)


def test_a_manifest_that_is_no_file_is_refused_and_not_waited_for(
    tmp_path: Path,
) -> None:
    path = tmp_path / "manifest.json"
    path.mkdir()
    with pytest.raises(UserError, match=r"manifest\.json cannot be read: not a file"):
        read_manifest(tmp_path)
    path.rmdir()
    os.mkfifo(path)
    with pytest.raises(UserError, match="not a file"):
        read_manifest(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="cannot be written"):
        write_manifest(tmp_path / "file", PROVIDED, [])
