"""The folder of official files: one folder per vintage, its files and its manifest.

A file takes its final name only when it is complete and on the disk; its manifest is
written after it. Cut short at any point, a run leaves the old file, or the new one
that the manifest does not vouch for yet: the next run notices. Unfinished work is in
`.fetch/`, where nothing ends in `.txt`, so a build never reads it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from common.errors import UserError
from fetching.archive import Limits, Unpacked, unpack
from fetching.catalogue import FlowFile
from fetching.download import Part

ORIGIN = "official"


class State(Enum):
    """What is on disk of a file that the catalogue offers."""

    HERE = "already here"
    ABSENT = "new"
    REPUBLISHED = "published again"
    EDITED = "changed on disk since it was fetched"
    UNKNOWN = "in place of a file that no fetch had written"


@dataclass(frozen=True)
class Store:
    """The folder of official files.

    Attributes
    ----------
    folder
        The folder that a build reads, such as `data/customs`.
    dataset
        The catalogue's id of the data set, for the manifests.
    """

    folder: Path
    dataset: str

    @property
    def work(self) -> Path:
        """Where unfinished work is."""
        return self.folder / ".fetch"

    def path(self, file: FlowFile) -> Path:
        """Name the final place of a file."""
        return self.folder / file.vintage / file.name

    def part(self, file: FlowFile) -> Part:
        """Name the partial download by a hash: an id is not a file name."""
        digest = hashlib.sha256(file.resource.identifier.encode()).hexdigest()
        return Part(self.work / f"{digest[:32]}.part")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder, and hold it against a second fetch.

        The system lets go of the lock however the process ends.

        Raises
        ------
        UserError
            Another fetch is at work, or the folder cannot be written.
        """
        try:
            self.work.mkdir(parents=True, exist_ok=True)
            lock = (self.work / "lock").open("ab")
        except OSError as error:
            raise UserError(
                f"{self.folder} cannot be written: {error.strerror or error}."
            ) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise UserError(
                    f"Another fetch is at work in {self.folder}. Wait for its end."
                ) from error
            yield

    def state(self, file: FlowFile) -> State:
        """Compare a file on disk with its record, and the record with the catalogue.

        Raises
        ------
        UserError
            The vintage's manifest is not one of this command.
        OSError
            What is there cannot be read.
        """
        path = self.path(file)
        record = _find(self._records(file.vintage), file.name)
        if not path.is_file():
            return State.ABSENT
        if record is None:
            return State.UNKNOWN
        if not _matches(path, record):
            return State.EDITED
        offered = _publication(file)
        same = all(record.get(key) == value for key, value in offered.items())
        return State.HERE if same else State.REPUBLISHED

    def put(
        self, file: FlowFile, archive: Path, archive_sha256: str, limits: Limits
    ) -> Unpacked:
        """Unpack a file into its place, and vouch for it.

        Raises
        ------
        UserError
            The archive is refused, or the manifest is not one of this command.
        OSError
            The disk refuses.
        """
        records = self._records(file.vintage)
        path = self.path(file)
        draft = self.work / f"{file.vintage}-{file.name}.draft"
        try:
            with draft.open("wb") as stream:
                unpacked = unpack(archive, stream, limits)
                stream.flush()
                os.fsync(stream.fileno())
            path.parent.mkdir(exist_ok=True)
            draft.replace(path)
            _flush_names(path.parent)
        finally:
            draft.unlink(missing_ok=True)
        record = {
            "name": file.name,
            "url": file.resource.url,
            **_publication(file),
            "resource_title": file.resource.title,
            "fetched_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "archive_sha256": archive_sha256,
            "sha256": unpacked.sha256,
            "bytes": unpacked.bytes,
            "lines": unpacked.lines,
        }
        others = [one for one in records if one["name"] != file.name]
        self._write_manifest(file.vintage, [*others, record])
        return unpacked

    def _manifest(self, vintage: str) -> Path:
        return self.folder / vintage / "manifest.json"

    def _records(self, vintage: str) -> list[dict]:
        """Read what the manifest of a vintage vouches for; nothing without one."""
        path = self._manifest(vintage)
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            if manifest["data_origin"] == "simulated":
                raise UserError(
                    f"{path.parent} holds simulated files. Fetch the official ones "
                    "into another folder: --out."
                )
            records = manifest["files"] if manifest["data_origin"] == ORIGIN else None
            if all(isinstance(one["name"], str) for one in records):
                return records
        except (FileNotFoundError, NotADirectoryError):
            return []
        except (ValueError, TypeError, KeyError, RecursionError):
            pass
        raise UserError(
            f"{path} is not a manifest that this command wrote. Move it away, then "
            "fetch again."
        )

    def _write_manifest(self, vintage: str, records: list[dict]) -> None:
        manifest = {
            "data_origin": ORIGIN,
            "dataset": self.dataset,
            "files": sorted(records, key=lambda record: record["name"]),
        }
        path = self._manifest(vintage)
        draft = self.work / f"{vintage}-manifest.draft"
        with draft.open("w", encoding="utf-8") as stream:
            json.dump(manifest, stream, ensure_ascii=False, indent=2)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
        _flush_names(path.parent)


def _publication(file: FlowFile) -> dict[str, str | None]:
    """Say, as the catalogue does, what tells one publication from another."""
    return {
        "resource_id": file.resource.identifier,
        "published": file.resource.published,
        "checksum": file.resource.checksum,
    }


def _find(records: list[dict], name: str) -> dict | None:
    return next((record for record in records if record["name"] == name), None)


def _matches(path: Path, record: dict) -> bool:
    """Whether a file still has its recorded size, then its recorded hash."""
    if path.stat().st_size != record.get("bytes"):
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == record.get("sha256")


def _flush_names(folder: Path) -> None:
    """Put the names in a folder on the disk itself."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
