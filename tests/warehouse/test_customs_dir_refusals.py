"""The door `customs_dir`, closed: wrong files stop a build, by name and with reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from customs_build import NO_TESTS, build, deliver
from customs_folder import EIGHT, IMPORTED, LINE, NATIONAL, PAGE
from customs_zips import shipped, zipped

GOOD = LINE
#: The models that are summed, and the tests that stand before them.
SUMMED = ("--select", "+int_flows_summed", "--indirect-selection", "cautious")
DAMAGED = b'{"data_origin": "simulated", "files": ['


def test_wrong_files_stop_the_build_by_name_and_what_becomes_of_them_is_said(
    tmp_path: Path,
) -> None:
    customs = deliver(
        tmp_path / "customs",
        {
            "2025-02/a.txt": GOOD,
            "2025-02/b.txt": GOOD * 2,
            "2025-02/Region_2024_Import.txt": IMPORTED,
            "2025-05/Region_2023_Export.txt": b"",
            "2025-05/Region_2023_Import.txt": b"not found\nE;1\n",
            "2025-05/rolling.txt": GOOD,
        },
    )
    run = build(tmp_path, customs, *SUMMED)
    assert run.status["assert_every_file_has_a_good_line"] == "fail"
    assert run.status["assert_one_file_per_period"] == "fail"
    assert run.status["int_flows_summed"] == "skipped"
    for said in (
        "  vintage 2025-05, source_file Region_2023_Export.txt, line_count 0\n",
        "  vintage 2025-05, source_file Region_2023_Import.txt, line_count 2, "
        "first_line not found, reason wrong number of fields\n",
        "  vintage 2025-02, file_kind annual, year 2024, quarter 1, flow export, "
        "source_files a.txt, b.txt\n",
    ):
        assert said in run.output

    for name in ("02/b.txt", "05/Region_2023_Export.txt", "05/Region_2023_Import.txt"):
        (customs / f"2025-{name}").unlink()
    (customs / "2025-05/rolling.txt").write_bytes(GOOD * 3)
    run = build(tmp_path, customs, *SUMMED)
    assert run.status["assert_every_file_has_a_good_line"] == "pass"
    assert run.status["assert_one_file_per_period"] == "pass"
    assert run.status["int_flows_summed"] == "success"
    for said in (
        "removed file: 2025-02/b.txt, 2 lines\n",
        "removed file: 2025-05/Region_2023_Import.txt, 2 lines\n",
        "changed file: 2025-05/rolling.txt, 3 lines\n",
    ):
        assert said in run.output
    assert "new file" not in run.output


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, ["holds no file", "customs_dir"]),
        (
            {
                "a.txt": GOOD,
                "2025-01/a.txt": PAGE,
                "2025-01/Region_2024_Export": GOOD,
                "2025-01/Region_2024_Export.txt": IMPORTED,
                "2025-01/Region_2024_Import.txt": PAGE,
                "2025-02/b.txt": NATIONAL,
                "2025-02/c.txt": EIGHT,
                "2025-02/d.zip": zipped({"a.txt": GOOD, "b/c.txt": GOOD}),
                "2025-02/National.zip": shipped("export", 2024),
                "2025-03/manifest.json": DAMAGED,
                "2025-03/e.txt": GOOD,
            },
            [
                "/a.txt: a customs file lies in a folder named after its vintage, the "
                "month of results (YYYY-MM)",
                "2025-01/a.txt: a web page (HTML)",
                "2025-01/Region_2024_Export: customs publish .txt files",
                "2025-01/Region_2024_Export.txt: its name says exports of 2024, its "
                "lines are imports of 2024",
                "2025-01/Region_2024_Import.txt: a web page (HTML)",
                "2025-02/b.txt: the lines of a national file",
                "2025-02/c.txt: the lines of an old file of eight columns",
                "2025-02/d.zip: the zip holds 2 flow files where customs put one: "
                "'a.txt', 'b/c.txt'",
                "2025-02/National.zip: a national file",
                "2025-03/manifest.json is not a manifest of this program",
            ],
        ),
        (
            {
                "2025-01/a.txt": GOOD,
                "2025-02/b.txt": GOOD,
                "2025-02/manifest.json": DAMAGED + b"]}",
            },
            ["mixes simulated vintages (2025-02) with others (2025-01)"],
        ),
        (
            {f"{number}.txt": GOOD for number in range(30)},
            ["/0.txt: ", "/26.txt: ", "… and 10 more"],
        ),
    ],
    ids=["empty", "wrong files", "mixed", "many"],
)
def test_a_folder_that_cannot_be_used_is_refused_with_every_reason(
    tmp_path: Path, files: dict[str, bytes], words: list[str]
) -> None:
    customs_dir = tmp_path / "customs"
    customs_dir.mkdir()
    deliver(customs_dir, files)
    run = build(tmp_path, customs_dir, "--select", "stg_customs__files", *NO_TESTS)
    assert run.exit_code != 0
    # Before anything was made.
    assert run.status.get("stg_customs__files") in (None, "skipped")
    for word in words:
        assert word in run.output
