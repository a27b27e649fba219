"""Set the content as a tagged A4 PDF (PDF/UA-1) with Typst."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

from commerce_exterieur import fonts

_TEMPLATE = Path(__file__).with_name("factsheet.typ")
# What only the page needs: large, and never printed.
_NOT_PRINTED = ("spec", "cells", "csv", "files")


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    """One compiler for all sheets: it keeps fonts and the parsed template."""
    return typst.Compiler(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(fonts.font_directory())],
        ),
        ignore_system_fonts=True,
    )


def render_pdf(sheet: dict[str, Any]) -> bytes:
    """Set the sheet as PDF; the same content gives the same bytes.

    Parameters
    ----------
    sheet
        What `content.build_sheet` returns. It travels as JSON, so `#`, `$` or `*` in
        a label stay letters.
    """
    pdf = _compiler().compile(
        format="pdf",
        sys_inputs={"sheet": json.dumps(_printed(sheet), ensure_ascii=False)},
        pdf_standards=["ua-1", "a-3a"],
    )
    # Many files come only of formats of one picture a page.
    assert isinstance(pdf, bytes)
    return pdf


def _printed(node: object) -> object:
    if isinstance(node, dict):
        return {
            # What is attached is a file, not print.
            key: value if key == "attachments" else _printed(value)
            for key, value in node.items()
            if key not in _NOT_PRINTED
        }
    if isinstance(node, list):
        return [_printed(value) for value in node]
    return _unprintable().sub("?", node) if isinstance(node, str) else node


@lru_cache(maxsize=1)
def _unprintable() -> re.Pattern[str]:
    """Match letters the typeface lacks: archivable PDF admits no empty boxes."""
    with TTFont(fonts.font_file(fonts.REGULAR), lazy=True) as font:
        known = "".join(re.escape(chr(code)) for code in font.getBestCmap())
    return re.compile(f"[^{known}\n]")
