"""The table of faults in SECURITY.md names tests that exist."""

from __future__ import annotations

import re

from dbt_scratch import PROJECT


def test_every_fault_names_tests_that_exist() -> None:
    page = (PROJECT / "SECURITY.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    table = rows[rows.index("| fault | what happens | tests |") + 1 :]
    named = {name for row in table for name in re.findall("`(test_[a-z0-9_]+)`", row)}
    written = {
        name
        for path in (PROJECT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)
    }
    assert len(table) > 20
    assert all("`test_" in row for row in table)
    assert named - written == set()
