"""What was made, from what: one record a year, so that the same is not made twice."""

from __future__ import annotations

import json
from pathlib import Path

from common.files import replace_file
from language import Code

_FOLDER = ".made"
#: The name under which the pages that lead to the sheets are recorded.
SHELL = "*"


class Records:
    """The territories made for one year, in a file of the site's folder."""

    def __init__(self, site: Path, year: int) -> None:
        self._site = site
        self._path = site / _FOLDER / f"{year}.json"
        try:
            self._made: dict[str, dict] = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            # Never made, or half written by a crash of the machine: make again.
            self._made = {}

    def codes(self) -> set[str]:
        """List the territories whose files exist."""
        return {code for code in self._made if code != SHELL and self._stands(code)}

    def holds(self, code: str, fingerprint: str, languages: tuple[Code, ...]) -> bool:
        """Whether a territory's files exist and are made from the same."""
        made = self._made.get(code)
        return (
            made is not None
            and made["fingerprint"] == fingerprint
            and set(languages) <= set(made["languages"])
            and self._stands(code)
        )

    def _stands(self, code: str) -> bool:
        def size(name: str) -> int:
            path = self._site / name
            return path.stat().st_size if path.is_file() else -1

        files = self._made[code]["files"]
        return all(size(name) == expected for name, expected in files.items())

    def note(
        self,
        code: str,
        fingerprint: str,
        languages: tuple[Code, ...],
        files: list[str],
    ) -> None:
        """Record a territory just made."""
        self._made[code] = {
            "fingerprint": fingerprint,
            "languages": list(languages),
            "files": {name: (self._site / name).stat().st_size for name in files},
        }

    def save(self) -> None:
        """Write the record."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self._made, indent=1, sort_keys=True)
        replace_file(self._path, text.encode())


def standing(site: Path) -> dict[int, set[str]]:
    """List the territories whose files exist, by year of the site, ascending."""
    found = {
        int(path.stem): Records(site, int(path.stem)).codes()
        for path in (site / _FOLDER).glob("*.json")
        if path.stem.isdigit()
    }
    return {year: found[year] for year in sorted(found) if found[year]}
