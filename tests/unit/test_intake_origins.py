"""Whose data the files of a folder are."""

from __future__ import annotations

import json
from pathlib import Path

from customs_folder import (
    LINE,
    TEXT,
    TXT,
    put,
    sha256,
)

from commerce_exterieur.intake.inventory import inventory

OTHER_YEAR = LINE.replace(b"2024", b"2023")


def manifest(origin: str, **files: bytes) -> bytes:
    listed = [
        {"name": name.replace("__", "."), "sha256": sha256(content)}
        for name, content in files.items()
    ]
    return json.dumps({"data_origin": origin, "files": listed}).encode()


def origins(customs: Path, unpacked: Path) -> dict[str, str]:
    found = inventory(customs, unpacked)
    assert found.refused == ()
    return {file.name: file.data_origin for file in found.files}


def test_the_nearest_manifest_says_whose_a_file_is(
    customs: Path, unpacked: Path
) -> None:
    put(customs / "2025-02" / "a.txt")
    put(customs / "2025-02" / "deep" / "b.txt", LINE)
    put(customs / "2025-02" / "own" / "c.txt", LINE * 2)
    put(customs / "2025-02" / "manifest.json", manifest("official", b__txt=LINE))
    put(customs / "2025-02/own/manifest.json", manifest("official", c__txt=LINE * 2))
    put(customs / "manifest.json", manifest("official", a__txt=TEXT))
    expected = {"a.txt": "provided", "b.txt": "official", "c.txt": "official"}
    assert origins(customs, unpacked) == expected
    # Other bytes under the name: nobody vouches for them.
    put(customs / "2025-02" / "deep" / "b.txt", LINE * 4)
    assert origins(customs, unpacked)["b.txt"] == "provided"


def test_a_damaged_manifest_hides_nothing_it_is_refused(
    customs: Path, unpacked: Path
) -> None:
    put(customs / TXT)
    path = put(customs / "2025-02" / "manifest.json", manifest("simulated"))
    assert set(origins(customs, unpacked).values()) == {"simulated"}
    for content in (manifest("simulated")[:-1], b"", b"[]", b'{"data_origin": "simu'):
        path.write_bytes(content)
        found = inventory(customs, unpacked)
        (said,) = found.refused
        assert said.startswith(f"{path} is not a manifest of this program")


def test_simulated_files_are_never_mixed_with_others(
    customs: Path, unpacked: Path
) -> None:
    put(customs / TXT)
    put(customs / "2024-11" / "Region_2023_Export.txt", OTHER_YEAR)
    put(customs / "2024-11" / "manifest.json", manifest("simulated"))
    assert inventory(customs, unpacked).refused == (
        "customs_dir mixes simulated vintages (2024-11) with others (2025-02). Keep "
        "them in two folders.",
    )
