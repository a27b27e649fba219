"""A partial download on disk, and what it is a part of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from commerce_exterieur.fetching.resources import Resource


@dataclass(frozen=True)
class Part:
    """A partial download on disk, and beside it what it is a part of.

    The note makes resuming safe: the server goes on from the partial file only if
    the validator (ETag or date) still names the same content. It also keeps through
    which addresses the bytes came.
    """

    path: Path

    @property
    def note(self) -> Path:
        """The file that says what this is a part of."""
        return self.path.with_name(self.path.name + ".json")

    def resumable(self, resource: Resource) -> tuple[int, str]:
        """Bytes that are here, and their validator; 0 when a new start is due."""
        try:
            note = self._noted()
            if note["of"] == _identity(resource) and note["validator"]:
                return self.path.stat().st_size, str(note["validator"])
        except (OSError, ValueError, TypeError, KeyError):
            pass  # no partial file, or one that cannot be trusted
        return 0, ""

    def addresses(self) -> tuple[str, ...]:
        """Every address its bytes came through."""
        return tuple(self._noted()["through"])

    def begin(self, resource: Resource, validator: str, through: list[str]) -> None:
        """Start anew. The old bytes go before the new note comes."""
        self.discard()
        self.path.touch()
        of = _identity(resource)
        self._write({"of": of, "validator": validator, "through": through})

    def goes_on(self, through: list[str]) -> None:
        """Note the addresses of further bytes, before they come."""
        note = self._noted()
        note["through"] = list(dict.fromkeys([*note["through"], *through]))
        self._write(note)

    def discard(self) -> None:
        """Delete both files."""
        self.note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def _noted(self) -> dict:
        note = json.loads(self.note.read_text(encoding="utf-8"))
        return {key: note[key] for key in ("of", "validator", "through")}

    def _write(self, note: dict) -> None:
        draft = self.note.with_name(self.note.name + ".draft")
        draft.write_text(json.dumps(note), encoding="utf-8")
        draft.replace(self.note)


def _identity(resource: Resource) -> list[str | None]:
    checksum = resource.checksum.value if resource.checksum else None
    return [resource.url, resource.ask, resource.published_on, checksum]
