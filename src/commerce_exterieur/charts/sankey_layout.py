"""Where the nodes and ribbons of a Sankey stand: geometry in px, values untouched."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from commerce_exterieur.charts import theme
from commerce_exterieur.wording import Unit

OTHER = "*other"
UNSPECIFIED = "*unspecified"
Side = Literal["left", "right"]

NODE_GAP = 4.0
_SMALLEST_NODE = 1.0


@dataclass
class Node:
    """One activity or country, as the mart ranks it, with its place in px."""

    code: str
    name: str
    full_name: str
    value_eur: int
    share: float
    y: float = 0.0
    height: float = 0.0
    lines: list[str] = field(default_factory=list)
    value: str = ""
    figures: str = ""
    label_height: float = 0.0

    @property
    def middle(self) -> float:
        """Height of its middle, in px."""
        return self.y + self.height / 2

    @property
    def is_rest(self) -> bool:
        """Whether it stands for « Autres » or « Non précisé »."""
        return self.code.startswith("*")


@dataclass
class Cell:
    """One activity × country flow of the mart, whole euros."""

    left: str
    right: str
    value_eur: int
    share: float
    rank: int | None


@dataclass
class Band:
    """A filled band, ends and thickness in px; `cells` are the flows it stands for."""

    cells: list[Cell]
    thickness: float
    start: float = field(default=0.0, init=False)
    end: float = field(default=0.0, init=False)

    @property
    def value_eur(self) -> int:
        """Whole euros of all its cells."""
        return sum(cell.value_eur for cell in self.cells)

    @property
    def share(self) -> float:
        """Share of the whole flow that its cells make, 0-1."""
        return sum(cell.share for cell in self.cells)


@dataclass
class Ribbon(Band):
    """The band of one flow, from a node to a node."""

    left: str
    right: str

    @property
    def rank(self) -> int:
        """Place among the red flows; 0 when it is none."""
        return self.cells[0].rank or 0


@dataclass
class Strand(Band):
    """The band that leads a node's smallest flows into the common bundle, or out."""

    code: str
    is_incoming: bool

    @property
    def left(self) -> str | None:
        """The node it comes from, when it leads into the bundle."""
        return self.code if self.is_incoming else None

    @property
    def right(self) -> str | None:
        """The node it goes to, when it leads out of the bundle."""
        return None if self.is_incoming else self.code


@dataclass
class Flows:
    """All that one diagram draws, in the order of the marts.

    Attributes
    ----------
    unit
        The unit of all its amounts.
    by_sector
        Sectors stand in place of activities: beyond a department.
    """

    left: list[Node]
    right: list[Node]
    cells: list[Cell]
    unit: Unit
    by_sector: bool = False

    def nodes(self, side: Side) -> dict[str, Node]:
        """Give the nodes of one side by code; both sides may hold an `*other`."""
        column = self.left if side == "left" else self.right
        return {node.code: node for node in column}

    def both_ends(self, left: str, right: str) -> str:
        """Name a flow by its two ends: « Chimie de base → Allemagne »."""
        ends = self.nodes("left")[left], self.nodes("right")[right]
        return " → ".join(node.full_name for node in ends)


def place(flows: Flows, height: float, labels: dict[Side, list[float]]) -> float:
    """Give every node its place; return the scale in px per euro.

    Each node keeps room for its label, so that labels stand beside their nodes without
    leader lines; what is left of the height is shared in proportion to value, with
    the same scale on both sides.

    Parameters
    ----------
    height
        Height of the columns in px.
    labels
        Height in px of each node's label, by side.
    """
    sides: dict[Side, list[Node]] = {"left": flows.left, "right": flows.right}
    scale = min(_scale(sides[side], height, labels[side]) for side in sides)
    for side, nodes in sides.items():
        slots = _slots(nodes, scale, labels[side])
        spare = height - sum(slots)
        gap = spare / (len(nodes) - 1) if len(nodes) > 1 else 0.0
        y = 0.0 if len(nodes) > 1 else spare / 2
        for node, slot in zip(nodes, slots, strict=True):
            node.height = max(node.value_eur * scale, _SMALLEST_NODE)
            node.y = y + (slot - node.height) / 2
            y += slot + gap
    return scale


def _slots(nodes: list[Node], scale: float, labels: list[float]) -> list[float]:
    return [
        max(node.value_eur * scale, _SMALLEST_NODE, label)
        for node, label in zip(nodes, labels, strict=True)
    ]


def _scale(nodes: list[Node], height: float, labels: list[float]) -> float:
    """Find the largest scale at which the nodes of a side fit, by bisection."""
    room = height - NODE_GAP * (len(nodes) - 1)
    low, high = 0.0, height / max(1, sum(node.value_eur for node in nodes))
    for _ in range(60):
        middle = (low + high) / 2
        if sum(_slots(nodes, middle, labels)) <= room:
            low = middle
        else:
            high = middle
    return low


def split_hairlines(cells: list[Cell], scale: float) -> tuple[list[Cell], list[Cell]]:
    """Part the flows drawn on their own from those too thin to print.

    Flows thinner than half a point go together into one bundle. Red flows are always
    drawn, and a bundle of one flow would only be a detour.

    Parameters
    ----------
    scale
        px per euro.
    """
    thin = [
        cell
        for cell in cells
        if cell.rank is None and cell.value_eur * scale < theme.HAIRLINE
    ]
    if len(thin) < 2:
        return cells, []
    merged = {id(cell) for cell in thin}
    return [cell for cell in cells if id(cell) not in merged], thin


def ribbons(flows: Flows, scale: float) -> tuple[list[Ribbon], list[Strand]]:
    """Ribbons between nodes, and the strands into and out of the bundle.

    The ends at a node are stacked in the order of the nodes at the other ends, the
    order with the fewest crossings for fixed columns. Values are conserved: at each
    node the ribbons and the strand add up to the node.
    """
    drawn, thin = split_hairlines(flows.cells, scale)
    direct = [
        Ribbon([cell], _thickness(cell.value_eur, scale), cell.left, cell.right)
        for cell in drawn
    ]
    strands = _strands(thin, scale)
    left, right = flows.nodes("left"), flows.nodes("right")
    trunk = _stack_trunk(strands, left, right)

    def target(nodes: dict[str, Node], code: str | None) -> float:
        return trunk if code is None else nodes[code].middle

    everything: list[Ribbon | Strand] = [*direct, *strands]
    for node in flows.left:
        ends = [ribbon for ribbon in everything if ribbon.left == node.code]
        ends.sort(key=lambda ribbon: target(right, ribbon.right))
        for ribbon, y in zip(ends, _stack(node, ends), strict=True):
            ribbon.start = y
    for node in flows.right:
        ends = [ribbon for ribbon in everything if ribbon.right == node.code]
        ends.sort(key=lambda ribbon: target(left, ribbon.left))
        for ribbon, y in zip(ends, _stack(node, ends), strict=True):
            ribbon.end = y
    return direct, strands


def _thickness(value_eur: int, scale: float) -> float:
    return max(value_eur * scale, theme.HAIRLINE)


def _strands(thin: list[Cell], scale: float) -> list[Strand]:
    """Make one strand a node for its flows in the bundle."""
    by_left: dict[str, list[Cell]] = defaultdict(list)
    by_right: dict[str, list[Cell]] = defaultdict(list)
    for cell in thin:
        by_left[cell.left].append(cell)
        by_right[cell.right].append(cell)
    return [
        Strand(cells, _thickness(_total(cells), scale), code, is_incoming=True)
        for code, cells in by_left.items()
    ] + [
        Strand(cells, _thickness(_total(cells), scale), code, is_incoming=False)
        for code, cells in by_right.items()
    ]


def _total(cells: list[Cell]) -> int:
    return sum(cell.value_eur for cell in cells)


def _stack_trunk(
    strands: list[Strand], left: dict[str, Node], right: dict[str, Node]
) -> float:
    """Stack the strands where they meet, half-way; return the middle of the stack."""
    if not strands:
        return 0.0
    incoming = [strand for strand in strands if strand.is_incoming]
    outgoing = [strand for strand in strands if not strand.is_incoming]
    incoming.sort(key=lambda strand: left[strand.code].y)
    outgoing.sort(key=lambda strand: right[strand.code].y)
    middles = [left[s.code].middle for s in incoming] + [
        right[s.code].middle for s in outgoing
    ]
    middle = sum(middles) / len(middles)
    for group in (incoming, outgoing):
        y = middle - sum(strand.thickness for strand in group) / 2
        for strand in group:
            strand.start = strand.end = y
            y += strand.thickness
    return middle


def _stack(node: Node, ends: Sequence[Band]) -> list[float]:
    """Stack ribbon ends at a node, centred on it; return their upper edges."""
    y = node.middle - sum(ribbon.thickness for ribbon in ends) / 2
    tops = []
    for ribbon in ends:
        tops.append(y)
        y += ribbon.thickness
    return tops


def ribbon_path(x0: float, y0: float, x1: float, y1: float, thickness: float) -> str:
    """Outline a band from (x0, y0) to (x1, y1), its upper edges, as an SVG path.

    The two edges are shifted against each other so that a steep band keeps its
    thickness in the middle instead of thinning out.
    """
    bend = (x0 + x1) / 2
    slope = math.atan2(2 * (y1 - y0), x1 - x0)
    shift = thickness / 2 * math.tan(slope / 2)
    limit = 0.35 * (x1 - x0)
    shift = max(-limit, min(limit, shift))
    upper, lower = bend + shift, bend - shift
    return (
        f"M{x0:.1f} {y0:.2f}C{upper:.1f} {y0:.2f} {upper:.1f} {y1:.2f} "
        f"{x1:.1f} {y1:.2f}V{y1 + thickness:.2f}"
        f"C{lower:.1f} {y1 + thickness:.2f} {lower:.1f} {y0 + thickness:.2f} "
        f"{x0:.1f} {y0 + thickness:.2f}Z"
    )


def point_on(
    x0: float, y0: float, x1: float, y1: float, at: float
) -> tuple[float, float]:
    """Find the point of a ribbon's middle line at parameter `at` (0 to 1), in px."""
    bend = (x0 + x1) / 2
    rest = 1 - at
    x = rest**3 * x0 + 3 * rest * at * bend + at**3 * x1
    y = y0 + (y1 - y0) * (3 * at**2 - 2 * at**3)
    return x, y
