"""The words of the factsheet: a catalogue per language, set in its typography.

Sentences live in `fr.toml`, written with ordinary spaces and apostrophes; the rules of
French typography are applied here, once, before any value is put in. Values (numbers,
names from the marts) are never touched by these rules, apart from the apostrophe.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from common.french import typeset

_CATALOGUE = Path(__file__).with_name("fr.toml")


@lru_cache(maxsize=1)
def catalogue() -> dict:
    """All sentences of the sheet, typeset, still with their `{placeholders}`."""
    with _CATALOGUE.open("rb") as file:
        return _typeset_all(tomllib.load(file))


def say(key: str, **values: object) -> str:
    """Write the sentence `section.name` of the catalogue with its values put in.

    Raises
    ------
    KeyError
        No such sentence, or a placeholder without a value.
    """
    found: object = catalogue()
    for part in key.split("."):
        found = found[part]  # type: ignore[index]
    return str(found).format(**values)


def has(key: str) -> bool:
    """Whether the catalogue has the sentence `section.name`."""
    found: object = catalogue()
    for part in key.split("."):
        if not isinstance(found, dict) or part not in found:
            return False
        found = found[part]
    return True


def _typeset_all(node: object) -> dict:
    if isinstance(node, dict):
        return {key: _typeset_all(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_typeset_all(value) for value in node]  # type: ignore[return-value]
    return typeset(node) if isinstance(node, str) else node  # type: ignore[return-value]
