"""Texts of zips, unpacked once into a folder of our own and named by their zip's hash.

Several builds may use the folder at once: one of them works in it at a time, and none
deletes a text that another still reads.
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from commerce_exterieur.customs.archive import Limits, unpack
from commerce_exterieur.errors import UserError
from commerce_exterieur.files import drafted, sha256_of

THREADS = 2
LIMITS = Limits()
OURS = re.compile(r"[0-9a-f]{64}\.txt(\.part)?")

#: The texts this process reads, open under a shared lock that others respect. The
#: system lets go of it however the process ends.
_held: dict[Path, BinaryIO] = {}


def unpack_all(
    archives: Iterable[Path], folder: Path
) -> dict[Path, Path | UserError | OSError]:
    """Unpack zips that are not yet, and delete the texts that none of them needs.

    Parameters
    ----------
    archives
        The zips.
    folder
        Where the texts go, `<sha256 of the zip>.txt`; made when it is needed.

    Returns
    -------
    dict
        The text of each zip, or why there is none.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    archives = list(archives)
    if not archives and not folder.is_dir():
        return {}
    with ThreadPoolExecutor(THREADS) as pool:
        hashes = dict(zip(archives, pool.map(_hash, archives), strict=True))
        # A zip given twice is unpacked once.
        sources = {
            folder / f"{sha256}.txt": archive
            for archive, sha256 in hashes.items()
            if isinstance(sha256, str)
        }
        with _locked(folder):
            done = pool.map(_unpack, sources.values(), sources)
            texts = dict(zip(sources, done, strict=True))
            _delete_others(folder, {text for text in texts if texts[text] == text})
    return {
        archive: texts[folder / f"{sha256}.txt"] if isinstance(sha256, str) else sha256
        for archive, sha256 in hashes.items()
    }


def _hash(archive: Path) -> str | OSError:
    try:
        return sha256_of(archive)
    except OSError as error:
        return error


def _unpack(archive: Path, text: Path) -> Path | UserError | OSError:
    """Unpack one zip, unless that was done, and keep others from deleting its text."""
    try:
        if not text.is_file():
            _write(archive, text)
        _hold(text)
    except (UserError, OSError) as error:
        return error
    return text


def _write(archive: Path, text: Path) -> None:
    """Unpack under a draft's name; the text takes its own once it is on the disk.

    A draft that a killed run left is deleted with the texts that nothing needs.
    """
    draft = text.with_name(f"{text.name}.part")
    with drafted(text, draft) as stream:
        try:
            unpack(archive, stream, LIMITS)
        except UserError as error:
            advice = "Download it again, or move it away."
            raise UserError(f"{error} {advice}") from error
        if sha256_of(archive) != text.stem:
            raise UserError("changes while it is read: wait until it is complete.")


def _hold(text: Path) -> None:
    stream = text.open("rb")
    fcntl.flock(stream, fcntl.LOCK_SH)
    _release(text)
    _held[text.absolute()] = stream


def _release(text: Path) -> None:
    stream = _held.pop(text.absolute(), None)
    if stream:
        stream.close()


def _delete_others(folder: Path, needed: set[Path]) -> None:
    """Delete what an earlier run left behind, but for what others read right now."""
    for path in set(folder.iterdir()) - needed:
        if not OURS.fullmatch(path.name) or not path.is_file():
            continue
        _release(path)
        with path.open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            path.unlink()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Make the folder, and wait until no other thread or process works in it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
