"""Files of customs among which flows are missing, and what is built of them."""

from __future__ import annotations

import pickle
from pathlib import Path

from customs_build import build, deliver
from dbt_scratch import Run
from shared import made_once

#: A million: sheets write millions.
M = 1_000_000
LINE = "{flow};{quarter};{year};52;13;{codes};{value};1\r\n"


def text(flow: str, year: int, quarters: list[int]) -> bytes:
    """Two lines a quarter, worth 110 million euros."""
    return "".join(
        LINE.format(flow=flow, year=year, quarter=quarter, codes=codes, value=value * M)
        for quarter in quarters
        for value, codes in (
            (100, "C24C;2451;DE"),
            (10, "C24A;2410;IT"),
        )
    ).encode()


#: 2022 as it should be, 2023 with imports alone, 2024 with fewer exports.
FILES = {
    "2025-02/Region_2022_Export.txt": text("E", 2022, [1, 2, 3, 4]),
    "2025-02/Region_2022_Import.txt": text("I", 2022, [1, 2, 3, 4]),
    "2025-02/Region_2023_Import.txt": text("I", 2023, [1, 2]),
    "2025-02/Region_2024_Export.txt": text("E", 2024, [1, 2, 3]),
    "2025-02/Region_2024_Import.txt": text("I", 2024, [1, 2, 3, 4]),
}


def accepted() -> tuple[Path, Run]:
    """A build of them that was told to accept it, in a folder: made once a session."""

    def make(folder: Path) -> None:
        customs = deliver(folder / "customs", FILES)
        run = build(folder, customs, allow_missing_flow=True)
        (folder / "run").write_bytes(pickle.dumps(run))

    folder = made_once("missing_flow", make)
    return folder, pickle.loads((folder / "run").read_bytes())
