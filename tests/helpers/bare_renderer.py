"""A renderer that does not know the project's typeface: a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

_DIFFER = """
import json, sys, vl_convert
first, second = (vl_convert.svg_to_png(svg) for svg in json.load(sys.stdin))
print(first != second)
"""


def leaves_ink(svg: str, text: str) -> bool:
    """Whether a text of the picture is seen: without it, pixels are others.

    Raises
    ------
    ValueError
        The picture has no such text.
    """
    without = svg.replace(f">{text}<", "><")
    if without == svg:
        raise ValueError(f"no text {text!r}")
    done = subprocess.run(
        [sys.executable, "-c", _DIFFER],
        input=json.dumps([svg, without]),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip() == "True"
