"""Read a web page that links to files: the listing, the kiosk, a saved one."""

from __future__ import annotations

import codecs
import contextlib
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree, html

from commerce_exterieur.customs.names import flow_name, names_a_region, printable, words
from commerce_exterieur.errors import UserError
from commerce_exterieur.fetching.resources import (
    LONGEST_TITLE,
    Resource,
    file_name,
    is_file_name,
    published_in,
    web_address,
)

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_NEXT = re.compile(r"\bsuivant(e|s|es)?\b")
_ARCHIVED = re.compile(r"\barchiv(e|es|ee|ees)\b")
#: What a browser, or the extension SingleFile, notes at the top of a page it saves.
_SAVED_FROM = re.compile(
    rb"(?:saved from url=\([0-9]{1,6}\)|\surl: )(https?://[^\s>]{1,2000})"
)


@dataclass(frozen=True)
class Page:
    """What a page holds.

    Attributes
    ----------
    title
        Its title, on one line; may be empty.
    resources
        The files it links to, in order, each once.
    unplaced
        Links to files whose address is not known: relative ones of a saved page.
    has_next
        Whether it says that another page follows.
    """

    title: str
    resources: tuple[Resource, ...]
    unplaced: tuple[str, ...]
    has_next: bool


def read_page(
    content: bytes,
    address: str,
    door: str,
    *,
    charset: str | None = None,
    is_vouched: bool = True,
) -> Page:
    """Find the links to files on a page.

    Parameters
    ----------
    content
        The page.
    address
        Where it came from, for its relative links; empty when unknown.
    door
        Name of the door.
    charset
        As the server says; none when it does not.
    is_vouched
        Whether the page itself came from an official host.

    Raises
    ------
    UserError
        It is not a page.
    """
    root = _parsed(content, charset)
    base = address
    for element in root.iter("base"):
        with contextlib.suppress(ValueError):
            base = urljoin(base, (element.get("href") or "").strip())
        break
    found: dict[tuple[str, str, str], Resource] = {}
    unplaced, heading, has_next = [], "", False
    for element in root.iter():
        if element.tag in _HEADINGS:
            heading = _text(element)
        if element.tag not in ("a", "area", "link"):
            continue
        has_next = has_next or _leads_on(element)
        href = element.get("href")
        if not href or element.tag == "link":
            continue
        said = _said(element, heading)
        url = web_address(href, base)
        if url is None:
            if _is_relative_file(href):
                unplaced.append(printable(href))
        elif is_file_name(file_name(url)) or flow_name(said):
            resource = Resource(
                door=door,
                url=url,
                title=said,
                is_vouched=is_vouched,
                is_archived=_is_archived(said, url),
                published_on=published_in(url),
            )
            found.setdefault(resource.key, resource)
    title = root.findtext(".//title") or ""
    return Page(
        printable(title)[:LONGEST_TITLE],
        tuple(found.values()),
        tuple(unplaced),
        has_next,
    )


def saved_address(content: bytes) -> str:
    """Find where a saved page came from: what the browser noted, or the page says.

    Returns
    -------
    str
        Its address; empty when nothing says it.
    """
    if noted := _SAVED_FROM.search(content[:4096]):
        return noted[1].decode("ascii", "replace")
    try:
        root = _parsed(content, None)
    except UserError:
        return ""
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return web_address(link.get("href")) or ""
    return ""


def _parsed(content: bytes, charset: str | None) -> html.HtmlElement:
    try:
        parser = html.HTMLParser(encoding=_encoding(content, charset))
        return html.document_fromstring(content, parser=parser)
    except (etree.LxmlError, LookupError, ValueError) as error:
        raise UserError("it is empty, or not a web page.") from error


def _encoding(content: bytes, charset: str | None) -> str | None:
    """Name the encoding; none when the page says it itself."""
    try:
        if charset:
            return codecs.lookup(charset).name
    except LookupError:
        pass
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if b"charset" in content[:4096].lower():
        return None
    try:
        content.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _text(element: html.HtmlElement) -> str:
    """Write what an element shows; a picture shows its text alternative."""
    shown: list[str] = []
    for each in element.iter():
        if isinstance(each.tag, str):
            shown.append((each.get("alt") if each.tag == "img" else each.text) or "")
        if each is not element:
            shown.append(each.tail or "")
    # The texts of two elements are two words, with a space between or not.
    return printable(" ".join(shown))[:LONGEST_TITLE]


def _said(link: html.HtmlElement, heading: str) -> str:
    """Put together what is said of a link.

    Customs' own pages say « Télécharger le document » on each: then the heading above
    tells more.
    """
    texts = (_text(link), printable(link.get("title") or ""))
    said = " – ".join(dict.fromkeys(text for text in texts if text))
    if heading and not names_a_region(said):
        said = f"{heading} – {said}" if said else heading
    return said[:LONGEST_TITLE]


def _leads_on(link: html.HtmlElement) -> bool:
    """Whether a link is a pager's « Suivant »."""
    if "next" in (link.get("rel") or "").lower().split():
        return True
    texts = (_text(link), link.get("title"), link.get("aria-label"))
    return any(_NEXT.search(words(text)) for text in texts if text)


def _is_relative_file(href: str) -> bool:
    path = re.split("[?#]", href.strip())[0]
    return ":" not in path and is_file_name(path.rpartition("/")[2])


def _is_archived(said: str, url: str) -> bool:
    return _ARCHIVED.search(words(f"{said} {url}")) is not None
