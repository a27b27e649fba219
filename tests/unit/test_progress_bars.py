"""No bar of the package can be drawn in a log file or a pipe."""

from __future__ import annotations

import ast
from pathlib import Path

import commerce_exterieur

PACKAGE = Path(commerce_exterieur.__file__).parent


def test_every_bar_is_silent_elsewhere() -> None:
    """Also one that nobody runs here: `tqdm` is called with `disable=None` only."""
    calls = [
        (path.name, call)
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "tqdm"
    ]
    assert "progress.py" in {name for name, _ in calls}
    for name, call in calls:
        told = {each.arg: each.value for each in call.keywords}
        assert "disable" in told, (name, call.lineno)
        assert ast.literal_eval(told["disable"]) is None, (name, call.lineno)
