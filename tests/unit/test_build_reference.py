"""The rebuild of the reference seeds."""

from __future__ import annotations

import csv
import errno
import shutil
from pathlib import Path

import pytest

from commerce_exterieur import reference_lists as build_reference
from commerce_exterieur.errors import UserError

SEEDS = build_reference.SEEDS
COUNTRIES = "Libelle_PAYS.txt"
PRODUCTS = "Libelle_CPF4_rev2.1.txt"
ACTIVITIES = "Libelle_A129.txt"
DEPARTMENTS = "Departement_region.txt"


def seed(name: str, folder: Path = SEEDS) -> list[dict[str, str]]:
    """Read a seed as text."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_code(name: str, folder: Path = SEEDS) -> dict[str, dict[str, str]]:
    """Read a seed, each row under the value of its first column."""
    return {next(iter(row.values())): row for row in seed(name, folder)}


def contents(folder: Path) -> dict[str, bytes]:
    """Read every file of a folder, so that two states can be compared."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def label_text(rows: list[tuple[str, ...]]) -> str:
    """Write rows as the producer does: `;`, CRLF, quotes only where needed."""
    return "".join(
        ";".join(f'"{field}"' if ";" in field else field for field in row) + "\r\n"
        for row in rows
    )


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """Copy the committed seeds to a folder of their own."""
    return Path(shutil.copytree(SEEDS, tmp_path / "seeds"))


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Write label files that say what the committed seeds say, quirks included.

    CPF4 labels are in Windows-1252, A129 labels have a byte order mark.
    """
    folder = tmp_path / "labels"
    folder.mkdir()
    months = ("200901", "999912")
    countries = label_text(
        [
            tuple(
                row[column]
                for column in (
                    "country_code",
                    "label_official",
                    "valid_from",
                    "valid_to",
                )
            )
            for row in seed("countries")
        ]
    )
    products = label_text(
        [(r["product_code"], r["product_name_fr"], *months) for r in seed("products")]
    )
    activities = label_text(
        [
            (r["activity_code"], r["activity_name_fr"], *months)
            for r in seed("activities")
        ]
    )
    regions = {r["customs_code"]: r["region_name"] for r in seed("regions")}
    departments = label_text(
        [
            (
                row["customs_code"],
                row["department_name"],
                row["customs_region_code"],
                regions[row["customs_region_code"]],
            )
            for row in seed("departments")
            if row["customs_code"] != "98"
        ]
    )
    (folder / COUNTRIES).write_bytes(countries.encode("utf-8"))
    (folder / PRODUCTS).write_bytes(products.encode("cp1252"))
    (folder / ACTIVITIES).write_bytes(activities.encode("utf-8-sig"))
    (folder / DEPARTMENTS).write_bytes(departments.encode("utf-8"))
    return folder


def append(path: Path, line: str, encoding: str = "utf-8") -> None:
    """Add a line to a label file."""
    path.write_bytes(path.read_bytes() + f"{line}\r\n".encode(encoding))


def replace(path: Path, old: str, new: str) -> None:
    """Replace the only occurrence of some ASCII text in a label file."""
    content = path.read_bytes()
    assert content.count(old.encode()) == 1
    path.write_bytes(content.replace(old.encode(), new.encode()))


def refused(labels: Path, seeds: Path) -> str:
    """Rebuild, expect a refusal that touches no seed, and return its message."""
    before = contents(seeds)
    with pytest.raises(UserError) as caught:
        build_reference.rebuild(labels, seeds)
    assert contents(seeds) == before
    return str(caught.value)


# --- reading label files ---------------------------------------------------------


def read_products(folder: Path, content: bytes) -> list[str]:
    """Write a small CPF4 file and return the labels read from it."""
    (folder / PRODUCTS).write_bytes(content)
    rows, _ = build_reference.read_labels(folder, build_reference.PRODUCT_LABELS)
    return [row["product_name_fr"] for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_encodings_and_line_ends_read_alike(
    tmp_path: Path, encoding: str, end: str
) -> None:
    text = (
        f"0147;Volailles, œufs et blé à 3 €;201501;999912{end}"
        f'0300;"Pêche ; services de soutien";201501;999912{end}'
    )
    assert read_products(tmp_path, text.encode(encoding)) == [
        "Volailles, œufs et blé à 3 €",
        "Pêche ; services de soutien",
    ]


def test_the_encoding_used_is_said(labels: Path, seeds: Path) -> None:
    report = build_reference.rebuild(labels, seeds)
    assert f"{PRODUCTS}: 576 lines, read as cp1252" in report
    assert f"{ACTIVITIES}: 76 lines, read as utf-8-sig" in report


def test_doubled_and_no_break_spaces_become_one_space(tmp_path: Path) -> None:
    text = "2651;Mesure\u00a0, essai  et horlogerie ;201501;999912\n"
    assert read_products(tmp_path, text.encode()) == ["Mesure , essai et horlogerie"]


def test_blank_last_line_is_no_row(tmp_path: Path) -> None:
    assert read_products(tmp_path, b"0112;Riz;201501;999912\r\n\r\n") == ["Riz"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0113;Melons;201501;999912;x;y", "6 columns instead of 4"),
        ("0113;Melons ; tomates;201501;999912", "5 columns instead of 4"),
        ("113;Melons;201501;999912", "product_code is '113'"),
        ("0113;;201501;999912", "product_name_fr is ''"),
        ("0113;Melons;201513;999912", "valid_from is '201513'"),
        ("0113;Melons;201501;201412", "ends before it starts"),
        ("0112;Riz;201501;999912", "'0112' was already given on line 1"),
        ('0113;"Melons;201501;999912', "unexpected end of data"),
    ],
)
def test_malformed_line_is_refused_by_file_line_and_value(
    tmp_path: Path, line: str, said: str
) -> None:
    text = f"0112;Riz, non décortiqué;201501;999912\n{line}\n"
    with pytest.raises(UserError) as caught:
        read_products(tmp_path, text.encode())
    assert said in str(caught.value)
    assert f"{PRODUCTS}, line 2" in str(caught.value)


def test_byte_of_no_encoding_is_refused(tmp_path: Path) -> None:
    content = b"0112;Riz;201501;999912\r\n0113;M\xe9l\x81ons;201501;999912\r\n"
    with pytest.raises(UserError, match=r"line 2: byte 0x81 is neither UTF-8"):
        read_products(tmp_path, content)


def test_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no line"):
        read_products(tmp_path, b"")


@pytest.mark.parametrize("name", [COUNTRIES, PRODUCTS, ACTIVITIES, DEPARTMENTS])
def test_missing_file_is_refused(labels: Path, seeds: Path, name: str) -> None:
    (labels / name).unlink()
    assert "does not exist" in refused(labels, seeds)


def test_two_cpf_files_are_refused(labels: Path, seeds: Path) -> None:
    shutil.copy(labels / PRODUCTS, labels / "Libelle_CPF4_rev3.txt")
    assert "keep one of them" in refused(labels, seeds)


# --- rebuilding ------------------------------------------------------------------


def test_rebuild_from_the_same_labels_changes_no_byte(
    labels: Path, seeds: Path
) -> None:
    before = contents(seeds)
    report = build_reference.rebuild(labels, seeds)
    assert contents(seeds) == before
    # Four files read, and 98, which no label file has ever named.
    assert report[4:] == ["departments.csv: 98 is not in the producer's file: kept"]


def test_new_label_is_taken_and_our_columns_are_kept(labels: Path, seeds: Path) -> None:
    replace(labels / COUNTRIES, "SZ;Swaziland;", "SZ;Eswatini (Royaume d');")
    replace(labels / ACTIVITIES, "C24C;Produits de fonderie;", "C24C;Fonte;")
    report = build_reference.rebuild(labels, seeds)
    after = by_code("countries", seeds)["SZ"]
    assert after == by_code("countries")["SZ"] | {
        "label_official": "Eswatini (Royaume d')"
    }
    assert by_code("activities", seeds)["C24C"] == by_code("activities")["C24C"] | {
        "activity_name_fr": "Fonte"
    }
    assert any("SZ 190001: label_official was 'Swaziland'" in line for line in report)


def test_new_country_gets_the_names_of_cldr(labels: Path, seeds: Path) -> None:
    append(labels / COUNTRIES, "MC;Monaco (Principauté de);202701;999912")
    report = build_reference.rebuild(labels, seeds)
    row = by_code("countries", seeds)["MC"]
    assert row["label_official"] == "Monaco (Principauté de)"
    assert (row["country_name_fr"], row["country_name_en"]) == ("Monaco", "Monaco")
    assert (row["iso_alpha2"], row["category"]) == ("MC", "country")
    assert "countries.csv: MC 202701 is new: to be completed by hand" in report


def test_new_code_that_is_no_iso_country_keeps_its_label(
    labels: Path, seeds: Path
) -> None:
    append(
        labels / COUNTRIES, "QX;Pays et territoires qui restent à nommer;202701;202712"
    )
    build_reference.rebuild(labels, seeds)
    row = by_code("countries", seeds)["QX"]
    assert row["country_name_fr"] == "Pays et territoires qui restent…"
    assert row["country_name_en"] == "Pays et territoires qui restent à nommer"
    assert (row["iso_alpha2"], row["category"]) == ("", "historical")


def test_reused_code_gets_a_row_of_its_own(labels: Path, seeds: Path) -> None:
    append(labels / COUNTRIES, "DD;Pays nouveau;202701;999912")
    build_reference.rebuild(labels, seeds)
    windows = [row for row in seed("countries", seeds) if row["country_code"] == "DD"]
    assert [row["valid_from"] for row in windows] == ["190001", "202701"]
    assert windows[0] == by_code("countries")["DD"]


def test_new_product_is_left_to_complete(labels: Path, seeds: Path) -> None:
    append(labels / PRODUCTS, "0131;Plants de vigne;202701;999912", "cp1252")
    build_reference.rebuild(labels, seeds)
    assert by_code("products", seeds)["0131"] == {
        "product_code": "0131",
        "product_name_fr": "Plants de vigne",
        "activity_code": "",
        "is_goods": "false",
        "mapping_basis": "to_complete",
    }


def test_new_activity_joins_the_groups_of_its_division(
    labels: Path, seeds: Path
) -> None:
    append(
        labels / ACTIVITIES,
        "C24D;Alliages de récupération et métaux précieux;202701;999912",
    )
    build_reference.rebuild(labels, seeds)
    row, sibling = (by_code("activities", seeds)[code] for code in ("C24D", "C24A"))
    assert row["activity_short_fr"] == "Alliages de récupération et…"
    assert row["section"] == "C"
    groups = [column for column in row if column.startswith(("a38", "a17"))]
    assert {g: row[g] for g in groups} == {g: sibling[g] for g in groups}


def test_activity_of_a_new_division_has_no_group_yet(labels: Path, seeds: Path) -> None:
    append(labels / ACTIVITIES, "C34Z;Autres;202701;999912")
    build_reference.rebuild(labels, seeds)
    assert by_code("activities", seeds)["C34Z"]["a38_code"] == ""


def test_new_department_joins_the_region_of_its_customs_region(
    labels: Path, seeds: Path
) -> None:
    append(labels / DEPARTMENTS, "96;Nouveau;13;Grand Est")
    append(labels / DEPARTMENTS, "9F;Saint-Exemple;24;DOM")
    build_reference.rebuild(labels, seeds)
    departments = by_code("departments", seeds)
    assert departments["96"]["insee_region_code"] == "44"
    assert departments["96"]["department_name"] == "Nouveau"
    assert departments["9F"]["insee_region_code"] == ""


def test_code_that_vanished_is_kept_and_said(labels: Path, seeds: Path) -> None:
    replace(labels / ACTIVITIES, "S96Z;Cheveux bruts;200901;999912\r\n", "")
    report = build_reference.rebuild(labels, seeds)
    assert contents(seeds) == contents(SEEDS)
    assert "activities.csv: S96Z is not in the producer's file: kept" in report


def test_spelling_of_the_producer_is_no_news_but_a_new_name_is(
    labels: Path, seeds: Path
) -> None:
    replace(labels / DEPARTMENTS, "99;Monaco;", "99;Principaute de MONACO;")
    replace(labels / DEPARTMENTS, "52;Haute-Marne;", "52;Champagne;")
    report = build_reference.rebuild(labels, seeds)
    assert contents(seeds) == contents(SEEDS)
    assert not any("Monaco" in line for line in report)
    assert any("52 is 'Haute-Marne' here and 'Champagne'" in line for line in report)


def test_new_region_of_customs_is_said(labels: Path, seeds: Path) -> None:
    append(labels / DEPARTMENTS, "96;Nouveau;25;Outre-monts")
    report = build_reference.rebuild(labels, seeds)
    assert (
        "regions.csv: customs region 25 (Outre-monts) is new: add it by hand" in report
    )


def test_refusal_of_the_last_file_touches_no_seed(labels: Path, seeds: Path) -> None:
    append(labels / COUNTRIES, "MC;Monaco;202701;999912")
    append(labels / DEPARTMENTS, "052;Haute-Marne;13;Grand Est")
    assert "line 102: customs_code is '052'" in refused(labels, seeds)


def test_full_disk_leaves_every_seed_as_it_was(
    labels: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(labels / COUNTRIES, "MC;Monaco;202701;999912")
    write_rows = csv.DictWriter.writerows

    def full_at_the_last_seed(writer: csv.DictWriter, rows: list) -> None:
        if writer.fieldnames == build_reference.DEPARTMENT_COLUMNS:
            raise OSError(errno.ENOSPC, "No space left on device")
        write_rows(writer, rows)

    monkeypatch.setattr(csv.DictWriter, "writerows", full_at_the_last_seed)
    assert "No space left on device" in refused(labels, seeds)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"insee_code,", b"insee,", "the header is not"),
        (b"52,52,Haute-Marne,", b"52,Haute-Marne,", "'52' does not have 10 columns"),
    ],
)
def test_damaged_seed_is_refused(
    labels: Path, seeds: Path, old: bytes, new: bytes, said: str
) -> None:
    path = seeds / "departments.csv"
    path.write_bytes(path.read_bytes().replace(old, new))
    assert said in refused(labels, seeds)


def test_missing_seed_is_refused(labels: Path, seeds: Path) -> None:
    (seeds / "products.csv").unlink()
    assert "git restore" in refused(labels, seeds)


def test_command_reports_and_succeeds(
    labels: Path, seeds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = build_reference.main(["--labels", str(labels), "--seeds", str(seeds)])
    assert code == 0
    assert "289 lines" in capsys.readouterr().out


def test_command_refuses_in_one_line(
    tmp_path: Path, seeds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = build_reference.main(
        ["--labels", str(tmp_path / "nowhere"), "--seeds", str(seeds)]
    )
    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "nowhere" in captured.err


# --- the committed seeds ---------------------------------------------------------
