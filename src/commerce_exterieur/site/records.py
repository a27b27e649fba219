"""What was made, from what: one record a year, so that the same is not made twice."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from commerce_exterieur.files import replace_file
from commerce_exterieur.wording import LANGUAGES, LanguageCode

_FOLDER = ".made"
#: A path below the site's folder, as the site names its files.
_PATH = re.compile(r"(?:[\w*-]+/)*[\w-]+\.\w{1,8}")
#: The name under which the pages that lead to the sheets are recorded.
INDEX_PAGES = "*"


class Records:
    """The territories made for one year, in a file of the site's folder."""

    def __init__(self, site: Path, year: int) -> None:
        self._site = site
        self._path = site / _FOLDER / f"{year}.json"
        self._made = _read(self._path)

    def codes(self, languages: tuple[LanguageCode, ...]) -> set[str]:
        """List the territories with a page in each of these languages."""
        return {
            territory_code
            for territory_code, made in self._made.items()
            if territory_code != INDEX_PAGES
            and set(languages) <= set(made["languages"])
            and all((self._site / name).is_file() for name in made["files"])
        }

    def languages(self) -> set[LanguageCode]:
        """List the languages of the site so far."""
        return {
            language_code
            for made in self._made.values()
            for language_code in made["languages"]
        }

    def holds(
        self, territory_code: str, fingerprint: str, languages: tuple[LanguageCode, ...]
    ) -> bool:
        """Whether a territory's files exist and are made from the same."""
        made = self._made.get(territory_code)
        return (
            made is not None
            and made["fingerprint"] == fingerprint
            and set(languages) <= set(made["languages"])
            and self._stands(territory_code)
        )

    def _stands(self, territory_code: str) -> bool:
        def size(name: str) -> int:
            path = self._site / name
            return path.stat().st_size if path.is_file() else -1

        files = self._made[territory_code]["files"]
        return all(size(name) == expected for name, expected in files.items())

    def note(
        self,
        territory_code: str,
        fingerprint: str,
        languages: tuple[LanguageCode, ...],
        files: list[str],
    ) -> None:
        """Record a territory just made."""
        self._made[territory_code] = {
            "fingerprint": fingerprint,
            "languages": list(languages),
            "files": {name: (self._site / name).stat().st_size for name in files},
        }

    def save(self) -> None:
        """Write the record."""
        text = json.dumps(self._made, indent=1, sort_keys=True)
        replace_file(self._path, text.encode())


def _read(path: Path) -> dict[str, dict]:
    """Read a record; one that is not whole counts as none, so all is made again."""
    try:
        made = json.loads(path.read_text("utf-8"))
        return {
            territory_code: each
            for territory_code, each in made.items()
            if _is_record(each)
        }
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def _is_record(made: Any) -> bool:  # noqa: ANN401
    """Whether an entry has the shape `note` gives it."""
    return (
        isinstance(made, dict)
        and isinstance(made.get("fingerprint"), str)
        and isinstance(made.get("languages"), list)
        and set(map(str, made["languages"])) <= set(LANGUAGES)
        and isinstance(made.get("files"), dict)
        and bool(made["files"])
        and all(_PATH.fullmatch(name) for name in made["files"])
    )


def standing(site: Path, languages: tuple[LanguageCode, ...]) -> dict[int, set[str]]:
    """List the territories with a page, by year of the site, ascending."""
    found = {
        int(path.stem): Records(site, int(path.stem)).codes(languages)
        for path in (site / _FOLDER).glob("[12][0-9][0-9][0-9].json")
    }
    return {year: found[year] for year in sorted(found) if found[year]}
