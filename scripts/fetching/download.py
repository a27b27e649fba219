"""Bring one archive here: retries, resume, limits, checksum."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from tqdm import tqdm
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from common.errors import UserError
from fetching.catalogue import Resource

CHUNK = 1 << 16
LONGEST_PAUSE = 120  # seconds
LARGEST_ANSWER = 20_000_000  # bytes of JSON; the real answer has some 100 kB
CHECKSUMS = ("sha1", "sha256", "md5")
ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Settings:
    """How patient the download is.

    Attributes
    ----------
    retries
        Further tries of a request, and of a body that breaks off.
    backoff
        Seconds of the first pause between tries; each further one is twice as long.
    connect_timeout, read_timeout
        Seconds without a connection, without a byte.
    redirects
        The most redirections followed.
    max_bytes
        The largest archive taken.
    """

    retries: int = 5
    backoff: float = 1.0
    connect_timeout: float = 15.0
    read_timeout: float = 60.0
    redirects: int = 5
    max_bytes: int = 1_000_000_000


@dataclass(frozen=True)
class Part:
    """A partial download on disk, and beside it what it is a part of.

    The note makes resuming safe: the server goes on from the partial file only if
    the validator (ETag or date) still names the same content.
    """

    path: Path

    @property
    def note(self) -> Path:
        """The file that says what this is a part of."""
        return self.path.with_name(self.path.name + ".json")

    def resumable(self, resource: Resource) -> tuple[int, str]:
        """Bytes that are here, and their validator; 0 when a new start is due."""
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
            if note["of"] == _identity(resource) and note["validator"]:
                return self.path.stat().st_size, str(note["validator"])
        except (OSError, ValueError, TypeError, KeyError):
            pass  # no partial file, or one that cannot be trusted
        return 0, ""

    def begin(self, resource: Resource, validator: str) -> None:
        """Start anew. The old bytes go before the new note comes."""
        self.discard()
        self.path.touch()
        note = {"of": _identity(resource), "validator": validator}
        draft = self.note.with_name(self.note.name + ".draft")
        draft.write_text(json.dumps(note), encoding="utf-8")
        draft.replace(self.note)

    def discard(self) -> None:
        """Delete both files."""
        self.note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


def open_session(settings: Settings) -> requests.Session:
    """Make a session that retries and follows few redirections, to http(s) only."""
    retry = Retry(
        total=settings.retries,
        status_forcelist=[429, *range(500, 600)],
        allowed_methods=["GET"],
        backoff_factor=settings.backoff,
        backoff_max=LONGEST_PAUSE,
        retry_after_max=LONGEST_PAUSE,
        # The last answer comes back and is reported with its status.
        raise_on_status=False,
    )
    session = requests.Session()
    session.max_redirects = settings.redirects
    session.headers["User-Agent"] = "commerce_exterieur/fetch_customs"
    # Ranges and sizes are those of the file itself.
    session.headers["Accept-Encoding"] = "identity"
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def get_json(session: requests.Session, url: str, settings: Settings) -> object:
    """Ask an address for JSON.

    Raises
    ------
    UserError
        It cannot be reached, refuses, or answers something else.
    """
    with _get(session, url, {}, settings) as response:
        _refuse_other_status(response, url, HTTPStatus.OK)
        body = bytearray()
        try:
            for chunk in response.iter_content(CHUNK):
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise UserError(f"{url} answers without end. Check --base-url.")
        except requests.RequestException as error:
            raise UserError(f"{url}: {_plainly(error, settings)}.") from error
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"{url} answers, but not with JSON, so it is not the data.gouv.fr API. "
            "Check --base-url, and that no proxy answers in its place."
        ) from error


def download(
    session: requests.Session, resource: Resource, part: Part, settings: Settings
) -> str:
    """Bring an archive into its partial file, whole and checked.

    A partial file of the same content is gone on with. Content with another checksum
    or size than the catalogue's is deleted and fetched once more.

    Returns
    -------
    str
        The archive's sha256.

    Raises
    ------
    UserError
        The archive cannot be had, or is not what the catalogue describes.
    OSError
        The disk refuses.
    """
    if resource.filesize and resource.filesize > settings.max_bytes:
        raise _too_large(resource.filesize, settings)
    fault = ""
    for _ in range(2):
        _complete(session, resource, part, settings)
        _refuse_other_than_zip(resource, part)
        sha256, fault = _digest(resource, part)
        if not fault:
            return sha256
        part.discard()
    raise UserError(
        f"{fault}, twice. The catalogue may lag behind the file: try again later."
    )


def _complete(
    session: requests.Session, resource: Resource, part: Part, settings: Settings
) -> None:
    """Receive the body to its end, going on where it breaks off."""
    for attempt in range(settings.retries + 1):
        if attempt:
            time.sleep(min(settings.backoff * 2 ** (attempt - 1), LONGEST_PAUSE))
        try:
            _receive(session, resource, part, settings)
            return
        except (requests.RequestException, HTTPError) as error:
            broken = error
    raise UserError(
        f"{resource.stable_url} breaks off {settings.retries + 1} times "
        f"({_plainly(broken, settings)}). Run the command again: it goes on from there."
    ) from broken


def _receive(
    session: requests.Session, resource: Resource, part: Part, settings: Settings
) -> None:
    """Ask once, for what is missing, and write what comes."""
    here, validator = part.resumable(resource)
    headers = {"Range": f"bytes={here}-", "If-Range": validator} if here else {}
    with _get(session, resource.stable_url, headers, settings) as response:
        status = response.status_code
        place = response.headers.get("Content-Range", "")
        if here and status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            if place == f"bytes */{here}":
                return  # it was whole already
            part.discard()
        elif here and status == HTTPStatus.PARTIAL_CONTENT:
            # Some servers heed Range and not If-Range: compare what they say it is.
            same = _validator(response) in ("", validator)
            if same and place.startswith(f"bytes {here}-"):
                _write(response, part, here, resource, settings)
                return
            part.discard()
        else:
            _refuse_other_status(response, resource.stable_url, HTTPStatus.OK)
            # A new start, or a server that sends everything whatever is asked.
            part.begin(resource, _validator(response))
            _write(response, part, 0, resource, settings)
            return
    # The server and the partial file do not agree: the latter is gone, start again.
    _receive(session, resource, part, settings)


def _write(
    response: requests.Response,
    part: Part,
    here: int,
    resource: Resource,
    settings: Settings,
) -> None:
    length = response.headers.get("Content-Length", "")
    total = here + int(length) if re.fullmatch("[0-9]{1,18}", length) else None
    if total and total > settings.max_bytes:
        part.discard()
        raise _too_large(total, settings)
    with (
        part.path.open("ab") as stream,
        tqdm(
            desc=resource.title[:40],
            initial=here,
            total=total or resource.filesize,
            unit="B",
            unit_scale=True,
            file=sys.stderr,
            disable=None,  # no bar in a log file
            leave=False,
        ) as bar,
    ):
        size = here
        for chunk in response.iter_content(CHUNK):
            size += len(chunk)
            if size > settings.max_bytes:
                part.discard()
                raise _too_large(size, settings)
            stream.write(chunk)
            stream.flush()  # what has come is kept if the process is killed
            bar.update(len(chunk))


def _too_large(size: int, settings: Settings) -> UserError:
    return UserError(
        f"the archive has {size:,} bytes or more, the most taken is "
        f"{settings.max_bytes:,} (--max-megabytes)."
    )


def _refuse_other_than_zip(resource: Resource, part: Part) -> None:
    with part.path.open("rb") as stream:
        first = stream.read(1024)
    if first.startswith(ZIP):
        return
    part.discard()
    page = first.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    what = "a web page (HTML)" if page.startswith((b"<!", b"<html")) else "something"
    raise UserError(f"{resource.stable_url} gives {what} that is not a zip.")


def _digest(resource: Resource, part: Part) -> tuple[str, str]:
    """Hash the archive; its sha256, and what is wrong with it (empty: nothing)."""
    size = part.path.stat().st_size
    if resource.filesize and size != resource.filesize:
        return "", f"{size:,} bytes came, the catalogue says {resource.filesize:,}"
    algorithm, _, expected = (resource.checksum or "").partition(":")
    # An algorithm that is not known here is not checked; the zip's own CRC is.
    algorithms = {"sha256", *({algorithm} & set(CHECKSUMS))}
    digests = {
        name: hashlib.new(name, usedforsecurity=False) for name in sorted(algorithms)
    }
    with part.path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            for digest in digests.values():
                digest.update(chunk)
    if algorithm in digests and digests[algorithm].hexdigest() != expected:
        return "", f"the {algorithm} of what came is not the catalogue's ({expected})"
    return digests["sha256"].hexdigest(), ""


@contextlib.contextmanager
def _get(
    session: requests.Session, url: str, headers: dict[str, str], settings: Settings
) -> Iterator[requests.Response]:
    """Open an answer without reading its body, retried by the session."""
    try:
        response = session.get(
            url,
            headers=headers,
            stream=True,
            timeout=(settings.connect_timeout, settings.read_timeout),
        )
    # Besides its own errors, requests lets some of a hostile redirection through.
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise UserError(f"{url}: {_plainly(error, settings)}.") from error
    with response:
        yield response


def _refuse_other_status(
    response: requests.Response, url: str, expected: HTTPStatus
) -> None:
    status = response.status_code
    if status == expected:
        return
    with contextlib.suppress(ValueError):
        status = f"{status} {HTTPStatus(status).phrase}"
    raise UserError(f"{url} answers {status}.")


def _validator(response: requests.Response) -> str:
    """Pick what If-Range may name: a strong ETag, else the date; empty for neither."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return ""  # ranges would count encoded bytes, the partial file holds decoded
    tag = response.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    return response.headers.get("Last-Modified", "")


def _identity(resource: Resource) -> list[str | None]:
    return [
        resource.identifier,
        resource.stable_url,
        resource.published,
        resource.checksum,
    ]


def _plainly(error: Exception, settings: Settings) -> str:
    """Say what went wrong in a few words; those of requests run over three lines."""
    match error:
        case requests.TooManyRedirects():
            return f"redirected more than {settings.redirects} times"
        case requests.exceptions.InvalidSchema():
            return "redirected to an address that is not http or https"
        case requests.exceptions.SSLError():
            return "its certificate is not accepted"
        case requests.exceptions.ProxyError():
            return "the proxy does not let it through"
        case requests.ConnectTimeout():
            return f"no connection within {settings.connect_timeout:g} seconds"
        case requests.Timeout():
            return f"no answer within {settings.read_timeout:g} seconds"
        case requests.exceptions.ChunkedEncodingError():
            return "the connection closed before the end"
        case requests.ConnectionError():
            return "it cannot be reached, or the connection broke"
        case _:
            return f"{type(error).__name__}: {str(error)[:200]}"
