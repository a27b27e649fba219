"""Which units of money a text writes, in either language."""

from __future__ import annotations

import re

_FRENCH = re.compile(r"(?<!\w)(Md€|M€|k€|€)")
_ENGLISH = re.compile(r"€[\d.,]*(bn|m|k)?(?!\w)")
_MILLIONS = re.compile(r"\d millions? (?:d’)?euros")
_NAMES = {"": "€", "k": "k€", "m": "M€", "bn": "Md€"}


def units(*texts: str) -> set[str]:
    """The units, by their French names."""
    text = " | ".join(texts)
    if re.search(r"[dMk]€|\d\s€", text):
        found = set(_FRENCH.findall(text))
    else:
        found = {_NAMES[match[1] or ""] for match in _ENGLISH.finditer(text)}
    return found | ({"M€"} if _MILLIONS.search(text) else set())


def drawn(spec: dict) -> list[str]:
    """All texts a figure writes."""
    return [
        row["text"]
        for name, rows in spec["datasets"].items()
        if name.startswith("text_")
        for row in rows
    ]
