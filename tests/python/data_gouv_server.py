"""A local HTTP server that imitates data.gouv.fr: API, redirects, faults."""

from __future__ import annotations

import io
import json
import random
import re
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fetch_customs import DATASET

API = f"/api/1/datasets/{DATASET}/"


@dataclass
class Served:
    """What one address answers: a body, and faults used up one by one."""

    body: bytes
    content_type: str = "application/zip"
    etag: str | None = '"v1"'
    last_modified: str | None = None
    faults: list[Callable[[Handler, Served], None]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        portal: DataGouv = self.server.portal
        with portal.lock:
            portal.requests.append((self.path, dict(self.headers)))
            served = portal.pages.get(self.path)
            fault = served.faults.pop(0) if served and served.faults else None
        if served is None:
            status(404)(self, Served(b""))
        elif fault:
            fault(self, served)
        else:
            whole(self, served)

    def head(self, code: int, headers: dict[str, object]) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def whole(handler: Handler, served: Served) -> None:
    """The body, or the part of it asked for when the content is still the same."""
    headers: dict[str, object] = {"Content-Type": served.content_type}
    if served.etag:
        headers["ETag"] = served.etag
    if served.last_modified:
        headers["Last-Modified"] = served.last_modified
    asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    same = handler.headers.get("If-Range") in (served.etag, served.last_modified)
    start, size = int(asked[1]) if asked and same else 0, len(served.body)
    if start >= size > 0 and start:
        handler.head(416, {"Content-Range": f"bytes */{size}", "Content-Length": 0})
        return
    if start:
        headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
    handler.head(206 if start else 200, headers | {"Content-Length": size - start})
    handler.wfile.write(served.body[start:])


def without_ranges(handler: Handler, served: Served) -> None:
    """Everything, whatever part is asked for."""
    del handler.headers["Range"]
    whole(handler, served)


def status(code: int, **headers: object) -> Callable[[Handler, Served], None]:
    def answer(handler: Handler, _: Served) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.head(code, named | {"Content-Length": 0})

    return answer


def cut(length: int, wait: threading.Event | None = None) -> Callable:
    """Announce the whole body, send some of it, and (after `wait`) hang up."""

    def answer(handler: Handler, served: Served) -> None:
        handler.head(200, {"ETag": served.etag, "Content-Length": len(served.body)})
        handler.wfile.write(served.body[:length])
        handler.wfile.flush()
        if wait:
            wait.wait(20)
        handler.close_connection = True

    return answer


class DataGouv:
    """The portal. `offer` publishes a resource; `requests` is what was asked."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.pages: dict[str, Served] = {}
        self.resources: list[dict[str, object]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.portal = self
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        ).start()

    def __enter__(self) -> DataGouv:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def offer(self, name: str, body: bytes, **said: object) -> Served:
        """Publish a file; `said` overrides what the API says of it.

        As on the real portal, the stable address redirects to the file.
        """
        number = len(self.resources)
        identifier = said.pop("id", f"{number:08d}-0000-4000-8000-000000000000")
        path = f"/files/{number}/{name}"
        served = self.pages[path] = Served(body)
        stable = f"/api/1/datasets/r/{number}"
        self.pages[stable] = Served(b"")
        self.pages[stable].faults = Forever(status(302, Location=self.base_url + path))
        self.resources.append(
            {
                "id": identifier,
                "title": name,
                "url": self.base_url + path,
                "latest": self.base_url + stable,
                "format": "zip",
                "filesize": None,
                "checksum": None,
                "last_modified": "2025-02-07T09:12:00+00:00",
                "created_at": "2025-02-07T09:12:00+00:00",
            }
            | said
        )
        self.describe()
        return served

    def describe(self) -> None:
        """Publish the API's answer again, after a change of `resources`."""
        answer = {"id": DATASET, "title": "…", "resources": self.resources}
        body = json.dumps(answer).encode()
        self.pages[API] = Served(body, "application/json", etag=None)

    def downloads(self) -> list[str]:
        """Paths of the files asked for, in order."""
        return [path for path, _ in self.requests if path.startswith("/files/")]


class Forever(list):
    """A fault that is never used up."""

    def __init__(self, fault: Callable) -> None:
        super().__init__([fault])

    def pop(self, *_: object) -> Callable:
        return self[0]


@cache
def lines(year: int, flow: str, count: int = 50) -> bytes:
    """Lines of the official layout; the numbers are noise, so they do not compress."""
    noise = random.Random(f"{year}{flow}")
    return b"".join(
        f"{flow[0].upper()};{1 + n % 4};{year};01;18;A01Z;0111;BE;"
        f"{noise.randrange(10**9)};{noise.randrange(10**9)}\r\n".encode()
        for n in range(count)
    )


def zipped(members: dict[str | zipfile.ZipInfo, bytes], **options: object) -> bytes:
    """A zip with these members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


@cache
def annual(year: int, flow: str, count: int = 50) -> bytes:
    """The zip of a year and flow, laid out as customs do."""
    folder = f"Regional-{year}-{flow}"
    text = f"{folder}/Region_{year}_{flow.capitalize()}.txt"
    return zipped({f"{folder}/": b"", text: lines(year, flow, count)})
