"""Rebuild the reference seeds from the label files customs publish.

    python scripts/build_reference.py --labels DIR

Customs own the codes, their official labels and their validity; we own the rest of
each row (readable names, English, crosswalks), which no file gives. So a rebuild
refreshes the producer's columns and keeps ours. It prints, for a human to settle, every
code that appeared (its row is filled by default), changed or vanished (its row stays:
old lines still carry the code).

The seeds `regions` and `territoires_industrie` are kept by hand: the first is checked
against the producer's file and never rewritten, the second has no file from customs.

Source: Direction générale des douanes et droits indirects, Licence Ouverte 2.0.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
import tempfile
import textwrap
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from babel import Locale

from commerce_exterieur.errors import UserError
from commerce_exterieur.warehouse import PROJECT

SEEDS = PROJECT / "seeds" / "reference"

# Drawings have room for this many characters.
NAME_WIDTH = 32

# Two-letter codes that CLDR names or customs use although ISO 3166-1 gives them to no
# country: user-assigned ones (all of X., and QM to QZ) and reserved ones.
NOT_ISO = re.compile(r"X[A-Z]|Q[M-Z]|AA|ZZ|AC|CP|CQ|DG|EA|EU|EZ|IC|TA|UN")

MONTH = r"[0-9]{4}(0[1-9]|1[0-2])"
LABEL = r".*\S.*"

Row = dict[str, str]
Key = tuple[str, ...]


@dataclass(frozen=True)
class LabelFile:
    """A label file of the producer: its name and the four columns it really has.

    Attributes
    ----------
    glob
        Pattern of the file name; exactly one file of the folder must match.
    columns
        Seed column each field feeds, with the regular expression its value follows.
    key
        Columns that identify a line.
    """

    glob: str
    columns: dict[str, str]
    key: Key


COUNTRY_LABELS = LabelFile(
    "Libelle_PAYS.txt",
    {
        "country_code": "[A-Z]{2}",
        "label_official": LABEL,
        "valid_from": MONTH,
        "valid_to": MONTH,
    },
    # Customs reuse a code once it is free (QU, XK, XS): the code alone is no key.
    ("country_code", "valid_from"),
)
PRODUCT_LABELS = LabelFile(
    "Libelle_CPF4*.txt",
    {
        "product_code": "[0-9]{4}",
        "product_name_fr": LABEL,
        "valid_from": MONTH,
        "valid_to": MONTH,
    },
    ("product_code",),
)
ACTIVITY_LABELS = LabelFile(
    "Libelle_A129.txt",
    {
        "activity_code": "[A-Z][0-9]{2}[A-Z]",
        "activity_name_fr": LABEL,
        "valid_from": MONTH,
        "valid_to": MONTH,
    },
    ("activity_code",),
)
DEPARTMENT_LABELS = LabelFile(
    "Departement_region.txt",
    {
        "customs_code": "[0-9][0-9A-Z]",
        "department_name": LABEL,
        "customs_region_code": "[0-9]{2}",
        "customs_region_name": LABEL,
    },
    ("customs_code",),
)

COUNTRY_COLUMNS = (
    "country_code",
    "valid_from",
    "valid_to",
    "label_official",
    "country_name_fr",
    "country_name_en",
    "name_in_sentence_fr",
    "genitive_fr",
    "locative_fr",
    "iso_alpha2",
    "iso_alpha3",
    "eu_member_from",
    "eu_member_to",
    "category",
)
PRODUCT_COLUMNS = (
    "product_code",
    "product_name_fr",
    "activity_code",
    "is_goods",
    "mapping_basis",
)
ACTIVITY_COLUMNS = (
    "activity_code",
    "activity_name_fr",
    "activity_name_en",
    "activity_short_fr",
    "activity_short_en",
    "activity_abbreviation_fr",
    "activity_abbreviation_en",
    "a38_code",
    "a38_name_fr",
    "a38_name_en",
    "a38_short_fr",
    "a38_short_en",
    "a17_code",
    "a17_name_fr",
    "a17_name_en",
    "section",
    "is_energy",
)
DEPARTMENT_COLUMNS = (
    "customs_code",
    "insee_code",
    "department_name",
    "name_in_sentence_fr",
    "genitive_fr",
    "locative_fr",
    "insee_region_code",
    "customs_region_code",
    "prefectures",
    "note",
)
REGION_COLUMNS = (
    "insee_code",
    "customs_code",
    "region_name",
    "name_in_sentence_fr",
    "genitive_fr",
    "locative_fr",
)


def find_file(folder: Path, glob: str) -> Path:
    """Return the only file of a folder that matches a pattern.

    Raises
    ------
    UserError
        No file matches, or several do.
    """
    found = sorted(folder.glob(glob))
    if not found:
        raise UserError(
            f"{folder / glob} does not exist. Put the four label files of the "
            "producer (countries, CPF4, A129, departments) in one folder and name "
            "that folder with --labels."
        )
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise UserError(f"{folder} holds {names}: keep one of them only.")
    return found[0]


def decode(path: Path) -> tuple[str, str]:
    """Decode a label file, which may be UTF-8 (with or without BOM) or Windows-1252.

    The producer announces UTF-8 and ships both. UTF-8 goes first: it refuses nearly
    every Windows-1252 text, while Windows-1252 reads any UTF-8 text as nonsense.

    Returns
    -------
    tuple[str, str]
        The text and the name of the encoding that was used.

    Raises
    ------
    UserError
        The file cannot be read, or is in neither encoding.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return content.decode("utf-8-sig"), "utf-8-sig"
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"{path.name}, line {line}: byte 0x{content[error.start]:02X} is neither "
            "UTF-8 nor Windows-1252. Download the file again, or save it as UTF-8."
        ) from error


def read_labels(folder: Path, layout: LabelFile) -> tuple[list[Row], str]:
    """Read one label file of the producer, without header, separated by `;`.

    Returns
    -------
    tuple[list[Row], str]
        One row per line, under the names of `layout.columns`, and a sentence that
        says which file was read, how many lines it has and how it was encoded.

    Raises
    ------
    UserError
        The file is missing, empty or unreadable, or a line has the wrong number of
        columns, a malformed value, or the key of an earlier line.
    """
    path = find_file(folder, layout.glob)
    text, encoding = decode(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    rows: list[Row] = []
    first_line: dict[Key, int] = {}
    try:
        for fields in reader:
            if not fields:
                continue
            place = f"{path.name}, line {reader.line_num}"
            row = check_line(fields, layout, place)
            key = tuple(row[column] for column in layout.key)
            if key in first_line:
                raise UserError(
                    f"{place}: {' '.join(key)!r} was already given on line "
                    f"{first_line[key]}. Remove one of the two lines."
                )
            first_line[key] = reader.line_num
            rows.append(row)
    except csv.Error as error:
        raise UserError(
            f"{path.name}, line {reader.line_num}: {error}. A label that holds `;` "
            "must stand between double quotes that are opened and closed."
        ) from error
    if not rows:
        raise UserError(f"{path.name} holds no line. Download the file again.")
    return rows, f"{path.name}: {len(rows)} lines, read as {encoding}"


def check_line(fields: list[str], layout: LabelFile, place: str) -> Row:
    """Name the fields of a line and check that each looks as it should.

    Runs of white space become one space: the producer doubles some, and mixes plain
    and no-break spaces before `;`, which would defeat a search on the label.

    Raises
    ------
    UserError
        Wrong number of columns, or a malformed value.
    """
    if len(fields) != len(layout.columns):
        raise UserError(
            f"{place}: {len(fields)} columns instead of {len(layout.columns)} "
            f"({', '.join(layout.columns)}). Mend the line; a label that holds `;` "
            "must stand between double quotes."
        )
    row = {
        column: " ".join(field.split())
        for column, field in zip(layout.columns, fields, strict=True)
    }
    for column, pattern in layout.columns.items():
        if not re.fullmatch(pattern, row[column]):
            raise UserError(
                f"{place}: {column} is {row[column]!r}, which does not follow "
                f"{pattern}. Mend the line, or download the file again."
            )
    if row.get("valid_from", "") > row.get("valid_to", ""):
        raise UserError(
            f"{place}: valid from {row['valid_from']} to {row['valid_to']}, which "
            "ends before it starts. Mend the line, or download the file again."
        )
    return row


def read_seed(path: Path, columns: tuple[str, ...]) -> list[Row]:
    """Read one of our own seeds.

    Raises
    ------
    UserError
        The seed is missing, or its header or one of its lines is not as expected.
    """
    mend = "Restore the seed with `git restore`."
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}. {mend}") from error
    if tuple(reader.fieldnames or ()) != columns:
        raise UserError(f"{path}: the header is not {','.join(columns)}. {mend}")
    for row in rows:
        # DictReader files surplus fields under None and fills missing ones with None.
        if None in row or None in row.values():
            raise UserError(
                f"{path}: the line of {row[columns[0]]!r} does not have "
                f"{len(columns)} columns. {mend}"
            )
    return rows


def write_seeds(
    folder: Path, seeds: dict[str, tuple[tuple[str, ...], list[Row]]]
) -> None:
    """Write several seeds: none is replaced before all of them are on disk.

    Parameters
    ----------
    folder
        Where the seeds are.
    seeds
        For each file name, its columns and its rows, in the order to be written.

    Raises
    ------
    UserError
        The folder cannot be written to.
    """
    try:
        # Inside the folder, so that a draft only has to be renamed to take its place.
        with tempfile.TemporaryDirectory(dir=folder) as drafts:
            for name, (columns, rows) in seeds.items():
                draft = Path(drafts, name)
                with draft.open("w", encoding="utf-8", newline="") as file:
                    writer = csv.DictWriter(file, columns, lineterminator="\n")
                    writer.writeheader()
                    writer.writerows(rows)
            for name in seeds:
                Path(drafts, name).replace(folder / name)
    except OSError as error:
        raise UserError(
            f"The seeds cannot be written: {error}. Free some room, or make the "
            "folder writable."
        ) from error


def merge(
    kept: list[Row],
    owned: list[Row],
    key: Key,
    new_row: Callable[[Row], Row],
) -> tuple[list[Row], list[str]]:
    """Lay the producer's columns over our rows.

    Parameters
    ----------
    kept
        The rows of the seed as it is.
    owned
        One row per line of the producer's file, with the columns it owns only.
    key
        Columns that identify a row in both.
    new_row
        Makes the whole row of a code that the seed does not have.

    Returns
    -------
    tuple[list[Row], list[str]]
        The rows sorted by key, and what a human has to look at, one sentence each.
    """
    rows = {tuple(row[column] for column in key): row for row in kept}
    notes = []
    seen = set()
    for line in owned:
        code = tuple(line[column] for column in key)
        seen.add(code)
        if code not in rows:
            rows[code] = new_row(line)
            notes.append(f"{' '.join(code)} is new: to be completed by hand")
            continue
        notes += [
            f"{' '.join(code)}: {column} was {rows[code][column]!r} and is now "
            f"{value!r}: check the columns kept by hand"
            for column, value in line.items()
            if rows[code][column] != value
        ]
        rows[code] = rows[code] | line
    notes += [
        f"{' '.join(code)} is not in the producer's file: kept"
        for code in rows
        if code not in seen
    ]
    return [rows[code] for code in sorted(rows)], notes


def shorten(label: str) -> str:
    """Cut a label on a word boundary so that it fits a drawing."""
    return textwrap.shorten(label, NAME_WIDTH, placeholder="…", break_on_hyphens=False)


def new_country(line: Row) -> Row:
    """Fill the row of a new country code, by the names of CLDR when it has any.

    CLDR does not give the three-letter ISO code: it is left empty.
    """
    code = line["country_code"]
    french = Locale("fr").territories
    is_iso = code in french and not NOT_ISO.fullmatch(code)
    label = line["label_official"]
    name_fr = french[code] if is_iso else label
    name_en = Locale("en").territories[code] if is_iso else label
    return line | {
        # CLDR writes typographic apostrophes, our names straight ones.
        "country_name_fr": shorten(name_fr.replace("’", "'")),
        "country_name_en": name_en.replace("’", "'"),
        # Right for any name, until somebody writes the right article.
        "name_in_sentence_fr": f"le pays {name_fr}".replace("’", "'"),
        "genitive_fr": f"du pays {name_fr}".replace("’", "'"),
        "locative_fr": f"dans le pays {name_fr}".replace("’", "'"),
        "iso_alpha2": code if is_iso else "",
        "iso_alpha3": "",
        "eu_member_from": "",
        "eu_member_to": "",
        "category": "country" if line["valid_to"] == "999912" else "historical",
    }


def new_product(line: Row) -> Row:
    """Fill the row of a new product; no file says which activity makes it.

    The tests of the seed refuse `to_complete`, so that nobody forgets it.
    """
    return line | {
        "activity_code": "",
        "is_goods": "false",
        "mapping_basis": "to_complete",
    }


def new_activity(line: Row, kept: list[Row]) -> Row:
    """Fill the row of a new activity, with the groups of another of its division.

    A division (`C24`) never spans two groups of A38 or A17. The groups stay empty,
    which the tests of the seed refuse, when the division is new as well.
    """
    code = line["activity_code"]
    label = line["activity_name_fr"]
    groups = [column for column in ACTIVITY_COLUMNS if column[:3] in ("a38", "a17")]
    sibling = next(
        (row for row in kept if row["activity_code"][:3] == code[:3]),
        dict.fromkeys(groups, ""),
    )
    return (
        line
        | {
            "activity_name_en": label,
            "activity_short_fr": shorten(label),
            "activity_short_en": shorten(label),
            "activity_abbreviation_fr": code,
            "activity_abbreviation_en": code,
            "section": code[0],
            "is_energy": "false",
        }
        | {column: sibling[column] for column in groups}
    )


def new_department(line: Row, name: str, regions: list[Row]) -> Row:
    """Fill the row of a new department, in the region its customs region stands for.

    The region stays empty when its customs region covers several, as overseas.
    """
    candidates = [
        region["insee_code"]
        for region in regions
        if region["customs_code"] == line["customs_region_code"]
    ]
    return line | {
        "insee_code": line["customs_code"],
        "department_name": name,
        "name_in_sentence_fr": name,
        "genitive_fr": name,
        "locative_fr": name,
        "insee_region_code": candidates[0] if len(candidates) == 1 else "",
        "prefectures": "",
        "note": "",
    }


def letters(name: str) -> str:
    """Reduce a name to its letters, without case, accents, spaces or hyphens."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in decomposed if character.isalpha())


def compare_names(code: str, ours: str, theirs: str) -> list[str]:
    """Say when the producer calls a territory by another name than we do.

    We spell names as INSEE does; the producer writes `Ile-de-France`, `Réunion` or
    `Principauté de Monaco`. Spelling and added words are not worth a sentence.
    """
    mine, other = letters(ours), letters(theirs)
    if mine in other or other in mine:
        return []
    return [f"{code} is {ours!r} here and {theirs!r} in the producer's file: check"]


def check_regions(regions: list[Row], lines: list[Row]) -> list[str]:
    """Compare our regions with those of the producer's file.

    The producer numbers regions its own way and files all of overseas under one
    number, so a new number cannot become a row: no file gives its INSEE code.
    """
    notes = []
    theirs = {line["customs_region_code"]: line for line in lines}
    for code, line in sorted(theirs.items()):
        ours = [row for row in regions if row["customs_code"] == code]
        name = line["customs_region_name"]
        if not ours:
            notes.append(f"customs region {code} ({name}) is new: add it by hand")
        elif len(ours) == 1:
            notes += compare_names(code, ours[0]["region_name"], name)
    notes += [
        f"customs region {row['customs_code']} is not in the producer's file: kept"
        for row in regions
        if row["customs_code"] not in theirs
    ]
    return notes


def only(rows: list[Row], columns: tuple[str, ...]) -> list[Row]:
    """Keep the columns that a seed has, in that order, of each row."""
    return [
        {column: row[column] for column in columns if column in row} for row in rows
    ]


def rebuild(labels: Path, seeds: Path) -> list[str]:
    """Rebuild the seeds of a folder from the label files of another.

    Returns
    -------
    list[str]
        What was read, then what a human has to look at, one sentence each.

    Raises
    ------
    UserError
        Something is missing or malformed; then no seed was touched.
    """
    country_lines, countries_read = read_labels(labels, COUNTRY_LABELS)
    product_lines, products_read = read_labels(labels, PRODUCT_LABELS)
    activity_lines, activities_read = read_labels(labels, ACTIVITY_LABELS)
    department_lines, departments_read = read_labels(labels, DEPARTMENT_LABELS)

    kept_countries = read_seed(seeds / "countries.csv", COUNTRY_COLUMNS)
    kept_products = read_seed(seeds / "products.csv", PRODUCT_COLUMNS)
    kept_activities = read_seed(seeds / "activities.csv", ACTIVITY_COLUMNS)
    kept_departments = read_seed(seeds / "departments.csv", DEPARTMENT_COLUMNS)
    regions = read_seed(seeds / "regions.csv", REGION_COLUMNS)

    countries, country_notes = merge(
        kept_countries, country_lines, COUNTRY_LABELS.key, new_country
    )
    products, product_notes = merge(
        kept_products,
        only(product_lines, PRODUCT_COLUMNS),
        PRODUCT_LABELS.key,
        new_product,
    )
    activities, activity_notes = merge(
        kept_activities,
        only(activity_lines, ACTIVITY_COLUMNS),
        ACTIVITY_LABELS.key,
        lambda line: new_activity(line, kept_activities),
    )
    names = {line["customs_code"]: line["department_name"] for line in department_lines}
    departments, department_notes = merge(
        kept_departments,
        # The name is ours once the row exists: the producer's spelling is not INSEE's.
        only(department_lines, ("customs_code", "customs_region_code")),
        DEPARTMENT_LABELS.key,
        lambda line: new_department(line, names[line["customs_code"]], regions),
    )
    for row in kept_departments:
        code, ours = row["customs_code"], row["department_name"]
        department_notes += compare_names(code, ours, names.get(code, ours))

    write_seeds(
        seeds,
        {
            "countries.csv": (COUNTRY_COLUMNS, countries),
            "products.csv": (PRODUCT_COLUMNS, products),
            "activities.csv": (ACTIVITY_COLUMNS, activities),
            "departments.csv": (DEPARTMENT_COLUMNS, departments),
        },
    )
    notes = {
        "countries.csv": country_notes,
        "products.csv": product_notes,
        "activities.csv": activity_notes,
        "departments.csv": department_notes,
        "regions.csv": check_regions(regions, department_lines),
    }
    return [countries_read, products_read, activities_read, departments_read] + [
        f"{seed}: {note}" for seed, sentences in notes.items() for note in sentences
    ]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0, or 2 when the user has something to mend."""
    parser = argparse.ArgumentParser(
        description="Rebuild the reference seeds from the customs label files."
    )
    parser.add_argument(
        "--labels",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder of Libelle_PAYS.txt, Libelle_CPF4*.txt, Libelle_A129.txt and "
        "Departement_region.txt, as published",
    )
    parser.add_argument(
        "--seeds",
        type=Path,
        default=SEEDS,
        metavar="DIR",
        help="folder of the seeds to rebuild (default: seeds/reference)",
    )
    options = parser.parse_args(arguments)
    try:
        report = rebuild(options.labels, options.seeds)
    except UserError as error:
        print(f"build_reference: {error}", file=sys.stderr)
        return 2
    print("\n".join(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
