"""`dbt seed` with our materialisation, on hard and on malformed CSV files."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from dbt_scratch import Run, dbt, scratch_project

COLUMNS = """\
    columns:
      - {name: code, data_type: text, description: "The partner's code."}
      - {name: label, data_type: text}
      - {name: euros, data_type: bigint, constraints: [{type: not_null}]}
      - {name: ratio, data_type: "decimal(9, 2)"}
"""

#: name of the seed: (file, words that its error must hold)
MALFORMED: dict[str, tuple[bytes, list[str]]] = {
    "a_decimal": (b"DE;x;1.5;\n", ["line 2", "column euros", "'1.5'"]),
    "an_exponent": (b"DE;x;1;\nFR;y;1e3;\n", ["line 3", "column euros", "'1e3'"]),
    "a_hexadecimal": (b"DE;x;0x10;\n", ["line 2", "column euros", "'0x10'"]),
    "an_underscore": (b"DE;x;1_000;\n", ["line 2", "column euros", "'1_000'"]),
    "a_space": (b"DE;x; 7;\n", ["line 2", "column euros", "' 7'"]),
    "a_minus": (b"DE;x;-7;\n", ["line 2", "column euros", "'-7'"]),
    "an_overflow": (
        b"DE;x;9223372036854775808;\n",
        ["line 2", "column euros", "9223372036854775808", "range"],
    ),
    "too_many_decimals": (b"DE;x;1;0.125\n", ["line 2", "column ratio", "'0.125'"]),
    "a_blank_line": (b"DE;x;1;\n\nFR;y;2;\n", ["line 3", "blank"]),
    "a_blank_line_at_the_end": (b"DE;x;1;\n\n", ["line 3", "blank"]),
    "a_missing_field": (b"DE;x;1;\nFR;y\n", ["line 3", "FR;y", "4 fields"]),
    "a_field_too_many": (b"DE;x;1;;9\n", ["line 2", "DE;x;1;;9", "4 fields"]),
    "an_empty_field_too_many": (
        b'DE;"x; y";1;1.5\nFR;y;2;1.5;\n',
        ["line 3", "a field too many", "4 fields"],
    ),
    "a_blank_line_in_crlf": (
        b"DE;x;1;\r\n\r\nFR;y;2;\r\n",
        ["line 3", "blank"],
    ),
    "a_missing_number": (b"DE;x;;\n", ["line 2", "column euros", "missing"]),
    "an_open_quote": (b'DE;"x;1;\nFR;y;2;\n', ["line 2", "quote"]),
    "after_a_line_end_in_quotes": (
        b'DE;"x\ny";1;\nFR;z;1.5;\n',
        ["line 4", "column euros", "'1.5'"],
    ),
    "a_wrong_encoding": (
        b"DE;x;1;\n" * 200_000 + b"FR;\xe9;2;\n",
        ["line 200002", "column label", "not utf-8"],
    ),
}

HEADERS: dict[str, bytes] = {
    "swapped": b"label;code;euros;ratio\nx;DE;1;\n",
    "short": b"code;label;euros\nDE;x;1\n",
    "long": b"code;label;euros;ratio;more\nDE;x;1;;\n",
    "absent": b"DE;x;1;\n",
    "misspelt": b"code;label;euro;ratio\nDE;x;1;\n",
    "empty": b"",
}

HARD = (
    b"code;label;euros;ratio\n"
    b"NA;Namibie;01;1.5\n"
    b'01;"x; y";0;\n'
    b'2A;"";9223372036854775807;0.25\n'
    b"9A;;5;-3\n"
    b'20;"he said ""no""\nand left";7;\n'
    b"null;NULL;8;\n"
)


def declare(folder: Path, names: list[str]) -> None:
    """Declare seeds of the four columns in the project's properties file."""
    seeds = "".join(
        f"  - name: {name}\n    description: One row per line.\n"
        "    config: {delimiter: ';', persist_docs: {relation: true, columns: true}}\n"
        + COLUMNS
        for name in names
    )
    (folder / "seeds" / "seeds.yml").write_text("version: 2\nseeds:\n" + seeds)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = scratch_project(tmp_path_factory.mktemp("seeds") / "scratch")
    header = b"code;label;euros;ratio\n"
    for name, (rows, _) in MALFORMED.items():
        (folder / "seeds" / f"{name}.csv").write_bytes(header + rows)
    for name, content in HEADERS.items():
        (folder / "seeds" / f"header_{name}.csv").write_bytes(content)
    (folder / "seeds" / "hard.csv").write_bytes(HARD)
    (folder / "seeds" / "hard_crlf.csv").write_bytes(
        HARD.replace(b"\nand left", b" and left").replace(b"\n", b"\r\n")
    )
    (folder / "seeds" / "no_rows.csv").write_bytes(header)
    names = [*MALFORMED, *(f"header_{name}" for name in HEADERS)]
    declare(folder, [*names, "hard", "hard_crlf", "no_rows"])
    return folder


@pytest.fixture(scope="module")
def seeded(project: Path) -> Run:
    return dbt(project, "seed", "--show")


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_value_stops_the_seed_and_is_named(seeded: Run, name: str) -> None:
    assert seeded.status[name] == "error"
    for words in [f"seeds/{name}.csv", *MALFORMED[name][1]]:
        assert words in seeded.message[name]


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_must_be_the_declared_columns_in_order(seeded: Run, name: str) -> None:
    assert seeded.status[f"header_{name}"] == "error"
    message = seeded.message[f"header_{name}"]
    assert f"seeds/header_{name}.csv, line 1" in message
    assert "code;label;euros;ratio" in message


@pytest.mark.parametrize("name", ["hard", "hard_crlf"])
def test_hard_values_survive(seeded: Run, project: Path, name: str) -> None:
    assert seeded.status[name] == "success"
    with duckdb.connect(str(project / "warehouse.duckdb"), read_only=True) as warehouse:
        rows = warehouse.execute(f"from {name}").fetchall()
    quoted = 'he said "no"\nand left' if name == "hard" else 'he said "no" and left'
    assert [row[0] for row in rows] == ["NA", "01", "2A", "9A", "20", "null"]
    # A quoted "" is an empty text, an unquoted empty field is null.
    assert [row[1] for row in rows] == ["Namibie", "x; y", "", None, quoted, "NULL"]
    assert [row[2] for row in rows] == [1, 0, 9223372036854775807, 5, 7, 8]
    assert [str(row[3]) for row in rows] == [
        "1.50", "None", "0.25", "-3.00", "None", "None",
    ]  # fmt: skip


def test_what_dbt_expects_of_a_seed_is_kept(seeded: Run, project: Path) -> None:
    assert seeded.message["hard"] == "INSERT 6"
    assert seeded.status["no_rows"] == "success"
    assert "Random sample of table: main.hard" in seeded.output
    assert "Namibie" in seeded.output
    with duckdb.connect(str(project / "warehouse.duckdb"), read_only=True) as warehouse:
        comments = warehouse.execute(
            "select comment from duckdb_tables() where table_name = 'hard' union all "
            "select comment from duckdb_columns() where table_name = 'hard' "
            "and column_name = 'code'"
        ).fetchall()
    assert comments == [("One row per line.",), ("The partner's code.",)]


def test_full_refresh_and_a_refused_file_leave_the_table_right(
    tmp_path: Path,
) -> None:
    folder = scratch_project(tmp_path / "scratch")
    declare(folder, ["codes"])
    file = folder / "seeds" / "codes.csv"
    file.write_bytes(HARD)
    assert dbt(folder, "seed").message["codes"] == "INSERT 6"
    assert dbt(folder, "seed", "--full-refresh").message["codes"] == "CREATE 6"

    file.write_bytes(HARD + b"DE;x;1.5;\n")
    assert dbt(folder, "seed").exit_code != 0
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as warehouse:
        assert warehouse.execute("select count(*) from codes").fetchone() == (6,)
        assert warehouse.execute(
            "select count(*) from duckdb_tables() where table_name like 'seed__%'"
        ).fetchone() == (0,)


def test_columns_may_be_declared_by_column_types_and_quoting_switched_off(
    tmp_path: Path,
) -> None:
    folder = scratch_project(tmp_path / "scratch")
    (folder / "seeds" / "plain.csv").write_text('a|n\n"x|1\n')
    (folder / "seeds" / "undeclared.csv").write_text("a\nx\n")
    (folder / "seeds" / "seeds.yml").write_text(
        "version: 2\nseeds:\n"
        "  - name: plain\n    config:\n      delimiter: '|'\n"
        "      meta: {quote: ''}\n"
        "      column_types: {a: text, n: smallint}\n"
        "  - name: undeclared\n"
    )
    run = dbt(folder, "seed")
    assert run.status["plain"] == "success"
    assert "declares no columns" in run.message["undeclared"]
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as warehouse:
        assert warehouse.execute("from plain").fetchall() == [('"x', 1)]
