"""Telling on a terminal how far a program is, and nowhere else."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

#: DuckDB draws a bar of its own for a query of two seconds, into files and pipes too.
NO_BAR_OF_DUCKDB = "set enable_progress_bar = false"


def progress_bar(*arguments: Any, **options: Any) -> tqdm:  # noqa: ANN401
    """Open a bar on standard error, silent where that is a file or a pipe.

    Parameters
    ----------
    arguments, options
        What `tqdm` takes: what to go through, `total`, `unit`, `desc`.
    """
    # `None`: as the stream is a terminal or not.
    return tqdm(*arguments, file=sys.stderr, disable=None, **options)
