"""The pages of a site as files, and what they point to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from documents import parse_page


def parse(path: Path) -> tuple[str, list[tuple[str, dict]]]:
    """The text of a page, and its elements: name and attributes."""
    return parse_page(path.read_text(encoding="utf-8"))


def links(path: Path, found: list[tuple[str, dict]]) -> Iterator[tuple[str, Path, str]]:
    """Every address of a page that means a file: as written, the file, the place."""
    for _, attributes in found:
        for name in ("href", "src"):
            address = attributes.get(name)
            if address is None:
                continue
            parts = urlsplit(address)
            if parts.scheme in ("https", "data", "mailto"):
                continue
            target = path.parent / unquote(parts.path) if parts.path else path
            yield address, target, parts.fragment
