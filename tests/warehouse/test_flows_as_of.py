"""`marts.flows_as_of`: what was known then, as a build of then would have told it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import duckdb
import pytest
from customs_build import NO_TESTS, build, deliver
from sample import SAMPLE

from commerce_exterieur import publication as publish
from commerce_exterieur.errors import UserError

VINTAGES = ["2024-11", "2025-02", "2025-05", "2025-08"]
_PRODUCTS = ["2451", "2452", "1101", "1102"]
_COUNTRIES = ["DE", "IT", "US", "NA", "QS"]


def publications() -> dict[str, bytes]:
    """Four vintages: corrections there and back, flows that come, go and return."""
    draw = random.Random(7)
    keys = [
        f"{flow};{quarter};{year};{department};{activity};{product};{country}"
        for year in (2023, 2024)
        for quarter in (1, 2)
        for flow in "EI"
        for department, activity in (("52", "44;C24C"), ("ZZ", "99;Z99Z"))
        for product in _PRODUCTS
        for country in _COUNTRIES
    ]
    values = {key: draw.randrange(1000) for key in keys if draw.random() < 0.8}
    files = {}
    for vintage in VINTAGES:
        for key in keys:
            chance = draw.random()
            if chance < 0.1:
                values[key] = draw.choice([100, 200])
            elif chance < 0.2:
                values.pop(key, None)
        for year, years in (("2023", VINTAGES[:3]), ("2024", VINTAGES[1:])):
            if vintage in years:
                for letter, flow in (("E", "Export"), ("I", "Import")):
                    lines = [
                        f"{key};{value};{value % 3}\n"
                        for key, value in values.items()
                        if key.startswith(letter) and key.split(";")[2] == year
                    ]
                    name = f"{vintage}/Region_{year}_{flow}.txt"
                    files[name] = "".join(lines).encode()
    # The file of the last twelve months, in the vintage of an annual one and alone.
    for vintage in (VINTAGES[1], VINTAGES[3]):
        files[f"{vintage}/REGIONAL_CPF4PAYSE.txt"] = (
            f"E;1;2024;52;44;C24C;2451;DE;{vintage[-1]}77;1\n"
            f"E;4;2024;52;44;C24C;2451;DE;{vintage[-1]}78;1\n"
        ).encode()
    return files


def make(folder: Path, customs: Path, **settings: str) -> Path:
    """Build what the functions of the marts read from a folder of files, and them."""
    marts = ("fct_trade_flows", "fct_trade_flow_versions", "fct_revisions")
    read = ("--select", *(f"+{mart}" for mart in marts))
    run = build(folder, customs, *read, *NO_TESTS, **settings)
    assert run.exit_code == 0, run.output
    run = build(
        folder,
        customs,
        "create_published_functions",
        command="run-operation",
        **settings,
    )
    assert run.exit_code == 0, run.output
    return folder / "warehouse.duckdb"


@pytest.fixture(scope="module")
def customs_of_four(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return deliver(tmp_path_factory.mktemp("customs"), publications())


@pytest.fixture(scope="module")
def latest(customs_of_four: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("latest"), customs_of_four)


def flows(warehouse: Path, source: str) -> list[tuple]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(f"from {source} order by all").fetchall()


def test_every_vintage_is_told_as_a_build_of_then_tells_it(
    latest: Path, customs_of_four: Path, tmp_path: Path
) -> None:
    assert flows(latest, f"marts.flows_as_of('{VINTAGES[-1]}')") == flows(
        latest, "marts.fct_trade_flows"
    )
    told = []
    for vintage in VINTAGES[:-1]:
        then = make(tmp_path, customs_of_four, as_of=vintage)
        told.append(flows(latest, f"marts.flows_as_of('{vintage}')"))
        assert told[-1] == flows(then, "marts.fct_trade_flows")
        assert flows(then, f"marts.flows_as_of('{vintage}')") == told[-1]
        # It knows nothing of what came after.
        with pytest.raises(duckdb.Error, match="no vintage 2025-08"):
            flows(then, "marts.flows_as_of('2025-08')")
        if vintage == VINTAGES[1]:
            # A later publication brings a quarter more; nothing refers to it.
            run = build(
                tmp_path,
                customs_of_four,
                *("--select", "+path:tests/identities"),
                *("--indirect-selection", "empty"),
                as_of=vintage,
            )
            assert run.exit_code == 0, run.output
            assert run.status["assert_revisions_end_at_the_total"] == "pass"
            assert run.status["assert_references_exist"] == "pass"
    assert len({str(rows) for rows in told}) == 3
    assert all(len(rows) > 100 for rows in told)


@pytest.mark.parametrize("vintage", ["'2025-03'", "'2019-01'", "''", "null"])
def test_a_vintage_that_is_not_held_is_refused(latest: Path, vintage: str) -> None:
    with pytest.raises(duckdb.Error) as error:
        flows(latest, f"marts.flows_as_of({vintage})")
    assert f"no vintage {vintage.strip(chr(39))} in this file" in str(error.value)
    assert f"it holds {', '.join(VINTAGES)}." in str(error.value)


def test_only_what_changed_is_kept_twice(latest: Path) -> None:
    with duckdb.connect(str(latest), read_only=True) as connection:
        versions, alike = connection.execute(
            "select count(*), count(*) filter (where known_from <= '2024-11' "
            "and known_until is null) from marts.fct_trade_flow_versions"
        ).fetchone()
    assert versions > 100
    assert not alike


def test_it_is_published_and_read_under_any_name(tmp_path: Path) -> None:
    published = tmp_path / "published.duckdb"
    publish.publish(SAMPLE, published)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as \"any name\" (read_only)")
        connection.execute('use "any name"')
        count, missing = connection.execute(
            "select count(*), (select count(*) from marts.fct_trade_flows) - count(*) "
            "from marts.flows_as_of('simulated')"
        ).fetchone()
        (comment,) = connection.execute(
            "select comment from duckdb_functions() "
            "where function_name = 'flows_as_of' and database_name = 'any name'"
        ).fetchone()
        assert count > 100_000
        assert not missing
        assert "Refuses a vintage that is not held" in comment


def test_one_that_was_changed_since_is_not_published(tmp_path: Path) -> None:
    changed = tmp_path / "warehouse.duckdb"
    shutil.copy(SAMPLE, changed)
    with duckdb.connect(str(changed)) as connection:
        connection.execute(
            "update state.finished_run set functions = list_transform(functions, "
            "lambda each: struct_pack(name := each.name, "
            "parameters := each.parameters, sql := each.sql || ' limit 1', "
            "comment := each.comment, definition := each.definition))"
        )
    with pytest.raises(UserError, match=r"changed since its tests \(flows_as_of\)"):
        publish.publish(changed, tmp_path / "published.duckdb")
