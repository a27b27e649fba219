"""What is in a zip as customs ship it; its lines, unpacked as a stream.

A real zip holds six `.txt` files and a PDF in a folder: the lines, lists of labels, a
LISEZ-MOI, a description. Members are judged by their content; nothing in the archive
is trusted, and no name from it becomes a path.
"""

from __future__ import annotations

import errno
import hashlib
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from commerce_exterieur.customs.labels import Label, decode, list_kind, rows_of
from commerce_exterieur.customs.names import flow_name, is_documentation
from commerce_exterieur.customs.shape import HEAD, Shape, shape_of
from commerce_exterieur.errors import UserError

CHUNK = 1 << 20
#: More entries than customs would ever ship.
MOST_ENTRIES = 500
#: The most that the lists of labels of a zip hold; the real ones have 54 kB.
LARGEST_LISTS = 5_000_000
#: Endings of what describes the data and is none of it.
DOCUMENTS = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".md", ".htm", ".html")
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
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
    """The lines: their hash, size in bytes, number, and name in the archive."""

    sha256: str
    bytes: int
    lines: int
    member: str


@dataclass(frozen=True)
class LabelList:
    """A list of labels.

    Attributes
    ----------
    name
        Its name, without the folders of the archive.
    kind
        `country`, `activity`, `product` or `department`.
    content
        Its bytes as shipped.
    """

    name: str
    kind: str
    content: bytes

    @property
    def rows(self) -> list[Label]:
        """Its codes and labels, in order."""
        return rows_of(decode(self.content), self.kind)


@dataclass(frozen=True)
class Contents:
    """What an archive holds.

    Attributes
    ----------
    data
        Name of the member that holds the lines.
    lists
        The lists of labels.
    not_understood
        Names of members that are neither, nor known to be documentation.
    """

    data: str
    lists: tuple[LabelList, ...]
    not_understood: tuple[str, ...]


def look(archive: Path) -> Contents:
    """Judge what is in an archive, reading the beginning of each member.

    Raises
    ------
    UserError
        The archive is damaged or suspect, or does not hold one flow file.
    OSError
        It cannot be read.
    """
    with _opened(archive) as opened:
        shapes = _shapes(opened)
        data = _only_data(shapes)
        tried = _label_lists(
            opened, [m for m, shape in shapes if shape is Shape.LABELS]
        )
        lists = tuple(labels for labels in tried.values() if labels)
        known = {data.filename, *(name for name, labels in tried.items() if labels)}
        others = [member.filename for member, _ in shapes]
        return Contents(
            data.filename,
            lists,
            tuple(
                name
                for name in others
                if name not in known and not _is_documentation(name)
            ),
        )


def unpack(archive: Path, target: BinaryIO, limits: Limits) -> Unpacked:
    """Write the lines of an archive to an open file.

    Parameters
    ----------
    archive
        The zip.
    target
        Where the lines go; no name found in the zip is used.
    limits
        The largest size, and the largest size over that of the archive.

    Returns
    -------
    Unpacked
        Hash, size and number of the lines. A last one without its line feed counts.

    Raises
    ------
    UserError
        The archive is damaged or suspect, or does not hold one flow file.
    OSError
        The disk refuses.
    """
    with _opened(archive) as opened:
        data = _only_data(_shapes(opened))
        return _unpack(opened, data, target, limits, archive.stat().st_size)


def _unpack(
    opened: zipfile.ZipFile,
    data: zipfile.ZipInfo,
    target: BinaryIO,
    limits: Limits,
    archive_bytes: int,
) -> Unpacked:
    most = min(limits.max_bytes, limits.max_ratio * archive_bytes)
    digest, size, lines, last = hashlib.sha256(), 0, 0, b""
    for chunk in _chunks(opened, data):
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
    return Unpacked(digest.hexdigest(), size, lines + (last != b"\n"), data.filename)


@contextmanager
def _opened(archive: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive; what its damage raises, then or later, is a refusal."""
    try:
        with zipfile.ZipFile(archive) as opened:
            yield opened
    except DAMAGE as error:
        raise UserError(
            f"the zip is damaged or truncated ({str(error) or 'it ends too early'})."
        ) from error
    except OSError as error:
        # A place before the beginning: the table of contents lies.
        if error.errno != errno.EINVAL:
            raise
        raise UserError(f"the zip is damaged or truncated ({error}).") from error


def _chunks(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Read a member, chunk by chunk; a CRC error shows at its end."""
    with opened.open(member) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _shapes(opened: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, Shape]]:
    """Judge each member; refuse archives with anything suspect."""
    members = opened.infolist()
    if len(members) > MOST_ENTRIES:
        raise UserError(f"the zip is refused: it has {len(members):,} entries.")
    for member in members:
        reason = _suspect(member)
        if reason:
            name = member.orig_filename[:100]
            raise UserError(f"the zip is refused: its entry {name!r} {reason}.")
    files = [
        member for member in members if not member.is_dir() and not _is_hidden(member)
    ]
    return [(member, shape_of(_head(opened, member))) for member in files]


def _head(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.compress_type not in _COMPRESSIONS:
        raise UserError(
            f"the zip is compressed in a way that is not read here "
            f"({member.filename[:100]!r})."
        )
    with opened.open(member) as stream:
        return stream.read(HEAD)


def _only_data(shapes: list[tuple[zipfile.ZipInfo, Shape]]) -> zipfile.ZipInfo:
    """Find the one member that holds lines.

    What is not understood is one when its name says so: its lines are then rejected
    one by one, with their reasons. A LISEZ-MOI that quotes lines is none.
    """
    data: list[zipfile.ZipInfo] = []
    wrong: list[tuple[zipfile.ZipInfo, Shape]] = []
    for member, shape in shapes:
        name = _parts(member)[-1]
        is_named = flow_name(name) is not None
        if shape is Shape.FLOW and is_documentation(name):
            continue
        if shape is Shape.FLOW or (is_named and shape is Shape.OTHER):
            data.append(member)
        elif is_named:
            wrong.append((member, shape))
    if not data and not wrong:
        wrong = [
            (member, shape)
            for member, shape in shapes
            if shape not in (Shape.LABELS, Shape.OTHER)
            and not _is_documentation(member.filename)
        ]
    if wrong:
        member, shape = wrong[0]
        raise UserError(
            f"the zip is not read: {member.filename[:100]!r}: {shape.value}."
        )
    if len(data) == 1:
        return data[0]
    if data:
        raise UserError(
            f"the zip holds {len(data)} flow files where customs put one: "
            f"{_names(data)}."
        )
    raise UserError(
        "the zip holds no flow file: no member begins like one "
        f"({_names([member for member, _ in shapes]) or 'it is empty'})."
    )


def _names(members: list[zipfile.ZipInfo]) -> str:
    shown = ", ".join(repr(member.filename[:100]) for member in members[:8])
    return shown + (", …" if len(members) > 8 else "")


def _label_lists(
    opened: zipfile.ZipFile, members: list[zipfile.ZipInfo]
) -> dict[str, LabelList | None]:
    """Read lists, by the names of their members; none for one only at its beginning."""
    # No more is ever read of a member than it says.
    if sum(member.file_size for member in members) > LARGEST_LISTS:
        raise UserError(
            f"the zip is refused: its lists ({_names(members)}) are larger than "
            f"{LARGEST_LISTS:,} bytes."
        )
    return {
        member.filename: label_list(_parts(member)[-1], opened.read(member))
        for member in members
    }


def label_list(name: str, content: bytes) -> LabelList | None:
    """Take a whole file for a list of labels; none when it is no list.

    Parameters
    ----------
    name
        Its name, without folders.
    content
        Its bytes.
    """
    kind = list_kind(decode(content))
    return LabelList(name, kind, content) if kind else None


def _is_documentation(name: str) -> bool:
    return name.lower().endswith(DOCUMENTS) or is_documentation(name)


def _is_hidden(member: zipfile.ZipInfo) -> bool:
    """Whether a system put it there: dot files, the `__MACOSX` of a Mac."""
    return any(part.startswith(".") or part == "__MACOSX" for part in _parts(member))


def _parts(member: zipfile.ZipInfo) -> list[str]:
    return member.filename.replace("\\", "/").split("/")


def _suspect(member: zipfile.ZipInfo) -> str | None:
    """Why an entry shows an archive made to do harm; none when it does not.

    Nothing is ever written under a name from the zip: such an entry could do nothing,
    but it says that the archive is not the customs'.
    """
    # `filename` is already tidied by the module; the original is what was stored.
    name = member.orig_filename.replace("\\", "/")
    if not name:
        return "has no name"
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
