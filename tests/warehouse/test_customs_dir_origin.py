"""Whose the files are, their vintage and their day of publication: never mixed."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path

import pytest
from customs_build import NO_TESTS, build, deliver, rows
from customs_folder import LINE
from customs_zips import shipped


def record(name: str, content: bytes, **said: object) -> dict[str, object]:
    return {"name": name, "sha256": hashlib.sha256(content).hexdigest()} | said


def manifest(origin: str, *files: dict[str, object]) -> bytes:
    return json.dumps({"data_origin": origin, "files": files}).encode()


@pytest.mark.parametrize(
    ("sha256", "origin"), [(None, "official"), ("0" * 64, "provided")]
)
def test_only_files_a_download_vouches_for_are_official(
    tmp_path: Path, sha256: str | None, origin: str
) -> None:
    name = "Region_2024_Export.txt"
    file = record(name, LINE, **({"sha256": sha256} if sha256 else {}))
    customs = deliver(
        tmp_path / "customs",
        {
            f"2025-02/{name}": LINE,
            "2025-02/manifest.json": manifest("official", file),
        },
    )
    run = build(tmp_path, customs, "--select", "+build_info", *NO_TESTS)
    assert run.exit_code == 0
    assert rows(tmp_path, "select data_origin from marts.build_info") == [(origin,)]


def test_the_day_of_publication_stands_beside_the_vintage_everywhere(
    tmp_path: Path,
) -> None:
    """A first publication of known date, a second one given by hand, of none."""
    names = {flow: f"Region_2024_{flow}.txt" for flow in ("Export", "Import")}
    first = {
        names["Export"]: LINE,
        names["Import"]: LINE.replace(b"E;", b"I;"),
    }
    listed = [
        record(name, text, published_on=f"2025-01-0{day}", data_origin="official")
        for day, (name, text) in enumerate(first.items(), 7)
    ]
    files = {f"2024-11/{name}": text for name, text in first.items()}
    files["2024-11/manifest.json"] = manifest("official", *listed)
    for flow in ("export", "import"):
        text = LINE.replace(b"1000;", b"2000;").replace(
            b"E;", flow[:1].upper().encode() + b";"
        )
        zipped = shipped(flow, 2024, text, lists={})
        files[f"2025-02/202503_regional_2024_{flow}.zip"] = zipped
    run = build(
        tmp_path,
        deliver(tmp_path / "customs", files),
        *("--select", "+build_info", "+fct_revisions"),
        *("--indirect-selection", "cautious"),
    )
    assert run.exit_code == 0, run.output

    day = datetime.date
    assert rows(
        tmp_path,
        "select vintage, source_file, published_on, data_origin, named_flow, "
        "named_year from staging.stg_customs__files order by all",
    ) == [
        ("2024-11", names["Export"], day(2025, 1, 7), "official", "export", 2024),
        ("2024-11", names["Import"], day(2025, 1, 8), "official", "import", 2024),
        *(
            (
                "2025-02",
                f"202503_regional_2024_{flow}.zip",
                None,
                "provided",
                flow,
                2024,
            )
            for flow in ("export", "import")
        ),
    ]
    ((listed, origin, vintages),) = rows(
        tmp_path, "select source_files, data_origin, vintages from marts.build_info"
    )
    assert [
        (file["vintage"], file["published_on"], file["kind"])
        for file in json.loads(listed)
    ] == [
        ("2024-11", "2025-01-07", "annual"),
        ("2024-11", "2025-01-08", "annual"),
        *[("2025-02", None, "annual")] * 2,
    ]
    # One file given by hand makes the whole provided.
    assert (origin, vintages) == ("provided", "2024-11, 2025-02")
    assert rows(
        tmp_path,
        "select flow, vintage, published_on, value_eur, previous_vintage "
        "from marts.fct_revisions where territory_code = 'D52' order by all",
    ) == [
        ("export", "2024-11", day(2025, 1, 7), 1000, None),
        ("export", "2025-02", None, 2000, "2024-11"),
        ("import", "2024-11", day(2025, 1, 8), 1000, None),
        ("import", "2025-02", None, 2000, "2024-11"),
    ]
    # A folder named after the publication, say: told, and not silently mended.
    for flow in ("export", "import"):
        assert (
            f"202503_regional_2024_{flow}.zip: read as results of 2025-02, as its "
            "folder says; the name of its zip says 2025-03."
        ) in " ".join(run.output.split())
