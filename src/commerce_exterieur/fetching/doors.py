"""The doors at which customs offer their files, in the order they are tried.

Each is known from public scripts and pages and none has been seen live here: see
docs/sources.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from commerce_exterieur.customs.names import printable
from commerce_exterieur.errors import UserError
from commerce_exterieur.fetching.choice import Choice, Verdict, choose
from commerce_exterieur.fetching.datagouv import resources_of
from commerce_exterieur.fetching.download import Answer, Settings, get
from commerce_exterieur.fetching.pages import Page, read_page, saved_address
from commerce_exterieur.fetching.resources import (
    Resource,
    is_official,
    published_in,
    web_address,
)

DATASET = "5369a0c7a3a729239d206446"
LISTING, KIOSK, CATALOGUE = "listing", "kiosk", "catalogue"
#: What each door is, for people.
DOORS = {
    LISTING: "the customs' own listing",
    KIOSK: "the page of links of the customs' kiosk",
    CATALOGUE: "the API of data.gouv.fr",
}
ADDRESSES = {
    LISTING: "https://www.douane.gouv.fr/la-douane/opendata"
    "?f%5B0%5D=categorie_opendata_facet%3A458",
    KIOSK: "https://lekiosque.finances.gouv.fr/site_fr/telechargement/"
    "telechargement_SGBD.asp",
    CATALOGUE: "https://www.data.gouv.fr",
}
#: What the user hands in: pages saved by hand, addresses.
PAGE, URL = "page", "url"
#: More pages than the listing would ever have.
MOST_PAGES = 100

Ask = Callable[[str], Answer]


@dataclass(frozen=True)
class Offer:
    """What one door offers.

    Attributes
    ----------
    door
        Its name.
    resources
        The files, in order.
    remarks
        What could not be read of it.
    """

    door: str
    resources: tuple[Resource, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Served:
    """Where the files come from.

    Attributes
    ----------
    choice
        The files picked and the others.
    doors
        Names of the doors that serve; empty when what is wanted is not there.
    tried
        For each door tried, its name and a sentence on it.
    """

    choice: Choice
    doors: tuple[str, ...]
    tried: tuple[tuple[str, str], ...]


def open_door(name: str, address: str, ask: Ask) -> Offer:
    """Ask a door what it offers.

    Parameters
    ----------
    name
        One of `DOORS`.
    address
        Where it is.
    ask
        What asks an address.

    Raises
    ------
    UserError
        It cannot be reached, or something else answers in its place.
    """
    if name == CATALOGUE:
        return _catalogue(address, ask)
    pages: list[Page] = []
    remarks = []
    for number in range(MOST_PAGES if name == LISTING else 1):
        try:
            answer = ask(_numbered(address, number))
            page = _page(answer, name)
        except UserError as error:
            if not pages:
                raise
            remarks.append(f"from its page {number + 1} on it cannot be read: {error}")
            break
        if pages and page.resources == pages[-1].resources:
            break  # the number is not heeded
        pages.append(page)
        if not page.has_next:
            break
    else:
        if name == LISTING:
            remarks.append(f"it has more than {MOST_PAGES} pages; the rest is not read")
    found: dict[tuple[str, str, str], Resource] = {}
    for resource in (resource for page in pages for resource in page.resources):
        found.setdefault(resource.key, resource)
    if not found:
        raise UserError(
            f"{address} answers with a page that links to no file (its title: "
            f"“{pages[0].title}”). A proxy, a captive portal or a protection against "
            "robots may answer in its place."
        )
    return Offer(name, tuple(found.values()), tuple(remarks))


def given(pages: Iterable[Path], urls: Iterable[str], base: str) -> Offer:
    """Take the pages and addresses the user hands in for a door.

    Parameters
    ----------
    pages
        Web pages saved by hand.
    urls
        Addresses of files.
    base
        Address of the pages, for their relative links; empty when they say it.

    Raises
    ------
    UserError
        A page cannot be read, or an address is none.
    """
    resources: list[Resource] = []
    remarks = []
    for url in urls:
        address = web_address(url)
        if address is None:
            raise UserError(f"--url {url} is not an http or https address.")
        resources.append(
            Resource(URL, address, is_named=True, published_on=published_in(address))
        )
    for path in pages:
        page = _saved(path, base)
        resources += page.resources
        if page.unplaced:
            remarks.append(
                f"{path}: {len(page.unplaced)} links are relative and the page does "
                "not say where it came from, so they are not read. Give its address "
                "with --base"
            )
        if page.has_next:
            remarks.append(f"{path}: it says that another page follows; save it too")
    return Offer(PAGE if not urls else URL, tuple(resources), tuple(remarks))


def find(
    doors: Iterable[tuple[str, Callable[[], Offer]]],
    years: Collection[int] | None,
    results: str | None,
) -> Served:
    """Try doors until one has what is wanted; else all of them together.

    Parameters
    ----------
    doors
        Name of each, and what asks it.
    years, results
        As `choose` takes them.

    Returns
    -------
    Served
        From the first door that has everything.
    """
    tried = []
    offers: list[Offer] = []
    for name, opened in doors:
        try:
            offer = opened()
        except UserError as error:
            tried.append((name, str(error)))
            continue
        choice = choose(offer.resources, years, results)
        choice.remarks += [f"{name}: {remark}." for remark in offer.remarks]
        if not choice.lacks:
            tried.append((name, "it has what is wanted, and serves."))
            _add_unknown(choice, offers, years, results)
            return Served(choice, (name,), tuple(tried))
        tried.append((name, "; ".join(choice.lacks) + "."))
        offers.append(offer)
    everything = [resource for offer in offers for resource in offer.resources]
    choice = choose(everything, years, results)
    choice.remarks += [
        f"{offer.door}: {remark}." for offer in offers for remark in offer.remarks
    ]
    doors_used = () if choice.lacks else tuple(offer.door for offer in offers)
    return Served(choice, doors_used, tuple(tried))


def _add_unknown(
    choice: Choice,
    passed: list[Offer],
    years: Collection[int] | None,
    results: str | None,
) -> None:
    """Keep in view what was not understood at the doors that were passed."""
    judged: list[Verdict] = [*choice.files, *choice.left, *choice.unknown]
    known = {judgement.resource.key for judgement in judged}
    for offer in passed:
        for unknown in choose(offer.resources, years, results).unknown:
            if unknown.resource.key not in known:
                known.add(unknown.resource.key)
                choice.unknown.append(unknown)


def _catalogue(address: str, ask: Ask) -> Offer:
    url = f"{address.rstrip('/')}/api/1/datasets/{DATASET}/"
    answer = ask(url)
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"{url} answers, but not with JSON, so it is not the data.gouv.fr API. "
            "Check its address, and that no proxy answers in its place."
        ) from error
    vouched = all(map(is_official, answer.addresses))
    resources, unusable = resources_of(content, url, CATALOGUE, is_vouched=vouched)
    remarks = [f"“{title}” has no web address" for title in unusable]
    return Offer(CATALOGUE, tuple(resources), tuple(remarks))


def _page(answer: Answer, door: str) -> Page:
    try:
        return read_page(
            answer.body,
            answer.addresses[-1],
            door,
            charset=answer.charset,
            is_vouched=all(map(is_official, answer.addresses)),
        )
    except UserError as error:
        raise UserError(f"{answer.addresses[-1]}: {error}") from error


def _saved(path: Path, base: str) -> Page:
    try:
        content = path.read_bytes()
        page = read_page(content, base or saved_address(content), PAGE)
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"--page {path} cannot be read: {reason}.") from error
    except UserError as error:
        raise UserError(f"--page {path}: {error}") from error
    if not page.resources and not page.unplaced:
        raise UserError(
            f"--page {path} links to no file (its title: “{printable(page.title)}”). "
            "Save the page that lists the files."
        )
    return page


def _numbered(address: str, number: int) -> str:
    """Name a page of a Drupal listing; the first is the bare address."""
    if not number:
        return address
    split = urlsplit(address)
    query = [pair for pair in parse_qsl(split.query, True) if pair[0] != "page"]
    return split._replace(query=urlencode([*query, ("page", number)])).geturl()


def asking(session: requests.Session, settings: Settings) -> Ask:
    """Make what asks an address."""
    return lambda url: get(session, url, settings)
