"""The door `customs_dir`: official files of several vintages, good and bad lines."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import duckdb
import pytest
from customs_build import NO_TESTS, build, deliver, rows
from dbt_scratch import PROJECT, Run
from sample import SAMPLE

from commerce_exterieur.errors import UserError
from commerce_exterieur.warehouse import Warehouse

#: vintage, file: its bytes
FILES: dict[tuple[str, str], bytes] = {
    ("2024-11", "Region_2024_Export.txt"): (
        b"E;1;2024;52;13;C24C;2451;DE;1000;10\r\n"
        b"E;2;2024;52;13;C24C;2451;DE;2000;20\r\n"
    ),
    ("2024-11", "Region_2024_Import.txt"): b"I;2;2024;52;13;C24A;2410;DE;700;7\n",
    # Restates the second quarter; the first stays that of 2024-11.
    ("2025-02", "Region_2024_Export.txt"): (
        b"E;2;2024;52;13;C24C;2451;DE;1900;19\n"
        b"E;2;2024;52;13;C24C;2451;NA;50;0\n"
        b"E;2;2024;52;13;C24C;2451;NA;50;1\n"  # a repeated key
        b"E;2;2024;9A;24;C11Z;1101;QS;300;3\n"
        b"E;2;2024;ZZ;99;Z99Z;9999;ZY;7;0\n"  # every code unknown
        b"E;2;2024;20;22;C11Z;1102;FR;40;4"  # no line end
    ),
    ("2025-02", "Region_2024_Import.TXT"): (
        b"I;1;2024;52;13;C24A;2410;DE;500;5\n"
        b"\n"
        b"I;1;2024;52;13;C24A;2410;DE;500\n"
        b"X;1;2024;52;13;C24A;2410;DE;500;5\n"
        b"I;5;2024;52;13;C24A;2410;DE;500;5\n"
        b"I;1;3024;52;13;C24A;2410;DE;500;5\n"
        b"I;1;2024;5;13;C24A;2410;DE;500;5\n"
        b"I;1;2024;52;1;C24A;2410;DE;500;5\n"
        b"I;1;2024;52;13;C24;2410;DE;500;5\n"
        b"I;1;2024;52;13;C24A;241;DE;500;5\n"
        b"I;1;2024;52;13;C24A;2410;D\xc9;500;5\n"
        b"I;1;2024;52;13;C24A;2410;DE;;5\n"
        b"I;1;2024;52;13;C24A;2410;DE;-5;5\n"
        b"I;1;2024;52;13;C24A;2410;DE;1.5;5\n"
        b"I;1;2024;52;13;C24A;2410;DE;9999999999999999999;5\n"
        b"I;1;2024;52;13;C24A;2410;DE;5;\n"
        b"I;1;2024;52;13;C24A;2410;DE;5;-1\n"
        b"I;1;2024;52;13;C24A;2410;DE;5;1e3\n"
        b'I;1;2024;52;13;C24A;2410;"DE;500;5\n'  # one quote costs one line
        b"I;1;2024;52;13;C24A;2410;IT;600;6\n"
    ),
}

REASONS = {
    2: "blank line",
    3: "wrong number of fields",
    4: "unknown flow",
    5: "quarter out of range",
    6: "year out of range",
    7: "malformed department code",
    8: "malformed region code",
    9: "malformed A129 code",
    10: "malformed CPF4 code",
    11: "malformed country code",
    12: "missing value",
    13: "negative value",
    14: "value is not a whole number",
    15: "value overflows",
    16: "missing mass",
    17: "negative mass",
    18: "mass is not a whole number",
    19: "malformed country code",
}


def _as_hexadecimal(error: UnicodeDecodeError) -> tuple[str, int]:
    return f"\\x{error.object[error.start]:02X}", error.start + 1


codecs.register_error("bytes", _as_hexadecimal)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("customs_dir")
    deliver(
        folder / "it's data",
        {f"{vintage}/{name}": content for (vintage, name), content in FILES.items()},
    )
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return build(folder, folder / "it's data")


@pytest.fixture
def marts(run: Run, folder: Path) -> duckdb.DuckDBPyConnection:
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


def test_every_model_is_built_and_only_the_rejects_fail(run: Run) -> None:
    assert {name for name, status in run.status.items() if status == "fail"} == {
        "assert_few_lines_rejected"
    }
    assert "error" not in run.status.values()


def test_the_log_names_the_files_and_what_was_refused_of_them(run: Run) -> None:
    assert "new file: 2024-11/Region_2024_Export.txt, 2 lines\n" in run.output
    assert "new file: 2025-02/Region_2024_Import.TXT, 20 lines\n" in run.output
    assert (
        "vintage 2025-02, source_file Region_2024_Import.TXT, "
        "reason malformed country code, line_count 2, first_line_number 11\n"
    ) in run.output
    assert run.failures["warn_lines_rejected"] == 18


def test_a_quarter_is_read_from_its_latest_vintage(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    assert marts.execute(
        "select quarter, export_eur, import_eur from marts.fct_territory_quarters "
        "where territory_code = 'D52' order by quarter"
    ).fetchall() == [(1, 1000, 1100), (2, 2000, 700)]


def test_codes_become_territories_and_unknown_ones_stand_under_themselves(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    assert marts.execute(
        "select territory_code, sum(value_eur)::bigint from marts.fct_trade_flows "
        "group by 1 order by 1"
    ).fetchall() == [("D20", 40), ("D52", 4800), ("D971", 300), ("DZZ", 7)]
    for table, code, name, unknown in [
        ("dim_territory", "territory_code", "territory_name", "DZZ"),
        ("dim_country", "country_code", "country_name_fr", "ZY"),
        ("dim_product", "product_code", "product_name_fr", "9999"),
        ("dim_activity", "activity_code", "activity_short_fr", "Z99Z"),
    ]:
        assert marts.execute(
            f"select {code}, {name} from marts.{table} where not is_known"
        ).fetchall() == [(unknown, unknown.removeprefix("D"))]
    # Ranked under itself; supplies are not ranked; namibia is not null.
    assert marts.execute(
        "select country_code from marts.fct_rankings where territory_code = 'FR' "
        "and flow = 'export' and ranked_by = 'country' order by rank"
    ).fetchall() == [("DE",), ("NA",), ("FR",), ("ZY",)]


def test_unknown_codes_are_warned_of_by_name_with_their_value(run: Run) -> None:
    for words in [
        "unknown department code DZZ: 7 euros",
        "unknown country code ZY: 7 euros",
        "unknown product code 9999: 7 euros",
        "unknown activity code Z99Z: 7 euros",
    ]:
        assert words in run.output


def test_a_repeated_key_is_summed(marts: duckdb.DuckDBPyConnection) -> None:
    assert marts.execute(
        "select value_eur, mass_kg from marts.fct_trade_flows where country_code = 'NA'"
    ).fetchall() == [(100, 1)]


def test_every_malformed_line_is_in_rejected_lines_with_its_reason(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    rows = marts.execute(
        "select vintage, source_file, line_number, raw_line, reason "
        "from marts.rejected_lines order by line_number"
    ).fetchall()
    assert {row[2]: row[4] for row in rows} == REASONS
    assert {row[:2] for row in rows} == {("2025-02", "Region_2024_Import.TXT")}
    text = FILES["2025-02", "Region_2024_Import.TXT"].decode("ascii", "bytes")
    lines = text.split("\n")
    assert [row[3] for row in rows] == [lines[row[2] - 1] for row in rows]


def test_build_info_accounts_for_every_physical_line(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    info = marts.execute("from marts.build_info").df().iloc[0]
    assert info.data_origin == "provided"
    assert info.vintages == "2024-11, 2025-02"
    assert info.lines_read == 2 + 1 + 6 + 20
    assert info.lines_rejected == len(REASONS)
    files = json.loads(info.source_files)
    assert [(file["vintage"], file["name"], file["lines"]) for file in files] == [
        ("2024-11", "Region_2024_Export.txt", 2),
        ("2024-11", "Region_2024_Import.txt", 1),
        ("2025-02", "Region_2024_Export.txt", 6),
        ("2025-02", "Region_2024_Import.TXT", 20),
    ]


def test_revisions_keep_what_every_vintage_said(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    assert marts.execute(
        "select vintage, value_eur, previous_vintage, change_from_previous_eur, "
        "change_from_first_eur, is_current from marts.fct_revisions "
        "where territory_code = 'FR' and quarter = 2 and flow = 'export' "
        "order by vintage"
    ).fetchall() == [
        ("2024-11", 2000, None, None, 0, False),
        ("2025-02", 2347, "2024-11", 347, 347, True),
    ]
    # First published in the second vintage: worth 0 in the first.
    assert marts.execute(
        "select vintage, value_eur from marts.fct_revisions "
        "where territory_code = 'D971' order by vintage"
    ).fetchall() == [("2024-11", 0), ("2025-02", 300)]


def test_totals_are_reconciled_with_the_published_ones(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    assert marts.execute(
        "select vintage, quarters, measured_eur, gap_eur, is_within_rounding "
        "from marts.fct_reconciliation where territory_code = 'D52' "
        "and flow = 'export'"
    ).fetchall() == [("2025-02", 2, 3000, 3000 - 1_306_600_000, False)]


def test_an_incomplete_year_is_not_compared(marts: duckdb.DuckDBPyConnection) -> None:
    assert marts.execute(
        "select quarters_covered, is_complete, previous_year, not_compared_reason "
        "from marts.rpt_factsheet_territories where territory_code = 'D52'"
    ).fetchall() == [(2, False, None, "incomplete")]
    assert marts.execute(
        "select distinct change_ratio from marts.rpt_factsheet_key_figures"
    ).fetchall() == [(None,)]


def test_strange_bytes_cost_their_own_line_only(tmp_path: Path) -> None:
    good = b"E;1;2024;52;13;C24C;2451;DE;7;1"
    lines = [
        b"\xef\xbb\xbf" + good,  # a byte order mark is not part of the line
        good,
        b"E;1;2024;52;13;C24C;2451;\xc3\x89;7;1",
        b"E;1;2024;52;13;C24C;2451;\x80\x9f;7;1",
        b"E;1;2024;52;13;C24C;2451;D\x00;7;1",
        b"\x01",
        good + b"\r" + good,  # a lone CR ends no line
        b"\\x0A",
        good + b"\r",
    ]
    customs = deliver(
        tmp_path / "customs",
        {
            "2025-02/Region_2024_Export.txt": b"\n".join(lines),
            "2025-02/Region_2023_Export.txt": b"",
        },
    )
    run = build(tmp_path, customs, "--select", "+build_info", *NO_TESTS)
    assert run.exit_code == 0
    assert rows(
        tmp_path, "select line_number from marts.rejected_lines order by all"
    ) == [(3,), (4,), (5,), (6,), (7,), (8,)]
    assert rows(
        tmp_path,
        "select count(*), sum(value_eur)::bigint from staging.stg_customs__lines",
    ) == [(3, 21)]
    assert rows(
        tmp_path, "select lines_read, lines_rejected from marts.build_info"
    ) == [(9, 6)]


def test_a_period_counts_once_and_as_of_reads_the_past(tmp_path: Path) -> None:
    line = b"%s;1;2024;52;13;C24C;2451;DE;%d;1\n"
    customs = deliver(
        tmp_path / "customs",
        {
            "2024-11/Region_2024_Export.txt": line % (b"E", 7),
            "2025-02/Region_2024_Export.txt": line % (b"E", 10),
            "2025-02/the same again.txt": line % (b"E", 10),
            "2025-02/REGIONAL_CPF4PAYSE.txt": line % (b"E", 9) + b"\n" * 4,
        },
    )
    found = []
    for as_of in ("", "2024-12"):
        run = build(
            tmp_path, customs, "--select", "+fct_trade_flows", *NO_TESTS, as_of=as_of
        )
        assert run.exit_code == 0
        found += rows(
            tmp_path, "select sum(value_eur)::bigint from marts.fct_trade_flows"
        )
    assert found == [(10,), (7,)]


def test_lines_of_half_corsica_are_kept_and_the_log_says_what_corsica_is(
    tmp_path: Path,
) -> None:
    lines = (
        "2A;94;C24C;2451;DE;7;1",
        "2B;94;C24C;2451;DE;8;1",
        "20;22;C24C;2451;DE;9;1",
    )
    text = "".join(f"E;1;2024;{line}\n" for line in lines)
    customs = deliver(
        tmp_path / "customs", {"2025-02/Region_2024_Export.txt": text.encode()}
    )
    marts = ("dim_territory", "fct_trade_flows", "fct_territory_totals", "build_info")
    run = build(
        tmp_path, customs, "--select", *(f"+{mart}" for mart in marts), *NO_TESTS
    )
    assert run.exit_code == 0, run.output
    output = " ".join(run.output.split())
    for code, euros in (("D2A", 7), ("D2B", 8)):
        assert (
            f"unknown department code {code}: {euros} euros, kept under its own code. "
            "Customs publish 2A and 2B as one, D20 (Corse): write 20 in the files."
        ) in output
    with Warehouse(tmp_path / "warehouse.duckdb") as warehouse:
        assert warehouse.rows(
            "select territory_code as code, import_eur, export_eur "
            "from marts.fct_territory_totals where code in ('D20', 'D2A', 'D2B', 'FR') "
            "order by all"
        ) == [
            {"code": code, "import_eur": 0, "export_eur": euros}
            for code, euros in (("D20", 9), ("D2A", 7), ("D2B", 8), ("FR", 24))
        ]
        # The code of a line is understood by itself; half of Corsica is not.
        assert warehouse.territory("D2A").name == "2A"
        with pytest.raises(UserError, match="D20"):
            warehouse.territory("2A")


def test_the_official_header_is_counted_apart_and_only_on_top(tmp_path: Path) -> None:
    header = b"FLUX;TRIMESTRE;ANNEE;DEPARTEMENT;REGION;A129;CPF4;PAYS;VALEUR;MASSE\r\n"
    line = b"E;1;2024;52;13;C24C;2451;DE;1000;10\r\n"
    files = {
        "2025-02/Region_2024_Export.txt": codecs.BOM_UTF8 + header + line,
        "2025-02/Region_2023_Export.txt": header + header + line.replace(b"4", b"3", 1),
    }
    customs = deliver(tmp_path / "customs", files)
    built = build(tmp_path, customs, "--select", "+build_info", *NO_TESTS)
    assert built.exit_code == 0, built.output
    assert rows(
        tmp_path,
        "select source_file, line_count, header_lines from staging.stg_customs__files "
        "order by all",
    ) == [("Region_2023_Export.txt", 2, 1), ("Region_2024_Export.txt", 1, 1)]
    assert rows(
        tmp_path, "select source_file, line_number, reason from marts.rejected_lines"
    ) == [("Region_2023_Export.txt", 2, "unknown flow")]
    assert rows(
        tmp_path, "select lines_read, lines_rejected from marts.build_info"
    ) == [(3, 1)]


def test_the_sample_goes_through_the_same_door(tmp_path: Path) -> None:
    """As official files, the sample gives the marts that it gives as seeds."""
    customs = tmp_path / "customs" / "2025-02"
    customs.mkdir(parents=True)
    for flow in ("export", "import"):
        for year in (2023, 2024):
            seed = PROJECT / "seeds" / "customs" / f"customs_{year}_{flow}.csv"
            name = f"Region_{year}_{flow.capitalize()}.txt"
            (customs / name).write_bytes(seed.read_bytes())
    tables = ("int_flows_summed", "fct_rankings")
    made = build(
        tmp_path,
        customs.parent,
        *("--select", *(f"+{table}" for table in tables), *NO_TESTS),
    )
    assert made.exit_code == 0, made.output
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as both:
        both.execute(f"attach '{SAMPLE}' as sample (read_only)")
        # Tables: a view would read from the one file by the other's name.
        for table in ("intermediate.int_flows_summed", "marts.fct_rankings"):
            differing = both.execute(
                f"(from {table} except all from sample.{table}) union all "
                f"(from sample.{table} except all from {table})"
            ).fetchall()
            assert differing == []
            assert both.execute(f"select count(*) > 0 from {table}").fetchone()[0]
