"""Zips in the layout customs ship: six texts and a PDF in a folder, with their quirks.

The lists are short ones of our own making; their encodings, line ends, byte order mark
and quotes are those of the official lists.
"""

from __future__ import annotations

import codecs
import io
import random
import zipfile
from functools import cache

#: UTF-8; a code used twice, `NA`, a special code.
COUNTRIES = (
    "AT;Autriche;190001;999912\r\nBE;Belgique;199901;999912\r\n"
    "NA;Namibie;199001;999912\r\nQU;Pays non déterminés;199901;201312\r\n"
    "QU;Pays et territoires non précisés;201401;999912\r\n"
).encode()
#: UTF-8 with a byte order mark.
ACTIVITIES = (
    codecs.BOM_UTF8
    + (
        "A01Z;Produits de la culture et de l’élevage;200901;999912\r\n"
        "C24C;Métaux non ferreux;200901;999912\r\n"
    ).encode()
)
#: Windows-1252; a label that holds `;` between quotes.
PRODUCTS = (
    "0111;Céréales (à l'exclusion du riz), légumineuses et oléagineux;201501;999912\r\n"
    '2451;"Fonte; tubes et tuyaux coulés";201501;999912\r\n'
).encode("cp1252")
#: Four columns.
DEPARTMENTS = (
    "01;Ain;18;Auvergne-Rhône-Alpes\r\n20;Corse;22;Corse\r\n"
    "9A;Guadeloupe;24;Départements d'Outre-Mer\r\n"
).encode()
LISTS = {
    "Libelle_CPF4_rev2.1.txt": PRODUCTS,
    "Libelle_A129.txt": ACTIVITIES,
    "Libelle_PAYS.txt": COUNTRIES,
    "Departement_region.txt": DEPARTMENTS,
}
#: Windows-1252; it quotes a line, and is none.
README = (
    "Le fichier ZIP téléchargé contient :\r\n - Region_AAAA_Export.txt : données\r\n"
    "Exemple :\r\nE;3;2018;01;18;A01Z;0111;BE;406473;1210935\r\n"
    "Les données sont brutes de collecte, CAF à l'import, FAB à l'export.\r\n"
).encode("cp1252")


def zipped(members: dict[str | zipfile.ZipInfo, bytes], **options: object) -> bytes:
    """A zip with these members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


@cache
def lines(year: int, flow: str, count: int = 50) -> bytes:
    """Lines of the official layout; the numbers are noise, so they do not compress."""
    noise = random.Random(f"{year}{flow}")
    return b"".join(
        f"{flow[0].upper()};{1 + n % 4};{year};01;18;A01Z;0111;BE;"
        f"{noise.randrange(10**9)};{noise.randrange(10**9)}\r\n".encode()
        for n in range(count)
    )


def shipped(
    flow: str,
    year: int | None = None,
    text: bytes | None = None,
    *,
    count: int = 50,
    data: str | None = None,
    folder: str | None = None,
    lists: dict[str, bytes] | None = None,
    others: dict[str, bytes] | None = None,
) -> bytes:
    """A zip in the layout customs ship.

    Parameters
    ----------
    flow, year
        `export` or `import`; none for a rolling file.
    text
        The lines; those of `lines` when left out, rolling ones of 2024 and 2025.
    count
        How many.
    data
        Name of the member that holds them.
    folder
        The folder in the zip; empty for none.
    lists
        The lists of labels, by name.
    others
        Further members.
    """
    if year:
        folder = f"Regional-{year}-{flow}" if folder is None else folder
        data = data or f"Region_{year}_{flow.capitalize()}.txt"
        text = lines(year, flow, count) if text is None else text
    else:
        folder = f"stat-regional-ce-{flow}" if folder is None else folder
        data = data or f"REGIONAL_CPF4PAYS{flow[0].upper()}.txt"
        if text is None:
            text = lines(2024, flow, count) + lines(2025, flow, count)
    inside = {
        data: text,
        **(LISTS if lists is None else lists),
        "LISEZ-MOI.txt": README,
        "Descriptif_fichiers_regionaux.pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
        **(others or {}),
    }
    top = {f"{folder}/": b""} if folder else {}
    place = f"{folder}/" if folder else ""
    return zipped(top | {f"{place}{name}": body for name, body in inside.items()})
