"""Marts as files: what is written is what the marts hold, and other tools accept it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest
import yaml
from frictionless import Package, validate
from sample import SAMPLE
from sheet_copies import small_copy

from commerce_exterieur.export import package as export
from commerce_exterieur.export.command import main
from commerce_exterieur.warehouse import PROJECT, Warehouse

#: Of every kind: keys of one and of several columns, references, lists, dates, doubles.
MARTS = [
    "build_info", "dim_activity", "dim_column", "dim_country", "dim_quarter",
    "dim_mart", "dim_territory", "dim_territory_members", "fct_reliability",
    "fct_territory_quarters", "fct_territory_totals", "fct_trade_balances",
    "fct_us_duties",
]  # fmt: skip


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("export") / "export"
    assert run("--warehouse", SAMPLE, "--out", out, "--mart", *MARTS) == 0
    return out


def test_frictionless_accepts_the_package(folder: Path) -> None:
    report = validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["name", "rowNumber", "type", "note"])[:5]
    assert len(report.tasks) == len(MARTS)


def test_frictionless_would_refuse_another_value(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "export"
    copy.mkdir()
    told = json.loads((folder / "datapackage.json").read_text("utf-8"))
    told["resources"] = [r for r in told["resources"] if r["name"] == "dim_quarter"]
    (copy / "data").mkdir()
    rows = (folder / "data" / "dim_quarter.csv").read_text("utf-8")
    (copy / "data" / "dim_quarter.csv").write_text(rows.replace("true", "vrai", 1))
    (copy / "datapackage.json").write_text(json.dumps(told))
    assert not validate(str(copy / "datapackage.json")).valid


@pytest.mark.parametrize("mart", MARTS)
def test_files_hold_the_rows_of_the_mart(folder: Path, mart: str) -> None:
    with duckdb.connect(str(SAMPLE), read_only=True) as connection:
        held = f"from marts.{mart}"
        parquet = f"from '{folder}/parquet/{mart}.parquet'"
        assert connection.execute(
            f"select count(*) from (({held} except all {parquet}) "
            f"union all ({parquet} except all {held}))"
        ).fetchone() == (0,)
        (count,) = connection.execute(f"select count(*) {held}").fetchone()
        assert count > 0
    for name, options in (("data", {}), ("data_fr", {"delimiter": ";"})):
        encoding = "utf-8" if name == "data" else "utf-8-sig"
        path = folder / name / f"{mart}.csv"
        with path.open(encoding=encoding, newline="") as file:
            rows = list(csv.DictReader(file, **options))
        assert len(rows) == count
        with Warehouse(SAMPLE) as warehouse:
            columns = export._columns(warehouse, mart)
        assert list(rows[0]) == [column["column_name"] for column in columns]


def test_sums_are_the_same_in_every_file(folder: Path) -> None:
    with duckdb.connect() as connection:
        sums = [
            connection.execute(
                f"select sum(import_eur), sum(export_eur), sum(coverage_ratio) {source}"
            ).fetchone()
            for source in (
                f"from '{folder}/parquet/fct_territory_totals.parquet'",
                f"from '{folder}/data/fct_territory_totals.csv'",
                f"from read_csv('{folder}/data_fr/fct_territory_totals.csv', "
                "delim = ';', decimal_separator = ',')",
            )
        ]
    assert sums[0] == pytest.approx(sums[1], rel=1e-12)
    assert sums[0] == pytest.approx(sums[2], rel=1e-12)
    assert sums[0][0] > 1e12


def test_the_package_tells_keys_references_and_sums(folder: Path) -> None:
    package = Package(str(folder / "datapackage.json"))
    schema = package.get_resource("fct_territory_quarters").schema
    assert schema.primary_key == ["year", "quarter", "territory_code"]
    assert {
        (key["fields"][0], key["reference"]["resource"]) for key in schema.foreign_keys
    } == {("period_start", "dim_quarter"), ("territory_code", "dim_territory")}
    told = json.loads((folder / "datapackage.json").read_text("utf-8"))
    (quarters,) = [
        each for each in told["resources"] if each["name"] == "fct_territory_quarters"
    ]
    fields = {each["name"]: each for each in quarters["schema"]["fields"]}
    assert fields["import_eur"]["additive"] is True
    assert fields["import_eur"]["additiveWithin"] == ["territory_level"]
    assert fields["quarter"]["additive"] is False
    assert told["dataOrigin"] == "simulated"
    assert "no statistics" in told["sources"][0]["title"]
    # Simulated figures are nobody's to license.
    assert "licenses" not in told


def test_the_package_says_it_in_french_too(folder: Path) -> None:
    package = Package(str(folder / "datapackage.json"))
    quarters = package.get_resource("fct_territory_quarters")
    assert quarters.description.startswith("One row per year, quarter")
    assert quarters.custom["description_fr"].startswith("Une ligne par année, trim")
    coverage = quarters.schema.get_field("coverage_ratio")
    assert "Taux de couverture" in coverage.custom["description_fr"]
    for resource in package.resources:
        assert all(field.custom["description_fr"] for field in resource.schema.fields)


def test_an_official_build_carries_its_licence(tmp_path: Path) -> None:
    copy = small_copy(
        tmp_path / "warehouse.duckdb",
        "update marts.build_info set data_origin = 'official', vintages = '2025-02'",
    )
    out = tmp_path / "export"
    assert run("--warehouse", copy, "--out", out, "--mart", "build_info") == 0
    told = json.loads((out / "datapackage.json").read_text("utf-8"))
    assert told["licenses"][0]["name"] == "etalab-2.0"
    assert "DGDDI" in told["sources"][0]["title"]


def test_a_label_is_no_formula_in_a_french_spreadsheet(tmp_path: Path) -> None:
    copy = small_copy(
        tmp_path / "warehouse.duckdb",
        "update marts.dim_country set country_name_fr = '=cmd|''/c''!A1' "
        "where country_code = 'DE'",
    )
    out = tmp_path / "export"
    assert run("--warehouse", copy, "--out", out, "--mart", "dim_country") == 0
    french = (out / "data_fr" / "dim_country.csv").read_text("utf-8-sig")
    assert "'=cmd|" in french
    assert ";=cmd|" not in french
    # For programs it is as it is.
    assert ",=cmd|'/c'!A1," in (out / "data" / "dim_country.csv").read_text("utf-8")


def test_an_export_that_fails_keeps_the_one_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "_resource", fail)
    assert run("--warehouse", SAMPLE, "--out", folder, "--mart", "dim_quarter") == 2
    assert "No space left" in capsys.readouterr().err
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert after == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_what_is_not_asked_for_any_more_goes(tmp_path: Path) -> None:
    out = tmp_path / "export"
    for marts in (["dim_quarter", "build_info"], ["build_info"]):
        assert run("--warehouse", SAMPLE, "--out", out, "--mart", *marts) == 0
    assert [path.name for path in (out / "data").iterdir()] == ["build_info.csv"]


def test_it_refuses_what_it_would_destroy_and_what_it_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to_mother.txt").write_text("dear")
    assert run("--warehouse", SAMPLE, "--out", tmp_path / "letters") == 2
    assert "is no export" in capsys.readouterr().err
    assert (tmp_path / "letters" / "to_mother.txt").exists()
    assert run("--warehouse", SAMPLE, "--out", tmp_path / "a", "--mart", "dim_x") == 2
    error = capsys.readouterr().err
    assert "'dim_x'" in error
    assert "dim_territory" in error


def test_the_exposure_names_what_is_exported() -> None:
    told = yaml.safe_load((PROJECT / "models" / "exposures.yml").read_text("utf-8"))
    (exposure,) = [each for each in told["exposures"] if each["name"] == "export"]
    named = {ref[len("ref('") : -len("')")] for ref in exposure["depends_on"]}
    with Warehouse(SAMPLE) as warehouse:
        assert named == set(export.marts_to_export(warehouse))


@pytest.mark.parametrize("told", ['{"name": "mine"}', "[]", "not json"])
def test_a_package_of_somebody_else_is_no_export(
    tmp_path: Path, told: str, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "datapackage.json").write_text(told)
    (tmp_path / "code.py").write_text("print()")
    assert run("--warehouse", SAMPLE, "--out", tmp_path, "--mart", "build_info") == 2
    assert "is no export" in capsys.readouterr().err
    assert (tmp_path / "code.py").exists()


def test_a_file_beside_an_export_is_not_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "export"
    assert run("--warehouse", SAMPLE, "--out", out, "--mart", "build_info") == 0
    (out / "notes.txt").write_text("mine")
    assert run("--warehouse", SAMPLE, "--out", out, "--mart", "build_info") == 2
    assert (out / "notes.txt").read_text() == "mine"


def test_a_link_stays_a_link_and_the_folder_one_stands_in_is_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.mkdir()
    link.symlink_to(target)
    for _ in range(2):
        assert run("--warehouse", SAMPLE, "--out", link, "--mart", "build_info") == 0
    assert link.is_symlink()
    assert (target / "datapackage.json").exists()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert run("--warehouse", SAMPLE, "--out", ".", "--mart", "build_info") == 0
    assert (tmp_path / "here" / "datapackage.json").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"target", "link", "here"}


def test_what_a_killed_export_left_goes_and_a_neighbour_stays(tmp_path: Path) -> None:
    (tmp_path / ".export.export-abc").mkdir()
    (tmp_path / ".export.previous").mkdir()
    out = tmp_path / "export"
    assert run("--warehouse", SAMPLE, "--out", out, "--mart", "build_info") == 0
    assert {path.name for path in tmp_path.iterdir()} == {"export", ".export.previous"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("drop table marts.dim_column", "has no dictionary"),
        ("drop table marts.dim_mart", "cannot be exported"),
        ("drop table marts.dim_quarter", "cannot be exported"),
        ("alter table marts.dim_quarter drop column label_fr", "cannot be exported"),
    ],
)
def test_a_file_of_another_version_is_refused_plainly(
    tmp_path: Path, change: str, said: str, capsys: pytest.CaptureFixture
) -> None:
    copy = small_copy(tmp_path / "warehouse.duckdb", change)
    out = tmp_path / "export"
    assert run("--warehouse", copy, "--out", out, "--mart", "dim_quarter") == 2
    error = capsys.readouterr().err
    assert said in error
    assert "make build" in error
    assert not out.exists()
