"""Fetching: bringing a file here through faults of the network, and being cut short."""

from __future__ import annotations

import hashlib
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from customs_servers import (
    API,
    BESIDE,
    Customs,
    all_doors,
    arguments,
    fetch,
    placed,
    vintage_of,
)
from customs_zips import lines, shipped
from local_server import Forever, Served, cut, drip, status, whole, without_ranges

from commerce_exterieur.fetching.doors import CATALOGUE
from commerce_exterieur.fetching.partial import Part
from commerce_exterieur.fetching.resources import Checksum, Resource

EXPORT, IMPORT = "202502_regional_2024_export.zip", "202502_regional_2024_import.zip"
VINTAGE = "2025-02"
LONG = 20_000  # lines: several network buffers
BOTH = vintage_of(VINTAGE, "Region_2024_Export.txt", "Region_2024_Import.txt")
ONE = vintage_of(VINTAGE, "Region_2024_Import.txt")


@pytest.fixture
def year_2024(doors: Customs) -> tuple[Served, Served]:
    """The two files of 2024 in the catalogue, each of several network buffers."""
    return (
        doors.offer(EXPORT, shipped("export", 2024, count=LONG)),
        doors.offer(IMPORT, shipped("import", 2024, count=LONG)),
    )


def from_catalogue(doors: Customs, out: Path, *more: str) -> int:
    return fetch(doors, out, *all_doors(doors, CATALOGUE), *more)


def text(out: Path, flow: str) -> bytes:
    return (out / VINTAGE / f"Region_2024_{flow.capitalize()}.txt").read_bytes()


def exports(doors: Customs) -> int:
    """How often the exports were asked for."""
    return doors.downloads().count(f"/resources/0/{EXPORT}")


# Faults that pass


def test_errors_of_the_server_are_tried_again(
    doors: Customs, out: Path, year_2024: tuple
) -> None:
    doors.pages[API].faults = [status(503), status(500)]
    year_2024[0].faults = [status(500), status(502)]
    assert from_catalogue(doors, out) == 0
    assert exports(doors) == 3
    assert text(out, "export") == lines(2024, "export", LONG)


def test_retry_after_is_respected(
    doors: Customs, out: Path, year_2024: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    year_2024[0].faults = [status(429, Retry_After=7)]
    monkeypatch.setattr(time, "sleep", pauses.append)
    assert from_catalogue(doors, out) == 0
    assert pauses == [7]


def test_one_file_that_fails_does_not_stop_the_others(
    doors: Customs, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    year_2024[0].faults = Forever(status(500))
    assert from_catalogue(doors, out) == 1
    assert placed(out) == ONE
    captured = capsys.readouterr()
    assert "1 of 2 files failed" in captured.err
    assert "answers 500 Internal Server Error" in captured.err
    assert "Next:" not in captured.out


def test_a_body_cut_short_is_gone_on_with(
    doors: Customs, out: Path, year_2024: tuple
) -> None:
    year_2024[0].faults = [cut(100_000)]
    assert from_catalogue(doors, out) == 0
    assert text(out, "export") == lines(2024, "export", LONG)
    asked = doors.asked(EXPORT)
    assert [headers.get("If-Range") for headers in asked] == [None, '"v1"']
    assert re.fullmatch(r"bytes=[1-9]\d+-", asked[1]["Range"])


def test_without_an_etag_the_date_validates_the_part(
    doors: Customs, out: Path, year_2024: tuple
) -> None:
    served, date = year_2024[0], "Fri, 07 Feb 2025 09:12:00 GMT"
    served.etag, served.last_modified = 'W/"weak"', date

    def cut_short(handler: object, served: Served) -> None:
        length = len(served.body)
        handler.head(200, {"Last-Modified": date, "Content-Length": length})
        handler.wfile.write(served.body[:100_000])
        handler.close_connection = True

    served.faults = [cut_short]
    assert from_catalogue(doors, out) == 0
    (_, again) = doors.asked(EXPORT)
    assert again["If-Range"] == date


def test_a_server_that_ignores_ranges_restarts_cleanly(
    doors: Customs, out: Path, year_2024: tuple
) -> None:
    year_2024[0].faults = [cut(100_000), without_ranges]
    assert from_catalogue(doors, out) == 0
    assert text(out, "export") == lines(2024, "export", LONG)


@pytest.mark.parametrize("heeds_if_range", [True, False])
def test_content_that_changed_meanwhile_is_not_glued_to_the_old(
    doors: Customs, out: Path, year_2024: tuple, heeds_if_range: bool
) -> None:
    served, other = year_2024[0], lines(2024, "export", LONG - 1)

    def whatever_the_content(handler: object, served: Served) -> None:
        handler.headers.replace_header("If-Range", served.etag)
        whole(handler, served)

    def cut_then_change(handler: object, served: Served) -> None:
        cut(100_000)(handler, served)
        served.body, served.etag = shipped("export", 2024, other), '"v2"'

    served.faults = [cut_then_change]
    if not heeds_if_range:
        served.faults.append(whatever_the_content)
    assert from_catalogue(doors, out) == 0
    assert text(out, "export") == other


def test_a_chunked_body_cut_short_is_tried_again(
    doors: Customs, out: Path, year_2024: tuple
) -> None:
    def chunked(handler: object, served: Served) -> None:
        handler.head(200, {"Transfer-Encoding": "chunked"})
        handler.wfile.write(b"%x\r\n%s\r\n" % (5_000, served.body[:5_000]))
        handler.close_connection = True

    year_2024[0].faults = [chunked]
    assert from_catalogue(doors, out) == 0
    assert text(out, "export") == lines(2024, "export", LONG)


def test_the_part_of_another_publication_is_not_gone_on_with(tmp_path: Path) -> None:
    resource = Resource("listing", "https://x.org/a.zip")
    later = Resource("listing", "https://x.org/a.zip", published_on="2025-02-07")
    summed = Resource(
        "listing", "https://x.org/a.zip", checksum=Checksum("sha1", "00", "sha1")
    )
    part = Part(tmp_path / "a.part")
    part.begin(resource, '"v1"', ["https://x.org/a.zip"])
    part.path.write_bytes(b"half")
    assert part.resumable(resource) == (4, '"v1"')
    assert part.resumable(later) == part.resumable(summed) == (0, "")
    part.goes_on(["https://y.org/a.zip", "https://x.org/a.zip"])
    assert part.addresses() == ("https://x.org/a.zip", "https://y.org/a.zip")
    part.note.write_text("{")
    assert part.resumable(resource) == (0, "")


# Faults that stay


def test_a_body_that_never_ends_well_is_named(
    doors: Customs, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    year_2024[0].faults = Forever(cut(50_000))
    assert from_catalogue(doors, out) == 1
    assert "breaks off 3 times" in capsys.readouterr().err
    assert placed(out) == ONE
    year_2024[0].faults = []
    assert from_catalogue(doors, out) == 0
    assert text(out, "export") == lines(2024, "export", LONG)


def test_a_server_that_drips_is_left_and_gone_on_with_later(
    doors: Customs, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    year_2024[0].faults = Forever(drip)
    assert from_catalogue(doors, out, "--max-seconds", "1") == 1
    error = capsys.readouterr().err
    assert "is not whole after 1 seconds (--max-seconds)" in error
    assert placed(out) == ONE
    year_2024[0].faults = []
    doors.requests.clear()
    assert from_catalogue(doors, out) == 0
    (asked,) = doors.asked(EXPORT)
    assert re.fullmatch(r"bytes=[1-9]\d*-", asked["Range"])
    assert text(out, "export") == lines(2024, "export", LONG)


def test_a_page_that_drips_is_left_too(
    doors: Customs, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    doors.pages[API].faults = Forever(drip)
    assert from_catalogue(doors, out, "--max-seconds", "0.5") == 2
    assert "is not whole after 0.5 seconds" in capsys.readouterr().err


@pytest.mark.parametrize("algorithm", ["sha1", "SHA-256", "md5"])
def test_a_wrong_checksum_is_tried_once_more_then_named(
    doors: Customs,
    out: Path,
    year_2024: tuple,
    algorithm: str,
    capsys: pytest.CaptureFixture,
) -> None:
    doors.resources[0]["checksum"] = {"type": algorithm, "value": "0" * 40}
    doors.describe()
    assert from_catalogue(doors, out) == 1
    assert exports(doors) == 2
    named = algorithm.lower().replace("-", "")
    assert f"the {named} of what came is not the catalogue's" in capsys.readouterr().err
    assert placed(out) == ONE
    assert not list((out / ".fetch").glob("*.part*"))


def test_damage_on_the_way_is_mended_by_the_second_try(
    doors: Customs, out: Path, year_2024: tuple
) -> None:
    served = year_2024[0]
    digest = hashlib.sha1(served.body).hexdigest()
    doors.resources[0]["checksum"] = {"type": "sha1", "value": digest}
    doors.describe()

    def damaged(handler: object, served: Served) -> None:
        body = served.body[:1000] + b"\0" + served.body[1001:]
        handler.head(200, {"Content-Length": len(body)})
        handler.wfile.write(body)

    served.faults = [damaged]
    assert from_catalogue(doors, out) == 0
    assert text(out, "export") == lines(2024, "export", LONG)


def test_a_size_other_than_the_catalogues_is_named(
    doors: Customs, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    doors.resources[0]["filesize"] = 12_345
    doors.describe()
    assert from_catalogue(doors, out) == 1
    assert "the catalogue says 12,345, twice" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "remark"),
    [
        ({"checksum": {"type": "sha1", "value": "0" * 40}}, "the sha1 of what came"),
        ({"filesize": 12_345}, "the catalogue says 12,345"),
        ({"filesize": 12_345_678_901}, "the catalogue says 12,345,678,901"),
        (
            {"checksum": {"type": "crc", "value": "0"}},
            "of the type 'crc', which",
        ),
    ],
)
def test_what_a_catalogue_says_of_a_file_kept_elsewhere_is_only_told(
    doors: Customs,
    out: Path,
    said: dict,
    remark: str,
    capsys: pytest.CaptureFixture,
) -> None:
    doors.harvest(EXPORT, shipped("export", 2024), **said)
    doors.harvest(IMPORT, shipped("import", 2024))
    assert from_catalogue(doors, out) == 0
    assert placed(out) == BOTH
    notes = [line for line in capsys.readouterr().out.splitlines() if remark in line]
    assert [line[:14] for line in notes] == ["Note          "]
    assert exports(doors) == 1


@pytest.mark.parametrize("announced", [True, False])
def test_an_archive_that_is_too_large_is_not_taken(
    doors: Customs,
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
    assert from_catalogue(doors, out, "--max-megabytes", "1") == 1
    assert "the most taken is 1,000,000" in capsys.readouterr().err
    assert placed(out) == ONE


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"\n<!DOCTYPE html><title>Maintenance</title>", "gives a web page (HTML)"),
        (b"%PDF-1.4\n", "gives a PDF"),
        (lines(2024, "export"), "gives a flow file, where a zip is due"),
        (b"\x1f\x8b" + bytes(100), "gives something that is not a zip"),
        (b"", "gives something that is not a zip"),
    ],
)
def test_something_else_in_place_of_a_zip_is_refused(
    doors: Customs,
    out: Path,
    year_2024: tuple,
    body: bytes,
    what: str,
    capsys: pytest.CaptureFixture,
) -> None:
    year_2024[0].body = body
    assert from_catalogue(doors, out) == 1
    assert f"{doors.root}/api/1/datasets/r/0 {what}" in capsys.readouterr().err
    assert placed(out) == ONE


@pytest.mark.parametrize(
    ("location", "message"),
    [
        (f"/resources/0/{EXPORT}", "redirected more than 5 times"),
        ("file:///etc/passwd", "redirected to an address that is not http or https"),
        ("ftp://127.0.0.1/a.zip", "redirected to an address that is not http"),
        ("http://[", EXPORT),
        ("http://127.0.0.1:99999/", EXPORT),
    ],
)
def test_bad_redirections_are_refused(
    doors: Customs,
    out: Path,
    year_2024: tuple,
    location: str,
    message: str,
    capsys: pytest.CaptureFixture,
) -> None:
    year_2024[0].faults = Forever(status(302, Location=location))
    assert from_catalogue(doors, out) == 1
    assert message in capsys.readouterr().err
    assert placed(out) == ONE
    assert exports(doors) <= 5


# Being killed


def killed_run(doors: Customs, out: Path, patch: str = "") -> subprocess.Popen:
    """Start the command in a process of its own, after a patch of its code."""
    program = (
        "import os, sys\n"
        "from commerce_exterieur.fetching import command, store\n"
        "die = lambda *_, **__: os.kill(os.getpid(), 9)\n"
        f"{patch}\nsys.exit(command.main(sys.argv[1:]))"
    )
    options = arguments(doors, out, *all_doors(doors, CATALOGUE))
    return subprocess.Popen(
        [sys.executable, "-c", program, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.kills
def test_killed_in_a_download_it_leaves_no_half_file_and_resumes(
    doors: Customs, out: Path, year_2024: tuple
) -> None:
    hang_up = threading.Event()
    year_2024[0].faults = [cut(150_000, hang_up)]
    run = killed_run(doors, out)

    def arrived() -> int:
        return sum(part.stat().st_size for part in (out / ".fetch").glob("*.part"))

    while run.poll() is None and (not out.exists() or not arrived()):
        time.sleep(0.01)
    run.kill()
    assert run.wait() == -signal.SIGKILL
    hang_up.set()
    assert placed(out) == []

    size = arrived()
    doors.requests.clear()
    assert from_catalogue(doors, out) == 0
    asked = doors.asked(EXPORT)
    assert [headers["Range"] for headers in asked] == [f"bytes={size}-"]
    assert text(out, "export") == lines(2024, "export", LONG)
    assert placed(out) == BOTH


@pytest.mark.kills
@pytest.mark.parametrize(
    ("patch", "left"),
    [
        # Half of the text is unpacked.
        ("store.unpack = lambda _, to, __: (to.write(b'x'), to.flush(), die())", []),
        # The text is complete and has no name yet.
        ("import os; os.fsync = die", []),
        ("store.verify = die", []),
        # The text is in place, without its lists and its record.
        ("store.replace_files = die", ["Region_2024_Export.txt"]),
        # The lists are too.
        (
            "store.write_manifest = die",
            ["Region_2024_Export.txt", *BESIDE[:4]],
        ),
    ],
)
def test_killed_while_it_unpacks_it_goes_on_without_downloading_again(
    doors: Customs, out: Path, year_2024: tuple, patch: str, left: list[str]
) -> None:
    assert killed_run(doors, out, patch).wait() == -signal.SIGKILL
    assert placed(out) == sorted(f"{VINTAGE}/{name}" for name in left)
    if left:
        assert text(out, "export") == lines(2024, "export", LONG)
    doors.requests.clear()
    assert from_catalogue(doors, out) == 0
    size = len(year_2024[0].body)
    asked = doors.asked(EXPORT)
    assert [headers["Range"] for headers in asked] == [f"bytes={size}-"]
    assert placed(out) == BOTH
    assert text(out, "export") == lines(2024, "export", LONG)
