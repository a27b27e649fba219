"""The command that simulates, and the pieces it draws with."""

import hashlib
import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from commerce_exterieur.errors import UserError
from commerce_exterieur.simulation import command as simulate_customs
from commerce_exterieur.simulation.codes import read_codes
from commerce_exterieur.simulation.draws import (
    Case,
    Stream,
    exponential_table,
    lognormal_table,
)
from commerce_exterieur.simulation.fitting import round_values
from commerce_exterieur.simulation.margins import scale_to, whole_shares
from commerce_exterieur.simulation.one_flow import simulate
from commerce_exterieur.simulation.targets import department_targets

ROOT = Path(__file__).resolve().parents[2]


SEEDS = ROOT / "seeds"


CUSTOMS = SEEDS / "customs"


FILES = [
    f"customs_{year}_{flow}.csv"
    for year in (2023, 2024)
    for flow in ("export", "import")
]


COLUMNS = {
    "flux": "varchar",
    "trimestre": "integer",
    "annee": "integer",
    "departement": "varchar",
    "region": "varchar",
    "a129": "varchar",
    "cpf4": "varchar",
    "pays": "varchar",
    "valeur": "bigint",
    "masse": "bigint",
}


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load_lines(connection, table, paths, header):
    connection.execute(
        f"create table {table} as select *, "
        "case flux when 'E' then 'export' when 'I' then 'import' end as flow "
        "from read_csv($paths, delim = ';', header = $header, columns = $columns, "
        "auto_detect = false, nullstr = '<null>')",
        {"paths": [str(p) for p in paths], "header": header, "columns": COLUMNS},
    )


def count(connection, sql, **parameters):
    return connection.execute(sql, parameters or None).fetchone()[0]


def test_official_layout(tmp_path, capsys):
    arguments = "--vintage 2025-02 --years 2020 2019 --import-lines 4321"
    arguments += " --export-lines 3000"
    assert simulate_customs.main(["--out", str(tmp_path), *arguments.split()]) == 0
    assert capsys.readouterr().out == ""
    folder = tmp_path / "2025-02"
    expected = {
        f"Region_{year}_{flow}.txt": lines
        for year in (2019, 2020)
        for flow, lines in (("Export", 3000), ("Import", 4321))
    }
    assert {p.name for p in folder.iterdir()} == {*expected, "manifest.json"}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["data_origin"] == "simulated"
    assert manifest["generator"] == "simulate_customs"
    assert manifest["seed"] == simulate_customs.SEED
    assert manifest["files"] == [
        {"name": name, "sha256": digest(folder / name), "lines": lines}
        for name, lines in expected.items()
    ]
    for name, lines in expected.items():
        content = (folder / name).read_bytes()
        assert content.count(b"\n") == lines
        assert content.startswith((b"E;1;", b"I;1;"))
        assert b"\r" not in content
    with duckdb.connect() as connection:
        load_lines(connection, "lines", [folder / n for n in expected], header=False)
        keys = "flux, trimestre, annee, departement, a129, cpf4, pays"
        distinct = f"select count(distinct ({keys})) from lines"
        assert count(connection, distinct) == sum(expected.values())
        totals = connection.execute(
            "select annee, flow, sum(valeur)::bigint from lines where region = '13' "
            "group by all order by all"
        ).fetchall()
    # Published figures of 2019 and 2020 hold in these files too.
    assert totals == [
        (2019, "export", 66_181_000_000),
        (2019, "import", 61_261_000_000),
        (2020, "export", 57_837_000_000),
        (2020, "import", 54_797_000_000),
    ]


@pytest.mark.parametrize(
    ("flow", "year"),
    [("export", 2012), ("export", 2014), ("import", 2016), ("import", 2031)],
)
def test_any_year_can_be_simulated(flow, year):
    reference = read_codes(SEEDS / "reference")
    made = simulate(reference, SEEDS, Case(flow, year, 3), 3000)
    assert len(made.values) == 3000
    for code, euros in {2014: {"D52": 938e6}, 2016: {"D88": 1817e6}}.get(
        year, {}
    ).items():
        member = reference.members(code)[made.lines.department]
        assert made.values[member].sum() == euros


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--years 2019", "needs --out"),
        ("--import-lines 5", "needs --out"),
        ("--out {out} --years 2019", "--vintage"),
        ("--out {out} --vintage 2025-13 --years 2019", "--vintage"),
        ("--out {out} --vintage 2025-02", "--years"),
        ("--out {out} --vintage 2025-02 --years 19", "not between"),
        ("--out {out} --vintage 2025-02 --years 2019 --export-lines 0", "too few"),
        ("--out {out} --vintage 2025-02 --years 2019 --export-lines -4", "too few"),
        (
            "--out {out} --vintage 2025-02 --years 2019 --export-lines 99999999",
            "different keys",
        ),
        ("--out {out} --vintage 2025-02 --years 2019 --seed -1", "--seed"),
    ],
)
def test_impossible_arguments(tmp_path, capsys, arguments, said):
    words = arguments.format(out=tmp_path / "out").split()
    assert simulate_customs.main(words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_unwritable_folder(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    arguments = "--vintage 2025-02 --years 2019 --import-lines 2000 --export-lines 2000"
    out = str(tmp_path / "file")
    assert simulate_customs.main(["--out", out, *arguments.split()]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_missing_seeds(tmp_path):
    with pytest.raises(UserError, match=r"departments\.csv is missing"):
        simulate_customs.write_sample(tmp_path, tmp_path / "out")


def test_contradictory_totals():
    reference = read_codes(SEEDS / "reference")
    totals = pd.DataFrame(
        {"territory_code": ["D52", "R44"], "value_meur": [99_999.0, 67_665.4]}
    )
    with pytest.raises(UserError, match="R44 is smaller than its parts"):
        department_targets(reference, totals, 580_354.5, np.ones(102))


def test_tables_hold_no_noise_of_the_mathematics_library():
    for table in (lognormal_table(0.5), exponential_table()):
        assert len(table) == 65_536
        assert (np.diff(table) >= 0).all()
        assert table[0] > 0
        assert all(float(f"{x:.9g}") == x for x in table[::997])


def test_streams_depend_on_their_path_alone():
    first = Stream(1, 0, 0).lognormal(0.5, 10)
    assert (Stream(1, 0, 0).lognormal(0.5, 10) == first).all()
    # NumPy would give these two the same draws if paths were entropy.
    assert (Stream(1, 0, 0, 0).lognormal(0.5, 10) != first).any()
    steady = [Case("export", y, 1).steady(3).exponential(5) for y in (2023, 2024)]
    yearly = [Case("export", y, 1).yearly(3).exponential(5) for y in (2023, 2024)]
    assert (steady[0] == steady[1]).all()
    assert (yearly[0] != yearly[1]).any()


def test_draws_have_the_announced_distribution():
    draws = np.log(Stream(7, 1).lognormal(0.8, 100_000))
    assert abs(draws.mean()) < 0.02
    assert draws.std() == pytest.approx(0.8, abs=0.02)
    assert Stream(7, 2).exponential(100_000).mean() == pytest.approx(1, abs=0.02)


def test_whole_shares_keep_their_sum():
    assert whole_shares(np.array([1.0, 1.0, 1.0]), 10).tolist() == [4, 3, 3]
    assert whole_shares(np.array([0.5, 0.0, 2.0]), 7).tolist() == [1, 0, 6]


def test_scaling_reaches_targets():
    values = np.array([1.0, 3.0, 5.0])
    groups = np.array([0, 0, 2])
    assert scale_to(values, groups, np.array([8.0, 9.0, 5.0])) == 1.0
    assert values.tolist() == [2.0, 6.0, 5.0]


def test_rounding_keeps_totals_and_gives_every_line_a_euro():
    values = np.array([0.2, 0.3, 99.5, 10.5, 10.5])
    department = np.array([0, 0, 0, 1, 1])
    rounded = round_values(values, department, np.array([100, 21]))
    assert rounded.tolist() == [1, 1, 98, 11, 10]


def test_rounding_refuses_fewer_euros_than_lines():
    with pytest.raises(UserError):
        round_values(np.ones(3), np.zeros(3, dtype=int), np.array([2]))
