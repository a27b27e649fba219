"""Start Superset on this machine with the dashboard of the marts in it.

Everything Superset keeps (metadata, keys, log) is in `build/dashboard/`; the warehouse
is opened read-only. The bundle is imported at every start and replaces what an earlier
one imported; charts and dashboards of your own stay. Run it as `make dashboard`.
"""

from __future__ import annotations

import argparse
import io
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import requests
import yaml

ROOM = Path(__file__).resolve().parent
PROJECT = ROOM.parent
BUNDLE = ROOM / "bundle"
WAREHOUSE = PROJECT / "build" / "warehouse.duckdb"
HOME = PROJECT / "build" / "dashboard"
BIN = Path(sys.executable).parent
#: Loopback: nobody else's machine reaches it.
HOST = "127.0.0.1"
USER = "admin"
PAGE = "/superset/dashboard/commerce-exterieur/"


class DashboardError(Exception):
    """What the user is told, in one line."""


class Superset:
    """A running Superset, asked over its REST API as the administrator.

    Parameters
    ----------
    address
        Where it answers: `http://127.0.0.1:8088`.
    """

    def __init__(self, address: str, password: str) -> None:
        self.address = address
        self._session = requests.Session()
        # No proxy stands between this machine and itself.
        self._session.trust_env = False
        login = {"username": USER, "password": password}
        token = self.post("/api/v1/security/login", json=login | {"provider": "db"})
        headers = self._session.headers
        headers["Authorization"] = f"Bearer {token['access_token']}"
        headers["Referer"] = address
        headers["X-CSRFToken"] = self.get("/api/v1/security/csrf_token/")["result"]
        # The older half of the interface, which serves maps, knows only the cookie.
        self._session.post(f"{address}/login/", data=login, timeout=120)

    def get(self, path: str) -> dict[str, Any]:
        """Return what a path answers."""
        return self._ask("get", path)

    def post(self, path: str, **body: object) -> dict[str, Any]:
        """Return what a path answers to a form, a file or JSON."""
        return self._ask("post", path, **body)

    def _ask(self, method: str, path: str, **body: Any) -> dict[str, Any]:  # noqa: ANN401
        try:
            answer = self._session.request(
                method, self.address + path, timeout=120, **body
            )
        except requests.RequestException as error:
            raise DashboardError(f"Superset does not answer: {error}") from error
        if not answer.ok:
            said = " ".join(answer.text.split())[:500]
            raise DashboardError(
                f"Superset refused {path}: {answer.status_code} {said}"
            )
        return answer.json()


def pack(warehouse: Path, bundle: Path = BUNDLE) -> bytes:
    """Zip a bundle for an import that replaces what it finds.

    Parameters
    ----------
    warehouse
        The file that the database of the bundle is to open.
    """
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(bundle.rglob("*.yaml")):
            told = yaml.safe_load(path.read_text("utf-8"))
            if path.name == "metadata.yaml":
                told["type"] = "assets"
            if path.parent.name == "databases":
                told["sqlalchemy_uri"] = f"duckdb:///{warehouse.resolve()}"
            text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False)
            archive.writestr(f"bundle/{path.relative_to(bundle)}", text)
    return zipped.getvalue()


def import_bundle(superset: Superset, warehouse: Path, bundle: Path = BUNDLE) -> None:
    """Import databases, data sets, charts and dashboard, over those imported before."""
    file = ("bundle.zip", pack(warehouse, bundle), "application/zip")
    superset.post("/api/v1/assets/import/", files={"bundle": file})


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.create_server((HOST, 0)) as listener:
        return listener.getsockname()[1]


@contextmanager
def running(home: Path, port: int, warehouse: Path) -> Iterator[Superset]:
    """Run Superset with the dashboard imported, until the block ends.

    Raises
    ------
    DashboardError
        No warehouse, the port is taken, or Superset does not start.
    """
    if not warehouse.is_file():
        raise DashboardError(f"There is no {warehouse}: run `make warehouse` first")
    try:
        socket.create_server((HOST, port)).close()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else error
        raise DashboardError(
            f"Port {port} cannot be used ({reason}): choose another one, "
            "`make dashboard PORT=…`"
        ) from error
    password = _prepare(home)
    log = home / "server.log"
    with log.open("w") as said:
        server = subprocess.Popen(
            [
                *(BIN / "gunicorn", "superset.app:create_app()"),
                *("--bind", f"{HOST}:{port}", "--workers", "1"),
                *("--worker-class", "gthread", "--threads", "8", "--timeout", "300"),
                "--no-control-socket",
            ],
            env=_environment(home),
            stdout=said,
            stderr=said,
        )
    try:
        address = f"http://{HOST}:{port}"
        _await(server, address, log)
        superset = Superset(address, password)
        import_bundle(superset, warehouse)
        yield superset
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _await(server: subprocess.Popen, address: str, log: Path) -> None:
    """Wait until the server answers."""
    session = requests.Session()
    session.trust_env = False
    while server.poll() is None:
        try:
            if session.get(f"{address}/health", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.5)
    raise DashboardError(f"Superset did not start; the reason is in {log}")


def _prepare(home: Path) -> str:
    """Make keys and metadata database where they are missing; return the password."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    for name in ("secret_key", "password"):
        if not (home / name).exists():
            (home / name).write_text(secrets.token_urlsafe(32 if "key" in name else 12))
            (home / name).chmod(0o600)
    password = (home / "password").read_text()
    # Half a minute of processor time, which the second start saves.
    mark, made_by = home / "prepared", version("apache-superset")
    if not mark.exists() or mark.read_text() != made_by:
        print("Preparing Superset's metadata database …", flush=True)
        _superset(home, "db", "upgrade")
        _superset(
            home,
            *("fab", "create-admin", "--username", USER, "--password", password),
            *("--firstname", "Admin", "--lastname", "Admin"),
            *("--email", "admin@example.org"),
        )
        _superset(home, "init")
        mark.write_text(made_by)
    return password


def _superset(home: Path, *words: str) -> None:
    """Run a command of Superset's own; its words are kept for a failure."""
    done = subprocess.run(
        [BIN / "superset", *words],
        env=_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        (home / "server.log").write_text(done.stdout)
        raise DashboardError(
            f"`superset {words[0]} …` failed; the reason is in {home / 'server.log'}"
        )


def _environment(home: Path) -> dict[str, str]:
    """Give Superset our settings, and none of another one's."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SUPERSET", "FLASK", "GUNICORN"))
    }
    return inherited | {
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(ROOM / "superset_config.py"),
    }


def main() -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8088, metavar="N")
    parser.add_argument("--warehouse", type=Path, default=WAREHOUSE, metavar="FILE")
    options = parser.parse_args()
    if not 0 < options.port < 65536:
        parser.error(f"a port is a number from 1 to 65535, not {options.port}")
    # `kill` ends the server too, as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with running(HOME, options.port, options.warehouse) as superset:
            print(f"The dashboard   {superset.address}{PAGE}")
            print(f"User            {USER}")
            print(f"Password        {(HOME / 'password').read_text()}")
            print("Ctrl-C stops it.", flush=True)
            # Woken by the end of the server, the only child there is.
            signal.signal(signal.SIGCHLD, lambda *_: None)
            signal.pause()
            raise DashboardError(
                f"Superset has ended; the reason is in {HOME / 'server.log'}"
            )
    except DashboardError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
