"""Runs of the command that makes the site, and which files they wrote anew."""

from __future__ import annotations

import re
from pathlib import Path

from commerce_exterieur.site import command


def run(*arguments: object) -> int:
    return command.main([str(argument) for argument in arguments])


def dates(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and ".made" not in path.parts
    }


def remade(before: dict[str, int], after: dict[str, int]) -> set[str]:
    """Territories whose page was written anew."""
    return {
        Path(name).stem
        for name, date in after.items()
        if re.fullmatch(r"\d{4}/(?:FR|[DR]\d+)\.html", name)
        and before.get(name) != date
    }
