"""Engines order nulls differently: every window says where they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
WINDOW = re.compile(r"\bover\s*\(|\bas\s*\(\s*(?=partition by)")


def windows(sql: str) -> list[str]:
    """What stands between the brackets of each window."""
    found = []
    for opened in WINDOW.finditer(sql):
        depth, end = 1, opened.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        found.append(sql[opened.end() : end - 1])
    return found


def unsaid(window: str) -> list[str]:
    """What a window is ordered by without saying where nulls stand."""
    ordered = re.search(
        r"order by\s+(.*?)\s*(?:\b(?:rows|range) between.*)?$", window, re.DOTALL
    )
    if ordered is None:
        return []
    terms, depth = [""], 0
    for letter in ordered[1]:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            terms.append("")
        else:
            terms[-1] += letter
    return [term.strip() for term in terms if "nulls " not in term]


@pytest.mark.parametrize(
    "path",
    [*PROJECT.glob("models/**/*.sql"), *PROJECT.glob("macros/*.sql")],
    ids=lambda path: path.stem,
)
def test_every_window_says_where_nulls_stand(path: Path) -> None:
    assert [unsaid(each) for each in windows(path.read_text("utf-8"))] == [
        [] for _ in windows(path.read_text("utf-8"))
    ]


def test_what_is_unsaid_is_found() -> None:
    sql = "row_number() over (partition by a order by f(b, c) desc, d nulls last)"
    assert [unsaid(each) for each in windows(sql)] == [["f(b, c) desc"]]
    assert windows("window w as (partition by a order by b)") == [
        "partition by a order by b"
    ]
