"""Local servers that imitate the three doors as they were seen: see docs/sources.md.

The customs' listing is a Drupal page in French, paged, with national files and PDFs
between the regional ones; the kiosk is an old page of links to the same files; the API
of data.gouv.fr describes files it keeps and files it harvested elsewhere.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from urllib.parse import quote, urlsplit

from customs_zips import shipped
from local_server import Forever, LocalServer, Served, status

from commerce_exterieur.fetching import command as fetch_customs
from commerce_exterieur.fetching.doors import (
    ADDRESSES,
    CATALOGUE,
    DATASET,
    KIOSK,
    LISTING,
)

API = f"/api/1/datasets/{DATASET}/"
#: Path and query of the two pages.
PATHS = {
    name: urlsplit(ADDRESSES[name])._replace(scheme="", netloc="").geturl()
    for name in (LISTING, KIOSK)
}
MARCH_2025 = "2025-04/08"
ITEMS_A_PAGE = 6
#: What stands between the regional files on the listing.
BETWEEN = (
    ("Nomenclature NC8 2025", "/sites/default/files/2025-01/15/NC8-2025.zip"),
    ("Données nationales 2024", "2025-04/08/202502-National-2024-import.zip"),
    ("Données nationales 2024", "2025-04/08/202502-National-2024-export.zip"),
    ("Dernières données nationales", "2025-04/08/202502-stat-national-ce-export.zip"),
    ("Libellés NC8", "uploads/files/Libelle_NC8_2025.zip"),
    ("Note méthodologique", "uploads/files/note%20m%C3%A9thodologique.pdf"),
    ("Le chiffre du commerce extérieur", "2025-02/07/chiffre-comex-2024.pdf"),
)


class Customs(LocalServer):
    """The three doors on one server, and the files behind them.

    Attributes
    ----------
    items
        What the listing and the kiosk show: title and path of each file.
    resources
        What the API says, one entry a resource.
    """

    def __init__(self) -> None:
        super().__init__()
        self.items: list[tuple[str, str]] = [
            (title, path if path[0] == "/" else f"/sites/default/files/{path}")
            for title, path in BETWEEN
        ]
        self.resources: list[dict[str, object]] = []
        self.publish()

    # The customs' own host

    def upload(
        self,
        name: str,
        body: bytes,
        day: str = MARCH_2025,
        title: str = "Statistiques régionales et départementales",
    ) -> Served:
        """Put a file on the customs' host, and link to it from both pages."""
        path = f"/sites/default/files/{day}/{quote(name)}"
        self.items.insert(len(self.items) // 2, (title, path))
        self.publish()
        return self.serve(path, body, "application/zip")

    def upload_year(self, year: int, results: str, day: str = MARCH_2025) -> None:
        """Both flows of a year."""
        for flow in ("export", "import"):
            name = f"{results}-Regional-{year}-{flow}.zip"
            self.upload(name, shipped(flow, year), day)

    def upload_rolling(self, results: str, day: str = MARCH_2025) -> None:
        """The rolling pair."""
        for flow in ("export", "import"):
            name = f"{results}-stat-regional-ce-{flow}.zip"
            self.upload(name, shipped(flow), day)

    def publish(self) -> None:
        """Make the pages again, after a change of `items`."""
        for path in [path for path in self.pages if path.startswith(PATHS[LISTING])]:
            del self.pages[path]
        count = -(-len(self.items) // ITEMS_A_PAGE)
        for number in range(count):
            start = number * ITEMS_A_PAGE
            rows = [_row(*item) for item in self.items[start : start + ITEMS_A_PAGE]]
            page = _LISTING.format(rows="".join(rows), pager=_pager(number, count))
            for path in _addresses(number):
                self.serve(path, page.encode(), "text/html; charset=UTF-8")
        links = "".join(
            f'<div class="bande"><a href="http://www.douane.gouv.fr{path}" '
            f'title="{html.escape(title)}"><img src="zip.gif"></a></div>\n'
            for title, path in self.items
        ).replace("http://www.douane.gouv.fr", self.root)
        kiosk = _KIOSK.format(links=links).encode("cp1252")
        self.serve(PATHS[KIOSK], kiosk, "text/html")

    # The catalogue

    def offer(self, name: str, body: bytes, **said: object) -> Served:
        """Publish a file at data.gouv.fr; `said` overrides what the API says of it.

        As on the real portal, the stable address redirects to the file.
        """
        number = len(self.resources)
        path = f"/resources/{number}/{name}"
        served = self.serve(path, body, "application/zip")
        stable = f"/api/1/datasets/r/{number}"
        to_file = status(302, Location=self.root + path)
        self.serve(stable, b"", "text/html", faults=Forever(to_file))
        self.resources.append(
            {
                "id": f"{number:08d}-0000-4000-8000-000000000000",
                "title": name,
                "url": self.root + path,
                "latest": self.root + stable,
                "filetype": "file",
                "type": "main",
                "format": "zip",
                "mime": "application/zip",
                "filesize": None,
                "checksum": None,
                "last_modified": "2025-04-08T09:12:00+00:00",
                "created_at": "2025-04-08T09:12:00+00:00",
                "harvest": None,
            }
            | said
        )
        self.describe()
        return served

    def harvest(self, name: str, body: bytes, **said: object) -> Served:
        """A file of another portal, as data.gouv.fr describes it after a harvest."""
        return self.offer(
            name,
            body,
            **{
                "filetype": "remote",
                "latest": None,
                "last_modified": "2022-07-05T02:02:28+00:00",
                "harvest": {"modified_at": "2022-07-05T02:02:28+00:00"},
            }
            | said,
        )

    def describe(self) -> None:
        """Publish the API's answer again, after a change of `resources`."""
        answer = {"id": DATASET, "title": "…", "resources": self.resources}
        self.serve(API, json.dumps(answer).encode(), "application/json", etag=None)

    # What a test asks

    def address(self, door: str) -> str:
        return self.root + PATHS.get(door, "")

    def downloads(self) -> list[str]:
        """Paths of the files asked for, in order."""
        starts = ("/resources/", "/sites/default/files/")
        return [path for path, _ in self.requests if path.startswith(starts)]


def _row(title: str, path: str) -> str:
    return f"""
<div class="views-row"><article class="node node--type-opendata">
  <h3><span>{html.escape(title)}</span></h3>
  <div><a href="/la-douane/opendata/mots-cles/statistiques">Statistiques</a></div>
  <span class="file"><a href=" {path}
" type="application/octet-stream">Télécharger le document</a></span>
</article></div>"""


def _pager(number: int, count: int) -> str:
    def link(to: int, text: str) -> str:
        query = f"?f%5B0%5D=categorie_opendata_facet%3A458&amp;page={to}"
        return f'<li class="pager__item"><a href="{query}">{text}</a></li>'

    links = [link(to, str(to + 1)) for to in range(count)]
    if number:
        links.insert(0, link(number - 1, "Précédent"))
    if number + 1 < count:
        links.append(link(number + 1, "Suivant"))
    return f'<ul class="pager__items">{"".join(links)}</ul>'


def _addresses(number: int) -> list[str]:
    first = [PATHS[LISTING]] if number == 0 else []
    return [*first, f"{PATHS[LISTING]}&page={number}"]


_LISTING = """<!DOCTYPE html>
<html lang="fr" dir="ltr"><head><meta charset="utf-8">
<title>Open data | Portail de la douane</title></head>
<body><nav><a href="/">Accueil</a> <a href="/la-douane/directions-regionales">Directions
régionales</a> <a href="#main">Aller au contenu</a></nav>
<main><h1>Open data</h1><div class="view-content">{rows}
</div><nav class="pager" aria-labelledby="pagination-heading">{pager}</nav></main>
<footer><a href="mailto:x@example.org">Contact</a></footer></body></html>
"""
_KIOSK = """<html><head><title>Le kiosque : téléchargement</title></head><body>
<div id="menu"><a href="/site_fr/regions/Region_DOM.asp">Données Régions</a></div>
<div id="gauche"><h2>Données à télécharger</h2>
{links}<div class="bande"><a href="download_no.asp?fic=region_18.zip&rep=/fichiers">
Région 18</a></div></div></body></html>
"""


def arguments(customs: Customs, out: Path, *more: str) -> list[str]:
    """The command line of a fetch of 2024 from the local doors, quick to give up."""
    chosen = {"--years", "--url", "--list"} & {*more}
    years = () if chosen else ("--years", "2024")
    by_hand = {"--door", "--url", "--page"} & {*more}
    doors = [] if by_hand else all_doors(customs)
    fast = ("--backoff", "0", "--retries", "2")
    return [*years, "--out", str(out), *doors, *fast, *more]


def all_doors(customs: Customs, *names: str) -> list[str]:
    """The options that lead the doors to the local server."""
    wanted = names or (LISTING, KIOSK, CATALOGUE)
    return [
        option
        for name in wanted
        for option in ("--door", f"{name}={customs.address(name)}")
    ]


def fetch(customs: Customs, out: Path, *more: str) -> int:
    return fetch_customs.main(arguments(customs, out, *more))


def manifest(out: Path, vintage: str) -> dict:
    return json.loads((out / vintage / "manifest.json").read_text(encoding="utf-8"))


def placed(out: Path) -> list[str]:
    """Every file in the folder but the hidden work, whatever its name."""
    return sorted(
        str(path.relative_to(out))
        for path in out.rglob("*")
        if path.is_file() and ".fetch" not in path.parts
    )


#: What stands beside the lines of a vintage.
BESIDE = (
    *("Departement_region.txt", "Libelle_A129.txt", "Libelle_CPF4.txt"),
    *("Libelle_PAYS.txt", "manifest.json"),
)


def vintage_of(month: str, *names: str) -> list[str]:
    """The files of a vintage: these, the lists and the manifest."""
    return sorted(f"{month}/{name}" for name in (*names, *BESIDE))
