"""The simulated sample: same bytes each time, calibrated, quirky, and of any size.

Figures are checked from the committed files with DuckDB, without the script's code.
"""

import csv
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from commerce_exterieur.simulation import command as simulate_customs
from commerce_exterieur.simulation.codes import read_codes
from commerce_exterieur.simulation.draws import (
    Case,
)
from commerce_exterieur.simulation.one_flow import simulate

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


def read_dicts(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


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


@pytest.fixture(scope="module")
def sample():
    connection = duckdb.connect()
    load_lines(connection, "lines", [CUSTOMS / name for name in FILES], header=True)
    for name in ("departments", "products", "countries", "activities"):
        connection.execute(
            f"create table {name} as select * from read_csv($path, all_varchar = true, "
            "nullstr = '<null>')",
            {"path": str(SEEDS / "reference" / f"{name}.csv")},
        )
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    simulate_customs.write_sample(SEEDS, folder)
    return folder


def count(connection, sql, **parameters):
    return connection.execute(sql, parameters or None).fetchone()[0]


# --- same bytes


def test_committed_sample_is_what_the_script_writes(fresh):
    names = [f"customs/{name}" for name in FILES] + ["expectations/expected_lines.csv"]
    assert {n: digest(fresh / n) for n in names} == {
        n: digest(SEEDS / n) for n in names
    }


def test_another_process_writes_the_same_bytes(tmp_path):
    options = ["--vintage", "2025-02", "--years", "2024"]
    options += ["--import-lines", "2000", "--export-lines", "2000"]
    script = ROOT / "scripts/simulate_customs.py"
    subprocess.run(
        [sys.executable, str(script), "--out", str(tmp_path / "a"), *options],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert simulate_customs.main(["--out", str(tmp_path / "b"), *options]) == 0
    for path in sorted((tmp_path / "a/2025-02").iterdir()):
        assert digest(path) == digest(tmp_path / "b/2025-02" / path.name)


def test_order_of_reference_rows_does_not_matter(fresh, tmp_path):
    seeds = tmp_path / "seeds"
    shutil.copytree(SEEDS / "reference", seeds / "reference")
    shutil.copytree(SEEDS / "expectations", seeds / "expectations")
    for path in [*seeds.glob("reference/*.csv"), *seeds.glob("expectations/pub*.csv")]:
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([header, *rows[::-1]]) + "\n", encoding="utf-8")
    simulate_customs.write_sample(seeds, tmp_path / "out")
    for name in FILES:
        assert digest(tmp_path / "out/customs" / name) == digest(
            fresh / "customs" / name
        )


def test_another_seed_gives_other_lines():
    reference = read_codes(SEEDS / "reference")
    one, two = (
        simulate(reference, SEEDS, Case("import", 2023, seed), 2000) for seed in (1, 2)
    )
    assert (one.values != two.values).any()
    assert one.values.sum() == two.values.sum()


# --- layout


def test_files_are_small_enough():
    sizes = [(CUSTOMS / name).stat().st_size for name in FILES]
    assert 7_000_000 <= sum(sizes) <= 8_000_000


@pytest.mark.parametrize("name", FILES)
def test_layout_of_the_seeds(name):
    content = (CUSTOMS / name).read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    header, first, *_ = content.decode("ascii").splitlines()
    assert header == ";".join(COLUMNS)
    assert len(first.split(";")) == 10


@pytest.mark.parametrize("name", FILES)
def test_lines_are_sorted_and_keys_unique(name):
    rows = [
        line.split(";")
        for line in (CUSTOMS / name).read_text(encoding="ascii").splitlines()[1:]
    ]
    keys = [(r[0], r[2], r[1], r[3], r[5], r[6], r[7]) for r in rows]
    assert keys == sorted(set(keys))
    _, year, flow = name.removesuffix(".csv").split("_")
    assert {(key[0], key[1]) for key in keys} == {(flow[0].upper(), year)}


def test_quantities(sample):
    assert count(sample, "select min(valeur) from lines") >= 1
    assert count(sample, "select min(masse) from lines") == 0
    assert count(sample, "select max(masse) from lines where a129 = 'D35A'") == 0
    massless = (
        "select count(distinct a129) from lines where masse = 0 and a129 <> 'D35A'"
    )
    assert count(sample, massless) >= 1
    assert count(sample, "select count(*) from lines where masse = 0") < 2000


def test_unit_values_are_consistent_within_activities(sample):
    spread = """
        select max(high / low) from (
            select
                quantile_cont(valeur / masse, 0.9) as high,
                quantile_cont(valeur / masse, 0.1) as low
            from lines where masse > 50 group by a129 having count(*) > 50
        )
    """
    assert count(sample, spread) < 10


def test_values_are_heavy_tailed(sample):
    for flux in "EI":
        top = count(
            sample,
            "select sum(valeur) filter (rank <= total / 100) / sum(valeur) from ("
            "select valeur, row_number() over (order by valeur desc) as rank, "
            "count(*) over () as total from lines where flux = $flux and annee = 2024)",
            flux=flux,
        )
        assert 0.15 < top < 0.8


# --- codes


def test_codes_are_reference_codes(sample):
    assert (
        count(
            sample,
            "select count(*) from lines l anti join products p "
            "on l.cpf4 = p.product_code and l.a129 = p.activity_code "
            "and p.is_goods in ('true', '1')",
        )
        == 0
    )
    assert (
        count(
            sample,
            "select count(*) from lines l anti join countries c on l.pays = "
            "c.country_code and c.valid_from <= l.annee || '12' "
            "and c.valid_to >= l.annee || '01'",
        )
        == 0
    )
    assert (
        count(
            sample,
            "select count(*) from lines l anti join activities a "
            "on l.a129 = a.activity_code",
        )
        == 0
    )


def test_field_5_is_the_customs_region_of_the_department(sample):
    pairs = sample.execute(
        "select distinct departement, region, customs_region_code from lines "
        "left join departments on departement = customs_code"
    ).fetchall()
    assert len(pairs) == 102
    for department, region, expected in pairs:
        assert region == ("00" if department == "98" else expected)
    assert {r for d, r, _ in pairs if d in {"9A", "9B", "9C", "9D", "9E"}} == {"24"}


@pytest.mark.parametrize("year", [2023, 2024])
@pytest.mark.parametrize("flow", ["export", "import"])
def test_every_department_is_worth_a_sheet(sample, year, flow):
    rows = sample.execute(
        "select departement, count(distinct pays), count(distinct a129), "
        "count(distinct trimestre), count(*) from lines "
        "where annee = $year and flow = $flow group by departement",
        {"year": year, "flow": flow},
    ).fetchall()
    codes = {
        row["customs_code"] for row in read_dicts(SEEDS / "reference/departments.csv")
    }
    assert {row[0] for row in rows} == codes
    for department, partners, activities, quarters, lines in rows:
        assert quarters == 4, department
        assert partners >= 10, department
        assert activities >= 10, department
        assert lines >= (60 if department == "98" else 200), department


@pytest.mark.parametrize("year", [2023, 2024])
def test_about_20_lines_a_quarter_without_department(sample, year):
    for (lines,) in sample.execute(
        "select count(*) from lines where departement = '98' and annee = $year "
        "group by flux, trimestre",
        {"year": year},
    ).fetchall():
        assert 8 <= lines <= 35


@pytest.mark.parametrize("year", [2023, 2024])
def test_quirks_occur_every_year(sample, year):
    present = sample.execute(
        "select distinct flow, pays from lines where annee = $year", {"year": year}
    ).fetchall()
    quirks = {"QU", "QP", "QR", "QS", "NA", "FR", "XS", "XK"}
    for flow in ("export", "import"):
        assert quirks <= {partner for f, partner in present if f == flow}
    zeros = "select count(*) from lines where annee = $year and cpf4 like '0%'"
    assert count(sample, zeros, year=year) > 0


def test_overseas_departments_are_not_partners(sample):
    domestic = "select count(*) from lines where pays in ('GP', 'MQ', 'GF', 'RE', 'YT')"
    assert count(sample, domestic) == 0


def test_more_lines_where_real_files_have_more(sample):
    pairs = sample.execute(
        "select departement, count(*) from lines where flow = 'import' group by 1"
    ).fetchall()
    lines = dict(pairs)
    assert lines["75"] > lines["69"] > lines["52"] > lines["48"] > lines["98"]


# --- calibration


def territory(code):
    if code == "FR":
        return "true"
    if code.startswith("R"):
        return f"insee_region_code = '{code[1:]}'"
    return f"insee_code = '{code[1:]}'"


def value(connection, code, year, flow, partner=None):
    where = f" and pays = '{partner}'" if partner else ""
    return count(
        connection,
        "select coalesce(sum(valeur), 0)::bigint from lines join departments "
        f"on departement = customs_code where annee = {year} and flow = '{flow}' "
        f"and {territory(code)}{where}",
    )


def applicable(name):
    rows = read_dicts(SEEDS / "expectations" / name)
    return [row for row in rows if row["year"] in ("2023", "2024")]


TOTALS = applicable("published_totals.csv")
SHARES = applicable("published_shares.csv")


def label(row):
    return "-".join(list(row.values())[:5])


def test_expectations_cover_both_years():
    assert {row["year"] for row in TOTALS} == {"2023", "2024"}
    assert len(TOTALS) == 13
    assert len(SHARES) == 7


@pytest.mark.parametrize("row", TOTALS, ids=label)
def test_published_totals_are_met(sample, row):
    measured = value(sample, row["territory_code"], int(row["year"]), row["flow"])
    # To the middle of the interval, so that formatting gives the printed digits.
    assert measured == round(float(row["value_meur"]) * 1_000_000)


@pytest.mark.parametrize("row", SHARES, ids=label)
def test_published_shares_are_met(sample, row):
    year, flow = int(row["year"]), row["flow"]
    part = value(sample, row["territory_code"], year, flow)
    whole = part
    if row["dimension"] == "partner":
        part = value(sample, row["territory_code"], year, flow, row["member"])
    else:
        whole = value(sample, row["member"], year, flow)
    decimals = len(row["share_pct"].split(".")[1])
    assert f"{100 * part / whole:.{decimals}f}" == row["share_pct"]
    assert float(row["half_unit_pct"]) == pytest.approx(0.5 * 10**-decimals)


def test_haute_marne_looks_natural(sample):
    for flow, partners in (("export", "DE IT ES US"), ("import", "DE IT CN ES")):
        for column, most in (("a129", 0.25), ("pays", 0.30)):
            rows = sample.execute(
                f"select {column}, sum(valeur) / sum(sum(valeur)) over () as share "
                "from lines where departement = '52' and annee = 2024 "
                "and flow = $flow group by all order by share desc",
                {"flow": flow},
            ).fetchall()
            assert rows[0][1] <= most
            assert 0.55 <= sum(share for _, share in rows[:10]) <= 0.95
            if column == "pays":
                assert set(partners.split()) <= {code for code, _ in rows[:10]}


def test_specialisations_show(sample):
    for department, activity, least in (
        ("31", "C30C", 0.6),
        ("51", "C11Z", 0.4),
        ("28", "C20B", 0.3),
        ("33", "C11Z", 0.25),
        ("16", "C11Z", 0.5),
        ("63", "C22A", 0.15),
    ):
        share = count(
            sample,
            "select sum(valeur) filter (a129 = $activity) / sum(valeur) from lines "
            "where departement = $department and flow = 'export' and annee = 2024",
            department=department,
            activity=activity,
        )
        assert share >= least, (department, activity)


def test_years_differ_but_resemble(sample):
    ratios = sample.execute(
        "select sum(valeur) filter (annee = 2024) / sum(valeur) filter (annee = 2023) "
        "from lines where departement <> '98' group by departement, flow"
    ).fetchall()
    assert all(0.65 < ratio < 1.5 for (ratio,) in ratios)
    assert len({round(ratio, 4) for (ratio,) in ratios}) > 150
    kept = count(
        sample,
        "select count(*) filter (n = 2) / count(*) from (select count(distinct annee) "
        "as n from lines group by flux, trimestre, departement, cpf4, pays)",
    )
    assert 0.2 < kept < 0.95


def test_expected_lines(sample):
    measured = sample.execute(
        "select 'simulated', annee, trimestre, flow, count(*) from lines "
        "group by all order by 2, 3, 4"
    ).fetchall()
    expected = read_dicts(SEEDS / "expectations/expected_lines.csv")
    assert [tuple(map(str, row)) for row in measured] == [
        tuple(row.values()) for row in expected
    ]


def test_every_department_has_a_reasoned_specialisation():
    rows = read_dicts(ROOT / "src/commerce_exterieur/simulation/specialisations.csv")
    codes = {
        row["customs_code"] for row in read_dicts(SEEDS / "reference/departments.csv")
    }
    assert {row["customs_code"] for row in rows} == codes
    assert all(row["source"] and float(row["weight_pct"]) > 0 for row in rows)
    keys = [(r["customs_code"], r["activity_code"], r["flow"]) for r in rows]
    assert len(set(keys)) == len(keys)
    for code in codes:
        for flow in ("export", "import"):
            listed = [
                float(row["weight_pct"])
                for row in rows
                if (row["customs_code"], row["flow"]) == (code, flow)
            ]
            assert sum(listed) < 97, (code, flow)


# --- official layout


# --- parts
