"""A warehouse that took files in one by one holds what a full build would."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from customs_build import NO_TESTS
from customs_folder import put
from customs_zips import shipped
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt_scratch import PROJECT, dbt, parsed_project, read_manifest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from mart_rows import differences
from sample import SAMPLE

from commerce_exterieur.mart_hash import create_columns_hashes

VINTAGES = ["2024-05", "2024-11", "2025-02"]
EXPORTS = "2024-05/Region_2024_Export.txt"
NAMES = {
    "Region_2023_Export.txt": ("E", [2023]),
    "Region_2023_Import.txt": ("I", [2023]),
    "Region_2024_Export.txt": ("E", [2024]),
    "REGIONAL_CPF4PAYSE.txt": ("E", [2023, 2024]),
    "REGIONAL_CPF4PAYSI.txt": ("I", [2023, 2024]),
}


def line(flow: str, years: list[int]) -> st.SearchStrategy[str]:
    """One line of a file: few codes, so that keys repeat; some are not well-formed."""
    return st.builds(
        "{};{};{};{};13;{};{}".format,
        st.just(flow),
        st.integers(1, 4),
        st.sampled_from(years),
        st.sampled_from(["52", "9A", "ZZ"]),
        st.sampled_from(["C24C;2451", "A01Z;0111", "Z99Z;9999"]),
        st.sampled_from(
            ["DE;5;1", "QS;70;0", "GB;100;2", "ZY;9;9", "DE;1", "DE;1.5;1"]
        ),
    )


@st.composite
def arrival(draw: st.DrawFn) -> tuple[str, str | None]:
    """A file that comes, comes again with other lines, or goes (none)."""
    name = draw(st.sampled_from(sorted(NAMES)))
    path = f"{draw(st.sampled_from(VINTAGES))}/{name}"
    if draw(st.integers(0, 3)) == 0:
        return path, None
    lines = draw(st.lists(line(*NAMES[name]), min_size=1, max_size=12))
    return path, "\n".join(lines)


class Builder:
    """Runs dbt in this process on one folder, its project parsed once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.customs = folder / "customs"
        self.seeded = folder / "warehouse.duckdb"
        self.manifest = read_manifest(parsed_project(customs_dir=str(self.customs)))

    def build(self, warehouse: Path, *arguments: str, as_of: str = "") -> set[str]:
        """Run every model, without the tests; tell the ones that were made anew."""
        self.environment.setenv("COMMERCE_WAREHOUSE", str(warehouse))
        done = self.invoke("run", *arguments, as_of=as_of)
        assert done.success, done.exception or [
            (result.node.name, result.message)
            for result in done.result
            if result.status not in ("success", "pass", "skipped")
        ]
        return {
            result.node.name
            for result in done.result
            if result.node.resource_type == "model" and result.message != "UNCHANGED"
        }

    def seed(self, warehouse: Path) -> None:
        """Load the seeds."""
        self.environment.setenv("COMMERCE_WAREHOUSE", str(warehouse))
        assert self.invoke("seed").success

    def invoke(self, command: str, *arguments: str, as_of: str = "") -> dbtRunnerResult:
        try:
            return dbtRunner(manifest=self.manifest).invoke(
                [
                    *("--quiet", command, *arguments, "--project-dir", str(PROJECT)),
                    *("--profiles-dir", str(PROJECT)),
                    *("--target-path", str(self.folder / "target")),
                    *("--log-path", str(self.folder / "logs")),
                    "--vars",
                    json.dumps({"customs_dir": str(self.customs), "as_of": as_of}),
                ]
            )
        finally:
            # dbt keeps the file open for the life of the process.
            if DuckDBConnectionManager._ENV:
                DuckDBConnectionManager._ENV.close()
            DuckDBConnectionManager.close_all_connections()


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        builder = Builder(Path(folder))
        builder.environment = patch
        builder.seed(builder.seeded)
        yield builder


@settings(
    max_examples=3,
    deadline=None,
    # Shrinking a failure would take hours at seconds a build.
    phases=[Phase.explicit, Phase.generate],
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    arrivals=st.lists(st.lists(arrival(), min_size=1, max_size=3), max_size=3),
    as_of=st.sampled_from(["", "2024-12"]),
)
def test_one_by_one_or_all_at_once_is_the_same(
    builder: Builder, arrivals: list[list[tuple[str, str | None]]], as_of: str
) -> None:
    shutil.rmtree(builder.customs, ignore_errors=True)
    # The parsed project names its database: both files have the name it has.
    grown, whole = (builder.folder / each / "warehouse.duckdb" for each in "ab")
    for file in (grown, whole):
        shutil.rmtree(file.parent, ignore_errors=True)
        file.parent.mkdir()
        shutil.copy(builder.seeded, file)
    # There is always a file: an empty folder is refused.
    write(builder.customs, "2024-05/Region_2024_Import.txt", "I;1;2024;52;13;X;1")
    builder.build(grown)
    for batch in arrivals:
        for path, content in batch:
            write(builder.customs, path, content)
        builder.build(grown)
    builder.build(grown, as_of=as_of)
    builder.build(whole, as_of=as_of)
    assert differences(grown, whole) == {}


def write(folder: Path, path: str, content: str | None) -> None:
    """Put a file in its place, or take it away."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    if content is None:
        (folder / path).unlink(missing_ok=True)
    else:
        (folder / path).write_text(content)


def test_a_new_file_touches_its_own_quarters_only(builder: Builder) -> None:
    shutil.rmtree(builder.customs, ignore_errors=True)
    file = builder.folder / "a" / "warehouse.duckdb"
    file.parent.mkdir(exist_ok=True)
    shutil.copy(builder.seeded, file)
    line = "E;{};2024;52;13;C24C;2451;DE;{};1\n"
    old, new = EXPORTS, "2024-11/Region_2024_Export.txt"
    write(builder.customs, old, line.format(1, 5) + line.format(2, 7))
    flows_only = ("--select", "+fct_trade_flows")
    builder.build(file, *flows_only)
    poison(file)
    write(builder.customs, new, line.format(2, 8))
    builder.build(file, *flows_only)
    assert flows(file) == [(1, 666), (2, 8)]
    # Published again, the old file is read again; taken away, its effect is undone.
    write(builder.customs, old, line.format(1, 6))
    builder.build(file, *flows_only)
    assert flows(file) == [(1, 6), (2, 8)]
    write(builder.customs, old, None)
    builder.build(file, *flows_only)
    assert flows(file) == [(2, 8)]


def poison(warehouse: Path) -> None:
    """Write a value that no build would, to see which rows are made again."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update intermediate.int_flows_summed set value_eur = 666")


def flows(warehouse: Path) -> list[tuple[int, int]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(
            "select quarter, value_eur from marts.fct_trade_flows order by all"
        ).fetchall()


#: What is changed behind dbt's back, and the relation that shows it.
CHANGES = {
    "marts.fct_share_ratios": "update {} set year = 1900",
    "marts.fct_territory_totals": "delete from {}",
    "marts.fct_trade_balances": "delete from {}",  # keyed
    "marts.fct_rankings": "comment on table {} is 'mine'",  # keyed
    "marts.dim_country": "alter table {} rename column country_name_en to name",
    "marts.dim_product": "comment on table {} is 'mine'",
    "marts.dim_quarter": "comment on column {}.year is 'mine'",
    "marts.fct_reliability": "drop table {}",
    "marts.rejected_lines": "drop table {0}; create view {0} as select 1 as line",
    "marts.fct_trade_flows": "create or replace view {} as select 1 as year",
    "intermediate.int_days_covered": "drop view {}",
}


def test_what_has_not_changed_is_left_alone(builder: Builder) -> None:
    shutil.rmtree(builder.customs, ignore_errors=True)
    changed, whole = (builder.folder / each / "warehouse.duckdb" for each in "ab")
    for file in (changed, whole):
        file.parent.mkdir(exist_ok=True)
        shutil.copy(builder.seeded, file)
    write(builder.customs, EXPORTS, "E;1;2024;52;13;C24C;2451;DE;5;1\nno line\n")
    builder.build(whole)
    shutil.copy(whole, changed)
    remade = builder.build(changed)
    # It names the run, as DuckDB writes the text of some views anew.
    assert "build_info" in remade
    assert not {name for name in remade if name.startswith(("fct_share", "dim_"))}
    with duckdb.connect(str(changed)) as connection:
        for relation, statement in CHANGES.items():
            connection.execute(statement.format(relation))
    remade = builder.build(changed)
    assert remade > {relation.split(".")[1] for relation in CHANGES}
    assert differences(changed, whole) == {}
    assert comments(changed) == comments(whole)
    assert remade > builder.build(changed)


def comments(warehouse: Path) -> list[tuple[str, str]]:
    """Mart → a hash of its comments, columns and types."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        create_columns_hashes(connection)
        return connection.execute(
            "from columns_hashes(current_database(), 'marts') order by all"
        ).fetchall()


def test_what_lies_upstream_is_looked_at(builder: Builder) -> None:
    shutil.rmtree(builder.customs, ignore_errors=True)
    file = builder.folder / "a" / "warehouse.duckdb"
    file.parent.mkdir(exist_ok=True)
    shutil.copy(builder.seeded, file)

    def deliver(label: str) -> None:
        text = b"E;1;2024;52;13;C24C;2451;Y1;5;1\r\n"
        lists = {"Libelle_PAYS.txt": f"Y1;{label};202401;999912\r\n".encode()}
        zipped = shipped("export", 2024, text, lists=lists)
        put(builder.customs / "202411_regional_2024_export.zip", zipped)

    def change(relation: str) -> None:
        with duckdb.connect(str(file)) as connection:
            connection.execute(f"update {relation} set country_name_fr = 'Mine'")

    def names() -> dict[str, str]:
        with duckdb.connect(str(file), read_only=True) as connection:
            return dict(
                connection.execute(
                    "select country_code, country_name_fr from marts.dim_country "
                    "where country_code in ('DE', 'Y1')"
                ).fetchall()
            )

    only = ("--select", "dim_country")
    deliver("Once")
    builder.build(file)
    # What is chosen is made, of what lies there.
    change("intermediate.int_countries_completed")
    assert builder.build(file, *only) == {"dim_country"}
    assert names() == {"DE": "Mine", "Y1": "Mine"}
    assert builder.build(file) > {"dim_country", "int_countries_completed"}
    assert names() == {"DE": "Allemagne", "Y1": "Once"}
    # A list of labels; a seed.
    deliver("Now")
    builder.build(file)
    assert names() == {"DE": "Allemagne", "Y1": "Now"}
    change("reference.countries")
    builder.build(file, "--select", "int_countries_completed")
    builder.build(file)
    assert names() == {"DE": "Mine", "Y1": "Now"}
    builder.seed(file)
    builder.build(file)
    assert names() == {"DE": "Allemagne", "Y1": "Now"}
    # A keyed table that is damaged where nobody looks, and repaired.
    whole = builder.folder / "b" / "warehouse.duckdb"
    whole.parent.mkdir(exist_ok=True)
    shutil.copy(file, whole)
    with duckdb.connect(str(file)) as connection:
        connection.execute("update intermediate.int_flows_rolled_up set value_eur = 6")
        connection.execute(
            "update state.relations_made set made_from = 'x' "
            "where node like '%rpt_site_partners'"
        )
    builder.build(file)
    assert differences(file, whole).keys() >= {"rpt_site_partners"}
    builder.build(file, "--select", "int_flows_rolled_up", "--full-refresh")
    builder.build(file)
    assert differences(file, whole) == {}


def test_a_run_that_sees_no_rows_leaves_no_trace(builder: Builder) -> None:
    shutil.rmtree(builder.customs, ignore_errors=True)
    for flow, name in (("E", "Region_2024_Export.txt"), ("I", "REGIONAL_X.txt")):
        good = f"{flow};1;2024;52;13;C24C;2451;DE;5;1\n"
        write(builder.customs, f"2024-05/{name}", good + "no line\n")
    emptied, whole = (builder.folder / each / "warehouse.duckdb" for each in "ab")
    for file in (emptied, whole):
        file.parent.mkdir(exist_ok=True)
        shutil.copy(builder.seeded, file)
    builder.build(whole)
    # Of a warehouse built before; one that was not: test_the_sample_is_built_empty_….
    shutil.copy(whole, emptied)
    builder.build(emptied, "--empty")
    with duckdb.connect(str(emptied), read_only=True) as connection:
        for table in ("state.keys_built", "marts.fct_rankings", "marts.rejected_lines"):
            assert connection.execute(f"from {table}").fetchall() == []
    # No model of ours has an event time, so a sample is everything.
    builder.build(emptied, "--sample", "1 day")
    assert differences(emptied, whole) == {}
    builder.build(emptied, "--empty", "--select", "int_flows_summed")
    builder.build(emptied)
    assert differences(emptied, whole) == {}


def test_the_sample_is_built_empty_with_all_its_tests(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    run = dbt(PROJECT, "build", "--empty", warehouse=file)
    assert run.exit_code == 0, run.output
    assert set(run.status.values()) == {"success", "pass", "no-op"}
    assert "assert_expected_lines_met" in run.status
    assert "new file" not in run.output
    with duckdb.connect(str(file), read_only=True) as connection:
        for table in ("state.keys_built", "marts.fct_rankings", "marts.rejected_lines"):
            assert connection.execute(f"from {table}").fetchall() == []
    run = dbt(PROJECT, "build", *NO_TESTS, warehouse=file)
    assert run.exit_code == 0
    assert "new file: simulated/customs_2024_import.csv, 45500 lines\n" in run.output
    assert differences(file, SAMPLE) == {}
