"""Writing files so that a reader only ever sees a complete one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from common.errors import UserError


def writable_folder(folder: Path) -> Path:
    """Make the folder and make sure that files can be written in it.

    Raises
    ------
    UserError
        It cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise cannot_write(folder, error) from error


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that it is either the old one or the complete new one.

    Raises
    ------
    UserError
        The folder cannot be written to, or the disk is full.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise cannot_write(path.parent, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        Path(name).unlink(missing_ok=True)


def cannot_write(path: Path, error: OSError) -> UserError:
    """Say that a file or folder cannot be written, and what to do."""
    return UserError(
        f"{path} cannot be written ({error.strerror}). Free it or change its rights, "
        "or name another folder with --out."
    )
