"""The plugin of dbt: SQL gets the inventory, the lists, the line rule, as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from customs_folder import TEXT, TXT, ZIP, kept, put
from customs_zips import COUNTRIES, shipped, zipped
from dbt_scratch import dbt, scratch_project

import commerce_exterieur.intake.functions
import commerce_exterieur.intake.inventory
import commerce_exterieur.intake.plugin
from commerce_exterieur.customs.line import line_rule
from commerce_exterieur.intake.inventory import Inventory, inventory
from commerce_exterieur.intake.measure import measure
from commerce_exterieur.intake.plugin import Plugin


def plugin(path: str) -> Plugin:
    return Plugin("intake", {}, credentials=SimpleNamespace(path=path))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    path = str(tmp_path / "dev" / "warehouse.duckdb")
    (tmp_path / "dev").mkdir()
    with duckdb.connect(path) as connection:
        plugin(path).configure_connection(connection)
        yield connection


def asked(connection: duckdb.DuckDBPyConnection, folder: Path | str) -> dict:
    query = "select customs_inventory(?)"
    return json.loads(connection.execute(query, [str(folder)]).fetchone()[0])


def test_sql_gets_the_inventory_as_json(
    connection: duckdb.DuckDBPyConnection, customs: Path, unpacked: Path
) -> None:
    put(customs / TXT)
    put(customs / ZIP, zipped({"a.txt": TEXT}))
    put(customs / "2023-01" / "été.txt")
    put(customs / "été.csv")
    found = inventory(customs, unpacked)
    assert found.notes and found.refused
    said = asked(connection, customs)
    assert said == {
        "files": [vars(file) for file in found.files],
        "refused": list(found.refused),
        "notes": list(found.notes),
    }
    assert list(said["files"][0]) == [
        *(
            "path",
            "vintage",
            "name",
            "sha256",
            "bytes",
            "lines",
            "header_lines",
            "is_plain",
            "stamp",
        ),
        *("kind", "flow", "year", "data_origin", "published_on"),
    ]
    assert kept(unpacked) == [Path(said["files"][1]["path"]).name]
    for file in found.files:
        stamps = connection.execute("select customs_stamp(?)", [file.path]).fetchone()
        assert stamps == (file.stamp,)
    assert connection.execute(
        "select customs_stamp('/gone'), customs_stamp(null), customs_inventory(null)"
    ).fetchone() == ("", None, None)


def test_sql_gets_the_rows_of_the_lists(
    connection: duckdb.DuckDBPyConnection, customs: Path
) -> None:
    put(customs / ZIP, shipped("export", 2024, lists={"PAYS.txt": COUNTRIES}))
    put(customs / "2024-11" / "Libelle_PAYS.txt", b"AT;Autriche;1990;\n")
    query = "select customs_labels(?)"
    said = json.loads(connection.execute(query, [str(customs)]).fetchone()[0])
    assert [(one["vintage"], one["code"]) for one in said] == [
        ("2024-11", "AT"),
        *(("2025-02", code) for code in ("AT", "BE", "NA", "QU", "QU")),
    ]
    assert said[0] == {
        "vintage": "2024-11",
        "source_file": "Libelle_PAYS.txt",
        "kind": "country",
        "code": "AT",
        "label": "Autriche",
        "valid_from": 199001,
        "valid_to": None,
    }
    empty = connection.execute(query, [str(customs / "gone")]).fetchone()
    assert empty == ("[]",)


def test_sql_gets_the_line_rule(connection: duckdb.DuckDBPyConnection) -> None:
    (said,) = connection.execute("select program.customs_line_rule()").fetchone()
    assert json.loads(said) == json.loads(json.dumps(line_rule()))


def test_what_one_asks_another_does_not_measure_again(
    connection: duckdb.DuckDBPyConnection,
    customs: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The list of files and the labels are asked for at once: a file is read once."""
    put(customs / TXT)
    put(customs / "2025-02" / "Libelle_PAYS.txt", COUNTRIES)
    read, slow = [], threading.Event()

    def slowly(path: Path) -> object:
        read.append(path.name)
        slow.wait(0.2)
        return measure(path)

    monkeypatch.setattr(commerce_exterieur.intake.inventory, "measure", slowly)
    queries = [f"select {name}(?)" for name in ("customs_inventory", "customs_labels")]
    threads = [
        threading.Thread(
            target=connection.cursor().execute, args=(query, [str(customs)])
        )
        for query in queries
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read) == ["Libelle_PAYS.txt", "Region_2024_Export.txt"]


def test_every_cursor_of_every_thread_has_the_functions(
    connection: duckdb.DuckDBPyConnection, customs: Path
) -> None:
    put(customs / TXT)
    put(customs / ZIP, zipped({"a.txt": TEXT}))
    said = []

    def ask() -> None:
        cursor = connection.cursor()
        said.extend(asked(cursor, customs) for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 20
    assert all(one == said[0] for one in said)
    assert len(said[0]["files"]) == 2


def test_the_function_is_called_when_a_query_runs_and_once(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def counted(folder: Path, unpacked: Path) -> Inventory:
        calls.append((folder, unpacked))
        return Inventory((), ("no",))

    monkeypatch.setattr(commerce_exterieur.intake.functions, "inventory", counted)
    connection.execute("explain select customs_inventory('a')").fetchall()
    assert calls == []
    connection.execute(
        "with found as (select customs_inventory('~/a') as said) "
        "select said, length(said), json_extract(said, '$.refused') from found"
    ).fetchall()
    assert [folder for folder, _ in calls] == [Path.home() / "a"]


@pytest.mark.parametrize("error", [RuntimeError("odd"), OSError(28, "No space left")])
def test_an_error_nobody_thought_of_is_a_refusal(
    connection: duckdb.DuckDBPyConnection,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(commerce_exterieur.intake.functions, "inventory", fail)
    said = asked(connection, "somewhere")
    assert said["files"] == []
    (sentence,) = said["refused"]
    assert sentence.startswith("somewhere: cannot be read: ")
    assert str(error) in sentence


def test_a_folder_no_system_call_takes_is_a_refusal(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    said = connection.execute("select customs_inventory('a' || chr(0))").fetchone()[0]
    assert len(json.loads(said)["refused"]) == 1


def test_a_warehouse_in_memory_unpacks_into_a_temporary_folder(customs: Path) -> None:
    put(customs / ZIP, zipped({"a.txt": TEXT}))
    with duckdb.connect(":memory:") as connection:
        plugin(":memory:").configure_connection(connection)
        (file,) = asked(connection, customs)["files"]
        assert Path(file["path"]).read_bytes() == TEXT
        assert Path(file["path"]).is_relative_to(tempfile.gettempdir())


TWICE = """
import gc, sys, types
import duckdb
from commerce_exterieur.intake.plugin import Plugin

def opened():
    plugin = Plugin("intake", {}, types.SimpleNamespace(path=sys.argv[1]))
    connection = duckdb.connect(sys.argv[1])
    plugin.configure_connection(connection)
    plugin.configure_connection(connection.cursor())
    plugin.configure_connection(connection)
    return connection

first = opened()
second = opened()
first.close()
del first
gc.collect()
print(second.execute("select customs_stamp('/gone') = ''").fetchone()[0])
second.close()
print(opened().execute("select customs_stamp('/gone') = ''").fetchone()[0])
"""


def test_connections_may_come_and_go(tmp_path: Path) -> None:
    """In a process of its own: DuckDB crashes when it calls what was freed."""
    done = subprocess.run(
        [sys.executable, "-c", TWICE, str(tmp_path / "a.duckdb")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("True\nTrue\n", "", 0)


def test_dbt_has_the_functions_in_its_four_threads(tmp_path: Path) -> None:
    folder = scratch_project(tmp_path / "scratch")
    put(folder / "customs" / TXT)
    put(folder / "customs" / ZIP, zipped({"a.txt": TEXT}))
    (folder / "profiles.yml").write_text(
        "scratch: {target: dev, outputs: {dev: {type: duckdb, threads: 4, "
        "path: warehouse.duckdb, "
        "plugins: [{module: commerce_exterieur.intake.plugin}]}}}\n"
    )
    for number in range(6):
        (folder / "models" / f"model_{number}.sql").write_text(
            "{{ config(materialized='table') }} "
            "{% set found = run_query(\"select customs_inventory('customs')\") %}"
            "select {{ fromjson(found.rows[0][0]).files | length if execute else 0 }} "
            "as files, customs_inventory('customs') as said"
        )
    run = dbt(folder, "run", "--quiet")
    assert run.exit_code == 0, run.output
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as made:
        for number in range(6):
            files, said = made.execute(f"from model_{number}").fetchone()
            assert files == 2
            paths = [file["path"] for file in json.loads(said)["files"]]
            assert paths == [
                f"unpacked/{kept(folder / 'unpacked')[0]}",
                f"customs/{TXT}",
            ]
