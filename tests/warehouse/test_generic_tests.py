"""Our generic dbt tests can fail: each is shown right rows and wrong ones."""

from __future__ import annotations

import pytest
from dbt_scratch import Run, dbt, scratch_project

ROWS = {
    "right": "select 1 as a, 'x' as b, 0.5 as share, 0 as quantity",
    "wrong": (
        "select 1 as a, 'x' as b, 1.2 as share, -1 as quantity union all "
        "select 1, 'x', -0.1, -2 union all select 2, null, 0.5, 3"
    ),
    "empty": "select 1 as a, 'x' as b, 0.5 as share, 0 as quantity where false",
}

PROPERTIES = """\
  - name: {name}
    data_tests:
      - unique_key: {{name: {name}_key, arguments: {{columns: [a, b]}}}}
      - are_shares: {{name: {name}_shares, arguments: {{columns: [share]}}}}
      - are_not_negative:
          name: {name}_quantities
          arguments: {{columns: [quantity, a]}}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = scratch_project(tmp_path_factory.mktemp("generic") / "scratch")
    for name, sql in ROWS.items():
        (folder / "models" / f"{name}_rows.sql").write_text(sql)
    (folder / "models" / "models.yml").write_text(
        "version: 2\nmodels:\n"
        + "".join(PROPERTIES.format(name=f"{name}_rows") for name in ROWS)
    )
    return dbt(folder, "build")


@pytest.mark.parametrize("rows", ["right_rows", "empty_rows"])
@pytest.mark.parametrize("test", ["key", "shares", "quantities"])
def test_right_rows_pass(run: Run, rows: str, test: str) -> None:
    assert run.status[f"{rows}_{test}"] == "pass"


@pytest.mark.parametrize(
    ("test", "failures"),
    [
        ("key", 2),  # the repeated key, and the null
        ("shares", 2),  # 1.2 and -0.1
        ("quantities", 2),  # -1 and -2
    ],
)
def test_wrong_rows_fail(run: Run, test: str, failures: int) -> None:
    assert run.status[f"wrong_rows_{test}"] == "fail"
    assert run.failures[f"wrong_rows_{test}"] == failures
