"""Write lines the way the customs publish them, and tables about them."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from commerce_exterieur.customs.line import FLUX, HEADER
from commerce_exterieur.errors import UserError
from commerce_exterieur.files import drafted
from commerce_exterieur.simulation.codes import QUARTERS
from commerce_exterieur.simulation.one_flow import Simulated

CHUNK = 250_000  # lines formatted at once


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its name only once complete.

    Raises
    ------
    UserError
        When the folder or the file cannot be written.
    """
    try:
        with drafted(path) as stream:
            yield stream
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror or error}."
        ) from error


def _formatted(made: Simulated) -> Iterator[bytes]:
    """Format lines, `CHUNK` at a time."""
    reference, lines, case = made.reference, made.lines, made.case
    places = [
        f"{FLUX[case.flow]};{quarter};{case.year};{code};{region};"
        for quarter in range(1, QUARTERS + 1)
        for code, region in zip(
            reference.departments, reference.field_regions, strict=True
        )
    ]
    goods = [
        f"{reference.activities[activity]};{code};"
        for code, activity in zip(
            reference.products, reference.product_activity, strict=True
        )
    ]
    countries = [f"{code};" for code in made.partners.codes]
    columns = (
        lines.quarter * len(reference.departments) + lines.department,
        lines.product,
        lines.partner,
        made.values,
        made.masses,
    )
    for start in range(0, len(made.values), CHUNK):
        part = [column[start : start + CHUNK].tolist() for column in columns]
        yield "".join(
            f"{places[place]}{goods[good]}{countries[country]}{value};{mass}\n"
            for place, good, country, value, mass in zip(*part, strict=True)
        ).encode()


def write_lines(path: Path, made: Simulated, *, header: bool) -> str:
    """Write one flow file.

    Parameters
    ----------
    path : Path
        The file, replaced when it exists.
    made : Simulated
        What to write.
    header : bool
        Official files have none, seeds need one.

    Returns
    -------
    str
        SHA-256 of the file, hexadecimal.

    Raises
    ------
    UserError
        When the file cannot be written.
    """
    digest = hashlib.sha256()
    with replacing(path) as stream:
        for block in chain(
            [f"{HEADER}\n".encode()] if header else [], _formatted(made)
        ):
            digest.update(block)
            stream.write(block)
    return digest.hexdigest()


def write_table(path: Path, header: Iterable[str], rows: Iterable[Iterable]) -> None:
    """Write a small comma-separated table, replaced when it exists."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    with replacing(path) as stream:
        stream.write(text.getvalue().encode())
