"""Bring a page or an archive here: retries, resume, limits, checksum."""

from __future__ import annotations

import contextlib
import hashlib
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_encoding_from_headers
from tqdm import tqdm
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.util import Retry

from commerce_exterieur.customs.shape import Shape, shape_of
from commerce_exterieur.errors import UserError
from commerce_exterieur.fetching.partial import Part
from commerce_exterieur.fetching.resources import Resource

CHUNK = 1 << 16
LONGEST_PAUSE = 120  # seconds
LARGEST_ANSWER = 20_000_000  # bytes of a page or of JSON; real ones have some 100 kB
HEAD = 1024  # bytes that tell a zip from a page


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
    max_seconds
        The longest a page or an archive may take, all tries together.
    """

    retries: int = 5
    backoff: float = 1.0
    connect_timeout: float = 15.0
    read_timeout: float = 60.0
    redirects: int = 5
    max_bytes: int = 1_000_000_000
    max_seconds: float = 3600.0


@dataclass(frozen=True)
class Answer:
    """What an address answers.

    Attributes
    ----------
    body
        The whole of it.
    charset
        The encoding the server names; none when it names none.
    addresses
        The address asked, those of the redirections, the last one.
    """

    body: bytes
    charset: str | None
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Downloaded:
    """An archive that is here.

    Attributes
    ----------
    sha256
        Its hash.
    addresses
        Every address its bytes came through.
    remarks
        What the catalogue says of it and is not so, or was not checked.
    """

    sha256: str
    addresses: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Deadline:
    """The moment when patience ends."""

    url: str
    seconds: float
    end: float

    @classmethod
    def of(cls, url: str, settings: Settings) -> Deadline:
        """Start the clock for an address."""
        seconds = settings.max_seconds
        return cls(url, seconds, time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds that are left.

        Raises
        ------
        UserError
            None is.
        """
        left = self.end - time.monotonic()
        if left <= 0:
            raise UserError(
                f"{self.url} is not whole after {self.seconds:g} seconds "
                "(--max-seconds). Run the command again: a file goes on from there."
            )
        return left


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


def get(session: requests.Session, url: str, settings: Settings) -> Answer:
    """Ask an address for a page or for JSON.

    Raises
    ------
    UserError
        It cannot be reached, refuses, or answers without end.
    """
    deadline = Deadline.of(url, settings)
    with _opened(session, url, {}, settings, deadline) as response:
        _refuse_other_status(response, url, HTTPStatus.OK)
        body = bytearray()
        try:
            for chunk in _chunks(response, deadline):
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise UserError(
                        f"{url} answers without end: it is no page and no catalogue."
                    )
        except (requests.RequestException, HTTPError) as error:
            raise UserError(f"{url}: {_plainly(error, settings)}.") from error
        named = "charset" in response.headers.get("Content-Type", "").lower()
        charset = get_encoding_from_headers(response.headers) if named else None
        return Answer(bytes(body), charset, tuple(_addresses(response)))


def download(
    session: requests.Session, resource: Resource, part: Part, settings: Settings
) -> Downloaded:
    """Bring an archive into its partial file, whole and checked.

    A partial file of the same content is gone on with. Content with another checksum
    or size than those of a catalogue that keeps the file is deleted and fetched once
    more; what a catalogue says of a file elsewhere goes stale, and is only told.

    Raises
    ------
    UserError
        The archive cannot be had, or is not what the catalogue describes.
    OSError
        The disk refuses.
    """
    size = resource.filesize
    if resource.is_hosted and size and size > settings.max_bytes:
        raise _too_large(size, settings)
    deadline = Deadline.of(resource.ask, settings)
    fault = ""
    for _ in range(2):
        _complete(session, resource, part, settings, deadline)
        _refuse_other_than_zip(resource, part)
        sha256, fault = _digest(resource, part)
        if not fault or not resource.is_hosted:
            remarks = [f"{fault}; such records of files kept elsewhere go stale"]
            told = [*(remarks if fault else []), *_unchecked(resource)]
            return Downloaded(sha256, part.addresses(), tuple(told))
        part.discard()
    raise UserError(
        f"{fault}, twice. The catalogue may lag behind the file: try again later."
    )


def _complete(
    session: requests.Session,
    resource: Resource,
    part: Part,
    settings: Settings,
    deadline: Deadline,
) -> None:
    """Receive the body to its end, going on where it breaks off."""
    for attempt in range(settings.retries + 1):
        if attempt:
            pause = min(settings.backoff * 2 ** (attempt - 1), LONGEST_PAUSE)
            time.sleep(min(pause, deadline.left()))
        try:
            _receive(session, resource, part, settings, deadline)
            return
        except (requests.RequestException, HTTPError) as error:
            broken = error
    raise UserError(
        f"{resource.ask} breaks off {settings.retries + 1} times "
        f"({_plainly(broken, settings)}). Run the command again: it goes on from there."
    ) from broken


def _receive(
    session: requests.Session,
    resource: Resource,
    part: Part,
    settings: Settings,
    deadline: Deadline,
) -> None:
    """Ask once, for what is missing, and write what comes."""
    here, validator = part.resumable(resource)
    headers = {"Range": f"bytes={here}-", "If-Range": validator} if here else {}
    with _opened(session, resource.ask, headers, settings, deadline) as response:
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
                part.goes_on(_addresses(response))
                _write(response, part, here, resource, settings, deadline)
                return
            part.discard()
        else:
            _refuse_other_status(response, resource.ask, HTTPStatus.OK)
            # A new start, or a server that sends everything whatever is asked.
            part.begin(resource, _validator(response), _addresses(response))
            _write(response, part, 0, resource, settings, deadline)
            return
    # The server and the partial file do not agree: the latter is gone, start again.
    _receive(session, resource, part, settings, deadline)


def _write(
    response: requests.Response,
    part: Part,
    here: int,
    resource: Resource,
    settings: Settings,
    deadline: Deadline,
) -> None:
    length = response.headers.get("Content-Length", "")
    total = here + int(length) if re.fullmatch("[0-9]{1,18}", length) else None
    if total and total > settings.max_bytes:
        part.discard()
        raise _too_large(total, settings)
    with (
        part.path.open("ab") as stream,
        tqdm(
            desc=resource.label[:40],
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
        for chunk in _chunks(response, deadline):
            size += len(chunk)
            if size > settings.max_bytes:
                part.discard()
                raise _too_large(size, settings)
            stream.write(chunk)
            stream.flush()  # what has come is kept if the process is killed
            bar.update(len(chunk))


def _chunks(response: requests.Response, deadline: Deadline) -> Iterator[bytes]:
    """Read a body as it comes: waiting for more would outwait a server that drips."""
    while chunk := response.raw.read1(CHUNK, decode_content=True):
        yield chunk
        deadline.left()


def _too_large(size: int, settings: Settings) -> UserError:
    return UserError(
        f"the archive has {size:,} bytes or more, the most taken is "
        f"{settings.max_bytes:,} (--max-megabytes)."
    )


def _refuse_other_than_zip(resource: Resource, part: Part) -> None:
    with part.path.open("rb") as stream:
        shape = shape_of(stream.read(HEAD))
    if shape is Shape.ZIP:
        return
    part.discard()
    known = {Shape.PAGE, Shape.PDF, Shape.FLOW}
    what = shape.value if shape in known else "something that is not a zip"
    hint = (
        " A proxy or a protection against robots may answer in its place."
        if shape is Shape.PAGE
        else ""
    )
    raise UserError(f"{resource.ask} gives {what}, where a zip is due.{hint}")


def _digest(resource: Resource, part: Part) -> tuple[str, str]:
    """Hash the archive; its sha256, and what is wrong with it (empty: nothing)."""
    size, said = part.path.stat().st_size, resource.checksum
    wanted = (said.algorithm if said else None) or "sha256"
    digests = {
        name: hashlib.new(name, usedforsecurity=False) for name in {"sha256", wanted}
    }
    with part.path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            for digest in digests.values():
                digest.update(chunk)
    fault = ""
    if resource.filesize and size != resource.filesize:
        fault = f"{size:,} bytes came, the catalogue says {resource.filesize:,}"
    elif said and said.algorithm and digests[wanted].hexdigest() != said.value:
        fault = f"the {wanted} of what came is not the catalogue's ({said.value})"
    return digests["sha256"].hexdigest(), fault


def _unchecked(resource: Resource) -> Iterator[str]:
    if resource.checksum and not resource.checksum.algorithm:
        yield (
            f"its checksum is of the type {resource.checksum.given!r}, which is not "
            "known here: it was not checked"
        )


@contextlib.contextmanager
def _opened(
    session: requests.Session,
    url: str,
    headers: dict[str, str],
    settings: Settings,
    deadline: Deadline,
) -> Iterator[requests.Response]:
    """Open an answer without reading its body, retried by the session."""
    try:
        response = session.get(
            url,
            headers=headers,
            stream=True,
            timeout=(
                min(settings.connect_timeout, deadline.left()),
                min(settings.read_timeout, deadline.left()),
            ),
        )
    # Besides its own errors, requests lets some of a hostile redirection through.
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise UserError(f"{url}: {_plainly(error, settings)}.") from error
    with response:
        yield response


def _addresses(response: requests.Response) -> list[str]:
    return [answer.url for answer in (*response.history, response)]


def _refuse_other_status(
    response: requests.Response, url: str, expected: HTTPStatus
) -> None:
    if response.status_code == expected:
        return
    shown = str(response.status_code)
    with contextlib.suppress(ValueError):
        shown += f" {HTTPStatus(response.status_code).phrase}"
    raise UserError(f"{url} answers {shown}.")


def _validator(response: requests.Response) -> str:
    """Pick what If-Range may name: a strong ETag, else the date; empty for neither."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return ""  # ranges would count encoded bytes, the partial file holds decoded
    tag = response.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    return response.headers.get("Last-Modified", "")


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
        case requests.Timeout() | ReadTimeoutError():
            return f"no answer within {settings.read_timeout:g} seconds"
        case requests.exceptions.ChunkedEncodingError() | HTTPError():
            return "the connection closed before the end"
        case requests.ConnectionError():
            return "it cannot be reached, or the connection broke"
        case _:
            return f"{type(error).__name__}: {str(error)[:200]}"
