"""What one reading of a text file's bytes says: its hash, its lines, its characters."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from commerce_exterieur.customs.shape import HEAD

CHUNK = 8 << 20
#: Bytes of the longest line that counts as plain: DuckDB's reader stops at 2 MB.
LONGEST = 1_000_000
PRINTABLE = bytes(range(0x20, 0x7F))


@dataclass(frozen=True)
class Measured:
    """What the bytes of a text say.

    Attributes
    ----------
    sha256
        Hash of the bytes, in hexadecimal.
    size
        How many there are.
    lines
        Physical lines: one ends at LF, and a last one without it counts.
    is_plain
        Whether DuckDB's reader takes the text as it is: printable ASCII in lines that
        all end at LF, or all at CRLF, none longer than `LONGEST`; a byte order mark
        may begin it. (Of a text with both ends it makes lines that are not there, or
        reads lines twice.)
    head, tail
        The first `HEAD` bytes, and the last.
    """

    sha256: str
    size: int
    lines: int
    is_plain: bool
    head: bytes
    tail: bytes


def stamp(path: Path) -> str:
    """Tell one state of a file from the next without reading it.

    Parameters
    ----------
    path
        The file; a link stands for its target.

    Returns
    -------
    str
        Size and time of modification in nanoseconds, `68815428:1763871000000000000`;
        empty when there is no such file.
    """
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_size}:{found.st_mtime_ns}"


def measure(path: Path, chunk: int = CHUNK, longest: int = LONGEST) -> Measured:
    """Read a file once, in chunks.

    Parameters
    ----------
    path
        The file.
    chunk
        Bytes read at once.
    longest
        Bytes of the longest line that counts as plain, its line feed left out.

    Returns
    -------
    Measured
        Hash, size, lines, and whether the text is plain.

    Raises
    ------
    OSError
        The file cannot be read.
    """
    digest, size, tally = hashlib.sha256(), 0, _Tally(longest)
    head, tail = b"", b""
    with path.open("rb") as stream:
        while read := stream.read(chunk):
            digest.update(read)
            size += len(read)
            head += read[: HEAD - len(head)]
            tail = (tail + read[-HEAD:])[-HEAD:]
            tally.add(read)
    mark = len(codecs.BOM_UTF8)
    # Nothing but a mark is one line, of which DuckDB makes none.
    is_marked = head.startswith(codecs.BOM_UTF8) and size > mark
    return Measured(
        sha256=digest.hexdigest(),
        size=size,
        lines=tally.feeds + (tally.unended > 0),
        is_plain=tally.strange == is_marked * mark
        and tally.ends_alike
        and not tally.is_long,
        head=head,
        tail=tail,
    )


@dataclass
class _Tally:
    """Counts over chunks; what spans two of them is remembered in between.

    Attributes
    ----------
    longest
        Bytes of the longest line allowed.
    feeds
        LF seen.
    returns
        CR seen.
    pairs
        CRLF seen.
    strange
        Bytes seen that are neither printable ASCII nor CR nor LF.
    is_long
        Whether a line longer than allowed was seen.
    unended
        Bytes since the last LF.
    last
        The last byte.
    """

    longest: int
    feeds: int = 0
    returns: int = 0
    pairs: int = 0
    strange: int = 0
    is_long: bool = False
    unended: int = 0
    last: bytes = b""

    @property
    def ends_alike(self) -> bool:
        """Whether no CR is outside a line's end, and all lines end in one way."""
        return self.returns == self.pairs and self.pairs in (0, self.feeds)

    def add(self, chunk: bytes) -> None:
        """Count one more chunk, not empty."""
        # What is left is a few per cent of a customs file: quick to count in.
        left = chunk.translate(None, PRINTABLE)
        feeds, returns = left.count(b"\n"), left.count(b"\r")
        self.feeds += feeds
        self.strange += len(left) - feeds - returns
        self.returns += returns
        self.pairs += chunk.count(b"\r\n") if returns else 0
        self.pairs += self.last == b"\r" and chunk.startswith(b"\n")
        self.last = chunk[-1:]
        self.is_long = self.is_long or self._has_long_line(chunk)
        self.unended = (
            len(chunk) - 1 - chunk.rfind(b"\n") if feeds else self.unended + len(chunk)
        )

    def _has_long_line(self, chunk: bytes) -> bool:
        """Hop from a line feed to the last one within the longest line's reach."""
        start = -self.unended
        while len(chunk) - start > self.longest:
            feed = chunk.rfind(b"\n", max(start, 0), start + self.longest + 1)
            if feed < 0:
                return True
            start = feed + 1
        return False
