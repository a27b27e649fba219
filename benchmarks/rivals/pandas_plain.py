"""The same marts in pandas as it is usually written, with the same strict checks.

Run as `python benchmarks/rivals/pandas_plain.py <customs_dir> <out_dir>`. Text columns
from `read_csv`, a regular expression per column, `groupby` on categories; the rest is
`pandas_marts.py`, which is tuned by hand.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import customs_job as job
import pandas as pd
import pandas_marts
import pyarrow as pa


def parse(source: Path | pa.BufferReader, line_count: int) -> pd.DataFrame | None:
    """Parse a file; None unless every one of its lines is proven well-formed."""
    if not line_count:
        return pandas_marts.empty_frame()
    try:
        frame = pd.read_csv(
            source,
            sep=";",
            header=None,
            names=job.COLUMNS,
            index_col=False,
            dtype=str,
            keep_default_na=False,
            quoting=csv.QUOTE_NONE,
            skip_blank_lines=False,
            encoding="ascii",
        )
    except (pd.errors.ParserError, UnicodeDecodeError):
        return None
    if len(frame) != line_count:
        return None
    patterns = job.CODES | job.MEASURES
    for name, pattern in patterns.items():
        if not frame[name].str.fullmatch(pattern).all():
            return None
        kind = "int64" if name in job.MEASURES else "category"
        frame[name] = frame[name].astype(kind)
    return frame.drop(columns="region")


def sum_by(
    frame: pd.DataFrame, keys: Sequence[str], measures: Sequence[str]
) -> pd.DataFrame:
    """Sum measures by categorical keys."""
    groups = frame.groupby(list(keys), observed=True, sort=True)
    return groups[list(measures)].sum().reset_index()


if __name__ == "__main__":
    pandas_marts.parse = parse
    pandas_marts.sum_by = sum_by
    pandas_marts.main()
