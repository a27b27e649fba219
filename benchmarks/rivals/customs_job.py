"""What the rivals share: the job itself, and no data frame.

Which files count, what a well-formed line is, why another one is not, where a code
belongs: the rules of the dbt project (`models/`); what a line is, and what customs
name their files, is said in the package (`commerce_exterieur.customs`).
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import resource
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from commerce_exterieur.customs.line import FIELDS, PATTERN, reason
from commerce_exterieur.customs.names import ANNUAL, flow_name

REFERENCE = Path(__file__).resolve().parents[2] / "seeds" / "reference"

#: Our names of the eight codes of a line, in order, and of the two measures.
_NAMES = (
    *("flow", "quarter", "year", "department", "region"),
    *("activity_code", "product_code", "country_code", "value_eur", "mass_kg"),
)
#: The pattern of each code, and of each measure.
_PATTERNS = dict(zip(_NAMES, (field.pattern for field in FIELDS), strict=True))
CODES = {name: _PATTERNS[name] for name in _NAMES[:8]}
MEASURES = {name: _PATTERNS[name] for name in _NAMES[8:]}
COLUMNS = [*CODES, *MEASURES]
#: A row of the finest flows.
FLOW_KEYS = [
    "year",
    "quarter",
    "flow",
    "territory_code",
    "product_code",
    "activity_code",
    "country_code",
]
FLOWS = {"I": "import", "E": "export"}

# Every quantifier is possessive (`++`): nothing is ever matched in two ways, and a run
# of a million lines keeps no trail to come back on.
_LINE = re.sub(r"(?<=})", "+", PATTERN).replace("(19|20)", "(?:19|20)")
_GOOD_LINES = re.compile(rf"(?:{_LINE}\r?+(?:\n|\Z))++".encode())
_PLAIN_BYTES = bytes(range(ord(" "), ord("~") + 1)) + b"\r\n"
_NOT_PRINTED = re.compile(rb"[^ -\[\]-~]")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Period = tuple[str, int, int]
"""A flow (`I` or `E`), a year, a quarter."""

Rejected = tuple[int, str, str]
"""The number of a line in its file, its text, why it is refused."""


@dataclass(frozen=True)
class CustomsFile:
    """One official file, its vintage, and whether its bytes came under another name."""

    path: Path
    vintage: str
    kind: str
    is_repeated: bool


@dataclass
class Tally:
    """What a run measures of itself."""

    lines_read: int = 0
    lines_rejected: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Time the block, in seconds, under the name of a part."""
        start = time.perf_counter()
        yield
        self.seconds[part] = round(time.perf_counter() - start, 3)

    def print(self, **more: object) -> None:
        """Print one line of JSON; `peak_rss_mb` is in millions of bytes."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        measured = {**vars(self), "peak_rss_mb": round(peak), **more}
        print(json.dumps(measured, ensure_ascii=False))


def customs_files(folder: Path) -> list[CustomsFile]:
    """List the official files `<folder>/<YYYY-MM>/*.txt` by path.

    Raises
    ------
    ValueError
        When there is none, or one lies outside a folder named after a vintage.
    """
    paths = [path for path in folder.rglob("*.[tT][xX][tT]") if path.is_file()]
    if not paths:
        raise ValueError(f"{folder} holds no file <YYYY-MM>/*.txt")
    for path in paths:
        if not re.fullmatch("[12][0-9]{3}-(0[1-9]|1[0-2])", path.parent.name):
            raise ValueError(f"{path} does not lie in a folder <YYYY-MM>")
    seen: set[tuple[str, object]] = set()
    sizes = Counter((path.parent.name, path.stat().st_size) for path in paths)
    files = []
    for path in sorted(paths, key=str):
        vintage, size = path.parent.name, path.stat().st_size
        # Only files of one size can have the same bytes.
        identity = (vintage, _sha256(path) if sizes[vintage, size] > 1 else size)
        named = flow_name(path.name)
        kind = named.kind if named else ANNUAL
        files.append(CustomsFile(path, vintage, kind, identity in seen))
        seen.add(identity)
    return files


def _sha256(path: Path) -> bytes:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


def by_preference(files: Iterable[CustomsFile]) -> list[list[CustomsFile]]:
    """Group files by vintage and kind: the latest, and the annual ones, first.

    A period is read from the first group that holds it.
    """
    ordered = sorted(files, key=lambda file: file.kind)
    ordered.sort(key=lambda file: file.vintage, reverse=True)
    return [
        list(group)
        for _, group in groupby(ordered, lambda file: (file.vintage, file.kind))
    ]


def count_lines(path: Path) -> tuple[int, bool]:
    """Count the physical lines of a file; say whether it needs sifting.

    It does when it has what a fast reader overlooks: a CR inside a line, a `;` as its
    last character, a second byte order mark.
    """
    lines, last = 0, b"\n"
    with path.open("rb") as content:
        marks = 2 * _BYTE_ORDER_MARK
        needs_sifting = content.read(len(marks)) == marks
        content.seek(0)
        # Small enough to stay in the processor's cache.
        while block := content.read(1 << 19):
            if block.endswith(b"\r"):
                block += content.read(1)
            lines += block.count(b"\n")
            last = block[-1:]
            if b"\r" in block and block.count(b"\r") > block.count(b"\r\n"):
                needs_sifting = True
    return lines + (last != b"\n"), needs_sifting or last == b";"


def are_codes(name: str, values: Iterable[str | None]) -> bool:
    """Whether every value is a well-formed code of that column."""
    well_formed = re.compile(CODES[name]).fullmatch
    return all(value is not None and well_formed(value) for value in values)


def sift(content: bytes) -> tuple[bytes, int, list[Rejected]]:
    """Part the well-formed lines of a file, and their number, from the others.

    Works on bytes, so that no encoding, quote, NUL or lone CR moves a line. Python
    is left to look at malformed lines only: it steps over a run of good ones at once.
    """
    content = content.removeprefix(_BYTE_ORDER_MARK)
    is_plain = not (
        content.translate(None, delete=_PLAIN_BYTES)
        or content.count(b"\r") > content.count(b"\r\n")
    )
    good, rejected = [], []
    position, lines = 0, 0
    while position < len(content):
        if run := _GOOD_LINES.match(content, position):
            good.append(run.group())
            lines += good[-1].count(b"\n") + (not good[-1].endswith(b"\n"))
            position = run.end()
            continue
        end = content.find(b"\n", position)
        end = len(content) if end < 0 else end
        lines += 1
        line = content[position:end].removesuffix(b"\r")
        raw_line = (line if is_plain else _NOT_PRINTED.sub(_escaped, line)).decode()
        rejected.append((lines, raw_line, reason(raw_line)))
        position = end + 1
    return b"".join(good), lines - len(rejected), rejected


def _escaped(byte: re.Match[bytes]) -> bytes:
    return b"\\x%02X" % byte.group()[0]


def quarters_covered(periods: Iterable[Period]) -> dict[int, int]:
    """Count, by year, the quarters for which both flows were delivered."""
    delivered = Counter((year, quarter) for _, year, quarter in periods)
    covered: Counter[int] = Counter()
    for (year, _), flows in delivered.items():
        covered[year] += flows == len(FLOWS)
    return dict(covered)


def departments(seen: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """Give each customs department code its territory, and its region or None.

    Parameters
    ----------
    seen
        The codes of the lines; one no list knows stands under itself.
    """
    known = {}
    for row in _reference("departments"):
        insee = row["insee_code"]
        own = row["customs_code"] if not insee or "|" in insee else insee
        region = row["insee_region_code"]
        known[row["customs_code"]] = (f"D{own}", f"R{region}" if region else None)
    return {code: known.get(code, (f"D{code}", None)) for code in seen}


def special_countries() -> set[str]:
    """Codes that are nobody's partner: supplies, corrections and the like.

    A code is reused over time; its latest window says what it is.
    """
    windows = sorted(
        _reference("countries"),
        key=lambda row: (int(row["valid_to"]), int(row["valid_from"])),
    )
    latest = {row["country_code"]: row["category"] for row in windows}
    return {code for code, category in latest.items() if category == "special"}


def _reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def territory_level(territory_code: str) -> str:
    """`country`, `region` or `department`, which the first letter of a code says."""
    return {"F": "country", "R": "region", "D": "department"}[territory_code[0]]
