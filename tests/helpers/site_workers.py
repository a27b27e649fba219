"""Stand-ins for the work of a process of the site; a module, so that it travels."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from commerce_exterieur.site import assets, index_pages, layout, workers
from commerce_exterieur.site.sheets import Job
from commerce_exterieur.site.workers import Result

VICTIM = "D48"


def leave_out_sheets(patch: pytest.MonkeyPatch) -> None:
    """Let a sheet be one small page a language, and the figures not be drawn."""
    patch.setattr(assets, "vega_script", lambda: "")
    patch.setattr(assets.charts, "template", lambda *_: {})
    patch.setattr(workers, "_make", make_little)
    patch.setattr(workers, "_draw", draw_nothing)


def leave_out_members(patch: pytest.MonkeyPatch) -> None:
    """Let the pages of the activities and countries, which are many, be empty."""
    patch.setattr(index_pages, "member_page", lambda *_: "")
    patch.setattr(index_pages, "member_csv", lambda *_: b"")


def draw_nothing(*_: object) -> dict:
    return {}


def make_little(job: Job) -> Result:
    """Write a page a language, at once."""
    site = workers._worker.site
    files = [
        layout.PREFIX[code] + layout.sheet_page(job.territory_code, job.year)
        for code in job.languages
    ]
    for name in files:
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<title>{job.territory_code}</title>", encoding="utf-8")
    return Result(job.territory_code, files)


def die_always(job: Job) -> Result:
    """End this process when it gets the victim, as the system does out of memory."""
    if job.territory_code == VICTIM:
        os.kill(os.getpid(), signal.SIGKILL)
    return make_little(job)


def die_once(job: Job) -> Result:
    """End this process when it gets the victim for the first time."""
    marker: Path = workers._worker.site / "died"
    if job.territory_code == VICTIM and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return make_little(job)
