"""A folder of customs files for tests: put files in it, and say what became of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from commerce_exterieur.intake.inventory import Inventory

LINE = b"E;1;2024;52;13;C24C;2451;DE;1000;10\n"
TEXT = LINE * 3
IMPORTED = TEXT.replace(b"E;", b"I;")
NATIONAL = b"E;01;2024;24510;C24C;73030010;DE;1000;10;0\n"
EIGHT = b"E;4;2012;52;C24C;DE;1000;10\n"
PAGE = b"<!DOCTYPE html>\n<html>404</html>\n"
TXT = "2025-02/Region_2024_Export.txt"
ZIP = "202502_regional_2024_export.zip"
BOM = b"\xef\xbb\xbf"


def put(path: Path, content: bytes = TEXT) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def names(found: Inventory) -> list[tuple[str, str]]:
    """Vintage and name of what is read."""
    return [(file.vintage, file.name) for file in found.files]


def refusal(found: Inventory) -> str:
    """The one refusal of a folder of which nothing is read."""
    assert found.files == ()
    assert len(found.refused) == 1
    return found.refused[0]


def kept(unpacked: Path) -> list[str]:
    """What is in the folder of our own texts."""
    return sorted(path.name for path in unpacked.iterdir() if path.name != ".lock")
