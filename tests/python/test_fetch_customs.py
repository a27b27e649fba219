"""Fetching: against a local portal with its redirects, its faults and its frauds."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from data_gouv_server import (
    API,
    DataGouv,
    Forever,
    Served,
    annual,
    cut,
    lines,
    status,
    whole,
    without_ranges,
    zipped,
)

import fetch_customs
from common.errors import UserError
from fetching.archive import Limits, unpack
from fetching.catalogue import FlowFile, recognise, resources_of
from fetching.download import Part
from fetching.store import Store

EXPORT, IMPORT = "202502_regional_2024_export.zip", "202502_regional_2024_import.zip"
VINTAGE = "2025-02"
LONG = 20_000  # lines: several network buffers


@pytest.fixture
def portal() -> Iterator[DataGouv]:
    with DataGouv() as portal:
        yield portal


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "work" / "customs"


@pytest.fixture
def year_2024(portal: DataGouv) -> tuple[Served, Served]:
    """The two files of 2024, each of several network buffers."""
    return (
        portal.offer(EXPORT, annual(2024, "export", LONG)),
        portal.offer(IMPORT, annual(2024, "import", LONG)),
    )


def arguments(portal: DataGouv, out: Path, *more: str) -> list[str]:
    asked = () if "--years" in more else ("--years", "2024")
    fast = ("--backoff", "0", "--retries", "2")
    return [*asked, "--out", str(out), "--base-url", portal.base_url, *fast, *more]


def fetch(portal: DataGouv, out: Path, *more: str) -> int:
    return fetch_customs.main(arguments(portal, out, *more))


def manifest(out: Path, vintage: str = VINTAGE) -> dict:
    return json.loads((out / vintage / "manifest.json").read_text(encoding="utf-8"))


def placed(out: Path) -> list[str]:
    """Every file in the folder but the hidden work, whatever its name."""
    return sorted(
        str(path.relative_to(out))
        for path in out.rglob("*")
        if path.is_file() and ".fetch" not in path.parts
    )


def text(out: Path, flow: str) -> bytes:
    return (out / VINTAGE / f"Region_2024_{flow.capitalize()}.txt").read_bytes()


BOTH = [
    f"{VINTAGE}/Region_2024_Export.txt",
    f"{VINTAGE}/Region_2024_Import.txt",
    f"{VINTAGE}/manifest.json",
]


# What is fetched


def test_a_run_fetches_both_flows_and_the_rolling_files_and_lists_the_rest(
    portal: DataGouv, out: Path, capsys: pytest.CaptureFixture
) -> None:
    march = "2025-03-07T09:00:00Z"
    portal.offer("202402_regional_2023_export.zip", annual(2023, "export"))
    portal.offer("202402_regional_2023_import.zip", annual(2023, "import"))
    portal.offer(EXPORT, annual(2024, "export"))
    portal.offer(IMPORT, annual(2024, "import"))
    for letter, flow in (("E", "export"), ("I", "import")):
        body = zipped({f"REGIONAL_CPF4PAYS{letter}.txt": lines(2025, flow)})
        portal.offer(f"REGIONAL_CPF4PAYS{letter}.zip", body, last_modified=march)
    portal.offer("region_18.xls", b"", format="xls")
    portal.offer("202502_regional_2024_export_large.xlsx", b"", format="xlsx")
    portal.offer("National_2024_Export_NC8.zip", b"")
    portal.offer("Libelle_CPF4_rev2.1.txt", b"", format="txt")
    portal.offer("LisezMoi.pdf", b"", format="pdf")

    assert fetch(portal, out) == 0
    assert placed(out) == [
        *BOTH,
        "2025-03/REGIONAL_CPF4PAYSE.txt",
        "2025-03/REGIONAL_CPF4PAYSI.txt",
        "2025-03/manifest.json",
    ]
    assert text(out, "export") == lines(2024, "export")
    said = capsys.readouterr().out
    assert said.count("Not read") == 7
    assert "202402_regional_2023_export.zip: the year 2023 was not asked for" in said
    assert "region_18.xls: a spreadsheet" in said
    assert "National_2024_Export_NC8.zip: a national file" in said
    assert "Region_2024_Export.txt (50 lines)" in said
    assert said.endswith(f"Next: make build CUSTOMS_DIR={out}\n")
    # No partial download stays behind.
    assert [path.name for path in (out / ".fetch").iterdir()] == ["lock"]


def test_the_manifest_says_where_each_file_comes_from(
    portal: DataGouv, out: Path
) -> None:
    body = b"E;1;2024;01;18;A01Z;0111;BE;1;2\r\n\r\nE;2;2024;01;18;A01Z;0111;BE;1;2"
    archive = zipped({"Regional-2024-export/Region_2024_Export.txt": body})
    checksum = {"type": "sha1", "value": hashlib.sha1(archive).hexdigest().upper()}
    portal.offer(
        EXPORT,
        archive,
        title="Données régionales 2024 – export",
        checksum=checksum,
        filesize=len(archive),
    )
    portal.offer(IMPORT, zipped({"Region_2024_Import.txt": body + b"\n"}))
    assert fetch(portal, out) == 0

    written = manifest(out)
    exports, imports = written["files"]
    assert set(written) == {"data_origin", "dataset", "files"}
    assert written["data_origin"] == "official"
    assert written["dataset"] == "5369a0c7a3a729239d206446"
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", exports.pop("fetched_at"))
    assert exports == {
        "name": "Region_2024_Export.txt",
        "url": f"{portal.base_url}/files/0/{EXPORT}",
        "resource_id": "00000000-0000-4000-8000-000000000000",
        "resource_title": "Données régionales 2024 – export",
        "published": "2025-02-07T09:12:00+00:00",
        "checksum": f"sha1:{hashlib.sha1(archive).hexdigest()}",
        "archive_sha256": hashlib.sha256(archive).hexdigest(),
        "sha256": hashlib.sha256(body).hexdigest(),
        "bytes": len(body),
        "lines": 3,  # the blank one, and the last one without its line feed
    }
    assert (imports["lines"], imports["bytes"]) == (3, len(body) + 1)
    assert imports["checksum"] is None


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("202002_regional_2019_export.zip", {}, ("2020-02", "Region_2019_Export.txt")),
        ("202002-Regional-2019-IMPORT.ZIP", {}, ("2020-02", "Region_2019_Import.txt")),
        ("202002regional2019exports.zip", {}, ("2020-02", "Region_2019_Export.txt")),
        # An attachment of data.economie.gouv.fr: no extension.
        ("202002_regional_2019_export_zip/", {}, ("2020-02", "Region_2019_Export.txt")),
        ("a.asp?f=regional_2019_import.zip", {}, ("2025-02", "Region_2019_Import.txt")),
        ("regional_2019_export.zip", {}, ("2025-02", "Region_2019_Export.txt")),
        (
            "0b1c",
            {"title": "Régional 2019 : exportations", "format": "application/zip"},
            ("2025-02", "Region_2019_Export.txt"),
        ),
        # The file name is the customs' own; a title may lag.
        (
            "regional_2019_export.zip",
            {"title": "Export, régions, 2018"},
            ("2025-02", "Region_2019_Export.txt"),
        ),
        (
            "regional-cpf4-pays-i.zip",
            {"title": "Import régional, 2024"},
            ("2025-02", "REGIONAL_CPF4PAYSI.txt"),
        ),
        ("202503_Regional_CPF4PaysE.zip", {}, ("2025-03", "REGIONAL_CPF4PAYSE.txt")),
        ("202513_regional_2019_export.zip", {}, ("2025-02", "Region_2019_Export.txt")),
        ("regional_2019_export.zip", {"title": "regional import 2019"}, None),
        ("regional_2019_export.zip", {"last_modified": None}, None),
        ("regional_2019_export.zip", {"last_modified": "../../20"}, None),
        ("regional_2019_export.txt", {"format": "txt"}, None),
        ("regional_2018_2019_export.zip", {}, None),
        ("regional_2019_export_import.zip", {}, None),
        ("departement_2019_export.zip", {}, None),
        ("region_18.zip", {}, None),
        ("regional_2019_notes_importantes.zip", {}, None),
        ("REGIONAL_CPF4PAYS.zip", {}, None),
        ("national_cpf6pays_2019_export.zip", {}, None),
    ],
)
def test_flow_files_are_recognised_by_name_or_title(
    name: str, said: dict, expected: tuple[str, str] | None
) -> None:
    described = {
        "id": "1",
        "title": "…",
        "url": f"https://example.org/a/{name}",
        "last_modified": "2025-02-07T09:12:00",
        **said,
    }
    (resource,), _ = resources_of({"resources": [described]}, "…")
    seen = recognise(resource)
    assert expected == (
        (seen.vintage, seen.name) if isinstance(seen, FlowFile) else None
    )


def test_every_publication_of_a_year_is_kept_in_its_own_vintage(
    portal: DataGouv, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    portal.offer("202602_regional_2024_export.zip", annual(2024, "export", 7))
    portal.offer("Regional 2024 export.zip".replace(" ", "-"), annual(2024, "export"))
    # The second of two publications in one month counts.
    portal.resources[-1]["last_modified"] = "2025-02-01T00:00:00"
    portal.describe()
    assert fetch(portal, out) == 0
    assert placed(out) == [
        *BOTH,
        "2026-02/Region_2024_Export.txt",
        "2026-02/manifest.json",
    ]
    assert text(out, "export") == lines(2024, "export", LONG)
    assert "published again in 2025-02" in capsys.readouterr().out


def test_a_year_that_is_not_published_is_named_with_those_that_are(
    portal: DataGouv, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    portal.offer("REGIONAL_CPF4PAYSE_2025.zip", b"")
    portal.offer("REGIONAL_CPF4PAYSI_2025.zip", b"")
    assert fetch(portal, out, "--years", "2025", "2024", "2019") == 2
    assert capsys.readouterr().err == (
        "fetch_customs: No annual file is published for 2019, 2025. "
        "Years published: 2024.\n"
    )
    assert not out.exists()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([EXPORT], "2024 is published without imports"),
        ([EXPORT, IMPORT, "REGIONAL_CPF4PAYSI.zip"], "published without exports"),
    ],
)
def test_a_missing_flow_is_refused(
    portal: DataGouv,
    out: Path,
    names: list[str],
    message: str,
    capsys: pytest.CaptureFixture,
) -> None:
    for name in names:
        portal.offer(name, b"")
    assert fetch(portal, out) == 2
    assert message in capsys.readouterr().err
    assert portal.downloads() == []


def test_a_dry_run_says_what_would_be_fetched_and_writes_nothing(
    portal: DataGouv, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    assert fetch(portal, out, "--dry-run") == 0
    assert capsys.readouterr().out.count("Would fetch") == 2
    assert not out.exists()
    assert fetch(portal, out) == 0
    portal.requests.clear()
    assert fetch(portal, out, "--dry-run") == 0
    assert capsys.readouterr().out.count("Already here") == 2
    assert portal.downloads() == []


# Running again


def test_a_second_run_downloads_nothing(
    portal: DataGouv, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    assert fetch(portal, out) == 0
    before = (out / VINTAGE / "manifest.json").read_bytes()
    portal.requests.clear()
    assert fetch(portal, out) == 0
    assert [path for path, _ in portal.requests] == [API]
    assert (out / VINTAGE / "manifest.json").read_bytes() == before
    assert capsys.readouterr().out.count("Already here") == 2


@pytest.mark.parametrize("same_size", [True, False])
def test_a_file_edited_on_disk_is_fetched_anew(
    portal: DataGouv,
    out: Path,
    year_2024: tuple,
    same_size: bool,
    capsys: pytest.CaptureFixture,
) -> None:
    assert fetch(portal, out) == 0
    file = out / VINTAGE / "Region_2024_Export.txt"
    original = file.read_bytes()
    file.write_bytes(b"I" + original[1:] if same_size else original + b"more\n")
    portal.requests.clear()
    assert fetch(portal, out) == 0
    assert portal.downloads() == [f"/files/0/{EXPORT}"]
    assert file.read_bytes() == original
    assert "changed on disk since it was fetched" in capsys.readouterr().out


def test_a_publication_of_the_same_month_replaces_and_says_so(
    portal: DataGouv, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    assert fetch(portal, out) == 0
    year_2024[0].body = annual(2024, "export", 3)
    portal.resources[0]["last_modified"] = "2025-02-20T00:00:00+00:00"
    portal.describe()
    assert fetch(portal, out) == 0
    assert text(out, "export") == lines(2024, "export", 3)
    assert [one["lines"] for one in manifest(out)["files"]] == [3, LONG]
    assert "(3 lines) – published again" in capsys.readouterr().out


def test_another_checksum_in_the_catalogue_is_another_publication(
    portal: DataGouv, out: Path, year_2024: tuple
) -> None:
    assert fetch(portal, out) == 0
    year_2024[0].body = annual(2024, "export", 3)
    digest = hashlib.sha256(year_2024[0].body).hexdigest()
    portal.resources[0]["checksum"] = {"type": "sha256", "value": digest}
    portal.describe()
    assert fetch(portal, out) == 0
    assert text(out, "export") == lines(2024, "export", 3)


def test_a_publication_of_another_month_keeps_the_old_one(
    portal: DataGouv, out: Path
) -> None:
    portal.offer("regional_2024_export.zip", annual(2024, "export"))
    portal.offer("regional_2024_import.zip", annual(2024, "import"))
    assert fetch(portal, out) == 0
    for resource in portal.resources:
        resource["last_modified"] = "2025-06-06T00:00:00"
    portal.describe()
    portal.pages["/files/0/regional_2024_export.zip"].body = annual(2024, "export", 3)
    assert fetch(portal, out) == 0
    assert [path for path in placed(out) if "Export" in path] == [
        "2025-02/Region_2024_Export.txt",
        "2025-06/Region_2024_Export.txt",
    ]
    assert text(out, "export") == lines(2024, "export")


def test_a_file_put_there_by_hand_is_replaced_and_that_is_said(
    portal: DataGouv, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    (out / VINTAGE).mkdir(parents=True)
    (out / VINTAGE / "Region_2024_Export.txt").write_text("by hand")
    assert fetch(portal, out) == 0
    assert text(out, "export") == lines(2024, "export", LONG)
    assert "a file that no fetch had written" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ('{"data_origin": "simulated", "files": []}', "holds simulated files"),
        ('{"data_origin": "mine"}', "is not a manifest that this command wrote"),
        ('{"data_origin": "official", "files": [3]}', "is not a manifest"),
        ("[]", "is not a manifest"),
        ("{", "is not a manifest"),
    ],
)
def test_the_manifest_of_something_else_is_left_alone(
    portal: DataGouv,
    out: Path,
    year_2024: tuple,
    found: str,
    message: str,
    capsys: pytest.CaptureFixture,
) -> None:
    (out / VINTAGE).mkdir(parents=True)
    (out / VINTAGE / "manifest.json").write_text(found)
    assert fetch(portal, out) == 1
    assert message in capsys.readouterr().err
    assert placed(out) == [f"{VINTAGE}/manifest.json"]
    assert (out / VINTAGE / "manifest.json").read_text() == found
    assert portal.downloads() == []


# Faults of the network


def test_errors_of_the_server_are_tried_again(
    portal: DataGouv, out: Path, year_2024: tuple
) -> None:
    portal.pages[API].faults = [status(503), status(500)]
    year_2024[0].faults = [status(500), status(502)]
    assert fetch(portal, out) == 0
    assert portal.downloads().count(f"/files/0/{EXPORT}") == 3
    assert text(out, "export") == lines(2024, "export", LONG)


def test_retry_after_is_respected(
    portal: DataGouv, out: Path, year_2024: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    year_2024[0].faults = [status(429, Retry_After=7)]
    monkeypatch.setattr(time, "sleep", pauses.append)
    assert fetch(portal, out) == 0
    assert pauses == [7]


def test_one_file_that_fails_does_not_stop_the_others(
    portal: DataGouv, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    year_2024[0].faults = Forever(status(500))
    assert fetch(portal, out) == 1
    assert placed(out) == BOTH[1:]
    captured = capsys.readouterr()
    assert "1 of 2 files failed" in captured.err
    assert "answers 500 Internal Server Error" in captured.err
    assert "Next:" not in captured.out


def test_a_body_cut_short_is_gone_on_with(
    portal: DataGouv, out: Path, year_2024: tuple
) -> None:
    year_2024[0].faults = [cut(100_000)]
    assert fetch(portal, out) == 0
    assert text(out, "export") == lines(2024, "export", LONG)
    asked = [headers for path, headers in portal.requests if path.endswith(EXPORT)]
    assert [headers.get("If-Range") for headers in asked] == [None, '"v1"']
    assert re.fullmatch(r"bytes=[1-9]\d+-", asked[1]["Range"])


def test_without_an_etag_the_date_validates_the_part(
    portal: DataGouv, out: Path, year_2024: tuple
) -> None:
    served, date = year_2024[0], "Fri, 07 Feb 2025 09:12:00 GMT"
    served.etag, served.last_modified = 'W/"weak"', date

    def cut_short(handler: object, served: Served) -> None:
        length = len(served.body)
        handler.head(200, {"Last-Modified": date, "Content-Length": length})
        handler.wfile.write(served.body[:100_000])
        handler.close_connection = True

    served.faults = [cut_short]
    assert fetch(portal, out) == 0
    (_, again) = [headers for path, headers in portal.requests if path.endswith(EXPORT)]
    assert again["If-Range"] == date


def test_a_server_that_ignores_ranges_restarts_cleanly(
    portal: DataGouv, out: Path, year_2024: tuple
) -> None:
    year_2024[0].faults = [cut(100_000), without_ranges]
    assert fetch(portal, out) == 0
    assert text(out, "export") == lines(2024, "export", LONG)


@pytest.mark.parametrize("heeds_if_range", [True, False])
def test_content_that_changed_meanwhile_is_not_glued_to_the_old(
    portal: DataGouv, out: Path, year_2024: tuple, heeds_if_range: bool
) -> None:
    served = year_2024[0]

    def whatever_the_content(handler: object, served: Served) -> None:
        handler.headers.replace_header("If-Range", served.etag)
        whole(handler, served)

    def cut_then_change(handler: object, served: Served) -> None:
        cut(100_000)(handler, served)
        served.body, served.etag = annual(2025, "export", LONG), '"v2"'

    served.faults = [cut_then_change]
    if not heeds_if_range:
        served.faults.append(whatever_the_content)
    assert fetch(portal, out) == 0
    assert text(out, "export") == lines(2025, "export", LONG)


def test_the_part_of_another_publication_is_not_gone_on_with(tmp_path: Path) -> None:
    described = {"id": "1", "url": "https://example.org/a.zip", "title": "…"}
    later = described | {"last_modified": "2025-02-07T00:00:00"}
    (resource, other), _ = resources_of({"resources": [described, later]}, "…")
    part = Part(tmp_path / "a.part")
    part.begin(resource, '"v1"')
    part.path.write_bytes(b"half")
    assert part.resumable(resource) == (4, '"v1"')
    assert part.resumable(other) == (0, "")
    part.note.write_text("{")
    assert part.resumable(resource) == (0, "")


def test_a_body_that_never_ends_well_is_named(
    portal: DataGouv, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    year_2024[0].faults = Forever(cut(50_000))
    assert fetch(portal, out) == 1
    assert "breaks off 3 times" in capsys.readouterr().err
    assert placed(out) == BOTH[1:]
    year_2024[0].faults = []
    assert fetch(portal, out) == 0
    assert text(out, "export") == lines(2024, "export", LONG)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_wrong_checksum_is_tried_once_more_then_named(
    portal: DataGouv,
    out: Path,
    year_2024: tuple,
    algorithm: str,
    capsys: pytest.CaptureFixture,
) -> None:
    checksum = {"type": algorithm, "value": "0" * 40}
    portal.resources[0]["checksum"] = checksum
    portal.describe()
    assert fetch(portal, out) == 1
    assert portal.downloads().count(f"/files/0/{EXPORT}") == 2
    assert f"the {algorithm} of what came is not the catalogue's" in (
        capsys.readouterr().err
    )
    assert placed(out) == BOTH[1:]
    assert not list((out / ".fetch").glob("*.part*"))


def test_damage_on_the_way_is_mended_by_the_second_try(
    portal: DataGouv, out: Path, year_2024: tuple
) -> None:
    served = year_2024[0]
    digest = hashlib.sha1(served.body).hexdigest()
    portal.resources[0]["checksum"] = {"type": "sha1", "value": digest}
    portal.describe()

    def damaged(handler: object, served: Served) -> None:
        body = served.body[:1000] + b"\0" + served.body[1001:]
        handler.head(200, {"Content-Length": len(body)})
        handler.wfile.write(body)

    served.faults = [damaged]
    assert fetch(portal, out) == 0
    assert text(out, "export") == lines(2024, "export", LONG)


def test_a_size_other_than_the_catalogues_is_named(
    portal: DataGouv, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    portal.resources[0]["filesize"] = 12_345
    portal.describe()
    assert fetch(portal, out) == 1
    assert "the catalogue says 12,345, twice" in capsys.readouterr().err


@pytest.mark.parametrize("announced", [True, False])
def test_an_archive_that_is_too_large_is_not_taken(
    portal: DataGouv,
    out: Path,
    year_2024: tuple,
    announced: bool,
    capsys: pytest.CaptureFixture,
) -> None:
    def chunked(handler: object, served: Served) -> None:
        handler.head(200, {"Transfer-Encoding": "chunked"})
        for _ in range(20):
            handler.wfile.write(b"%x\r\n%s\r\n" % (100_000, b"x" * 100_000))
        handler.wfile.write(b"0\r\n\r\n")

    year_2024[0].body += b"x" * 1_000_000
    year_2024[0].faults = [] if announced else [chunked]
    assert fetch(portal, out, "--max-megabytes", "1") == 1
    assert "the most taken is 1,000,000" in capsys.readouterr().err
    assert placed(out) == BOTH[1:]


def test_a_web_page_in_place_of_a_zip_is_refused(
    portal: DataGouv, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    year_2024[0].body = b"\n<!DOCTYPE html><title>Maintenance</title>"
    assert fetch(portal, out) == 1
    error = capsys.readouterr().err
    assert f"{portal.base_url}/api/1/datasets/r/0 gives a web page (HTML)" in error
    assert placed(out) == BOTH[1:]


@pytest.mark.parametrize(
    ("location", "message"),
    [
        (f"/files/0/{EXPORT}", "redirected more than 5 times"),
        ("file:///etc/passwd", "redirected to an address that is not http or https"),
        ("ftp://127.0.0.1/a.zip", "redirected to an address that is not http"),
        ("http://[", ""),
        ("http://127.0.0.1:99999/", ""),
    ],
)
def test_bad_redirections_are_refused(
    portal: DataGouv,
    out: Path,
    year_2024: tuple,
    location: str,
    message: str,
    capsys: pytest.CaptureFixture,
) -> None:
    year_2024[0].faults = Forever(status(302, Location=location))
    assert fetch(portal, out) == 1
    assert message in capsys.readouterr().err
    assert placed(out) == BOTH[1:]
    assert portal.downloads().count(f"/files/0/{EXPORT}") <= 5


@pytest.mark.parametrize(
    "served",
    [
        Served(b'{"message": "no"}', "application/json"),
        Served(b'{"resources": {"href": "/api/2/x"}}', "application/json"),
        Served(b"[]", "application/json"),
        Served(b"<html>", "text/html"),
        Served(b"\xff\xfe", "application/json"),
        Served(b"[" * 100_000, "application/json"),
        Served(b"", faults=Forever(status(404))),
        Served(b"", faults=Forever(status(302, Location=API))),
        Served(b"{}", faults=Forever(cut(1))),
    ],
)
def test_an_answer_that_is_not_the_apis_is_one_plain_line(
    portal: DataGouv, out: Path, served: Served, capsys: pytest.CaptureFixture
) -> None:
    portal.pages[API] = served
    assert fetch(portal, out) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"fetch_customs: {portal.base_url}{API}")
    assert error.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:1", "file:///etc", "nothing"])
def test_a_base_url_that_leads_nowhere_is_one_plain_line(
    out: Path, base_url: str, capsys: pytest.CaptureFixture
) -> None:
    options = ["--years", "2024", "--out", str(out), "--base-url", base_url]
    assert fetch_customs.main([*options, "--retries", "0"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


# Archives that are damaged or made to do harm


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def with_bad_crc() -> bytes:
    held = zipped({zipfile.ZipInfo("Region.txt"): lines(2024, "export")})
    return held.replace(b";01;", b";02;", 1)


TEXT = lines(2024, "export")
BAD_ARCHIVES = {
    "climbing": (zipped({"../evil.txt": TEXT}), "climbs out of its folder"),
    "climbing backwards": (zipped({"a\\..\\..\\evil.txt": TEXT}), "climbs out"),
    "climbing beside": (zipped({"ok.txt": TEXT, "../evil": b""}), "climbs out"),
    "absolute": (zipped({"/tmp/evil.txt": TEXT}), "is an absolute path"),
    "drive": (zipped({"C:\\evil.txt": TEXT}), "is an absolute path"),
    "share": (zipped({"\\\\host\\evil.txt": TEXT}), "is an absolute path"),
    "link": (zipped({link("evil.txt"): b"/etc/passwd"}), "is a link or a device"),
    "terminal": (zipped({"\x1b[2Jevil.txt": TEXT}), "has control characters"),
    "two texts": (zipped({"a.txt": TEXT, "b.TXT": TEXT}), "holds 2 .txt files"),
    "no text": (zipped({"large.xlsx": b"PK"}), "holds 0 .txt files"),
    "no line": (zipped({"a.txt": b""}), "holds an empty text file"),
    "bomb": (zipped({"a.txt": bytes(10_000_000)}), "it may be a zip bomb"),
    "truncated": (annual(2024, "export")[:-30], "is damaged or truncated"),
    "head only": (annual(2024, "export")[:400], "is damaged or truncated"),
    "bad CRC": (with_bad_crc(), "Bad CRC-32"),
    "not a zip": (b"\x1f\x8b" + bytes(100), "gives something that is not a zip"),
    "empty": (b"", "gives something that is not a zip"),
}


@pytest.mark.parametrize("kind", BAD_ARCHIVES)
def test_a_bad_archive_is_refused_with_the_reason(
    portal: DataGouv,
    out: Path,
    tmp_path: Path,
    year_2024: tuple,
    kind: str,
    capsys: pytest.CaptureFixture,
) -> None:
    year_2024[0].body, message = BAD_ARCHIVES[kind]
    assert fetch(portal, out) == 1
    error = capsys.readouterr().err
    assert message in error
    assert EXPORT in error
    assert "\x1b" not in error
    assert placed(out) == BOTH[1:]
    # Nothing beside the folder, and nothing to go on with.
    assert [path.name for path in tmp_path.rglob("*") if "evil" in path.name] == []
    assert [path.name for path in (out / ".fetch").iterdir()] == ["lock"]


def test_a_text_may_not_be_larger_than_the_limit(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(annual(2024, "export"))
    with (
        (tmp_path / "out").open("wb") as target,
        pytest.raises(UserError, match="swells past 100 bytes"),
    ):
        unpack(archive, target, Limits(max_bytes=100))


def test_hostile_titles_and_names_never_become_paths(
    portal: DataGouv, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    title = "../../evil\n\x1b[2J\u202e regional 2024 export \ud800.zip"
    portal.offer(
        "..%2F..%2Fevil%00_regional_2024_export.zip",
        annual(2024, "export"),
        title=title,
        id="../../../evil",
    )
    portal.offer("x.zip", annual(2024, "import"), title="/evil/Regional-2024-Import")
    portal.offer("y.zip", b"", title="Regional 2024 export", url="file:///etc/passwd")
    portal.offer("z.zip", b"", title=["a", {"b": 1}], id=None)
    portal.resources.append("not a resource")
    portal.describe()
    assert fetch(portal, out) == 0
    assert placed(out) == BOTH
    assert [path.name for path in tmp_path.rglob("*") if "evil" in path.name] == []
    assert text(out, "export") == lines(2024, "export")
    captured = capsys.readouterr()
    assert not set("\x1b\u202e\ud800") & set(captured.out + captured.err)


# The disk, and being killed


def test_a_folder_that_cannot_be_written_is_one_plain_line(
    portal: DataGouv, tmp_path: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "file").touch()
    assert fetch(portal, tmp_path / "file" / "customs") == 2
    error = capsys.readouterr().err
    assert error.startswith(f"fetch_customs: {tmp_path}/file/customs cannot be written")
    assert error.count("\n") == 1


def test_a_vintage_that_cannot_be_written_is_named(
    portal: DataGouv, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    out.mkdir(parents=True)
    (out / VINTAGE).touch()
    assert fetch(portal, out) == 1
    assert f"File exists: '{out / VINTAGE}'" in capsys.readouterr().err
    assert fetch(portal, out, "--dry-run") == 0


def test_a_second_fetch_at_the_same_time_stops(
    portal: DataGouv, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    with Store(out, "…").locked():
        assert fetch(portal, out) == 2
    assert "Another fetch is at work" in capsys.readouterr().err
    assert fetch(portal, out) == 0


def killed_run(portal: DataGouv, out: Path, patch: str = "") -> subprocess.Popen:
    """Start the command in a process of its own, after a patch of its code."""
    program = (
        "import os, sys, fetch_customs, fetching.store as store\n"
        "die = lambda *_: os.kill(os.getpid(), 9)\n"
        f"{patch}\nsys.exit(fetch_customs.main(sys.argv[1:]))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments(portal, out)],
        env=os.environ | {"PYTHONPATH": str(Path(fetch_customs.__file__).parent)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_killed_in_a_download_it_leaves_no_half_file_and_resumes(
    portal: DataGouv, out: Path, year_2024: tuple
) -> None:
    hang_up = threading.Event()
    year_2024[0].faults = [cut(150_000, hang_up)]
    run = killed_run(portal, out)

    def arrived() -> int:
        return sum(part.stat().st_size for part in (out / ".fetch").glob("*.part"))

    while run.poll() is None and (not out.exists() or not arrived()):
        time.sleep(0.01)
    run.kill()
    assert run.wait() == -signal.SIGKILL
    hang_up.set()
    assert placed(out) == []

    size = arrived()
    portal.requests.clear()
    assert fetch(portal, out) == 0
    asked = [headers for path, headers in portal.requests if path.endswith(EXPORT)]
    assert [headers["Range"] for headers in asked] == [f"bytes={size}-"]
    assert text(out, "export") == lines(2024, "export", LONG)
    assert placed(out) == BOTH


@pytest.mark.parametrize(
    ("patch", "left"),
    [
        # Half of the text is unpacked.
        ("store.unpack = lambda _, to, __: (to.write(b'x'), to.flush(), die())", []),
        # The text is complete and has no name yet.
        ("store.os.fsync = die", []),
        # The text is in place and the manifest is not written.
        ("store.Store._write_manifest = die", BOTH[:1]),
    ],
)
def test_killed_while_it_unpacks_it_goes_on_without_downloading_again(
    portal: DataGouv, out: Path, year_2024: tuple, patch: str, left: list[str]
) -> None:
    assert killed_run(portal, out, patch).wait() == -signal.SIGKILL
    assert placed(out) == left
    for path in left:
        assert (out / path).read_bytes() == lines(2024, "export", LONG)
    portal.requests.clear()
    assert fetch(portal, out) == 0
    size = len(year_2024[0].body)
    asked = [headers for path, headers in portal.requests if path.endswith(EXPORT)]
    assert [headers["Range"] for headers in asked] == [f"bytes={size}-"]
    assert placed(out) == BOTH
    assert text(out, "export") == lines(2024, "export", LONG)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["--years"],
        ["--years", "24"],
        ["--years", "2024", "--retries", "-1"],
        ["--years", "2024", "--backoff", "nan"],
    ],
)
def test_wrong_arguments_are_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        fetch_customs.main(wrong)
