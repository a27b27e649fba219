"""Publishing: what the file holds, and that a failed publication changes nothing."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from finished import finish
from sample import SAMPLE
from strangers import killed_writing, may_write, nobody, writing
from tiny_publication import MARTS, beside, change, codes, make, refused

from commerce_exterieur import publication as publish
from commerce_exterieur.errors import UserError
from commerce_exterieur.warehouse import Warehouse

# What the file holds


def test_the_published_file_holds_the_marts_with_types_rows_and_comments(
    target: Path,
) -> None:
    with Warehouse(target) as published:
        tables = published.rows(
            "select schema_name, table_name, comment from duckdb_tables() order by all"
        )
        assert [tuple(row.values()) for row in tables] == [
            ("marts", "build_info", None),
            ("marts", "dim_territory", "It's one row per territory."),
            ("marts", "fct_trade_flows", "One row."),
        ]
        columns = published.rows(
            "select column_name, data_type, is_nullable, comment from duckdb_columns() "
            "where schema_name = 'marts' order by table_name, column_index"
        )
        assert [tuple(row.values()) for row in columns] == [
            ("data_origin", "VARCHAR", False, None),
            ("territory_code", "VARCHAR", False, None),
            ("or", "INTEGER", True, "A word of SQL."),
            ("code", "VARCHAR", False, "A code."),
        ]
        assert published.rows("from marts.dim_territory order by all") == [
            {"territory_code": "D52", "or": 1},
            {"territory_code": "FR", "or": None},
        ]
    assert not beside(target)


def test_the_published_file_is_readable_since_duckdb_1_1(target: Path) -> None:
    # The storage version is the number after the magic word: 64 is v0.9 to v1.1.
    header = target.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64


def test_the_published_file_is_for_all_to_read_and_none_to_write() -> None:
    # Outside of pytest's folder, which is closed to others.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        source = make(Path(folder) / "dev.duckdb")
        target = Path(folder) / "a" / "b" / "warehouse.duckdb"
        with nobody(), umask(0o077):
            for _ in range(2):
                publish.publish(source, target)
        modes = [
            stat.S_IMODE(path.stat().st_mode) for path in (target, *target.parents[:2])
        ]
        assert modes == [0o444, 0o755, 0o755]


@contextmanager
def umask(mask: int) -> Iterator[None]:
    old = os.umask(mask)
    try:
        yield
    finally:
        os.umask(old)


def test_a_reader_keeps_its_file_through_a_publication(
    source: Path, target: Path
) -> None:
    with Warehouse(target) as reader:
        change(source, "insert into marts.dim_territory values ('R44', 2)")
        finish(source, MARTS)
        publish.publish(source, target)
        assert reader.rows("select count(*) as n from marts.dim_territory") == [
            {"n": 2}
        ]
    assert codes(target) == ["D52", "FR", "R44"]


@pytest.mark.parametrize(
    "name", ["my.copy.v2.duckdb", "memory.duckdb", "plain", "file.duckdb", "l'\"é.db"]
)
def test_the_engineers_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    target = tmp_path / "out" / "warehouse.duckdb"
    for place, made_as in (("made so", name), ("renamed", "warehouse.duckdb")):
        folder = tmp_path / place
        folder.mkdir()
        make(folder / made_as).rename(folder / name)
        publish.publish(folder / name, target)
        assert codes(target) == ["D52", "FR"]
        target.unlink()


def test_the_project_publishes_every_mart_of_the_contract(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "warehouse.duckdb"
    assert publish.main(["--source", str(SAMPLE), "--target", str(target)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Published {target} (run ")
    with Warehouse(target) as published:
        assert published.build_info()["run_id"] in said
        names = {row["table_name"] for row in published.rows("from duckdb_tables()")}
    assert {
        "build_info",
        "dim_territory",
        "fct_trade_flows",
        "fct_rankings",
        "rejected_lines",
        "rpt_factsheet_key_figures",
    } <= names
    assert not [name for name in names if name.startswith(("stg_", "int_"))]


# Others at the same files


def test_the_log_of_a_killed_writer_is_not_replayed_on_the_next_publication(
    source: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    killed_writing(target, "insert into marts.fct_trade_flows values ('R44')")
    with pytest.raises(UserError, match=r"warehouse\.duckdb\.wal lies beside"):
        Warehouse(target)
    assert publish.main(["--source", str(source), "--target", str(target)]) == 0
    assert f"publish: deleted {target}.wal" in capsys.readouterr().err
    assert codes(target) == ["D52", "FR"]


def test_a_log_that_appears_at_the_last_moment_is_deleted(
    source: Path,
    target: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = target.with_name(f"{target.name}.wal")
    replace = Path.replace

    def too_late(unfinished: Path, name: Path) -> None:
        log.write_bytes(b"half a log")
        replace(unfinished, name)

    monkeypatch.setattr(Path, "replace", too_late)
    assert publish.main(["--source", str(source), "--target", str(target)]) == 0
    assert f"publish: deleted {log}" in capsys.readouterr().err
    assert codes(target) == ["D52", "FR"]


def test_a_program_that_writes_to_the_published_file_is_named(
    source: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target.chmod(0o644)
    with writing(target) as writer:
        said = refused(capsys, source, target)
        assert f"{target} is open for writing in another program" in said
        assert f"(PID {writer.pid})" in said
    publish.publish(source, target)


def test_nobody_may_write_to_either_file_meanwhile(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target.chmod(0o644)
    found = []

    def try_to_write(*arguments: object) -> None:
        found.extend([may_write(source), may_write(target)])
        copy_mart(*arguments)

    copy_mart = publish._copy_mart
    monkeypatch.setattr(publish, "_copy_mart", try_to_write)
    publish.publish(source, target)
    assert set(found) == {False}
    assert may_write(source)


def on_verification(
    monkeypatch: pytest.MonkeyPatch, file: Path, do: Callable[[], None]
) -> None:
    """Do something between the replacement of a file and its verification."""
    differences = publish._differences

    def interrupted(read: Path, run: publish.FinishedRun) -> list[str]:
        if read == file:
            do()
        return differences(read, run)

    monkeypatch.setattr(publish, "_differences", interrupted)


@pytest.mark.parametrize(
    "sql",
    [
        "insert into marts.fct_trade_flows values ('R44')",
        "create table unseen as select 1 as a",
    ],
)
@pytest.mark.parametrize("is_first", [False, True])
@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_does_not_read_as_it_was_written_is_taken_back(
    source: Path,
    target: Path,
    sql: str,
    is_first: bool,
    has_links: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if is_first:
        target.unlink()
    if not has_links:
        monkeypatch.setattr(Path, "hardlink_to", not_supported)
    on_verification(monkeypatch, target, lambda: killed_writing(target, sql))
    said = refused(capsys, source, target)
    assert f"{target} does not read as it was written" in said
    assert f"deleted {target}.wal" in said
    assert target.exists() != is_first


def not_supported(*_: object) -> None:
    raise OSError(95, "Operation not supported")


def test_of_two_publications_at_once_the_second_stops_and_says_why(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_mart = publish._copy_mart

    def another(*arguments: object) -> None:
        with pytest.raises(UserError, match="Another program is writing in"):
            publish.publish(source, target)
        copy_mart(*arguments)

    monkeypatch.setattr(publish, "_copy_mart", another)
    publish.publish(source, target)
    assert codes(target) == ["D52", "FR"]


def test_what_a_killed_publication_left_is_deleted_by_the_next(
    source: Path, target: Path
) -> None:
    for name in ("unfinished", "unfinished.wal", "previous"):
        target.with_name(f".{target.name}.{name}").write_bytes(b"half a")
    spilt = target.with_name(f".{target.name}.unfinished.spill")
    spilt.mkdir()
    (spilt / "a.tmp").write_bytes(b"spilt")
    publish.publish(source, target)
    assert not beside(target)


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ([*MARTS, "fct_new"], "it lacks fct_new"),
        (["build_info", "dim_territory"], "it holds fct_trade_flows"),
        (None, "cannot be read as dbt's manifest"),
    ],
)
def test_a_manifest_of_another_project_stops_the_publication(
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    listed: list[str] | None,
    said: str,
) -> None:
    source, target = make(tmp_path / "warehouse.duckdb"), tmp_path / "published.duckdb"
    manifest = tmp_path / "manifest.json"
    nodes = {
        name: {"resource_type": "model", "schema": "marts", "alias": name}
        for name in listed or []
    }
    manifest.write_text(json.dumps({"nodes": nodes}) if listed else "{")
    arguments = ["--source", str(source), "--target", str(target)]
    assert publish.main([*arguments, "--manifest", str(manifest)]) == 2
    assert said in capsys.readouterr().err
    assert not target.exists()
    of_ours = (
        {
            name: nodes.get(name) or nodes["build_info"] | {"alias": name}
            for name in MARTS
        }
        if listed
        else {}
    )
    if listed:
        manifest.write_text(json.dumps({"nodes": of_ours}))
        assert publish.main([*arguments, "--manifest", str(manifest)]) == 0


def test_a_description_changed_since_is_not_published(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    source, target = make(tmp_path / "warehouse.duckdb"), tmp_path / "published.duckdb"
    change(source, "comment on table marts.dim_territory is 'wrong'")
    arguments = ["--source", str(source), "--target", str(target)]
    assert publish.main(arguments) == 2
    assert "was changed since its tests (dim_territory)" in capsys.readouterr().err
    assert not target.exists()


def test_through_a_link_the_file_it_stands_for_is_published(tmp_path: Path) -> None:
    source = make(tmp_path / "warehouse.duckdb")
    (tmp_path / "share").mkdir()
    link, file = tmp_path / "link.duckdb", tmp_path / "share" / "published.duckdb"
    link.symlink_to(file)
    assert publish.main(["--source", str(source), "--target", str(link)]) == 0
    assert link.is_symlink()
    assert file.is_file()


def test_what_the_project_does_not_make_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    source, target = make(tmp_path / "warehouse.duckdb"), tmp_path / "published.duckdb"
    change(source, "create table marts.ghost as select 1 as a")
    assert publish.main(["--source", str(source), "--target", str(target)]) == 2
    assert "holds ghost in its schema marts" in capsys.readouterr().err
