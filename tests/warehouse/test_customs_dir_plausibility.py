"""Wrong files that look right: what of them no share of a long history can hide."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from customs_build import NO_TESTS, build, deliver, rows
from dbt_scratch import Run

TESTS = (
    "assert_few_lines_rejected",
    "assert_no_department_vanishes",
    "assert_files_hold_what_their_name_says",
    "assert_every_line_is_kept_or_rejected",
)
GOOD = "{flow};{quarter};{year};{department};13;C24C;2451;DE;{value};1\n"


def lines(
    flow: str, year: int, quarter: int, count: int, department: str = "52"
) -> list[str]:
    return [
        GOOD.format(
            flow=flow, quarter=quarter, year=year, department=department, value=value
        )
        for value in range(count)
    ]


def year(flow: str, year: int) -> list[str]:
    return [line for q in (1, 2, 3, 4) for line in lines(flow, year, q, 40)]


def bad(good: list[str]) -> list[str]:
    """The same lines with a value that is no whole number."""
    return [line.replace(";1\n", ";1.5\n") for line in good]


def name(flow: str, year: int) -> str:
    return f"2025-02/Region_{year}_{'Export' if flow == 'E' else 'Import'}.txt"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve good years, and four files that are not; a tenth may be rejected."""
    folder = tmp_path_factory.mktemp("plausibility")
    files = {
        name(flow, of): year(flow, of) for flow, of in product("EI", range(2007, 2019))
    }
    # One good line and twenty that are not, in a long history.
    files[name("E", 2019)] = lines("E", 2019, 1, 1) + bad(lines("E", 2019, 1, 20))
    # All of a small quarter, in a file that is good otherwise.
    files[name("I", 2019)] = year("I", 2019) + bad(lines("I", 2019, 4, 9))
    files[name("I", 2020)] = [
        line for q in (1, 2, 3) for line in lines("I", 2020, q, 40)
    ] + bad(lines("I", 2020, 4, 9))
    # Fewer than a tenth of everything.
    files[name("E", 2020)] = year("E", 2020) + bad(lines("E", 2020, 4, 4))
    # Departments from one year to the next.
    for of, counts in (
        (2023, {"52": 200, "51": 200, "10": 199, "08": 1000, "88": 200}),
        (2024, {"52": 79, "51": 80, "10": 0, "08": 0, "88": 500}),
    ):
        for flow in "EI":
            files[name(flow, of)] = [
                line
                for department, count in counts.items()
                for line in lines(flow, of, 1, count if flow == "E" else 9, department)
            ]
    # Right at both ends, and another flow and year in the middle.
    right = lines("E", 2021, 1, 4000)
    files[name("E", 2021)] = [
        *right[:2000],
        *lines("I", 2021, 1, 1),
        *lines("E", 2005, 1, 2),
        *right[2000:],
    ]
    deliver(
        folder / "customs",
        {path: "".join(content).encode() for path, content in files.items()},
    )
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    """All that the tests of dbt look at is made; then each of them looks."""
    customs, share = folder / "customs", {"max_rejected_share": 0.1}
    upstream = [f"+{test}" for test in TESTS]
    made = build(folder, customs, "--select", *upstream, *NO_TESTS, **share)
    assert made.exit_code == 0, made.output
    return build(folder, customs, "--select", *TESTS, command="test", **share)


def found(folder: Path, test: str) -> list[tuple]:
    """The rows of a test of dbt, as it compiled it."""
    compiled = folder / "target/compiled/commerce_exterieur/tests/plausibility"
    return rows(folder, f"from ({(compiled / f'{test}.sql').read_text()}) order by all")


def test_no_history_dilutes_a_bad_file_or_quarter(run: Run, folder: Path) -> None:
    assert run.status["assert_few_lines_rejected"] == "fail"
    reason = "mass is not a whole number"
    export_2019, import_2019, import_2020 = (
        name(flow, of).removeprefix("2025-02/")
        for flow, of in (("E", 2019), ("I", 2019), ("I", 2020))
    )
    assert found(folder, "assert_few_lines_rejected") == [
        ("the file", "2025-02", export_2019, None, 20, 21, reason, 2),
        ("the quarter", "2025-02", export_2019, "E;1;2019", 20, 21, reason, 2),
        ("the quarter", "2025-02", import_2019, "I;4;2019", 9, 49, reason, 161),
        ("the quarter", "2025-02", import_2020, "I;4;2020", 9, 9, reason, 121),
    ]
    assert "scope the file, vintage 2025-02, source_file Region_2019_Export.txt, " in (
        run.output
    )


def test_a_department_that_loses_most_of_its_lines_is_named(
    run: Run, folder: Path
) -> None:
    assert run.status["assert_no_department_vanishes"] == "fail"
    place = ("2025-02", "Region_2024_Export.txt", 2024, 1, "export")
    assert found(folder, "assert_no_department_vanishes") == [
        (*place, "D08", "the year before", 1000, 0),
        (*place, "D52", "the year before", 200, 79),
    ]


def test_lines_of_another_flow_or_year_in_the_middle_are_found(
    run: Run, folder: Path
) -> None:
    assert run.status["assert_files_hold_what_their_name_says"] == "fail"
    file = "Region_2021_Export.txt"
    assert found(folder, "assert_files_hold_what_their_name_says") == [
        ("2025-02", file, "export", 2021, "export", 2005, 2),
        ("2025-02", file, "export", 2021, "import", 2021, 1),
    ]


def test_no_line_of_them_is_lost(run: Run) -> None:
    assert run.status["assert_every_line_is_kept_or_rejected"] == "pass"


def test_wrong_lines_in_the_middle_stop_a_build_before_anything_is_summed(
    tmp_path: Path,
) -> None:
    right = lines("E", 2024, 1, 4000)
    files = {
        name("E", 2024): [*right[:2000], *lines("I", 2024, 1, 1), *right[2000:]],
        name("I", 2024): lines("I", 2024, 1, 9),
    }
    customs = deliver(
        tmp_path / "customs",
        {path: "".join(content).encode() for path, content in files.items()},
    )
    run = build(
        tmp_path,
        customs,
        *("--select", "+fct_trade_flows", "--indirect-selection", "cautious"),
    )
    assert run.exit_code != 0
    assert run.status["assert_files_hold_what_their_name_says"] == "fail"
    assert run.status["fct_trade_flows"] == "skipped"


def test_a_department_that_a_republication_leaves_out_is_named(tmp_path: Path) -> None:
    first = {
        f"2025-02/Region_2024_{flow}.txt": lines(flow[0], 2024, 1, 300, "52")
        + lines(flow[0], 2024, 1, 2000, "75")
        for flow in ("Export", "Import")
    }
    again = {
        path.replace("2025-02", "2025-05"): [one for one in text if ";75;" in one]
        for path, text in first.items()
    }
    run = build(
        tmp_path,
        deliver(
            tmp_path / "customs",
            {path: "".join(text).encode() for path, text in (first | again).items()},
        ),
        *("--select", "+assert_no_department_vanishes"),
    )
    assert run.status["assert_no_department_vanishes"] == "fail"
    assert "territory_code D52, compared_with 2025-02" in run.output
    assert "territory_code D75" not in run.output
