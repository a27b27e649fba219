"""Files of customs among which flows are missing."""

from __future__ import annotations

LINE = "{flow};{quarter};{year};52;13;{codes};{value};1\r\n"


def text(flow: str, year: int, quarters: list[int]) -> bytes:
    """Ten lines a quarter, worth 110 euros."""
    return "".join(
        LINE.format(flow=flow, year=year, quarter=quarter, codes=codes, value=value)
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
