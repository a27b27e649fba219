"""Fetching: what is put in the folder, what is recorded of it, what a next run does."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
import requests
from customs_servers import (
    API,
    Customs,
    all_doors,
    fetch,
    manifest,
    placed,
    vintage_of,
)
from customs_zips import ACTIVITIES, COUNTRIES, LISTS, PRODUCTS, lines, shipped
from local_server import Served, status
from requests.adapters import HTTPAdapter

from commerce_exterieur.customs.manifest import PROVIDED, read_manifest
from commerce_exterieur.fetching import command as fetch_customs
from commerce_exterieur.fetching.doors import CATALOGUE
from commerce_exterieur.fetching.resources import urlsplit
from commerce_exterieur.fetching.store import Store

EXPORT, IMPORT = "202502_regional_2024_export.zip", "202502_regional_2024_import.zip"
VINTAGE = "2025-02"
NAMES = ("Region_2024_Export.txt", "Region_2024_Import.txt")
BOTH = vintage_of(VINTAGE, *NAMES)


@pytest.fixture
def year_2024(doors: Customs) -> tuple[Served, Served]:
    """The two files of 2024 in the catalogue."""
    return (
        doors.offer(EXPORT, shipped("export", 2024)),
        doors.offer(IMPORT, shipped("import", 2024)),
    )


def from_catalogue(doors: Customs, out: Path, *more: str) -> int:
    return fetch(doors, out, *all_doors(doors, CATALOGUE), *more)


def text(out: Path, flow: str) -> bytes:
    return (out / VINTAGE / f"Region_2024_{flow.capitalize()}.txt").read_bytes()


# The manifest


def test_the_manifest_says_where_each_file_comes_from(
    doors: Customs, out: Path
) -> None:
    body = b"E;1;2024;01;18;A01Z;0111;BE;1;2\r\n\r\nE;2;2024;01;18;A01Z;0111;BE;1;2"
    archive = shipped("export", 2024, body)
    sha1 = hashlib.sha1(archive).hexdigest()
    doors.offer(
        EXPORT,
        archive,
        title="Données régionales 2024 – export",
        checksum={"type": "SHA-1", "value": sha1.upper()},
        filesize=len(archive),
    )
    doors.offer(IMPORT, shipped("import", 2024))
    assert from_catalogue(doors, out) == 0

    written = manifest(out, VINTAGE)
    exports, imports = written["files"]
    assert list(written) == ["data_origin", "dataset", "lists", "files"]
    assert written["data_origin"] == "provided"
    assert written["dataset"] == "5369a0c7a3a729239d206446"
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", exports.pop("fetched_at"))
    assert exports == {
        "name": "Region_2024_Export.txt",
        "flow": "export",
        "kind": "annual",
        "year": 2024,
        "results": VINTAGE,
        "published_on": "2025-04-08",
        "url": f"{doors.root}/resources/0/{EXPORT}",
        "checksum": f"sha1:{sha1}",
        "door": "catalogue",
        "data_origin": "provided",
        "resource_id": "00000000-0000-4000-8000-000000000000",
        "resource_title": "Données régionales 2024 – export",
        "archive_sha256": hashlib.sha256(archive).hexdigest(),
        "sha256": hashlib.sha256(body).hexdigest(),
        "bytes": len(body),
        "lines": 3,  # the blank one, and the last one without its line feed
        "member": "Regional-2024-export/Region_2024_Export.txt",
    }
    assert (imports["flow"], imports["checksum"]) == ("import", None)


def test_the_lists_of_labels_stand_beside_the_lines_as_shipped(
    doors: Customs, out: Path, year_2024: tuple
) -> None:
    assert from_catalogue(doors, out) == 0
    assert placed(out) == BOTH
    folder = out / VINTAGE
    assert (folder / "Libelle_CPF4.txt").read_bytes() == PRODUCTS
    assert (folder / "Libelle_A129.txt").read_bytes() == ACTIVITIES
    assert (folder / "Libelle_PAYS.txt").read_bytes() == COUNTRIES
    products = manifest(out, VINTAGE)["lists"][2]
    assert products == {
        "name": "Libelle_CPF4.txt",
        "kind": "product",
        "from": "Region_2024_Import.txt",
        "member": "Libelle_CPF4_rev2.1.txt",
        "sha256": hashlib.sha256(PRODUCTS).hexdigest(),
        "bytes": len(PRODUCTS),
    }


@pytest.mark.parametrize(
    ("year", "folder", "data", "lists"),
    [
        # 2020: the folder is named like the zip, the list of products is UTF-8.
        (2019, None, None, LISTS | {"Libelle_CPF4.txt": b"0111;Riz;201501;999912\n"}),
        # A list under its old name, another one twice, one that is missing.
        (
            2019,
            "",
            "REGION_2019_EXPORT.TXT",
            {
                "PAYS.txt": COUNTRIES,
                "Libelle_CPF4_rev2.1.txt": b"0111;Riz;201501;999912\n",
                "Libelle_CPF4_rev2.1_2.txt": PRODUCTS,
                "Libelle_A129.txt": ACTIVITIES,
            },
        ),
    ],
)
def test_layouts_that_were_seen_are_unpacked(
    doors: Customs,
    out: Path,
    year: int,
    folder: str | None,
    data: str | None,
    lists: dict,
    capsys: pytest.CaptureFixture,
) -> None:
    if "Libelle_CPF4.txt" in lists:
        del (lists := dict(lists))["Libelle_CPF4_rev2.1.txt"]
    body = shipped("export", year, data=data, folder=folder, lists=lists)
    doors.upload("202002_regional_2019_export.zip", body)
    doors.upload("202002_regional_2019_import.zip", shipped("import", 2019))
    assert fetch(doors, out, "--years", "2019") == 0
    names = ("Region_2019_Export.txt", "Region_2019_Import.txt")
    assert placed(out) == vintage_of("2020-02", *names)
    said = capsys.readouterr().out
    if "PAYS.txt" in lists:
        assert "'Libelle_CPF4_rev2.1.txt' in it lists what another one does" in said
    else:
        told = "its Libelle_CPF4.txt replaces a different one of Region_2019_Export.txt"
        assert told in said


def test_what_else_is_in_a_zip_is_told(
    doors: Customs, out: Path, capsys: pytest.CaptureFixture
) -> None:
    body = shipped("export", 2024, others={"Nouveautés.txt": b"a,b\n1,2\n"})
    doors.upload("202502-Regional-2024-export.zip", body)
    doors.upload("202502-Regional-2024-import.zip", shipped("import", 2024))
    assert fetch(doors, out) == 0
    assert placed(out) == BOTH
    told = "'Regional-2024-export/Nouveautés.txt' in it is not understood"
    assert told in capsys.readouterr().out


# Official or not


class Elsewhere(HTTPAdapter):
    """Sends what is asked of a host to a local server, as if it were that host."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self.root = root

    def send(self, request: requests.PreparedRequest, **options: object):
        asked = request.url
        split = urlsplit(asked)
        request = request.copy()
        request.url = self.root + split._replace(scheme="", netloc="").geturl()
        response = super().send(request, **options)
        response.url = asked
        return response


@pytest.fixture
def official(doors: Customs, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The local server stands for the official hosts, over https; the options."""
    opened = fetch_customs.open_session

    def open_session(settings: object) -> requests.Session:
        session = opened(settings)
        for host in ("www.douane", "lekiosque.finances", "www.data", "static.data"):
            session.mount(f"https://{host}.gouv.fr/", Elsewhere(doors.root))
        return session

    monkeypatch.setattr(fetch_customs, "open_session", open_session)
    return ["--years", "2024", "--backoff", "0", "--retries", "0"]


def test_files_of_the_official_hosts_are_official(
    doors: Customs, out: Path, official: list[str]
) -> None:
    doors.upload_year(2024, "202502")
    assert fetch_customs.main([*official, "--out", str(out)]) == 0
    written = manifest(out, VINTAGE)
    assert written["data_origin"] == "official"
    record = written["files"][0]
    assert record["url"] == (
        "https://www.douane.gouv.fr/sites/default/files/2025-04/08/"
        "202502-Regional-2024-export.zip"
    )
    assert record["data_origin"] == "official"
    # The bytes vouch, not the name.
    found = read_manifest(out / VINTAGE)
    assert found.origin_of("Region_2024_Export.txt", record["sha256"]) == "official"
    assert found.origin_of("Region_2024_Export.txt", "0" * 64) == PROVIDED


def test_a_redirection_through_another_host_makes_a_file_provided(
    doors: Customs, out: Path, official: list[str]
) -> None:
    doors.upload_year(2024, "202502")
    path = "/sites/default/files/2025-04/08/202502-Regional-2024-export.zip"
    away = f"{doors.root}/away"
    doors.pages["/away"] = doors.pages[path]
    doors.pages[path] = Served(b"", faults=[status(302, Location=away)])
    assert fetch_customs.main([*official, "--out", str(out)]) == 0
    written = manifest(out, VINTAGE)
    assert written["data_origin"] == "provided"
    origins = [one["data_origin"] for one in written["files"]]
    assert origins == ["provided", "official"]


def test_an_official_file_that_another_catalogue_names_is_provided(
    doors: Customs, out: Path, official: list[str]
) -> None:
    """A title or a month of results could be anybody's."""
    doors.upload_year(2024, "202502")
    host = "https://www.douane.gouv.fr/sites/default/files/2025-04/08/"
    for flow in ("export", "import"):
        name = f"202502-Regional-2024-{flow}.zip"
        doors.harvest(name, b"", url=host + name)
    doors = all_doors(doors, CATALOGUE)
    assert fetch_customs.main([*official, "--out", str(out), *doors]) == 0
    assert manifest(out, VINTAGE)["data_origin"] == "provided"


def test_an_official_address_given_by_hand_is_official(
    doors: Customs, out: Path, official: list[str]
) -> None:
    doors.upload_year(2024, "202502")
    url = (
        "http://www.douane.gouv.fr/sites/default/files/2025-04/08/"
        "202502-Regional-2024-export.zip"
    )
    assert fetch_customs.main([*official[2:], "--url", url, "--out", str(out)]) == 0
    assert manifest(out, VINTAGE)["data_origin"] == "official"


# Running again


def test_a_second_run_downloads_nothing(
    doors: Customs, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    assert from_catalogue(doors, out) == 0
    before = (out / VINTAGE / "manifest.json").read_bytes()
    doors.requests.clear()
    assert from_catalogue(doors, out) == 0
    assert [path for path, _ in doors.requests] == [API]
    assert (out / VINTAGE / "manifest.json").read_bytes() == before
    assert capsys.readouterr().out.count("Already here") == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Region_2024_Import.txt", b"E" + lines(2024, "import")[1:]),
        ("Region_2024_Import.txt", lines(2024, "import") + b"more\n"),
        ("Libelle_PAYS.txt", b"edited"),
        ("Libelle_PAYS.txt", None),
    ],
)
def test_what_was_edited_on_disk_is_fetched_anew(
    doors: Customs,
    out: Path,
    year_2024: tuple,
    name: str,
    content: bytes | None,
    capsys: pytest.CaptureFixture,
) -> None:
    assert from_catalogue(doors, out) == 0
    file = out / VINTAGE / name
    original = file.read_bytes()
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    doors.requests.clear()
    assert from_catalogue(doors, out) == 0
    assert doors.downloads() == [f"/resources/1/{IMPORT}"]
    assert file.read_bytes() == original
    assert "changed on disk since it was fetched" in capsys.readouterr().out


def test_a_later_publication_of_the_same_results_replaces_and_says_so(
    doors: Customs, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    assert from_catalogue(doors, out) == 0
    year_2024[0].body = shipped("export", 2024, count=3)
    doors.resources[0]["last_modified"] = "2025-04-20T00:00:00+00:00"
    doors.describe()
    assert from_catalogue(doors, out) == 0
    assert text(out, "export") == lines(2024, "export", 3)
    assert [one["lines"] for one in manifest(out, VINTAGE)["files"]] == [3, 50]
    assert "(3 lines, provided) – published again" in capsys.readouterr().out


def test_an_earlier_publication_does_not_replace_a_later_one(
    doors: Customs, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    """Another door may be behind: what is here was published later."""
    assert from_catalogue(doors, out) == 0
    for flow in ("export", "import"):
        name = f"202502-Regional-2024-{flow}.zip"
        doors.upload(name, shipped(flow, 2024, count=3), "2025-04/01")
    assert fetch(doors, out) == 0
    assert text(out, "export") == lines(2024, "export")
    assert "published later than what is offered" in capsys.readouterr().out
    # By its address, it is what the user wants.
    url = f"{doors.root}/sites/default/files/2025-04/01/202502-Regional-2024-"
    assert fetch(doors, out, "--url", f"{url}export.zip") == 0
    assert text(out, "export") == lines(2024, "export", 3)


def test_another_checksum_in_the_catalogue_is_another_publication(
    doors: Customs, out: Path, year_2024: tuple
) -> None:
    assert from_catalogue(doors, out) == 0
    year_2024[0].body = shipped("export", 2024, count=3)
    digest = hashlib.sha256(year_2024[0].body).hexdigest()
    doors.resources[0]["checksum"] = {"type": "sha256", "value": digest}
    doors.describe()
    assert from_catalogue(doors, out) == 0
    assert text(out, "export") == lines(2024, "export", 3)


def test_results_of_another_month_keep_the_old_ones(doors: Customs, out: Path) -> None:
    doors.upload_year(2024, "202502")
    assert fetch(doors, out) == 0
    doors.upload_year(2024, "202509", "2025-11/07")
    assert fetch(doors, out) == 0
    assert placed(out) == [*BOTH, *vintage_of("2025-09", *NAMES)]
    assert text(out, "export") == lines(2024, "export")


def test_a_file_put_there_by_hand_is_replaced_and_that_is_said(
    doors: Customs, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    (out / VINTAGE).mkdir(parents=True)
    (out / VINTAGE / "Region_2024_Export.txt").write_text("by hand")
    assert from_catalogue(doors, out) == 0
    assert text(out, "export") == lines(2024, "export")
    assert "a file that no fetch had written" in capsys.readouterr().out


def test_records_without_an_origin_of_their_own_keep_that_of_the_whole(
    doors: Customs, out: Path, year_2024: tuple
) -> None:
    (out / VINTAGE).mkdir(parents=True)
    old = {"name": "Region_2023_Export.txt", "sha256": "0"}
    written = {"data_origin": "official", "files": [old], "lists": "none"}
    (out / VINTAGE / "manifest.json").write_text(json.dumps(written))
    assert from_catalogue(doors, out) == 0
    files = manifest(out, VINTAGE)["files"]
    assert files[0] == old | {"data_origin": "official"}
    assert manifest(out, VINTAGE)["data_origin"] == "provided"


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ('{"data_origin": "simulated", "files": []}', "holds simulated files"),
        ('{"data_origin": "mine", "files": []}', "is not a manifest of this program"),
        ('{"data_origin": "official", "files": [3]}', "is not a manifest"),
        ("[]", "is not a manifest"),
        ("{", "is not a manifest"),
    ],
)
def test_the_manifest_of_something_else_is_left_alone(
    doors: Customs,
    out: Path,
    year_2024: tuple,
    found: str,
    message: str,
    capsys: pytest.CaptureFixture,
) -> None:
    (out / VINTAGE).mkdir(parents=True)
    (out / VINTAGE / "manifest.json").write_text(found)
    assert from_catalogue(doors, out) == 1
    assert message in capsys.readouterr().err
    assert placed(out) == [f"{VINTAGE}/manifest.json"]
    assert (out / VINTAGE / "manifest.json").read_text() == found
    assert doors.downloads() == []


def test_a_dry_run_says_what_would_be_fetched_and_writes_nothing(
    doors: Customs, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    assert from_catalogue(doors, out, "--dry-run") == 0
    assert capsys.readouterr().out.count("Would fetch") == 2
    assert not out.exists()
    assert from_catalogue(doors, out) == 0
    doors.requests.clear()
    assert from_catalogue(doors, out, "--dry-run") == 0
    assert capsys.readouterr().out.count("Already here") == 2
    assert doors.downloads() == []


# The disk


def test_a_folder_that_cannot_be_written_is_one_plain_line(
    doors: Customs, tmp_path: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "file").touch()
    assert from_catalogue(doors, tmp_path / "file" / "customs") == 2
    error = capsys.readouterr().err
    assert error.startswith(f"fetch_customs: {tmp_path}/file/customs cannot be written")
    assert error.count("\n") == 1


def test_a_vintage_that_cannot_be_written_is_named(
    doors: Customs, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    out.mkdir(parents=True)
    (out / VINTAGE).touch()
    assert from_catalogue(doors, out) == 1
    assert f"File exists: '{out / VINTAGE}'" in capsys.readouterr().err
    assert from_catalogue(doors, out, "--dry-run") == 0


def test_a_second_fetch_at_the_same_time_stops(
    doors: Customs, out: Path, year_2024: tuple, capsys: pytest.CaptureFixture
) -> None:
    with Store(out, "…").locked():
        assert from_catalogue(doors, out) == 2
    assert "Another fetch is at work" in capsys.readouterr().err
    assert from_catalogue(doors, out) == 0
