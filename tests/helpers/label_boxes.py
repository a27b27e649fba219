"""The box of every text in a rendered SVG, and which of them run into each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree

from commerce_exterieur import fonts
from commerce_exterieur.charts.text import measure

_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?"
_TRANSLATE = re.compile(rf"translate\(\s*({_NUMBER})(?:[\s,]+({_NUMBER}))?\s*\)")
# Capitals and accents reach this far above the baseline, descenders below it.
_ABOVE, _BELOW = 0.70, 0.20
_TOLERANCE = 0.5


@dataclass(frozen=True)
class TextBox:
    """One text in px of the picture."""

    text: str
    size: float
    family: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: TextBox) -> bool:
        """Whether two boxes share more than a sliver."""
        return (
            self.left < other.right - _TOLERANCE
            and other.left < self.right - _TOLERANCE
            and self.top < other.bottom - _TOLERANCE
            and other.top < self.bottom - _TOLERANCE
        )

    def leaves(self, width: float, height: float) -> bool:
        """Whether the box sticks out of a picture of this size."""
        return (
            self.left < -_TOLERANCE
            or self.top < -_TOLERANCE
            or self.right > width + _TOLERANCE
            or self.bottom > height + _TOLERANCE
        )


def text_boxes(svg: str) -> list[TextBox]:
    """Find the box of every text in an SVG drawn by Vega.

    Raises
    ------
    ValueError
        A transform other than a translation, which this does not follow.
    """
    boxes: list[TextBox] = []
    _collect(ElementTree.fromstring(svg), 0.0, 0.0, boxes)
    return boxes


def _collect(
    element: ElementTree.Element, x: float, y: float, boxes: list[TextBox]
) -> None:
    transform = element.get("transform")
    if transform:
        found = _TRANSLATE.fullmatch(transform.strip())
        if not found:
            raise ValueError(f"cannot follow the transform {transform!r}")
        x += float(found[1])
        y += float(found[2] or 0)
    if element.tag == f"{_SVG}text" and "".join(element.itertext()):
        boxes.append(_box(element, x, y))
    for child in element:
        _collect(child, x, y, boxes)


def _box(element: ElementTree.Element, x: float, y: float) -> TextBox:
    text = "".join(element.itertext())
    size = float(element.get("font-size", "11px").removesuffix("px"))
    weight = {"normal": 400, "bold": 700}.get(
        element.get("font-weight", "normal"), element.get("font-weight", "400")
    )
    width = measure(text, size, int(weight))
    anchor = element.get("text-anchor", "start")
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return TextBox(
        text=text,
        size=size,
        family=element.get("font-family", ""),
        left=left,
        top=y - _ABOVE * size,
        right=left + width,
        bottom=y + _BELOW * size,
    )


def picture_size(svg: str) -> tuple[float, float]:
    """Width and height of the picture in px."""
    root = ElementTree.fromstring(svg)
    return float(root.get("width")), float(root.get("height"))


def faults(svg: str) -> list[str]:
    """Say which texts meet, stick out, are too small or in another typeface."""
    boxes = text_boxes(svg)
    width, height = picture_size(svg)
    found = [f"outside: {box.text!r}" for box in boxes if box.leaves(width, height)]
    found += [f"too small: {box.text!r}" for box in boxes if box.size < 10]
    found += [
        f"typeface {box.family!r}: {box.text!r}"
        for box in boxes
        if box.family != fonts.STACK
    ]
    # Sorted by their upper edge, only near neighbours have to be compared.
    boxes.sort(key=lambda box: box.top)
    for index, box in enumerate(boxes):
        for other in boxes[index + 1 :]:
            if other.top >= box.bottom:
                break
            if box.meets(other):
                found.append(f"meet: {box.text!r} and {other.text!r}")
    return found


def is_ascending(values: list[float]) -> bool:
    """Whether each value is above the one before it."""
    return all(first < second for first, second in pairwise(values))
