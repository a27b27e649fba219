"""Unpack the one text file of a customs zip, as a stream, trusting nothing in it."""

from __future__ import annotations

import hashlib
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from common.errors import UserError

CHUNK = 1 << 20
#: What the `zipfile` module raises on a damaged archive.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    struct.error,
    ValueError,
)
KINDS = {0, stat.S_IFREG, stat.S_IFDIR}


@dataclass(frozen=True)
class Limits:
    """How far an archive may swell. A real year is 80 MB, about 8 times its zip."""

    max_bytes: int = 4_000_000_000
    max_ratio: int = 100


@dataclass(frozen=True)
class Unpacked:
    """The text file: its hash, its size in bytes, its physical lines."""

    sha256: str
    bytes: int
    lines: int


def unpack(archive: Path, target: BinaryIO, limits: Limits) -> Unpacked:
    """Write the one `.txt` of an archive to an open file.

    Parameters
    ----------
    archive
        The zip.
    target
        Where the text goes; no name found in the zip is used.
    limits
        The largest size, and the largest size over that of the archive.

    Returns
    -------
    Unpacked
        Hash, size and lines of the text. A last line without its line feed counts.

    Raises
    ------
    UserError
        The archive is damaged, suspect or not of the shape that customs publish.
    OSError
        The disk refuses.
    """
    most = min(limits.max_bytes, limits.max_ratio * archive.stat().st_size)
    digest, size, lines, last = hashlib.sha256(), 0, 0, b""
    for chunk in _text(archive):
        size += len(chunk)
        if size > most:
            raise UserError(
                f"the zip swells past {most:,} bytes ({limits.max_ratio} times its own "
                f"size, at most {limits.max_bytes:,}): it may be a zip bomb, and is "
                "refused."
            )
        digest.update(chunk)
        lines += chunk.count(b"\n")
        last = chunk[-1:]
        target.write(chunk)
    if not size:
        raise UserError("the zip holds an empty text file.")
    return Unpacked(digest.hexdigest(), size, lines + (last != b"\n"))


def _text(archive: Path) -> Iterator[bytes]:
    """Read the text file, chunk by chunk; a CRC error shows at its end."""
    try:
        with zipfile.ZipFile(archive) as opened:
            member = _only_text(opened.infolist())
            with opened.open(member) as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
    except DAMAGE as error:
        raise UserError(f"the zip is damaged or truncated ({error}).") from error


def _only_text(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """Find the one text file; refuse archives with anything suspect."""
    for member in members:
        reason = _suspect(member)
        if reason:
            name = member.orig_filename[:100]
            raise UserError(f"the zip is refused: its entry {name!r} {reason}.")
    texts = [one for one in members if one.filename.lower().endswith(".txt")]
    if len(texts) != 1:
        names = ", ".join(repr(one.filename[:100]) for one in members[:5]) or "nothing"
        raise UserError(
            f"the zip holds {len(texts)} .txt files where customs put one ({names})."
        )
    if texts[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UserError("the zip is compressed in a way that is not read here.")
    return texts[0]


def _suspect(member: zipfile.ZipInfo) -> str | None:
    """Why an entry shows an archive made to do harm; none when it does not.

    Nothing is ever written under a name from the zip: such an entry could do nothing,
    but it says that the archive is not the customs'.
    """
    # `filename` is already tidied by the module; the original is what was stored.
    name = member.orig_filename.replace("\\", "/")
    if name.startswith("/") or re.match("[A-Za-z]:", name):
        return "is an absolute path"
    if ".." in name.split("/"):
        return "climbs out of its folder"
    if not name.isprintable():
        return "has control characters in its name"
    if stat.S_IFMT(member.external_attr >> 16) not in KINDS:
        return "is a link or a device, not a file"
    if member.flag_bits & 1:
        return "is encrypted"
    return None
