"""A line of a regional flow file: its fields, their patterns, what is said of others.

The one list `FIELDS` makes the pattern used here and, through `line_rule`, both forms
of the rule in SQL (`macros/customs_line.sql`). A pattern is read by Python and by
DuckDB (RE2): no look-around, no back reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SEPARATOR = ";"
#: More than the trade of the world; sums of values with more digits overflow.
MOST_DIGITS = 15


@dataclass(frozen=True)
class Field:
    """One field of a line.

    Attributes
    ----------
    name
        As the producer's description names it.
    pattern
        What the whole field looks like.
    reason
        What is said of a field that looks otherwise.
    exceptions
        Closer reasons, tried first: pattern of the whole field, what is said.
    """

    name: str
    pattern: str
    reason: str
    exceptions: tuple[tuple[str, str], ...] = ()


def _amount(name: str, what: str) -> Field:
    return Field(
        name,
        f"[0-9]{{1,{MOST_DIGITS}}}",
        f"{what} is not a whole number",
        (
            ("", f"missing {what}"),
            ("-[0-9]+", f"negative {what}"),
            (f"[0-9]{{{MOST_DIGITS + 1},}}", f"{what} overflows"),
        ),
    )


FIELDS = (
    Field("flux", "[IE]", "unknown flow"),
    Field("trimestre", "[1-4]", "quarter out of range"),
    Field("annee", "(19|20)[0-9]{2}", "year out of range"),
    Field("departement", "[0-9A-Z]{2}", "malformed department code"),
    Field("region", "[0-9A-Z]{2}", "malformed region code"),
    Field("a129", "[0-9A-Z]{4}", "malformed A129 code"),
    Field("cpf4", "[0-9]{4}", "malformed CPF4 code"),
    Field("pays", "[0-9A-Z]{2}", "malformed country code"),
    _amount("valeur", "value"),
    _amount("masse", "mass"),
)
#: The first line of the bundled sample; the official files have none.
HEADER = SEPARATOR.join(field.name for field in FIELDS)
#: What the first field says.
FLUX = {"export": "E", "import": "I"}
PATTERN = SEPARATOR.join(field.pattern for field in FIELDS)
_LINE = re.compile(PATTERN.encode())
_FLOWS = {letter: flow for flow, letter in FLUX.items()}


@dataclass(frozen=True)
class Said:
    """What well-formed lines say of themselves.

    Attributes
    ----------
    flows
        Among `export`, `import`.
    quarters
        Year and quarter of each.
    """

    flows: frozenset[str]
    quarters: frozenset[tuple[int, int]]

    @property
    def years(self) -> frozenset[int]:
        """Their years."""
        return frozenset(year for year, _ in self.quarters)

    def __or__(self, other: Said) -> Said:
        """Join what two parts of a file say."""
        return Said(self.flows | other.flows, self.quarters | other.quarters)


def is_flow_line(line: bytes) -> bool:
    """Whether this, without its line end, is a well-formed line."""
    return _LINE.fullmatch(line) is not None


def reason(line: str) -> str | None:
    """Say why a line is not well-formed, as `rejected_lines` does; none when it is."""
    if re.fullmatch(PATTERN, line):
        return None
    if not line.strip(" "):
        return "blank line"
    texts = line.split(SEPARATOR)
    if len(texts) != len(FIELDS):
        return "wrong number of fields"
    wrong, text = next(
        (field, text)
        for field, text in zip(FIELDS, texts, strict=True)
        if not re.fullmatch(field.pattern, text)
    )
    return next(
        (said for pattern, said in wrong.exceptions if re.fullmatch(pattern, text)),
        wrong.reason,
    )


def said_by(lines: list[bytes]) -> Said:
    """Tell what the well-formed lines among these say; nothing when there is none."""
    heads = {line[:8] for line in lines if is_flow_line(line)}
    return Said(
        frozenset(_FLOWS[chr(head[0])] for head in heads),
        frozenset((int(head[4:8]), int(head[2:3])) for head in heads),
    )


def line_rule() -> dict[str, object]:
    """Hand the rule to SQL.

    Returns
    -------
    dict
        `pattern` of a whole line, its `header`, `separator`, and `fields` in order:
        `name`, `pattern`, `reason`, `exceptions` (pairs of pattern and reason).
    """
    return {
        "pattern": PATTERN,
        "separator": SEPARATOR,
        "header": HEADER,
        "fields": [
            {
                "name": field.name,
                "pattern": field.pattern,
                "reason": field.reason,
                "exceptions": field.exceptions,
            }
            for field in FIELDS
        ],
    }
