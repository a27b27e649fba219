"""A local HTTP server with ranges, redirects and faults."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Served:
    """What one address answers: a body, and faults used up one by one."""

    body: bytes
    content_type: str = "application/zip"
    etag: str | None = '"v1"'
    last_modified: str | None = None
    faults: list[Callable[[Handler, Served], None]] = field(default_factory=list)
    path: str = ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The body follows its headers at once, not when they were acknowledged (40 ms).
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        server: LocalServer = self.server.local
        with server.lock:
            server.requests.append((self.path, dict(self.headers)))
            served = server.pages.get(self.path)
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


def drip(handler: Handler, served: Served) -> None:
    """Announce the whole body, and send a byte at a time until nobody listens."""
    handler.head(200, {"ETag": served.etag, "Content-Length": len(served.body)})
    handler.close_connection = True
    pause = threading.Event()
    try:
        for byte in served.body:
            handler.wfile.write(bytes([byte]))
            pause.wait(0.02)
    except OSError:
        pass


class Forever(list):
    """A fault that is never used up."""

    def __init__(self, fault: Callable) -> None:
        super().__init__([fault])

    def pop(self, *_: object) -> Callable:
        return self[0]


class LocalServer:
    """A server on loopback; `pages` is what it has, `requests` what was asked."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.pages: dict[str, Served] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.local = self
        self.root = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        ).start()

    def __enter__(self) -> LocalServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(
        self, path: str, body: bytes, content_type: str, **said: object
    ) -> Served:
        self.pages[path] = Served(body, content_type, path=path, **said)
        return self.pages[path]

    def asked(self, ending: str) -> list[dict[str, str]]:
        """Headers of the requests for paths that end so, in order."""
        return [headers for path, headers in self.requests if path.endswith(ending)]
