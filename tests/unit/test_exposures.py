"""The exposures name every mart that a program reads, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from commerce_exterieur.warehouse import PROJECT

PACKAGE = PROJECT / "src" / "commerce_exterieur"
SHARED = (PACKAGE / "warehouse.py", PACKAGE / "provenance.py")
#: Exposure → the rooms of the program that stand behind it.
ROOMS = {
    "charts": ("charts",),
    "factsheets": ("charts", "factsheet"),
    "site": ("charts", "factsheet", "site"),
    "mcp": ("mcp_server",),
}


def read_marts(*paths: Path) -> set[str]:
    """Give the marts that a program names: after the schema, or as a plain text."""
    text = "\n".join(path.read_text("utf-8") for path in paths)
    return set(re.findall(r"\bmarts\.([a-z_]+)", text)) | set(
        re.findall(r'"((?:rpt|fct|dim)_[a-z_]+)"', text)
    )


@pytest.mark.parametrize("name", ROOMS)
def test_an_exposure_names_what_its_program_reads(name: str) -> None:
    told = yaml.safe_load((PROJECT / "models" / "exposures.yml").read_text("utf-8"))
    exposure = next(each for each in told["exposures"] if each["name"] == name)
    named = {ref[len("ref('") : -len("')")] for ref in exposure["depends_on"]}
    programs = [
        path
        for room in ROOMS[name]
        for path in (PACKAGE / room).iterdir()
        if path.suffix in (".py", ".sql")
    ]
    assert named == read_marts(*programs, *SHARED)
