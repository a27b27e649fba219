"""What a door offers: a link of a page or an entry of a catalogue, and its address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, quote, unquote, urldefrag, urljoin, urlsplit

#: The hosts of the official doors and of the files they lead to. A file is official
#: only when it came from them, over https, all the way. Evidence: docs/sources.md.
OFFICIAL_HOSTS = frozenset(
    {
        "www.douane.gouv.fr",
        "douane.gouv.fr",
        "lekiosque.finances.gouv.fr",
        "www.data.gouv.fr",
        "static.data.gouv.fr",
        "data.economie.gouv.fr",
    }
)
LONGEST_TITLE = 200
#: What an address may hold; the rest is percent-encoded, `%` is not encoded twice.
_SAFE = "%/:?#[]@!$&'()*+,;=-._~"
_FILE = re.compile(
    r"\.(zip|7z|rar|tar|t?gz|txt|csv|tsv|xls[xmb]?|ods|json|parquet|pdf|docx?|odt)",
    re.IGNORECASE,
)
#: Days in addresses: `/2023-10/06/` at www.douane.gouv.fr, `/20200415-093012/` in the
#: storage of data.gouv.fr.
_DAYS = (
    re.compile(r"/((?:19|20)[0-9]{2})-([0-9]{2})/([0-9]{2})/"),
    re.compile(r"/((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})-[0-9]{6}/"),
)


@dataclass(frozen=True)
class Checksum:
    """What a catalogue says of the bytes.

    Attributes
    ----------
    algorithm
        As `hashlib` names it; none when its type is not known here.
    value
        In hexadecimal, lower case.
    given
        The type as the catalogue writes it.
    """

    algorithm: str | None
    value: str
    given: str


@dataclass(frozen=True)
class Resource:
    """One file offered.

    Attributes
    ----------
    door
        Name of the door that offers it.
    url
        Its address, absolute.
    title
        What the link or the catalogue calls it, on one line; may be empty.
    is_vouched
        Whether an official page or nobody but the user names it.
    is_named
        Whether the user gave the address itself.
    is_archived
        Whether the door calls it archived.
    published_on
        Its day of publication, `YYYY-MM-DD`; none when nothing says it.
    resource_id
        Its id in the catalogue; none for a link.
    stable_url
        The catalogue's permanent address; none for a link.
    format
        `zip`, `xls`, … in the catalogue; may be empty.
    is_hosted
        Whether the catalogue itself keeps the file, so that size and checksum bind.
    filesize, checksum
        What the catalogue says of the bytes; none where it does not.
    """

    door: str
    url: str
    title: str = ""
    is_vouched: bool = True
    is_named: bool = False
    is_archived: bool = False
    published_on: str | None = None
    resource_id: str | None = None
    stable_url: str | None = None
    format: str = ""
    is_hosted: bool = False
    filesize: int | None = None
    checksum: Checksum | None = None

    @property
    def name(self) -> str:
        """The file's name, as its address gives it."""
        return file_name(self.url)

    @property
    def label(self) -> str:
        """What to call it before a person."""
        return self.name if is_file_name(self.name) else self.title or self.url

    @property
    def ask(self) -> str:
        """The address to ask."""
        return self.stable_url or self.url

    @property
    def key(self) -> tuple[str, str, str]:
        """What is the same when two doors offer one file."""
        split = urlsplit(self.url)
        host = (split.netloc or "").lower().removeprefix("www.")
        return host, unquote(split.path), split.query


def web_address(link: object, base: str = "") -> str | None:
    """Make the absolute address of a link, as a browser would.

    Parameters
    ----------
    link
        The link as written, relative or not, with space around it or in it.
    base
        The address of the page it stands on.

    Returns
    -------
    str or None
        An http or https address without fragment, percent-encoded; none when it is
        not one. An official host is asked over https.
    """
    if not isinstance(link, str):
        return None
    try:
        url = urljoin(base, re.sub(r"[\t\r\n]", "", link.strip()))
        url = quote(urldefrag(url).url, safe=_SAFE)
        split = urlsplit(url)
        usable = split.scheme in ("http", "https") and split.hostname
        if not usable or "%" in split.netloc or split.port == 0:
            return None
    except ValueError:  # no such host, no such port, half a letter
        return None
    if split.scheme == "http" and split.netloc in OFFICIAL_HOSTS:
        url = split._replace(scheme="https").geturl()
    return url


def is_official(url: str) -> bool:
    """Whether an address is one of the official doors' hosts, over https."""
    split = urlsplit(url)
    host = split.netloc.lower().removesuffix(":443")
    return split.scheme == "https" and host in OFFICIAL_HOSTS


def file_name(url: str) -> str:
    """Find the name of a file in its address.

    The end of the path, or else of a parameter: `…/download.asp?fic=region_18.zip`.
    """
    split = urlsplit(url)
    name = unquote(split.path).rstrip("/").rpartition("/")[2]
    if is_file_name(name):
        return name
    values = (value.rpartition("/")[2] for _, value in parse_qsl(split.query))
    return next((value for value in values if is_file_name(value)), name)


def is_file_name(name: str) -> bool:
    """Whether a name ends like that of a file to download, not of a page."""
    stem, dot, ending = name.rpartition(".")
    return bool(stem) and _FILE.fullmatch(dot + ending) is not None


def published_in(url: str) -> str | None:
    """Read the day of publication in an address; none when there is none."""
    for pattern in _DAYS:
        if found := pattern.search(unquote(urlsplit(url).path)):
            return day("-".join(found.groups()))
    return None


def day(text: object) -> str | None:
    """Read the day, `YYYY-MM-DD`, a date begins with; none when it is not one."""
    try:
        return date.fromisoformat(str(text)[:10]).isoformat()
    except ValueError:
        return None
