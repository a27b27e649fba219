"""Fetching: the doors in their order, what they offer, what answers in their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from customs_servers import (
    API,
    PATHS,
    Customs,
    all_doors,
    fetch,
    manifest,
    placed,
    vintage_of,
)
from customs_zips import shipped
from local_server import Forever, Served, cut, status

from commerce_exterieur.fetching import command as fetch_customs
from commerce_exterieur.fetching.doors import CATALOGUE, KIOSK, LISTING
from commerce_exterieur.fetching.pages import read_page, saved_address

BOTH = ("Region_2024_Export.txt", "Region_2024_Import.txt")
VINTAGE = "2025-02"


def html_page(body: str, title: str = "Page") -> Served:
    page = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    return Served(page.encode(), "text/html; charset=utf-8")


def doors_asked(doors: Customs) -> list[str]:
    """Which doors were asked, in order, each once."""
    named = {API: CATALOGUE, PATHS[KIOSK]: KIOSK, PATHS[LISTING]: LISTING}
    asked = [named.get(path) for path, _ in doors.requests]
    return [name for name in dict.fromkeys(asked) if name]


# The order


def test_the_listing_serves_with_its_rolling_pair_and_says_what_it_leaves(
    doors: Customs, out: Path, capsys: pytest.CaptureFixture
) -> None:
    doors.upload_year(2024, "202502")
    doors.upload_year(2023, "202402")
    doors.upload_rolling("202506", "2025-08/07")
    assert fetch(doors, out) == 0
    assert placed(out) == [
        *vintage_of(VINTAGE, *BOTH),
        *vintage_of("2025-06", "REGIONAL_CPF4PAYSE.txt", "REGIONAL_CPF4PAYSI.txt"),
    ]
    # Three pages of the listing, and no other door.
    pages = [path for path, _ in doors.requests if path.startswith(PATHS[LISTING])]
    assert pages == [PATHS[LISTING] + more for more in ("", "&page=1", "&page=2")]
    assert doors_asked(doors) == [LISTING]
    said = capsys.readouterr().out
    assert "listing (the customs' own listing): it has what is wanted, and serves." in (
        said
    )
    left = "202402-Regional-2023-export.zip: the year 2023 was not asked for"
    assert f"Not read      {left}" in said
    assert "7 files that name no region (--list shows them)" in said
    assert "Region_2024_Export.txt (50 lines, provided)" in said
    assert said.endswith(f"Next: make build CUSTOMS_DIR={out}\n")
    assert [path.name for path in (out / ".fetch").iterdir()] == ["lock"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Served(b"", faults=Forever(status(403))), "answers 403 Forbidden"),
        (Served(b"<p>", faults=Forever(cut(1))), "the connection closed before"),
        (Served(b""), "it is empty, or not a web page"),
        (
            html_page("", "Access Denied"),
            "links to no file (its title: “Access Denied”)",
        ),
        (
            html_page("<a href='/login'>Connexion</a>", "Portail captif"),
            "a captive portal",
        ),
        (
            html_page("<a href='/conditions.pdf'>Conditions</a>"),
            "no annual file is offered for 2024 (years offered: none)",
        ),
        (Served(b'{"a": 1}', "application/json"), "links to no file"),
        (Served(b"\x00\xff" * 100, "text/html"), "page"),
    ],
)
def test_what_answers_in_place_of_a_door_is_told_and_the_next_is_tried(
    doors: Customs,
    out: Path,
    answer: Served,
    reason: str,
    capsys: pytest.CaptureFixture,
) -> None:
    doors.upload_year(2024, "202502")
    doors.pages[PATHS[LISTING]] = answer
    assert fetch(doors, out) == 0
    assert placed(out) == vintage_of(VINTAGE, *BOTH)
    assert doors_asked(doors) == [LISTING, KIOSK]
    lines = capsys.readouterr().out.splitlines()
    (told,) = [line for line in lines if line.startswith("Door          listing")]
    assert reason in told
    assert manifest(out, VINTAGE)["files"][0]["door"] == KIOSK


def test_the_catalogue_serves_last(doors: Customs, out: Path) -> None:
    for flow in ("export", "import"):
        doors.harvest(f"202002_regional_2019_{flow}_zip", shipped(flow, 2019))
    assert fetch(doors, out, "--years", "2019") == 0
    assert doors_asked(doors) == [LISTING, KIOSK, CATALOGUE]
    assert manifest(out, "2020-02")["files"][0]["door"] == CATALOGUE


def test_doors_together_have_what_none_has_alone(
    doors: Customs, out: Path, capsys: pytest.CaptureFixture
) -> None:
    doors.upload_year(2024, "202502")
    for flow in ("export", "import"):
        doors.harvest(f"202002_regional_2019_{flow}.zip", shipped(flow, 2019))
    assert fetch(doors, out, "--years", "2019", "2024") == 0
    assert [path for path in placed(out) if "Region_" in path] == [
        "2020-02/Region_2019_Export.txt",
        "2020-02/Region_2019_Import.txt",
        "2025-02/Region_2024_Export.txt",
        "2025-02/Region_2024_Import.txt",
    ]
    # The listing and the kiosk offer the same files, and each came once.
    assert len(doors.downloads()) == len(set(doors.downloads())) == 4
    assert "listing and kiosk and catalogue together" in capsys.readouterr().out


def test_a_year_that_no_door_has_is_an_error_after_all_that_was_seen(
    doors: Customs, out: Path, capsys: pytest.CaptureFixture
) -> None:
    doors.upload_year(2024, "202502")
    doors.upload("202502-Regional-tout.zip", b"")
    doors.offer("LISEZ-MOI.txt", b"")
    assert fetch(doors, out, "--years", "2019", "2024") == 2
    captured = capsys.readouterr()
    assert captured.out.count("Recognised") == 2
    for name in ("NC8-2025.zip", "note méthodologique.pdf", "LISEZ-MOI.txt"):
        assert f"Not read      {name}" in captured.out
    unknown, error = captured.err.splitlines()
    assert "Not understood 202502-Regional-tout.zip" in unknown
    assert error == (
        "fetch_customs: no annual file is offered for 2019 (years offered: 2024)."
    )
    assert not out.exists()


def test_no_door_at_all_is_one_plain_line(
    doors: Customs, out: Path, capsys: pytest.CaptureFixture
) -> None:
    doors.pages.clear()
    assert fetch(doors, out) == 2
    error = capsys.readouterr().err
    assert error.startswith("fetch_customs: no door could be read (listing: ")
    assert error.count("answers 404 Not Found") == 3
    assert error.count("\n") == 1


def test_doors_can_be_named_and_are_tried_in_that_order(
    doors: Customs, out: Path
) -> None:
    doors.upload_year(2024, "202502")
    assert fetch(doors, out, *all_doors(doors, CATALOGUE, KIOSK)) == 0
    assert doors_asked(doors) == [CATALOGUE, KIOSK]


@pytest.mark.parametrize(
    ("served", "reason"),
    [
        (Served(b'{"message": "no"}', "application/json"), "lists no resources"),
        (Served(b'{"resources": {"href": "/api/2/x"}}'), "lists no resources"),
        (Served(b"[]", "application/json"), "lists no resources"),
        (Served(b"<html>", "text/html"), "not with JSON"),
        (Served(b"\xff\xfe", "application/json"), "not with JSON"),
        (Served(b"[" * 100_000, "application/json"), "not with JSON"),
        (Served(b"", faults=Forever(status(404))), "answers 404"),
        (
            Served(b"", faults=Forever(status(302, Location=API))),
            "redirected more than 5 times",
        ),
        (Served(b"{}", faults=Forever(cut(1))), "the connection closed before the end"),
    ],
)
def test_an_answer_that_is_not_the_apis_is_one_plain_line(
    doors: Customs,
    out: Path,
    served: Served,
    reason: str,
    capsys: pytest.CaptureFixture,
) -> None:
    doors.pages[API] = served
    assert fetch(doors, out, *all_doors(doors, CATALOGUE)) == 2
    error = capsys.readouterr().err
    assert f"catalogue: {doors.root}{API}" in error
    assert reason in error
    assert error.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "file:///etc", "nothing"])
@pytest.mark.parametrize("option", ["--base-url", "--door"])
def test_a_door_that_leads_nowhere_is_one_plain_line(
    out: Path, option: str, url: str, capsys: pytest.CaptureFixture
) -> None:
    chosen = ("--door", "catalogue", "--base-url", url)
    if option == "--door":
        chosen = ("--door", f"listing={url}")
    options = ["--years", "2024", "--out", str(out), *chosen, "--retries", "0"]
    assert fetch_customs.main(options) == 2
    assert capsys.readouterr().err.count("\n") == 1


# What a page holds


def test_a_listing_whose_pages_do_not_follow_is_read_once(
    doors: Customs, out: Path
) -> None:
    """A server that heeds no page number would be asked for ever."""
    doors.upload_year(2024, "202502")
    first = doors.pages[PATHS[LISTING]]
    for number in range(1, 5):
        doors.pages[f"{PATHS[LISTING]}&page={number}"] = first
    fetch(doors, out, "--list", *all_doors(doors, LISTING))
    assert len(doors.requests) == 2


def test_a_page_of_the_listing_that_fails_is_told_and_the_rest_counts(
    doors: Customs, out: Path, capsys: pytest.CaptureFixture
) -> None:
    doors.upload_year(2024, "202502")
    doors.pages[f"{PATHS[LISTING]}&page=1"].faults = Forever(status(404))
    assert fetch(doors, out) == 0
    said = capsys.readouterr().out
    assert "Note          listing: from its page 2 on it cannot be read" in said


ODD_LINKS = """
<!-- saved from url=(0045)https://www.douane.gouv.fr/la-douane/opendata -->
<base href="/sites/default/files/">
<h2>Statistiques r&eacute;gionales</h2>
<a href=" 2025-04/08/202502%2DRegional-2024-export.zip
">Exportations 2024 &amp; l&eacute;gende</a>
<a href="2025-04/08/202502-Regional-2024-import.zip?a=1&amp;b=2" title="Imports"></a>
<a href="2025-04/08/202502-Regional-2024-import.zip?a=1&amp;b=2">the same once more</a>
<a href="/media/12/download" title="Régional 2023 export, résultats de mars 2024">x</a>
<h3>Archives</h3><a href="2020-04/15/202002_regional_2019_export.zip">Voir</a>
<a href="http://[">broken</a><a href="#top">top</a><a>none</a><a href="">none</a>
<a href="javascript:go('a.zip')">script</a><a href="/page.html">Régional 2024</a>
"""


def test_links_are_read_as_a_browser_does() -> None:
    content = ODD_LINKS.encode()
    page = read_page(content, saved_address(content), "page")
    host = "https://www.douane.gouv.fr"
    assert [(one.url, one.title, one.is_archived) for one in page.resources] == [
        (
            f"{host}/sites/default/files/2025-04/08/202502%2DRegional-2024-export.zip",
            "Statistiques régionales – Exportations 2024 & légende",
            False,
        ),
        (
            f"{host}/sites/default/files/2025-04/08/202502-Regional-2024-import.zip"
            "?a=1&b=2",
            "Statistiques régionales – Imports",
            False,
        ),
        (
            f"{host}/media/12/download",
            "x – Régional 2023 export, résultats de mars 2024",
            False,
        ),
        (
            f"{host}/sites/default/files/2020-04/15/202002_regional_2019_export.zip",
            "Archives – Voir",
            True,
        ),
    ]
    assert page.unplaced == ()


@pytest.mark.parametrize(
    ("head", "charset", "encoding"),
    [
        ('<meta charset="iso-8859-1">', None, "cp1252"),
        ("", "windows-1252", "cp1252"),
        ("", None, "cp1252"),
        ("", None, "utf-8"),
        ("\ufeff", None, "utf-8"),
        ("", "no-such-charset", "utf-8"),
    ],
)
def test_accents_are_read_in_whatever_encoding(
    head: str, charset: str | None, encoding: str
) -> None:
    text = f'{head}<a href="http://x.org/a.zip">Données régionales à télécharger</a>'
    page = read_page(text.encode(encoding), "", "kiosk", charset=charset)
    assert page.resources[0].title == "Données régionales à télécharger"


@pytest.mark.parametrize(
    "link",
    [
        "<a href='?page=1'>Suivant</a>",
        "<a href='?page=1'><span>Page suivante</span> ›</a>",
        "<a href='?page=1' title='Aller à la page suivante'>››</a>",
        "<a href='?page=1' rel='next'>»</a>",
        "<link rel='next' href='?page=1'>",
        # Minified: no space between two elements.
        "<a href='?page=1'><span>Page suivante</span><span>Suivant ›</span></a>",
        "<a href='?page=1'>Page<br>Suivant</a>",
        "<a href='?page=1'><img src='next.png' alt='Suivant'></a>",
    ],
)
def test_another_page_follows_where_a_link_says_so(link: str) -> None:
    assert read_page(f"<p>{link}</p>".encode(), "", "listing").has_next
    assert not read_page(b"<a href='?page=0'>Pr\xc3\xa9c</a>", "", "listing").has_next


# By hand


def save(folder: Path, content: bytes, name: str = "page.html") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("how", ["comment", "canonical", "option"])
def test_saved_pages_serve_in_place_of_the_doors(
    doors: Customs, out: Path, tmp_path: Path, how: str
) -> None:
    doors.upload_year(2024, "202502")
    url = f"{doors.root}{PATHS[LISTING]}"
    before = {
        "comment": f"<!-- saved from url=(0014){url} -->",
        "canonical": f'<link rel="canonical" href="{url}">',
        "option": "",
    }[how]
    pages = []
    for number in range(2):
        served = doors.pages[f"{PATHS[LISTING]}&page={number}"]
        path = save(tmp_path, before.encode() + served.body, f"{number}.html")
        pages += ["--page", str(path)]
    base = ["--base", url] if how == "option" else []
    assert fetch(doors, out, *pages, *base) == 0
    assert placed(out) == vintage_of(VINTAGE, *BOTH)
    assert doors_asked(doors) == []
    assert manifest(out, VINTAGE)["files"][0]["door"] == "page"


def test_a_saved_page_that_does_not_say_where_it_came_from_is_told(
    doors: Customs, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    doors.upload_year(2024, "202502")
    path = save(tmp_path, doors.pages[PATHS[LISTING]].body)
    assert fetch(doors, out, "--page", str(path)) == 2
    said = capsys.readouterr().out
    assert "6 links are relative" in said
    assert "--base" in said
    assert "another page follows; save it too" in said


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read: No such file"),
        (b"", "it is empty, or not a web page"),
        (b"<p>Bonjour</p>", "links to no file"),
    ],
)
def test_a_saved_page_that_is_none_is_one_plain_line(
    doors: Customs,
    out: Path,
    tmp_path: Path,
    content: bytes | None,
    reason: str,
    capsys: pytest.CaptureFixture,
) -> None:
    path = tmp_path / "page.html"
    if content is not None:
        path.write_bytes(content)
    assert fetch(doors, out, "--page", str(path)) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert str(path) in error
    assert error.count("\n") == 1


def test_addresses_serve_in_place_of_the_doors(
    doors: Customs, out: Path, capsys: pytest.CaptureFixture
) -> None:
    paths = [
        doors.upload(f"Regional-2024-{flow}.zip", shipped(flow, 2024)).path
        for flow in ("export", "import")
    ]
    urls = [option for path in paths for option in ("--url", doors.root + path)]
    assert fetch(doors, out, *urls) == 2
    assert "--results YYYY-MM" in capsys.readouterr().err
    assert fetch(doors, out, *urls, "--results", VINTAGE) == 0
    assert placed(out) == vintage_of(VINTAGE, *BOTH)
    record = manifest(out, VINTAGE)["files"][0]
    assert (record["door"], record["published_on"]) == ("url", "2025-04-08")


# What is not understood


def test_what_is_not_understood_is_told_last_and_makes_the_status_3(
    doors: Customs, out: Path, capsys: pytest.CaptureFixture
) -> None:
    doors.upload_year(2024, "202502")
    odd = doors.upload("202506-Regions-tout.zip", b"", title="Les régions")
    assert fetch(doors, out) == 3
    assert placed(out) == vintage_of(VINTAGE, *BOTH)
    error = capsys.readouterr().err
    assert error.startswith("Not understood 202506-Regions-tout.zip (“Les régions – ")
    assert error.endswith(f" {doors.root}{odd.path}\n")
    assert fetch(doors, out, "--dry-run") == 3
    assert fetch(doors, out, "--allow-unknown") == 0
    assert "Not understood" in capsys.readouterr().err


def test_what_a_passed_door_offered_and_nobody_understood_is_told_too(
    doors: Customs, out: Path, capsys: pytest.CaptureFixture
) -> None:
    doors.upload("Regional-nouveau.zip", b"")
    for flow in ("export", "import"):
        doors.offer(f"202502_regional_2024_{flow}.zip", shipped(flow, 2024))
    assert fetch(doors, out) == 3
    error = capsys.readouterr().err
    assert error.count("Not understood") == 1
    assert "Regional-nouveau.zip" in error


def test_the_list_shows_every_file_of_every_door_one_a_line(
    doors: Customs, out: Path, capsys: pytest.CaptureFixture
) -> None:
    doors.upload_year(2024, "202502")
    doors.upload_rolling("202506", "2025-08/07")
    doors.upload("Archives regionales.zip", b"", title="Tab\there")
    doors.harvest("202002_regional_2019_export.zip", b"")
    doors.pages[PATHS[KIOSK]].faults = Forever(status(404))
    assert fetch(doors, out, "--list") == 0
    captured = capsys.readouterr()
    head, *rows = (line.split("\t") for line in captured.out.splitlines())
    assert head == [
        *("door", "verdict", "flow", "year", "results", "published_on"),
        *("address", "title", "remark"),
    ]
    assert {len(row) for row in rows} == {9}
    by_address = {row[6].rpartition("/")[2]: row for row in rows}
    assert len(rows) == len(by_address) == 13
    assert by_address["202502-Regional-2024-export.zip"][:6] == [
        *("listing", "flow file", "export", "2024", "2025-02", "2025-04-08"),
    ]
    assert by_address["202506-stat-regional-ce-import.zip"][1:6] == [
        *("flow file", "import", "rolling", "2025-06", "2025-08-07"),
    ]
    odd = by_address["Archives%20regionales.zip"]
    assert (odd[1], odd[7]) == ("not understood", "Tab here – Télécharger le document")
    assert odd[8].startswith("archived; ")
    assert by_address["202002_regional_2019_export.zip"][5] == ""
    assert by_address["NC8-2025.zip"][1] == "left"
    assert "Door          kiosk: " in captured.err
    assert not out.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["--years"],
        ["--years", "24"],
        ["--years", "2024", "--retries", "-1"],
        ["--years", "2024", "--backoff", "nan"],
        ["--years", "2024", "--max-seconds", "long"],
        ["--years", "2024", "--door", "window"],
        ["--years", "2024", "--results", "2025-13"],
        ["--years", "2024", "--results", "2025-02"],
        ["--years", "2024", "--base", "https://x.org"],
        ["--url", "https://x.org/a.zip", "--door", "listing"],
        ["--page", "a.html"],
    ],
)
def test_wrong_arguments_are_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        fetch_customs.main(wrong)
