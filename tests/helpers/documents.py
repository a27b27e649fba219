"""What a reader finds in pages, PDFs and scripts that the programs wrote."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

_CELL = r"<t[hd][^>]*>(.*?)</t[hd]>"


class _Text(HTMLParser):
    """What a reader of the page sees, scripts and styles left out."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.elements: list[tuple[str, dict]] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def parse_page(page: str) -> tuple[str, list[tuple[str, dict]]]:
    """The text of an HTML page and its elements."""
    parser = _Text()
    parser.feed(page)
    return "".join(parser.parts), parser.elements


def pdf_text(pdf: bytes, pages: slice = slice(None)) -> list[str]:
    """The text of each page, or of some (it takes pypdf long), line ends as spaces."""
    found = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return [re.sub(r"[ \n]+", " ", page.extract_text()) for page in found[pages]]


def elements(pdf: bytes) -> list[dict]:
    """The structure elements of a tagged PDF, in reading order."""
    found: list[dict] = []

    def walk(node: object) -> None:
        if isinstance(node, IndirectObject):
            node = node.get_object()
        if isinstance(node, ArrayObject):
            for child in node:
                walk(child)
        elif isinstance(node, DictionaryObject):
            if "/S" in node:
                found.append(node)
            walk(node.get("/K"))

    walk(pypdf.PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"])
    return found


def read_script(path: Path) -> object:
    """The value a script of the site sets."""
    text = path.read_text(encoding="utf-8").replace("??=", "", 1)
    return json.loads(text.split("=", 1)[1].strip().rstrip(";"))


def tables(path: Path) -> list[list[list[str]]]:
    """The tables of a page, as texts of cells."""
    html = path.read_text(encoding="utf-8")
    return [
        [
            [parse_page(cell)[0] for cell in re.findall(_CELL, row)]
            for row in re.findall(r"(?s)<tr>(.*?)</tr>", table)
        ]
        for table in re.findall(r"(?s)<table.*?</table>", html)
    ]
