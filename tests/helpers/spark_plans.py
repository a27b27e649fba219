"""What a plan of Spark (`explain formatted`) holds that does not scale."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LINE = re.compile(r"^(?P<drawn>[ :+|-]*)(?P<name>\S.*?) \((?P<number>\d+)\)$")
_DETAIL = re.compile(r"^\((\d+)\) .*\n((?:.+\n?)*)", re.MULTILINE)
_SCAN = re.compile(r"Scan (?:text|parquet) *(?:spark_catalog\.)?(\S*)")
#: The parts of a plan that are drawn as a tree.
_TREE = re.compile(r"^(?:== Physical Plan ==|Subquery:.*)\n((?:.+\n)+)", re.MULTILINE)


@dataclass
class Node:
    """An operator of a plan, what is said of it, and what it reads."""

    name: str
    detail: str
    children: list[Node] = field(default_factory=list)

    def walk(self) -> list[Node]:
        """This operator and all below it."""
        return [self, *(node for child in self.children for node in child.walk())]

    def tables(self) -> set[str]:
        """The tables whose rows can be many here: of a sum of all, one row is left."""
        if "Aggregate" in self.name and re.search(r"^Keys: \[\]", self.detail, re.M):
            return set()
        if scanned := re.match(
            r"Scan (?:text|parquet) *(?:spark_catalog\.)?(\S*)", self.name
        ):
            return {scanned[1] or "a text"}
        return {table for child in self.children for table in child.tables()}


def trees(plan: str) -> list[Node]:
    """Read the text of `explain formatted`: its tree, and one for each subquery."""
    details = dict(_DETAIL.findall(plan))
    read = []
    for drawing in _TREE.findall(plan):
        above: list[tuple[int, Node]] = []
        for line in drawing.splitlines():
            found = _LINE.match(line)
            if found is None:
                continue
            depth = len(found["drawn"])
            node = Node(found["name"].strip(" *"), details.get(found["number"], ""))
            while above and above[-1][0] >= depth:
                above.pop()
            if above:
                above[-1][1].children.append(node)
            else:
                read.append(node)
            above.append((depth, node))
    assert read, f"no plan: {plan}"
    return read


def faults(plan: str, small: set[str]) -> set[str]:
    """Say what in a plan does not scale.

    Parameters
    ----------
    plan
        What `explain formatted` says.
    small
        Tables that stay small whatever the number of lines (`schema.table`, or
        `schema.*`).
    """
    return {
        fault
        for tree in trees(plan)
        for node in tree.walk()
        if (fault := _fault(node, small))
    }


def _fault(node: Node, small: set[str]) -> str:
    if node.name.startswith("CartesianProduct"):
        return "every row with every row"
    if node.name.startswith("BroadcastNestedLoopJoin"):
        sides = node.children
        if not re.search(r" (Inner|Cross) ", node.name):
            # Only the one that is copied to every task may be the small one.
            sides = [side for side in sides if side.name == "BroadcastExchange"]
        large = [side.tables() - _small(side.tables(), small) for side in sides]
        return "" if set() in large else f"every row with every row of {_named(large)}"
    if "rangepartitioning" in node.detail and node.name == "Exchange":
        return "a sort of all rows"
    if node.name == "Window":
        below = node
        while len(below.children) == 1 and below.name != "Exchange":
            below = below.children[0]
        if below.name == "Exchange" and "SinglePartition" in below.detail:
            return "a window on one task"
    return ""


def _small(tables: set[str], small: set[str]) -> set[str]:
    return {table for table in tables if {table, f"{table.split('.')[0]}.*"} & small}


def _named(sides: list[set[str]]) -> str:
    return ", ".join(sorted(set.union(*sides)))
