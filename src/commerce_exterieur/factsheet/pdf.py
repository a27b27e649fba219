"""Set the content as a tagged A4 PDF (PDF/UA-1) with Typst."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import is_dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from commerce_exterieur import fonts
from commerce_exterieur.factsheet.sheet import (
    Attachment,
    Block,
    Exhibit,
    Sheet,
)

_TEMPLATE = Path(__file__).with_name("factsheet.typ")
# What the PDF does not print of a figure, and is large.
_NOT_PRINTED = ("spec", "cells", "csv", "downloads", "groups")
_MOMENT = ("year", "month", "day", "hour", "minute", "second")


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    """One compiler for all sheets: it keeps fonts and the parsed template."""
    return compiler(_TEMPLATE)


def compiler(template: Path) -> typst.Compiler:
    """Open a template with our typeface and no other."""
    return typst.Compiler(
        str(template),
        root=str(template.parent),
        font_paths=typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(fonts.font_directory())],
        ),
        ignore_system_fonts=True,
    )


def render_pdf(sheet: Sheet) -> bytes:
    """Set the sheet as PDF; the same content gives the same bytes.

    Parameters
    ----------
    sheet
        It travels as JSON, so `#`, `$` or `*` in
        a label stay letters.
    """
    pdf = _compiler().compile(
        format="pdf",
        sys_inputs={"sheet": json.dumps(printable(sheet), ensure_ascii=False)},
        pdf_standards=["ua-1", "a-3a"],
    )
    # Many files come only of formats of one picture a page.
    assert isinstance(pdf, bytes)
    return pdf


def printable(node: object) -> object:
    """Give what is printed as JSON has it: objects by their fields."""
    if isinstance(node, datetime):
        return {unit: getattr(node, unit) for unit in _MOMENT}
    if isinstance(node, Attachment):
        # What is attached is a file, not print.
        return vars(node)
    if is_dataclass(node):
        fields = {
            field.name: printable(getattr(node, field.name))
            for field in dataclasses.fields(node)
            if not (isinstance(node, Exhibit) and field.name in _NOT_PRINTED)
        }
        return fields | ({"kind": node.kind} if isinstance(node, Block) else {})
    if isinstance(node, dict):
        return {name: printable(value) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [printable(value) for value in node]
    return _unprintable().sub("?", node) if isinstance(node, str) else node


@lru_cache(maxsize=1)
def _unprintable() -> re.Pattern[str]:
    """Match letters the typeface lacks: archivable PDF admits no empty boxes."""
    with TTFont(fonts.font_file(fonts.REGULAR), lazy=True) as font:
        known = "".join(re.escape(chr(codepoint)) for codepoint in font.getBestCmap())
    return re.compile(f"[^{known}\n]")
