"""Writing files so that a reader only ever sees a complete one."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from commerce_exterieur.errors import UserError


def writable_folder(folder: Path) -> Path:
    """Make the folder and make sure that files can be written in it.

    Raises
    ------
    UserError
        It cannot be made or written to.
    """
    try:
        make_folder(folder)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise cannot_write(folder, error) from error


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each open to readers as the files in it are.

    Whoever makes a site under a strict umask makes it for a web server all the same.
    Folders that exist keep their rights.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    try:
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        folder.chmod(0o755)


def sha256_of(path: Path) -> str:
    """Hash a file, as text."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that it is either the old one or the complete new one.

    Raises
    ------
    UserError
        The folder cannot be written to, or the disk is full.
    """
    replace_files({path: content})


def replace_files(contents: dict[Path, bytes]) -> None:
    """Write files, whose folders are made: all of them, or none and the old ones stay.

    Each is written under another name first; they take their names only when all are
    complete. None is flushed to the disk: a site has thousands, and all are made again
    from the warehouse. What cannot be made again goes through `drafted`.

    Raises
    ------
    UserError
        A folder cannot be made or written to, or the disk is full.
    """
    drafts: dict[Path, Path] = {}
    path = Path()
    try:
        for path, content in contents.items():
            if path.is_dir():
                raise IsADirectoryError(0, "a folder stands in its place")
            make_folder(path.parent)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            drafts[path] = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            drafts[path].chmod(0o644)
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


@contextmanager
def drafted(path: Path, draft: Path | None = None) -> Iterator[BinaryIO]:
    """Write a file under a draft's name; it takes its own once it is on the disk.

    What fails inside leaves the old file, or none, and no draft.

    Parameters
    ----------
    draft
        Where it is written first, on the same disk; by default beside it.

    Raises
    ------
    OSError
        A folder cannot be made or written to, or the disk is full.
    """
    draft = draft or path.with_name(f".{path.name}.part")
    try:
        make_folder(path.parent)
        with draft.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
        flush_to_disk(path.parent)
    finally:
        with suppress(OSError):  # the folder is out of reach: that is raised already
            draft.unlink(missing_ok=True)


def flush_to_disk(path: Path) -> None:
    """Put a file, or the names in a folder, on the disk itself."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Let no other process that asks for it write in the folder.

    Raises
    ------
    UserError
        Another process does.
    """
    with (folder / ".lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(
                f"Another program is writing in {folder}. Wait until it has finished, "
                "or name another folder."
            ) from error
        yield


def cannot_write(path: Path, error: OSError) -> UserError:
    """Say that a file or folder cannot be written, and what to do."""
    return UserError(
        f"{path} cannot be written ({error.strerror}). Free it or change its rights, "
        "or name another folder with --out."
    )
