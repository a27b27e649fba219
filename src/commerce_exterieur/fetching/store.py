"""The folder of official files: one folder per vintage, its files and its manifest.

A vintage is the month of results that customs name. Beside the lines stand the lists
of labels of their zip, under names of ours. A file takes its final name only when it
is complete, verified and on the disk; its manifest is written after it. Cut short at
any point, a run leaves the old file, or the new one that the manifest does not vouch
for yet: the next run notices. Unfinished work is in `.fetch/`, where nothing ends in
`.txt`, so a build never reads it.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from commerce_exterieur.customs.archive import LabelList, Limits, Unpacked, look, unpack
from commerce_exterieur.customs.manifest import (
    OFFICIAL,
    PROVIDED,
    SIMULATED,
    Manifest,
    read_manifest,
    write_manifest,
)
from commerce_exterieur.errors import UserError
from commerce_exterieur.fetching.choice import FlowFile
from commerce_exterieur.fetching.content import verify
from commerce_exterieur.fetching.download import Downloaded
from commerce_exterieur.fetching.partial import Part
from commerce_exterieur.fetching.resources import is_official
from commerce_exterieur.files import drafted, replace_files, sha256_of

#: The names of the lists of labels, by what they list.
LISTS = {
    "country": "Libelle_PAYS.txt",
    "activity": "Libelle_A129.txt",
    "product": "Libelle_CPF4.txt",
    "department": "Departement_region.txt",
}


class State(Enum):
    """What is on disk of a file that is offered."""

    HERE = "already here"
    LATER = "already here, published later"
    ABSENT = "new"
    REPUBLISHED = "published again"
    EDITED = "changed on disk since it was fetched"
    UNKNOWN = "in place of a file that no fetch had written"

    @property
    def is_kept(self) -> bool:
        """Whether there is nothing to fetch."""
        return self in (State.HERE, State.LATER)


@dataclass(frozen=True)
class Placed:
    """A file in its place.

    Attributes
    ----------
    unpacked
        Its lines.
    origin
        `official` or `provided`.
    remarks
        What is odd about its archive.
    """

    unpacked: Unpacked
    origin: str
    remarks: tuple[str, ...]


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
        """Name the partial download by a hash: an address is not a file name."""
        digest = hashlib.sha256(file.resource.url.encode()).hexdigest()
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
        """Compare a file on disk with its record, and the record with the offer.

        Raises
        ------
        UserError
            The vintage's manifest is not one of this command.
        OSError
            What is there cannot be read.
        """
        path, manifest = self.path(file), self._manifest(file.vintage)
        record = manifest.files.get(file.name)
        if not path.is_file():
            return State.ABSENT
        if record is None:
            return State.UNKNOWN
        lists = [entry for entry in _lists(manifest) if entry["from"] == file.name]
        recorded = [record, *lists]
        if not all(
            _matches(path.with_name(entry["name"]), entry) for entry in recorded
        ):
            return State.EDITED
        offered = _publication(file)
        if all(record.get(key) == value for key, value in offered.items()):
            return State.HERE
        here, there = record.get("published_on") or "", offered["published_on"] or ""
        if there < here and not file.resource.is_named:
            return State.LATER
        return State.REPUBLISHED

    def put(
        self, file: FlowFile, archive: Path, downloaded: Downloaded, limits: Limits
    ) -> Placed:
        """Unpack a file, verify it, put it and its lists in place, vouch for them.

        Raises
        ------
        UserError
            The archive or its lines are refused, or the manifest is not one of this
            command. What was in place stays.
        OSError
            The disk refuses.
        """
        manifest = self._manifest(file.vintage)
        contents = look(archive)
        lists, twice = _by_name(contents.lists)
        path = self.path(file)
        draft = self.work / f"{file.vintage}-{file.name}.draft"
        with drafted(path, draft) as stream:
            unpacked = unpack(archive, stream, limits)
            stream.flush()
            verify(draft, file, unpacked.member)
        folder = path.parent
        replace_files({folder / name: labels.content for name, labels in lists.items()})
        origin = origin_of(file, downloaded)
        self._record(file, manifest, lists, _record(file, downloaded, unpacked, origin))
        odd = [f"{name!r} in it is not understood" for name in contents.not_understood]
        odd += [f"{name!r} in it lists what another one does" for name in twice]
        return Placed(unpacked, origin, (*odd, *_changed(manifest, lists, file.name)))

    def _manifest(self, vintage: str) -> Manifest:
        """Read the manifest of a vintage; one of nothing when there is none."""
        manifest = read_manifest(self.folder / vintage)
        if manifest and manifest.data_origin == SIMULATED:
            raise UserError(
                f"{self.folder / vintage} holds simulated files. Fetch the official "
                "ones into another folder: --out."
            )
        return manifest or Manifest(PROVIDED)

    def _record(
        self,
        file: FlowFile,
        manifest: Manifest,
        lists: dict[str, LabelList],
        record: dict[str, Any],
    ) -> None:
        """Write the manifest of a vintage anew, with one more file and its lists."""
        files = [
            # The default of the whole may change below.
            {**entry, "data_origin": entry.get("data_origin", manifest.data_origin)}
            for entry in manifest.files.values()
            if entry["name"] != file.name
        ]
        files.append(record)
        known = {entry["name"]: entry for entry in _lists(manifest)}
        for name, labels in lists.items():
            known[name] = {
                "name": name,
                "kind": labels.kind,
                "from": file.name,
                "member": labels.name,
                "sha256": hashlib.sha256(labels.content).hexdigest(),
                "bytes": len(labels.content),
            }
        origins = {entry["data_origin"] for entry in files}
        write_manifest(
            self.folder / file.vintage,
            OFFICIAL if origins == {OFFICIAL} else PROVIDED,
            files,
            dataset=self.dataset,
            lists=[known[name] for name in sorted(known)],
        )


def origin_of(file: FlowFile, downloaded: Downloaded) -> str:
    """Tell whether a file is official.

    It is when the page or catalogue that offers it, the address asked, every
    redirection and the last address are of the official hosts, over https.
    """
    asked = (file.resource.ask, *downloaded.addresses)
    vouched = file.resource.is_vouched and all(map(is_official, asked))
    return OFFICIAL if vouched else PROVIDED


def _record(
    file: FlowFile, downloaded: Downloaded, unpacked: Unpacked, origin: str
) -> dict[str, Any]:
    return {
        "name": file.name,
        "flow": file.flow,
        "kind": file.kind,
        "year": file.year,
        "results": file.vintage,
        **_publication(file),
        "door": file.resource.door,
        "data_origin": origin,
        "resource_id": file.resource.resource_id,
        "resource_title": file.resource.title,
        "fetched_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "archive_sha256": downloaded.sha256,
        "sha256": unpacked.sha256,
        "bytes": unpacked.bytes,
        "lines": unpacked.lines,
        "member": unpacked.member,
    }


def _publication(file: FlowFile) -> dict[str, str | None]:
    """Say what tells one publication from another.

    A checksum counts only where it binds: that of a file kept elsewhere goes stale.
    """
    resource = file.resource
    said = resource.checksum if resource.is_hosted else None
    return {
        "published_on": resource.published_on,
        "url": resource.url,
        "checksum": f"{said.algorithm or said.given}:{said.value}" if said else None,
    }


def _lists(manifest: Manifest) -> list[dict[str, Any]]:
    """Read what a manifest says of lists; of an older one, nothing."""
    found = manifest.about.get("lists")
    listed = found if isinstance(found, list) else []
    keys = {"name", "from", "sha256", "bytes"}
    return [
        entry
        for entry in listed
        if isinstance(entry, dict)
        and keys <= entry.keys()
        and entry["name"] in LISTS.values()
    ]


def _by_name(lists: tuple[LabelList, ...]) -> tuple[dict[str, LabelList], list[str]]:
    """Give each list its name; of two that list the same, the longer is kept."""
    named: dict[str, LabelList] = {}
    twice = []
    for labels in sorted(lists, key=lambda labels: len(labels.content), reverse=True):
        if LISTS[labels.kind] in named:
            twice.append(labels.name)
        named.setdefault(LISTS[labels.kind], labels)
    return named, twice


def _changed(
    manifest: Manifest, lists: dict[str, LabelList], name: str
) -> Iterator[str]:
    """Say which lists are not those of another file of the vintage any more."""
    for known in _lists(manifest):
        new = lists.get(known["name"])
        if new is None or known["from"] == name:
            continue
        if hashlib.sha256(new.content).hexdigest() != known["sha256"]:
            yield f"its {known['name']} replaces a different one of {known['from']}"


def _matches(path: Path, record: dict[str, Any]) -> bool:
    """Whether a file still has its recorded size, then its recorded hash."""
    if not path.is_file() or path.stat().st_size != record.get("bytes"):
        return False
    return sha256_of(path) == record.get("sha256")
