"""Opening the warehouse: what a user is told when it cannot be read."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt_scratch import PROJECT
from jinja2 import Environment
from sample import SAMPLE
from strangers import killed_writing, nobody, writing
from tiny_warehouse import write

from commerce_exterieur.charts import command as render_charts
from commerce_exterieur.errors import UserError
from commerce_exterieur.factsheet import command as render_factsheets
from commerce_exterieur.site import command as build_site
from commerce_exterieur.site.gazetteer import read_gazetteer
from commerce_exterieur.warehouse import Warehouse


@pytest.fixture
def warehouse() -> Warehouse:
    with Warehouse(SAMPLE) as opened:
        yield opened


def test_a_missing_warehouse_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="make build"):
        Warehouse(tmp_path / "none.duckdb")


def test_a_file_that_is_not_a_warehouse_is_named(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.duckdb"
    garbage.write_text("not a database" * 1000)
    with pytest.raises(UserError, match=r"garbage\.duckdb .* it is not a DuckDB file"):
        Warehouse(garbage)
    with pytest.raises(UserError, match="is a folder"):
        Warehouse(tmp_path)
    empty = tmp_path / "empty.duckdb"
    duckdb.connect(str(empty)).close()
    with pytest.raises(UserError, match="no finished build"):
        Warehouse(empty)


def test_a_locked_warehouse_says_who_should_do_what(tmp_path: Path) -> None:
    file = tmp_path / "locked.duckdb"
    duckdb.connect(str(file)).close()
    with (
        writing(file) as writer,
        pytest.raises(UserError, match="locked by another program") as locked,
    ):
        Warehouse(file)
    assert f"(PID {writer.pid})" in str(locked.value)


def test_a_file_of_a_later_duckdb_is_not_called_damaged(tmp_path: Path) -> None:
    file = tmp_path / "later.duckdb"
    duckdb.connect(str(file)).close()
    content = bytearray(file.read_bytes())
    content[12:20] = (999).to_bytes(8, "little")
    # The checksum of DuckDB: of the first block, in words of eight bytes.
    checksum = 5381
    for start in range(8, 4096, 8):
        word = int.from_bytes(content[start : start + 8], "little")
        checksum ^= word * 0xBF58476D1CE4E5B9 % 2**64
    content[:8] = checksum.to_bytes(8, "little")
    file.write_bytes(content)
    with pytest.raises(UserError, match=r"its version .* that DuckDB .* reads"):
        Warehouse(file)


def test_a_damaged_file_is_told_from_one_that_may_not_be_read() -> None:
    # Outside of pytest's folder, which is closed to others.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / "warehouse.duckdb"
        duckdb.connect(str(file)).close()
        content = file.read_bytes()
        file.write_bytes(content[:5000])
        with pytest.raises(UserError, match="it is damaged"):
            Warehouse(file)
        file.write_bytes(content)
        file.chmod(0)
        with nobody(), pytest.raises(UserError, match="you may not read it"):
            Warehouse(file)
        Path(folder).chmod(0)
        with nobody(), pytest.raises(UserError, match="cannot be opened: Permission"):
            Warehouse(file)
        Path(folder).chmod(0o755)


def test_a_file_with_the_log_of_a_killed_writer_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    shutil.copy(SAMPLE, file)
    killed_writing(file, "delete from marts.fct_territory_totals")
    for content in (None, b"not a log" * 100):
        if content:
            file.with_name("warehouse.duckdb.wal").write_bytes(content)
        with pytest.raises(UserError, match=r"warehouse\.duckdb\.wal .* `make build`"):
            Warehouse(file)
    file.with_name("warehouse.duckdb.wal").unlink()
    with Warehouse(file) as warehouse:
        assert warehouse.years() == [2023, 2024]


@pytest.mark.parametrize(
    ("code", "spellings"),
    [
        ("D52", "D52|52|d52|D-52|Haute-Marne|haute marne|HAUTE‑MARNE"),
        ("D44", "44|Loire-Atlantique"),
        ("R44", "R44|r44|grand est|Grand-Est|le Grand Est"),
        ("D01", "01|1|D1|ain|L’Ain"),
        ("D971", "971|9A|9a|D9A|d971"),
        ("D20", "20|D20"),
        ("FR", "FR|fr|France|la france"),
        ("R11", "Île-de-France|ile de france"),
        ("D21", "cote d'or"),
        ("D51", "Marne"),
    ],
)
def test_a_territory_is_understood_as_people_write_it(
    warehouse: Warehouse, code: str, spellings: str
) -> None:
    for spelling in spellings.split("|"):
        assert warehouse.territory(spelling).code == code


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("2A", ["D20"]),
        ("2b", ["D20"]),
        ("D2A", ["D20"]),
        ("Corse", ["D20", "R94"]),
        ("guadeloupe", ["D971", "R01"]),
        ("Réunion", ["D974", "R04"]),
        ("hautmarne", ["D52"]),
        ("Marn", ["D51", "D52", "D77"]),
        ("97", ["D971", "D972", "D973"]),
        ("belfort", ["D90"]),
        ("D00", []),
        ("Atlantis", []),
        ("", []),
        ("D52; touch x #", []),
    ],
)
def test_what_could_be_meant_is_named_and_no_more_than_three(
    warehouse: Warehouse, said: str, codes: list[str]
) -> None:
    with pytest.raises(UserError) as error:
        warehouse.territory(said)
    assert repr(said) in str(error.value)
    assert re.findall(r"([A-Z]\w+) \(", str(error.value)) == codes
    assert ("as one" in str(error.value)) == (codes == ["D20"])
    assert ("R44 for a region" in str(error.value)) == (not codes)


def test_every_command_understands_the_same(warehouse: Warehouse) -> None:
    said = ["haute marne", "52", "D52"]
    sheets = argparse.Namespace(all=False, territory=said)
    drawn = render_charts._territories(warehouse, said)
    assert [one.code for one in drawn] == ["D52", "R44", "FR"]
    (sheet,) = render_factsheets._territories(warehouse, sheets)
    assert sheet.code == "D52"
    assert build_site._wanted(warehouse, read_gazetteer(warehouse), said) == ["D52"]
    for command in (render_charts, render_factsheets, build_site):
        assert command.main(["--territory", "2A", "--warehouse", str(SAMPLE)]) == 2


def test_a_warehouse_of_an_earlier_version_still_names_its_territories(
    tmp_path: Path,
) -> None:
    with Warehouse(write(tmp_path / "tiny.duckdb", [])) as tiny:
        assert tiny.territory("essai").code == "D00"


def test_an_unknown_year_lists_those_that_exist(warehouse: Warehouse) -> None:
    with pytest.raises(UserError, match="2023, 2024"):
        warehouse.year(1999)


def test_a_hostile_code_is_a_value_not_sql(warehouse: Warehouse) -> None:
    with pytest.raises(UserError):
        warehouse.territory("D52' or '1'='1")


def test_the_default_year_is_the_latest_complete_one(warehouse: Warehouse) -> None:
    assert warehouse.year(None) == 2024
    assert warehouse.territory("D52").name_with_article == "la Haute-Marne"


@pytest.mark.parametrize("said", [None, "", "else/where.duckdb", "/else/where.duckdb"])
def test_dbt_and_python_mean_the_same_file_and_memory(
    said: str | None, tmp_path: Path
) -> None:
    names = ("COMMERCE_WAREHOUSE", "COMMERCE_MEMORY")
    environment = {} if said is None else dict.fromkeys(names, said)
    script = (
        "from commerce_exterieur.warehouse import ENGINEER; "
        "from commerce_exterieur.publication import MEMORY; "
        "print(ENGINEER, MEMORY)"
    )
    python = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    profiles = Environment(autoescape=False).from_string(
        (PROJECT / "profiles.yml").read_text()
    )
    dbt = yaml.safe_load(profiles.render(env_var=environment.get))
    output = dbt["commerce_exterieur"]["outputs"]["dev"]
    # dbt works in the project's folder.
    file, memory = PROJECT / output["path"], output["settings"]["memory_limit"]
    assert python.stdout.split() == [str(file), memory]
    assert file.is_relative_to(PROJECT) == (said != "/else/where.duckdb")
    assert file != PROJECT
