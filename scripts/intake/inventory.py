"""Look at a folder of customs files: which are read, which are refused, and why.

A file to read is a `.txt`, or a `.zip` that holds one. It belongs to a vintage, the
month of publication: the name of the folder it lies in, `YYYY-MM`, or else the `YYYYMM`
in the zip's name. What could be data and is not read is refused by name, never left
out in silence.
"""

from __future__ import annotations

import codecs
import os
import re
import stat as modes
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from common.errors import UserError
from fetching.catalogue import month_named, other_shape, printable, words
from intake.measure import measure, stamp
from intake.unpacked import unpack_all

THREADS = 2
NAME_ANOTHER = (
    "Name a folder of official customs files, or leave customs_dir empty for the "
    "sample."
)
VINTAGE = re.compile("(19|20)[0-9]{2}-(0[1-9]|1[0-2])")
READ = {".txt", ".zip"}
SPREADSHEETS = {".xls", ".xlsx", ".xlsm", ".xlsb", ".ods"}
#: Endings of files that look like data, in shapes that customs do not publish.
FOREIGN = {
    *(".csv", ".tsv", ".json", ".parquet"),
    *(".gz", ".tgz", ".bz2", ".xz", ".zst", ".tar", ".7z", ".rar"),
}
UNFINISHED = {".part", ".unfinished"}
#: What DuckDB takes for a pattern in a path: it would read other files.
PATTERN = set("*?[")
#: A line of a flow file:
#: flow;quarter;year;department;region;a129;cpf4;country;euros;kilograms
FLOW_LINE = re.compile(
    rb"[IE];[1-4];(19|20)[0-9]{2};[0-9A-Z]{2};[0-9A-Z]{2};[0-9A-Z]{4};[0-9]{4};"
    rb"[0-9A-Z]{2};[0-9]+;[0-9]+"
)
#: A line of a national file:
#: flow;month;year;cpf6;a129;nc8;country;euros;kilograms;units
NATIONAL_LINE = re.compile(
    rb"[IE];(0[1-9]|1[0-2]);(19|20)[0-9]{2};[0-9A-Z]{5,6};[0-9A-Z]*;[0-9]{8};"
    rb"[0-9A-Z]{2};.*"
)


@dataclass(frozen=True)
class CustomsFile:
    """A file of customs lines, ready to be read.

    Attributes
    ----------
    path
        The text to read: the file itself, or what was unpacked of it.
    vintage
        Month of publication, `YYYY-MM`.
    name
        Name of the file as it was given, `.txt` or `.zip`.
    sha256
        Hash of the text.
    bytes
        Size of the text.
    lines
        Physical lines of the text.
    is_plain
        Whether DuckDB's reader takes the text as it is (see `intake.measure`).
    stamp
        State of the text when it was measured, as `stamp` gives it.
    """

    path: str
    vintage: str
    name: str
    sha256: str
    bytes: int
    lines: int
    is_plain: bool
    stamp: str


@dataclass(frozen=True)
class Inventory:
    """What a folder holds.

    Attributes
    ----------
    files
        What is to be read, in order of vintage and name.
    refused
        One sentence for each file that must not be left out in silence, in order.
    """

    files: tuple[CustomsFile, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class _Given:
    """A file in the folder, before it is opened."""

    path: Path
    vintage: str
    name: str


def inventory(folder: Path, unpacked: Path) -> Inventory:
    """Look at a folder of customs files, given by hand or fetched.

    Parameters
    ----------
    folder
        The folder, with its sub-folders.
    unpacked
        Where the texts of zips go (see `intake.unpacked`).

    Returns
    -------
    Inventory
        The files to read, and what is refused.
    """
    unusable = _unusable(folder)
    if unusable:
        return Inventory((), (unusable,))
    given, refused = _look(folder, unpacked)
    given, namesakes = _without_namesakes(given)
    texts = _texts([one.path for one in given], unpacked)
    with ThreadPoolExecutor(THREADS) as pool:
        tried = list(pool.map(_read, given, (texts[one.path] for one in given)))
    files = [one for one in tried if isinstance(one, CustomsFile)]
    refused += namesakes + [one for one in tried if isinstance(one, str)]
    if not files and not refused:
        refused = [
            f"customs_dir '{_shown(folder)}' holds no file <YYYY-MM>/*.txt or *.zip. "
            + NAME_ANOTHER
        ]
    return Inventory(tuple(files), tuple(sorted(refused)))


def _unusable(folder: Path) -> str | None:
    """Why there is no looking at a folder at all; none when there is."""
    try:
        os.scandir(folder).close()
    except FileNotFoundError:
        reason = "does not exist"
    except NotADirectoryError:
        reason = "is not a folder"
    except OSError as error:
        reason = _cannot_be_read(error)
    else:
        return None
    return f"customs_dir '{_shown(folder)}' {reason}. {NAME_ANOTHER}"


def _look(folder: Path, unpacked: Path) -> tuple[list[_Given], list[str]]:
    """Choose by name; nothing is opened."""
    given, refused = [], []
    # Unpacked texts are ours, should someone keep the warehouse among the files.
    for path in _walk(folder, _identity(unpacked)):
        if isinstance(path, UserError):
            refused.append(str(path))
            continue
        try:
            chosen = _choose(path, folder)
            if chosen:
                given.append(chosen)
        except UserError as error:
            refused.append(f"{_shown(path)}: {error}")
        except OSError as error:
            refused.append(f"{_shown(path)}: {_cannot_be_read(error)}.")
    return given, refused


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
        yield UserError(f"{_shown(folder)}: {_cannot_be_read(error)}.")
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


def _choose(path: Path, folder: Path) -> _Given | None:
    """Tell from its name whether a file is read; none when it is nobody's data.

    Raises
    ------
    UserError
        The file is refused.
    """
    ending = path.suffix.lower()
    if path.name == "manifest.json" or ending in UNFINISHED:
        return None
    if path.is_symlink() and not path.exists():
        raise UserError("this link leads nowhere. Mend it or delete it.")
    out = f"Move it out of {_shown(folder)}."
    if ending in FOREIGN:
        raise UserError(
            f"customs publish .txt files in .zip files, and nothing else is read. {out}"
        )
    if ending not in READ | SPREADSHEETS:
        return None
    other = other_shape(words(path.name)) or (
        "a spreadsheet" if ending in SPREADSHEETS else None
    )
    if other:
        raise UserError(f"{other}. It is not read here. {out}")
    if not modes.S_ISREG(path.stat().st_mode):
        raise UserError(f"not a file but a pipe or a device. {out}")
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise UserError("its name is not UTF-8. Rename it.") from None
    if any(unicodedata.category(letter) in ("Cc", "Cf") for letter in str(path)):
        raise UserError("its name has letters that no screen shows. Rename it.")
    return _Given(path, _vintage(path, folder), path.name)


def _vintage(path: Path, folder: Path) -> str:
    """Name the vintage of a file: by the nearest folder, or else by the zip's name.

    Raises
    ------
    UserError
        Neither says it.
    """
    inside = path.relative_to(folder).parts[:-1]
    for name in (*reversed(inside), folder.name, folder.resolve().name):
        if VINTAGE.fullmatch(name):
            return name
    is_zip = path.suffix.lower() == ".zip"
    month = month_named(words(path.name)) if is_zip else None
    if month:
        return month
    raise UserError(
        "a customs file lies in a folder named after its vintage, the month of "
        "publication (YYYY-MM)"
        + (", unless the name of a zip holds it (one YYYYMM)" if is_zip else "")
        + f". Move it to {_shown(folder / '<YYYY-MM>' / path.name)}."
    )


def _without_namesakes(given: list[_Given]) -> tuple[list[_Given], list[str]]:
    """Order files, and set apart those that would be one in the warehouse."""
    single, refused = [], []
    given = sorted(given, key=lambda one: (one.vintage, one.name, one.path))
    for (vintage, _), same in groupby(given, lambda one: (one.vintage, one.name)):
        first, *others = same
        if others:
            paths = " and ".join(_shown(one.path) for one in (first, *others))
            refused.append(
                f"{paths} have the same name in the vintage {vintage}. Keep one."
            )
        else:
            single.append(first)
    return single, refused


def _texts(paths: list[Path], unpacked: Path) -> dict[Path, Path | Exception]:
    """Find the text of each file: itself, or unpacked from a zip."""
    zips = [path for path in paths if path.suffix.lower() == ".zip"]
    try:
        found = unpack_all(zips, unpacked)
    except OSError as error:
        trouble = UserError(
            f"cannot be unpacked into {_shown(unpacked)}: {error.strerror or error}."
        )
        found = dict.fromkeys(zips, trouble)
    return {path: found.get(path, path) for path in paths}


def _read(given: _Given, text: Path | Exception) -> CustomsFile | str:
    """Measure one file; a sentence when it is refused."""
    try:
        if isinstance(text, Exception):
            raise text
        return _measured(given, text)
    except UserError as error:
        return f"{_shown(given.path)}: {error}"
    except OSError as error:
        return f"{_shown(given.path)}: {_cannot_be_read(error)}."


def _measured(given: _Given, text: Path) -> CustomsFile:
    if PATTERN & set(str(text)):
        raise UserError(
            f"the path {_shown(text)} holds one of * ? [, which DuckDB takes for a "
            "pattern. Rename it."
        )
    before = stamp(text)
    measured = measure(text)
    if stamp(text) != before:
        raise UserError("changes while it is read: wait until it is complete.")
    if _is_national(measured.head):
        raise UserError(
            "the lines of a national file (flow;month;year;cpf6;a129;nc8;…): no "
            "departments. Move it away: the regional files are read here."
        )
    return CustomsFile(
        path=str(text),
        vintage=given.vintage,
        name=given.name,
        sha256=measured.sha256,
        bytes=measured.bytes,
        lines=measured.lines,
        is_plain=measured.is_plain,
        stamp=before,
    )


def _is_national(head: bytes) -> bool:
    """Whether the first lines are those of a national file, and none of a flow file."""
    lines = head.removeprefix(codecs.BOM_UTF8).splitlines()
    return any(NATIONAL_LINE.fullmatch(line) for line in lines) and not any(
        FLOW_LINE.fullmatch(line) for line in lines
    )


def _cannot_be_read(error: OSError) -> str:
    return f"cannot be read: {error.strerror or error}"


def _shown(path: Path) -> str:
    """Write a path on one line of visible characters."""
    return printable(os.fsencode(path).decode("utf-8", "backslashreplace"))
