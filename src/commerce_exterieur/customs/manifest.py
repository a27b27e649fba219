"""The `manifest.json` of a vintage's folder: where its files come from.

Written by a download and by a simulation, read by the next download and by a build.
It vouches for a file by the hash of its bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from commerce_exterieur.errors import UserError
from commerce_exterieur.files import replace_file

NAME = "manifest.json"
#: What a file may be: from the hosts of customs, made by the simulator, or given.
OFFICIAL, SIMULATED, PROVIDED = "official", "simulated", "provided"
ORIGINS = (OFFICIAL, SIMULATED, PROVIDED)


@dataclass(frozen=True)
class Manifest:
    """What is recorded of the files of a folder.

    Attributes
    ----------
    data_origin
        That of every file that has none of its own.
    files
        A record a file, by its name; each has `sha256`, and from a download
        `data_origin`, `published_on`, `url` and more (see `fetching.store`).
    about
        What else is said of the whole: the generator and its seed.
    """

    data_origin: str
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    def origin_of(self, name: str, sha256: str) -> str:
        """Tell the origin of a file: official only when its hash is the recorded one.

        Parameters
        ----------
        name
            The file's name.
        sha256
            The hash of its bytes.

        Returns
        -------
        str
            One of `ORIGINS`. Everything beside a simulated manifest is simulated.
        """
        if self.data_origin == SIMULATED:
            return SIMULATED
        record = self.vouched(name, sha256)
        return record.get("data_origin", self.data_origin) if record else PROVIDED

    def published_on(self, name: str, sha256: str) -> str | None:
        """Tell the recorded day of publication of a file, `YYYY-MM-DD`."""
        return self.vouched(name, sha256).get("published_on")

    def vouched(self, name: str, sha256: str) -> dict[str, Any]:
        """Find the record of a file whose bytes are the recorded ones; else empty."""
        record = self.files.get(name, {})
        return record if record.get("sha256") == sha256 else {}


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest of a folder.

    Parameters
    ----------
    folder
        The folder.

    Returns
    -------
    Manifest or None
        None when there is none.

    Raises
    ------
    UserError
        It is not one of this program: whose data these are would be a guess.
    """
    path = folder / NAME
    try:
        if path.exists() and not path.is_file():
            raise OSError(0, "not a file")
        content = json.loads(path.read_bytes())
        listed = content.pop("files")
        manifest = Manifest(
            content.pop("data_origin"),
            {entry["name"]: entry for entry in listed},
            content,
        )
        origins = [entry.get("data_origin") for entry in listed]
        days = [entry.get("published_on") for entry in listed]
        if (
            manifest.data_origin in ORIGINS
            and {*origins} <= {None, *ORIGINS}
            and all(day is None or str(date.fromisoformat(day)) == day for day in days)
        ):
            return manifest
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from error
    raise UserError(
        f"{path} is not a manifest of this program, so nobody can tell whose data "
        "these are. Fetch or simulate them again; delete it only when they are not "
        "simulated: they then count as provided."
    )


def write_manifest(
    folder: Path, data_origin: str, files: Iterable[dict[str, Any]], **about: object
) -> None:
    """Write the manifest of a folder, in one stroke.

    Parameters
    ----------
    folder
        The folder.
    data_origin
        One of `ORIGINS`.
    files
        A record a file, with `name` and `sha256`.
    **about
        What else is said of the whole.

    Raises
    ------
    UserError
        The folder cannot be written.
    """
    records = sorted(files, key=lambda record: record["name"])
    content = {"data_origin": data_origin, **about, "files": records}
    text = json.dumps(content, ensure_ascii=False, indent=2)
    replace_file(folder / NAME, f"{text}\n".encode())
