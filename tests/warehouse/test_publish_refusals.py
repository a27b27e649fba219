"""What is not published, and what is said of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from finished import finish
from strangers import nobody, writing
from tiny_publication import MARTS, change, make, refused

from commerce_exterieur import publication as publish


@pytest.mark.parametrize(
    "sql",
    [
        "drop table state.finished_run",
        "drop schema state cascade",
        "alter table state.finished_run rename marts to things",
    ],
)
def test_without_the_mark_of_a_finished_run_nothing_is_published(
    source: Path, target: Path, sql: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(source, sql)
    said = refused(capsys, source, target)
    assert f"{source} is not what a finished run left" in said
    assert "Run `dbt build`" in said


@pytest.mark.parametrize(
    ("sql", "mart"),
    [
        ('update marts.dim_territory set "or" = 2 where "or" = 1', "dim_territory"),
        ('delete from marts.dim_territory where "or" = 1', "fct_trade_flows"),
        ("insert into marts.build_info from marts.build_info", "build_info"),
        ("update marts.build_info set data_origin = 'official'", "build_info"),
        ("alter table marts.build_info rename data_origin to origin", "build_info"),
        (
            "comment on column marts.fct_trade_flows.code is 'Thousands.'",
            "fct_trade_flows",
        ),
    ],
)
def test_what_was_changed_since_its_tests_is_not_published(
    source: Path,
    target: Path,
    sql: str,
    mart: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    change(source, sql)
    said = refused(capsys, source, target)
    assert f"{source} was changed since its tests" in said
    assert mart in said and "Run `dbt build`" in said


@pytest.mark.parametrize("table", ["build_info", "dim_territory"])
def test_what_was_dropped_since_is_named(
    source: Path, target: Path, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(source, f"drop table marts.{table}")
    said = refused(capsys, source, target)
    assert f"{source} was changed since its tests" in said
    assert table in said and "Run `dbt build`" in said


def test_a_null_that_must_not_be_is_not_published(
    source: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(source, "insert into marts.dim_territory values (null, 3)")
    finish(source, MARTS)
    assert "a mart breaks its contract (Constraint Error: NOT NULL" in refused(
        capsys, source, target
    )


def test_a_file_of_another_duckdb_is_built_anew_first(
    source: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(source, "update state.finished_run set engine = 'duckdb v1.1.0'")
    assert "made with duckdb v1.1.0, and this is duckdb v" in refused(
        capsys, source, target
    )


def test_a_source_that_cannot_be_read_is_told_from_a_damaged_one(
    source: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = source.read_bytes()
    assert "does not exist. Run `make build`" in refused(
        capsys, source.with_name("none"), target
    )
    assert "is a folder" in refused(capsys, source.parent, target)
    source.write_bytes(b"not a database" * 1000)
    assert "it is not a DuckDB file" in refused(capsys, source, target)
    source.write_bytes(content[: len(content) - 200_000])
    assert "it is damaged" in refused(capsys, source, target)
    # One block of the data: the file opens.
    half = len(content) // 2
    source.write_bytes(content[:half] + bytes(len(content) - half))
    assert "it is damaged" in refused(capsys, source, target)
    source.write_bytes(content)
    with writing(source):
        assert "locked by another program that writes to it" in refused(
            capsys, source, target
        )


def test_a_file_without_the_right_to_it_is_not_called_damaged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        source, target = make(folder / "dev.duckdb"), folder / "warehouse.duckdb"
        (folder / "closed").mkdir(mode=0o555)
        source.chmod(0)
        with nobody():
            said = refused(capsys, source, target)
            assert "you may not read it" in said and "Permission denied" in said
        source.chmod(0o644)
        with nobody():
            said = refused(capsys, source, folder / "closed" / "warehouse.duckdb")
            assert "cannot be written" in said and "Change its rights" in said


def test_what_is_in_the_way_of_the_published_file_is_named(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert "cannot be written" in refused(
        capsys, source, tmp_path / "file" / "warehouse.duckdb"
    )
    (tmp_path / "folder").mkdir()
    assert "Is a directory" in refused(capsys, source, tmp_path / "folder")
    assert "is the engineer's file" in refused(capsys, source, source)


def test_a_memory_that_is_none_is_named(
    source: Path,
    target: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publish, "MEMORY", "a lot")
    assert "COMMERCE_MEMORY is 'a lot'" in refused(capsys, source, target)
    monkeypatch.setattr(publish, "MEMORY", "1MB")
    assert "Allow more memory than COMMERCE_MEMORY=1MB" in refused(
        capsys, source, target
    )
