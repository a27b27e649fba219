"""Look at a folder of customs files: which are read, which are refused, and why.

A file of lines is a `.txt`, or a `.zip` that holds one, as customs ship it or unpacked
by hand as it is. It belongs to a vintage, the month of results: the nearest folder
named `YYYY-MM`, or else the `YYYYMM` in the name of the zip or of its folder. Content
decides what a file is; whatever lies in a vintage's folder is read, known to be beside
the matter, or refused by name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from commerce_exterieur.customs.archive import (
    LARGEST_LISTS,
    Contents,
    LabelList,
    label_list,
    look,
)
from commerce_exterieur.customs.line import Said, reason, said_by
from commerce_exterieur.customs.manifest import (
    PROVIDED,
    SIMULATED,
    Manifest,
    read_manifest,
)
from commerce_exterieur.customs.names import (
    ANNUAL,
    ROLLING,
    FlowName,
    flow_name,
    is_documentation,
    other_shape,
)
from commerce_exterieur.customs.shape import Shape, is_header, lines_of, shape_of
from commerce_exterieur.errors import UserError
from commerce_exterieur.intake.folder import Given, cannot_be_read, look_through, shown
from commerce_exterieur.intake.measure import Measured, measure, stamp
from commerce_exterieur.intake.unpacked import unpack_all

THREADS = 2
NAME_ANOTHER = (
    "Name a folder of official customs files, or leave customs_dir empty for the "
    "sample."
)
#: What DuckDB takes for a pattern in a path: it would read other files.
PATTERN = set("*?[")
#: Lines of a LISEZ-MOI, which may quote lines of a flow file.
LONGEST_README = 200
#: What was measured by this process, with the state of the file then.
_measures: dict[Path, tuple[str, Measured]] = {}


@dataclass(frozen=True)
class CustomsFile:
    """A file of customs lines, ready to be read.

    Attributes
    ----------
    path
        The text to read: the file itself, or what was unpacked of it.
    vintage
        Month of results, `YYYY-MM`.
    name
        Name of the file as it was given, `.txt` or `.zip`.
    sha256
        Hash of the text.
    bytes
        Size of the text.
    lines
        Physical lines of the text, its header included.
    header_lines
        1 when the first of them is the official header, otherwise 0.
    is_plain
        Whether DuckDB's reader takes the text as it is (see `intake.measure`).
    stamp
        State of the text when it was measured, as `stamp` gives it.
    kind
        `annual` or `rolling`: by its name, or else by the years of its lines.
    flow, year
        What its name says that all its lines are; none when it does not say.
    data_origin
        `official`, `simulated` or `provided`, by the manifest beside it.
    published_on
        Day of publication, `YYYY-MM-DD`, by the manifest; none when unknown.
    """

    path: str
    vintage: str
    name: str
    sha256: str
    bytes: int
    lines: int
    header_lines: int
    is_plain: bool
    stamp: str
    kind: str
    flow: str | None
    year: int | None
    data_origin: str
    published_on: str | None


@dataclass(frozen=True)
class DatedList:
    """A list of labels and the vintage it was shipped with."""

    vintage: str
    labels: LabelList


@dataclass(frozen=True)
class Inventory:
    """What a folder holds.

    Attributes
    ----------
    files
        What is to be read, in order of vintage and name.
    refused
        One sentence for each file that must not be left out in silence, in order.
    notes
        What the user should know of files that are read, in order.
    lists
        The lists of labels, in order of vintage; each content once a vintage.
    """

    files: tuple[CustomsFile, ...] = ()
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    lists: tuple[DatedList, ...] = ()


@dataclass(frozen=True)
class _Taken:
    """What one file in the folder brings; nothing when it is beside the matter."""

    file: CustomsFile | None = None
    notes: tuple[str, ...] = ()
    lists: tuple[DatedList, ...] = ()


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
        return Inventory(refused=(unusable,))
    # Unpacked texts are ours, should someone keep the warehouse among the files.
    given, refused = look_through(folder, unpacked)
    manifests, unreadable = _manifests(given, folder)
    texts = _texts([source.path for source in given], unpacked)

    def take(source: Given) -> _Taken | str:
        try:
            return _take(source, texts[source.path], manifests[source.path])
        except UserError as error:
            return f"{shown(source.path)}: {error}"
        except OSError as error:
            return f"{shown(source.path)}: {cannot_be_read(error)}."

    with ThreadPoolExecutor(THREADS) as pool:
        tried = list(pool.map(take, given))
    taken = [outcome for outcome in tried if isinstance(outcome, _Taken)]
    files, namesakes = _without_namesakes(
        {
            source.path: outcome.file
            for source, outcome in zip(given, tried, strict=True)
            if isinstance(outcome, _Taken) and outcome.file
        }
    )
    refused += (
        unreadable
        + [outcome for outcome in tried if isinstance(outcome, str)]
        + namesakes
    )
    refused += _mixed_origins(files)
    if not files and not refused:
        refused = [
            f"customs_dir '{shown(folder)}' holds no file <YYYY-MM>/*.txt or *.zip. "
            + NAME_ANOTHER
        ]
    return Inventory(
        tuple(files),
        tuple(sorted(refused)),
        tuple(sorted(note for found in taken for note in found.notes)),
        _once(labels for found in taken for labels in found.lists),
    )


def _unusable(folder: Path) -> str | None:
    """Why there is no looking at a folder at all; none when there is."""
    try:
        os.scandir(folder).close()
    except FileNotFoundError:
        reason = "does not exist"
    except NotADirectoryError:
        reason = "is not a folder"
    except OSError as error:
        reason = cannot_be_read(error)
    else:
        return None
    return f"customs_dir '{shown(folder)}' {reason}. {NAME_ANOTHER}"


def _texts(paths: list[Path], unpacked: Path) -> dict[Path, Path | Exception]:
    """Find the text of each file: itself, or unpacked from a zip."""
    zips = [path for path in paths if path.suffix.lower() == ".zip"]
    try:
        found = unpack_all(zips, unpacked)
    except OSError as error:
        trouble = UserError(
            f"cannot be unpacked into {shown(unpacked)}: {error.strerror or error}."
        )
        found = dict.fromkeys(zips, trouble)
    return {path: found.get(path, path) for path in paths}


def _manifests(
    given: list[Given], folder: Path
) -> tuple[dict[Path, Manifest], list[str]]:
    """Find the manifest of each file: in its folder or the nearest one above it."""
    read: dict[Path, Manifest | None] = {}
    refused: list[str] = []

    def nearest(place: Path) -> Manifest:
        if place not in read:
            try:
                read[place] = read_manifest(place)
            except UserError as error:
                read[place] = None
                refused.append(str(error))
        found = read[place]
        if found or place == folder or place == place.parent:
            return found or Manifest(PROVIDED)
        return nearest(place.parent)

    return {source.path: nearest(source.path.parent) for source in given}, refused


def _take(given: Given, text: Path | Exception, manifest: Manifest) -> _Taken:
    """Judge one file by its content.

    Raises
    ------
    UserError
        The file is refused.
    OSError
        It cannot be read.
    """
    if isinstance(text, Exception):
        raise text
    is_zip = text != given.path
    measured, state = _measured(text)
    if not is_zip and _is_readme_with_lines(text, measured):
        told = "documentation by its name: the lines it begins with are left out."
        return _Taken(notes=(f"{shown(text)}: {told}",))
    if not is_zip and not _is_flow_text(text, measured):
        return _Taken(lists=_dated(given, _list_alone(text, measured)))
    if not given.vintage:
        raise UserError(given.note)
    names, notes = [given.path.name], [given.note] if given.note else []
    lists: tuple[DatedList, ...] = ()
    if is_zip:
        contents = look(given.path)
        names.append(contents.data.replace("\\", "/").rpartition("/")[2])
        lists = _dated(given, contents.lists)
        notes += _not_understood(contents)
    said = said_by(lines_of(measured.head) + lines_of(measured.tail))
    named = [claim for claim in map(flow_name, names) if claim]
    _refuse_another_content(named, said)
    year, quarter = max(said.quarters, default=(0, 1))
    if f"{year:04}-{3 * quarter - 2:02}" > given.vintage:
        notes.append(
            f"holds lines of quarter {quarter} of {year}, later than its vintage "
            f"{given.vintage}."
        )
    kinds = {claim.kind for claim in named} or {
        ROLLING if len(said.years) > 1 else ANNUAL
    }
    kind = ROLLING if ROLLING in kinds else ANNUAL
    file = CustomsFile(
        path=str(text),
        vintage=given.vintage,
        name=given.path.name,
        sha256=measured.sha256,
        bytes=measured.size,
        lines=measured.lines,
        header_lines=int(is_header(lines_of(measured.head)[0])),
        is_plain=measured.is_plain,
        stamp=state,
        kind=kind,
        flow=named[0].flow if named else None,
        year=named[0].year if named and kind == ANNUAL else None,
        data_origin=manifest.origin_of(given.path.name, measured.sha256),
        published_on=manifest.published_on(given.path.name, measured.sha256),
    )
    return _Taken(file, tuple(f"{shown(given.path)}: {note}" for note in notes), lists)


def _dated(given: Given, lists: Iterable[LabelList]) -> tuple[DatedList, ...]:
    """Date lists like the file they come with; of no vintage, they are of no use."""
    vintage = given.vintage
    return tuple(DatedList(vintage, labels) for labels in lists) if vintage else ()


def _not_understood(contents: Contents) -> list[str]:
    if not contents.not_understood:
        return []
    names = ", ".join(repr(name[:100]) for name in contents.not_understood)
    return [f"holds what is not understood, and left out: {names}."]


def _measured(text: Path) -> tuple[Measured, str]:
    if PATTERN & set(str(text)):
        raise UserError(
            f"the path {shown(text)} holds one of * ? [, which DuckDB takes for a "
            "pattern. Rename it."
        )
    before = stamp(text)
    known = _measures.get(text)
    # One run asks several times; a file in the same state is not read again.
    measured = known[1] if known and known[0] == before else measure(text)
    if stamp(text) != before:
        raise UserError("changes while it is read: wait until it is complete.")
    _measures[text] = (before, measured)
    return measured, before


def _is_readme_with_lines(path: Path, measured: Measured) -> bool:
    """Tell whether a short `.txt` is a LISEZ-MOI that quotes lines of a flow file."""
    return (
        measured.lines <= LONGEST_README
        and is_documentation(path.name)
        and shape_of(measured.head) is Shape.FLOW
    )


def _is_flow_text(path: Path, measured: Measured) -> bool:
    """Tell whether a `.txt` holds lines, and not a list of labels or documentation.

    Raises
    ------
    UserError
        It is none of them.
    """
    shape, other = shape_of(measured.head), other_shape(path.name)
    is_named = flow_name(path.name) is not None
    if shape is Shape.FLOW and other:
        raise UserError(
            f"its name says {other}, its lines are those of a flow file. Give it its "
            "true name, or move it away."
        )
    if shape is Shape.LABELS and is_named:
        raise UserError(
            f"its name says a flow file, it holds {shape.value}. Give it its true "
            "name, or move it away."
        )
    is_vague = shape in (Shape.OTHER, Shape.EMPTY)
    # Named like a flow file, its lines are rejected one by one, with their reasons.
    if shape is Shape.FLOW or (is_vague and is_named):
        return True
    if shape is Shape.LABELS or (is_vague and (other or is_documentation(path.name))):
        return False
    if shape is Shape.OTHER:
        lines = [line for line in lines_of(measured.head) if line.strip()]
        line = lines[0].decode("utf-8", "replace")
        raise UserError(
            f"not understood: its first line is {line[:100]!r} ({reason(line)}), and "
            "its name is none that customs give. Move it away."
        )
    raise UserError(f"{shape.value}. Move it away.")


def _list_alone(path: Path, measured: Measured) -> list[LabelList]:
    """Read what begins like a list of labels, unpacked by hand; nothing otherwise.

    Raises
    ------
    UserError
        It goes on as something else.
    """
    if shape_of(measured.head) is not Shape.LABELS:
        return []
    is_small = measured.size <= LARGEST_LISTS
    labels = label_list(path.name, path.read_bytes()) if is_small else None
    if not labels:
        raise UserError(
            "begins like a list of labels, and goes on as something else. Move it away."
        )
    return [labels]


def _refuse_another_content(named: list[FlowName], said: Said) -> None:
    """Refuse lines of another flow or year than a name says.

    Raises
    ------
    UserError
        Both are said.
    """
    for claim in named:
        other_flow = said.flows and said.flows != {claim.flow}
        other_year = claim.year and said.years and said.years != {claim.year}
        if other_flow or other_year:
            lines = " and ".join(f"{flow}s" for flow in sorted(said.flows))
            years = ", ".join(map(str, sorted(said.years)))
            name = f"{claim.flow}s" + (f" of {claim.year}" if claim.year else "")
            raise UserError(
                f"its name says {name}, its lines are {lines} of {years}. Give it its "
                "true name, or move it away."
            )


def _without_namesakes(
    files: dict[Path, CustomsFile],
) -> tuple[list[CustomsFile], list[str]]:
    """Order files, and set apart those that would be one in the warehouse.

    Parameters
    ----------
    files
        The files, by where they were given.
    """
    single, refused = [], []
    in_order = sorted(files, key=lambda path: (*_name(files[path]), path))
    for (vintage, name), same in groupby(in_order, lambda path: _name(files[path])):
        first, *others = same
        if others:
            paths = " and ".join(map(shown, (first, *others)))
            refused.append(
                f"{paths} have the same name ({name}) in the vintage {vintage}. "
                "Keep one."
            )
        else:
            single.append(files[first])
    return single, refused


def _name(file: CustomsFile) -> tuple[str, str]:
    """Vintage and name: what the warehouse tells files apart by."""
    return file.vintage, file.name


def _mixed_origins(files: list[CustomsFile]) -> list[str]:
    """Refuse simulated files beside others: their sums would be neither."""
    simulated = {file.vintage for file in files if file.data_origin == SIMULATED}
    others = {file.vintage for file in files if file.data_origin != SIMULATED}
    if not simulated or not others:
        return []
    return [
        f"customs_dir mixes simulated vintages ({', '.join(sorted(simulated))}) with "
        f"others ({', '.join(sorted(others))}). Keep them in two folders."
    ]


def _once(lists: Iterable[DatedList]) -> tuple[DatedList, ...]:
    """Order lists, each content once a vintage: both zips of a year bring the same."""
    by_content = {
        (dated.vintage, dated.labels.kind, dated.labels.content): dated
        for dated in sorted(lists, key=lambda dated: (dated.vintage, dated.labels.name))
    }
    return tuple(by_content[key] for key in sorted(by_content))
