"""Hundreds of damaged files in one build: every line is kept or rejected, as it was.

A parser written here from the rules of the README, on bytes, says what must come out.
"""

from __future__ import annotations

import json
import random
import re
import zipfile
from collections import Counter

import duckdb
import pytest
from customs_build import build, deliver
from customs_zips import zipped
from damages import BOM, DAMAGES, Lines, line

SEED = 20250207
FILES_PER_KIND = 5


@pytest.fixture(scope="module")
def contents() -> dict[tuple[str, str], bytes]:
    """The text of each file, by vintage and name."""
    rng = random.Random(SEED)
    texts = {}
    for kind, change in DAMAGES.items():
        for number in range(FILES_PER_KIND):
            flow = rng.choice("EI")
            lines = [line(rng, flow) for _ in range(rng.randint(4, 12))]
            vintage = f"{2025 + number}-{rng.randint(1, 12):02}"
            # A name that says the flow, so that nothing of it is refused unread.
            name = f"REGIONAL_CPF4PAYS{flow}_{kind}.txt"
            texts[vintage, name] = change(rng, lines)
    for (vintage, name), text in rng.sample(sorted(texts.items()), 25):
        # A zip that holds nothing is refused whole.
        if text.removeprefix(BOM).strip():
            texts[vintage, name.replace(".txt", ".zip")] = text
    return texts


Parsed = dict[tuple[str, str], list[tuple[bytes, str | None]]]


@pytest.fixture(scope="module")
def parsed(contents: dict[tuple[str, str], bytes]) -> Parsed:
    """The physical lines of each file, each with the reason to reject it, if any."""
    return {
        key: [
            (one, "header" if is_header(number, one) else reason(one))
            for number, one in enumerate(physical_lines(text))
        ]
        for key, text in contents.items()
    }


@pytest.fixture(scope="module")
def warehouse(
    contents: dict[tuple[str, str], bytes], tmp_path_factory: pytest.TempPathFactory
) -> duckdb.DuckDBPyConnection:
    """All of them, read in one run."""
    folder = tmp_path_factory.mktemp("malformed")
    files = {}
    for (vintage, name), text in contents.items():
        stored = {zipfile.ZipInfo(name.replace(".zip", ".txt")): text}  # not deflated
        files[f"{vintage}/{name}"] = zipped(stored) if name.endswith(".zip") else text
    run = build(
        folder,
        deliver(folder / "customs", files),
        *("--select", "+rejected_lines", "+build_info"),
        command="run",
    )
    assert run.exit_code == 0, run.output
    file = str(folder / "warehouse.duckdb")
    with duckdb.connect(file, read_only=True) as connection:
        yield connection


# The same once more, on bytes

FIELDS = [
    (rb"[IE]", "unknown flow"),
    (rb"[1-4]", "quarter out of range"),
    (rb"(19|20)[0-9][0-9]", "year out of range"),
    (rb"[0-9A-Z]{2}", "malformed department code"),
    (rb"[0-9A-Z]{2}", "malformed region code"),
    (rb"[0-9A-Z]{4}", "malformed A129 code"),
    (rb"[0-9]{4}", "malformed CPF4 code"),
    (rb"[0-9A-Z]{2}", "malformed country code"),
    (rb".+", "missing value"),
    (rb"[^-].*|-.*[^0-9].*|-", "negative value"),
    (rb"[0-9]+", "value is not a whole number"),
    (rb".{1,15}", "value overflows"),
    (rb".+", "missing mass"),
    (rb"[^-].*|-.*[^0-9].*|-", "negative mass"),
    (rb"[0-9]+", "mass is not a whole number"),
    (rb".{1,15}", "mass overflows"),
]


def physical_lines(content: bytes) -> Lines:
    """Lines end at LF or CRLF; a mark of UTF-8 before the first is none of its text."""
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    if lines:
        lines[0] = lines[0].removeprefix(BOM)
    return [one.removesuffix(b"\r") for one in lines]


def is_header(number: int, text: bytes) -> bool:
    """Whether a line, numbered from 0, is the official header where it may stand."""
    header = b"flux;trimestre;annee;departement;region;a129;cpf4;pays;valeur;masse"
    return number == 0 and text.lower() == header


def reason(text: bytes) -> str | None:
    """Why a line is not well-formed, for the first field that is wrong."""
    fields = text.split(b";")
    if not text.strip(b" "):
        return "blank line"
    if len(fields) != 10:
        return "wrong number of fields"
    checked = [*fields[:8], *4 * [fields[8]], *4 * [fields[9]]]
    for field, (pattern, words) in zip(checked, FIELDS, strict=True):
        if not re.fullmatch(pattern, field, re.DOTALL):
            return words
    return None


def as_row(text: bytes) -> tuple:
    """A well-formed line as the warehouse holds it."""
    flow, quarter, year, *codes, value, mass = text.decode("ascii").split(";")
    flow = {"I": "import", "E": "export"}[flow]
    return flow, int(quarter), int(year), *codes, int(value), int(mass)


def shown(text: bytes, is_plain: bool) -> str:
    r"""A line as text: bytes that are not plain, and then backslashes too, as \xNN."""
    unshown = rb"[^ -~]" if is_plain else rb"[^ -~]|\\"
    return re.sub(
        unshown, lambda found: b"\\x%02X" % found[0][0], text, flags=re.DOTALL
    ).decode("ascii")


def test_the_damage_is_of_many_kinds(parsed: Parsed) -> None:
    assert len(parsed) > 200
    damaged = {
        name.split("_", 2)[2].rpartition(".")[0]
        for (_, name), lines in parsed.items()
        if any(why for _, why in lines)
    }
    ends = {"line_ends_of_windows", "line_ends_of_two_kinds"}
    assert damaged == DAMAGES.keys() - {"untouched", "empty"} - ends
    assert len(damaged) > 20
    reasons = {why for lines in parsed.values() for _, why in lines}
    assert reasons == {
        *(None, "header", "blank line", "wrong number of fields"),
        *(words for _, words in FIELDS),
    }


def test_every_physical_line_is_kept_or_rejected(
    parsed: Parsed, warehouse: duckdb.DuckDBPyConnection
) -> None:
    expected = {}
    for key, lines in parsed.items():
        kept = [as_row(one) for one, why in lines if not why]
        counted = sum(why != "header" for _, why in lines)
        expected[key] = {
            "lines": counted,
            "rejected": counted - len(kept),
            "import_eur": sum(row[-2] for row in kept if row[0] == "import"),
            "export_eur": sum(row[-2] for row in kept if row[0] == "export"),
        }
    (listed,) = warehouse.execute(
        "select source_files from marts.build_info"
    ).fetchone()
    found = {
        (file.pop("vintage"), file.pop("name")): file for file in json.loads(listed)
    }
    for file in found.values():
        del file["sha256"]
        assert (file.pop("kind"), file.pop("published_on")) == ("rolling", None)
    assert found == expected
    summed = warehouse.execute(
        "select vintage, source_file, coalesce("
        "(select sum(summed.line_count) from intermediate.int_files_summed as summed "
        "where summed.file_id = files.file_id), 0)::bigint "
        "from staging.stg_customs__files as files"
    ).fetchall()
    assert {row[:2]: row[2] for row in summed} == {
        key: file["lines"] - file["rejected"] for key, file in expected.items()
    }


def test_kept_lines_are_those_of_the_files(
    parsed: Parsed, warehouse: duckdb.DuckDBPyConnection
) -> None:
    found = warehouse.execute(
        "select vintage, source_file, flow, quarter, year, customs_department_code, "
        "customs_region_code, activity_code, product_code, country_code, value_eur, "
        "mass_kg from staging.stg_customs__lines "
        "inner join staging.stg_customs__files using (file_id)"
    ).fetchall()
    expected = Counter(
        (*key, *as_row(one))
        for key, lines in parsed.items()
        for one, why in lines
        if not why
    )
    assert Counter(found) == expected


def test_rejected_lines_have_their_number_their_bytes_and_their_reason(
    parsed: Parsed, warehouse: duckdb.DuckDBPyConnection
) -> None:
    rows = warehouse.execute(
        "select vintage, source_file, is_plain from staging.stg_customs__files"
    ).fetchall()
    plain = {row[:2]: row[2] for row in rows}
    # Both ways of reading have rejects to show.
    assert min(Counter(plain.values()).values()) > 60
    rows = warehouse.execute(
        "select vintage, source_file, line_number, raw_line, reason "
        "from marts.rejected_lines"
    ).fetchall()
    expected = {
        (*key, number): (shown(one, plain[key]), why)
        for key, lines in parsed.items()
        for number, (one, why) in enumerate(lines, 1)
        if why and why != "header"
    }
    assert len(rows) == len(expected)
    found = {row[:3]: row[3:] for row in rows}
    # Not the two as they are: a line of 3 MB is nothing to print.
    assert [key for key in expected if found.get(key) != expected[key]] == []
