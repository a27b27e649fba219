"""Stand-ins for the work of a process of the site; a module, so that it travels."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from commerce_exterieur.site import layout, workshop
from commerce_exterieur.site.sheets import Order
from commerce_exterieur.site.workshop import Result

VICTIM = "D48"


def draw_nothing(*_: object) -> dict:
    return {}


def make_little(order: Order) -> Result:
    """Write a page a language, at once."""
    site = workshop._bench.site
    files = [
        layout.PREFIX[code] + layout.sheet_page(order.code, order.year)
        for code in order.languages
    ]
    for name in files:
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<title>{order.code}</title>", encoding="utf-8")
    return Result(order.code, files)


def die_always(order: Order) -> Result:
    """End this process when it gets the victim, as the system does out of memory."""
    if order.code == VICTIM:
        os.kill(os.getpid(), signal.SIGKILL)
    return make_little(order)


def die_once(order: Order) -> Result:
    """End this process when it gets the victim for the first time."""
    marker: Path = workshop._bench.site / "died"
    if order.code == VICTIM and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return make_little(order)
