"""Walk a folder of customs files and choose by name; nothing is opened."""

from __future__ import annotations

import os
import stat as modes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commerce_exterieur.customs.archive import DOCUMENTS
from commerce_exterieur.customs.manifest import NAME as MANIFEST
from commerce_exterieur.customs.names import (
    NATIONAL,
    SPREADSHEET,
    VINTAGE,
    flow_name,
    names_a_region,
    other_shape,
    printable,
    results_month,
)
from commerce_exterieur.errors import UserError

READ = {".txt", ".zip"}
SPREADSHEETS = {".xls", ".xlsx", ".xlsm", ".xlsb", ".ods"}
#: Endings of files that look like data, in shapes that customs do not publish.
FOREIGN = {
    *(".csv", ".tsv", ".json", ".parquet", ".dat", ".text"),
    *(".gz", ".tgz", ".bz2", ".xz", ".zst", ".tar", ".7z", ".rar"),
}
#: What describes data or draws it, and what systems leave in folders.
BESIDE = {*DOCUMENTS, ".png", ".jpg", ".jpeg", ".svg", ".ini", ".db", ".lnk", ".url"}
UNFINISHED = {
    *(".part", ".partial", ".unfinished", ".crdownload", ".download", ".opdownload"),
    *(".tmp", ".temp"),
}


@dataclass(frozen=True)
class Given:
    """A file in the folder, before it is opened.

    Attributes
    ----------
    path
        Where it is.
    vintage
        Month of results, `YYYY-MM`; none when nothing says it.
    note
        What the user should know of the vintage, empty when nothing; without a
        vintage, why the file is refused.
    """

    path: Path
    vintage: str | None
    note: str


def look_through(folder: Path, unpacked: Path) -> tuple[list[Given], list[str]]:
    """Choose files by name.

    Parameters
    ----------
    folder
        The folder, with its sub-folders.
    unpacked
        A folder of our own texts, passed over.

    Returns
    -------
    tuple
        The files to open, and a sentence for each that is refused.
    """
    given, refused = [], []
    for path in _walk(folder, _identity(unpacked)):
        if isinstance(path, UserError):
            refused.append(str(path))
            continue
        try:
            chosen = _choose(path, folder)
            if chosen:
                given.append(chosen)
        except UserError as error:
            refused.append(f"{shown(path)}: {error}")
        except OSError as error:
            refused.append(f"{shown(path)}: {cannot_be_read(error)}.")
    return given, refused


def cannot_be_read(error: OSError) -> str:
    """Say that the system refuses to read something."""
    return f"cannot be read: {error.strerror or error}"


def shown(path: Path) -> str:
    """Write a path on one line of visible characters."""
    return printable(os.fsencode(path).decode("utf-8", "backslashreplace"))


def _walk(
    folder: Path, passed: frozenset[tuple[int, int]]
) -> Iterator[Path | UserError]:
    """Yield what is in a folder and below, and the folders that cannot be read.

    Links are followed, except back to a folder on the way.
    """
    here = _identity(folder)
    if here & passed:
        return
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        yield UserError(f"{shown(folder)}: {cannot_be_read(error)}.")
    else:
        for path in paths:
            if path.name.startswith(".") or path.name == "__MACOSX":
                continue
            if _is_folder(path):
                yield from _walk(path, passed | here)
            else:
                yield path


def _identity(path: Path) -> frozenset[tuple[int, int]]:
    """Device and inode, the same under every name; empty when there is nothing."""
    try:
        found = path.stat()
    except OSError:
        return frozenset()
    return frozenset({(found.st_dev, found.st_ino)})


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _choose(path: Path, folder: Path) -> Given | None:
    """Tell from its name whether a file is opened; none when it is beside the matter.

    Raises
    ------
    UserError
        The file is refused.
    """
    ending = path.suffix.lower()
    if path.is_symlink() and not path.exists():
        raise UserError("this link leads nowhere. Mend it or delete it.")
    if path.name == MANIFEST or (ending in BESIDE and not flow_name(path.name)):
        return None
    out = f"Move it out of {shown(folder)}."
    reason = _of_another_shape(path)
    if reason:
        raise UserError(f"{reason}. It is not read here. {out}")
    given = _dated(path, folder)
    if ending not in READ:
        may_be_data = given.vintage or ending in FOREIGN or names_a_region(path.name)
        if not may_be_data:
            return None
        raise UserError(
            "customs publish .txt files in .zip files, and nothing else is read "
            f"({f'not {ending}' if ending else 'it has no ending'}). {out}"
        )
    if not modes.S_ISREG(path.stat().st_mode):
        raise UserError(f"not a file but a pipe or a device. {out}")
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise UserError("its name is not UTF-8. Rename it.") from None
    if any(unicodedata.category(letter) in ("Cc", "Cf") for letter in str(path)):
        raise UserError("its name has letters that no screen shows. Rename it.")
    return given


def _of_another_shape(path: Path) -> str | None:
    """Why a name is that of something else customs publish; none when it is not."""
    ending = path.suffix.lower()
    other = other_shape(path.name)
    if ending in UNFINISHED:
        return "an unfinished download: finish it, or delete it"
    if ending in SPREADSHEETS:
        return other or "a spreadsheet"
    # Whether it is a list or a LISEZ-MOI, the content says.
    is_workbook = ending == ".zip" and other == SPREADSHEET
    return other if other == NATIONAL or is_workbook else None


def _dated(path: Path, folder: Path) -> Given:
    """Date a file by its folder, or else by the name of its zip, unpacked or not."""
    inside = path.relative_to(folder).parts[:-1]
    folders = [*reversed(inside), folder.name, folder.resolve().name]
    is_zip = path.suffix.lower() == ".zip"
    zips = [path.name] * is_zip + [name for name in folders if names_a_region(name)]
    vintage = next((name for name in folders if VINTAGE.fullmatch(name)), None)
    named = next(filter(None, map(results_month, zips)), None)
    if vintage or named:
        note = (
            f"read as results of {vintage}, as its folder says; the name of its zip "
            f"says {named}. Folders are named after the month of results, not of "
            "publication."
        )
        contradicts = vintage and named and vintage != named
        return Given(path, vintage or named, note if contradicts else "")
    advice = (
        "a customs file lies in a folder named after its vintage, the month of "
        "results (YYYY-MM)"
        + (", unless the name of a zip holds it (one YYYYMM)" if is_zip else "")
        + f". Move it to {shown(folder / '<YYYY-MM>' / path.name)}."
    )
    return Given(path, None, advice)
