"""The one typeface of charts and factsheets, from a package, never from the system.

A font that is not found is replaced silently by vl-convert and by Typst, and every
measured label box is then wrong. Both therefore get the same four files.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import shutil
import tempfile
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final

import vl_convert
from fontTools import subset
from fontTools.ttLib import TTFont

from commerce_exterieur.errors import UserError
from commerce_exterieur.files import replace_file

FAMILY = "Source Sans Pro"
#: What a picture asks for: where the typeface is missing, any text is better than none.
STACK = f"{FAMILY}, sans-serif"
_CACHE = Path(__file__).resolve().parents[2] / "build" / "cache"
REGULAR: Final = 400
SEMIBOLD: Final = 600
_STYLES = ("Regular", "It", "Semibold", "Bold")
_STYLE_OF_WEIGHT = {REGULAR: "Regular", SEMIBOLD: "Semibold"}
# Latin letters, punctuation, narrow spaces, euro, arrows and the minus sign.
_SUBSET = [
    *range(0x20, 0x250),
    *range(0x2010, 0x2030),
    0x202F,
    0x2039,
    0x203A,
    0x20AC,
    0x2190,
    0x2192,
    0x2212,
]


def font_files() -> list[Path]:
    """List the font files the drawings and the PDF need (static TrueType)."""
    folder = Path(str(files("font_source_sans_pro"))) / "files"
    return [folder / f"SourceSansPro-{style}.ttf" for style in _STYLES]


@lru_cache(maxsize=1)
def _private_copy() -> tempfile.TemporaryDirectory:
    folder = tempfile.TemporaryDirectory(prefix="commerce-exterieur-fonts-")
    for path in font_files():
        shutil.copy(path, folder.name)
    return folder


def font_directory() -> Path:
    """Give a folder with only the needed files; it lives as long as the process."""
    return Path(_private_copy().name)


def font_file(weight: int) -> Path:
    """Give the file of one upright weight (400 or 600)."""
    style = _STYLE_OF_WEIGHT[weight]
    return next(path for path in font_files() if path.stem.endswith(f"-{style}"))


@lru_cache(maxsize=1)
def register() -> None:
    """Make the typeface known to vl-convert, once per process."""
    vl_convert.register_font_directory(str(font_directory()))


@lru_cache(maxsize=1)
def font_face_css() -> str:
    """Write `@font-face` rules with the fonts inside, for a browser.

    Taking the Latin letters out of the fonts takes seconds, so the result is kept in
    build/cache, under the digest of all it is made from.

    Returns
    -------
    str
        CSS for weights 400 and 600, subset to Latin and compressed (WOFF).
    """
    digest = hashlib.sha256(repr((version("fonttools"), _SUBSET)).encode())
    for weight in _STYLE_OF_WEIGHT:
        digest.update(font_file(weight).read_bytes())
    kept = _CACHE / f"fonts-{digest.hexdigest()[:16]}.css"
    try:
        return kept.read_text("ascii")
    except OSError:
        css = _font_faces()
    # Without room or right to keep it, it is made anew next time.
    with contextlib.suppress(OSError, UserError):
        replace_file(kept, css.encode("ascii"))
    return css


def _font_faces() -> str:
    return "\n".join(
        f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};'
        f"src:url(data:font/woff;base64,{_subset_base64(font_file(weight))}) "
        'format("woff")}'
        for weight in _STYLE_OF_WEIGHT
    )


def _subset_base64(path: Path) -> str:
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk"]
    options.name_IDs = [1, 2, 4, 6]
    font = TTFont(path, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_SUBSET)
    subsetter.subset(font)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
