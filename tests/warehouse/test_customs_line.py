"""What a line of customs is: one rule, said alike by Python and by SQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from dbt_scratch import PROJECT, dbt, scratch_project
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commerce_exterieur.customs.line import (
    FIELDS,
    FLUX,
    HEADER,
    Said,
    is_flow_line,
    line_rule,
    reason,
    said_by,
)

GOOD = "E;3;2018;01;18;A01Z;0111;AT;29916;20815"
SOUND = GOOD.split(";")
#: What stands in a field of a malformed line: each of them breaks some reader.
ODD = st.sampled_from(
    [
        *(
            "",
            " ",
            "0",
            "1",
            "4",
            "5",
            "9A",
            "XX",
            "E",
            "I",
            "X",
            "e",
            "é",
            "01 ",
            "\t",
        ),
        *("-5", "-", "--5", "+5", "1.5", "1,5", "1e3", "NA", "null", '"5"', "'5", "\\"),
        *("9" * 15, "9" * 16, "-" + "9" * 40, "1899", "1900", "2099", "2100", "20180"),
        *("\t", "٣", "２", "²", "\u00a0", "\u200b", "\x00", "\n", "\r", "\x1f", "C24"),
    ]
)
FIELD = ODD | st.text(max_size=4)
LINES = st.one_of(
    # One field or more is another.
    st.dictionaries(st.integers(0, 9), FIELD, max_size=3).map(
        lambda odd: ";".join(odd.get(n, field) for n, field in enumerate(SOUND))
    ),
    # More or fewer fields.
    st.lists(st.sampled_from(SOUND) | FIELD, max_size=12).map(";".join),
    st.text(max_size=30),
    st.text(" \t\u00a0\u3000\x0b", max_size=3),
    st.builds("{}{}{}".format, st.text(max_size=2), st.just(GOOD), st.text(max_size=2)),
)


@pytest.fixture(scope="module")
def rule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Ask the macros, as dbt compiles them: reason and period of a line."""
    folder = scratch_project(tmp_path_factory.mktemp("rule") / "scratch")
    (folder / "profiles.yml").write_text(
        "scratch: {target: dev, outputs: {dev: {type: duckdb, "
        "path: warehouse.duckdb, "
        "plugins: [{module: commerce_exterieur.intake.plugin}]}}}\n"
    )
    (folder / "models" / "rule.sql").write_text(
        "select {{ customs_line_reason('raw_line') }} as reason, "
        "{{ customs_line_period('raw_line') }} as period, "
        "{{ customs_line_is_well_formed('raw_line') }} as is_good "
        "from lines\n"
    )
    run = dbt(folder, "compile", "--quiet")
    assert run.exit_code == 0, run.output
    sql = (folder / "target/compiled/scratch/models/rule.sql").read_text()
    with duckdb.connect() as connection:

        def ask(line: str) -> tuple[str | None, str | None, bool]:
            connection.execute("create or replace temp table lines (raw_line varchar)")
            connection.execute("insert into lines values (?)", [line])
            return connection.execute(sql).fetchone()

        yield ask


@settings(max_examples=600, deadline=None)
@given(LINES)
@example("")
@example("   ")
@example(GOOD)
@example(GOOD + "\n")
@example(GOOD + ";")
@example(";" * 9)
@example(HEADER)
def test_sql_and_python_say_the_same_of_every_line(rule: object, line: str) -> None:
    said, period, is_good = rule(line)
    assert said == reason(line)
    assert is_good == (said is None) == is_flow_line(line.encode())
    fields = line.split(";")
    sound = len(fields) > 2 and not any(
        reason(";".join([*SOUND[:n], fields[n], *SOUND[n + 1 :]])) for n in range(3)
    )
    assert period == (";".join(fields[:3]) if sound else None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (GOOD, None),
        ("I;1;1999;9A;24;C24C;2451;QS;0;0", None),
        (GOOD.replace("29916", "9" * 15), None),
        ("", "blank line"),
        ("  ", "blank line"),
        ("\t", "wrong number of fields"),
        (GOOD + ";", "wrong number of fields"),
        (GOOD.replace("E", "X"), "unknown flow"),
        (HEADER, "unknown flow"),
        (GOOD.replace(";3;", ";5;"), "quarter out of range"),
        (GOOD.replace("2018", "3018"), "year out of range"),
        (GOOD.replace(";01;18", ";1;18"), "malformed department code"),
        (GOOD.replace(";18;", ";8;"), "malformed region code"),
        (GOOD.replace("A01Z", "A01"), "malformed A129 code"),
        (GOOD.replace("0111", "01.1"), "malformed CPF4 code"),
        (GOOD.replace("AT", "aT"), "malformed country code"),
        (GOOD.replace("29916", ""), "missing value"),
        (GOOD.replace("29916", "-5"), "negative value"),
        (GOOD.replace("29916", "2.5"), "value is not a whole number"),
        (GOOD.replace("29916", "-2.5"), "value is not a whole number"),
        (GOOD.replace("29916", "9" * 16), "value overflows"),
        (GOOD.replace("20815", ""), "missing mass"),
        (GOOD.replace("20815", "-5"), "negative mass"),
        (GOOD.replace("20815", "five"), "mass is not a whole number"),
        (GOOD.replace("20815", "0" * 16), "mass overflows"),
        # The first field that is wrong.
        (GOOD.replace("E;3", "X;9"), "unknown flow"),
    ],
)
def test_the_reason_is_that_of_the_first_wrong_field(
    line: str, said: str | None
) -> None:
    assert reason(line) == said
    assert is_flow_line(line.encode()) is (said is None)


def test_lines_say_their_flow_and_year_and_others_say_nothing() -> None:
    lines = [GOOD, GOOD.replace("2018", "2020"), GOOD.replace("A01Z", "?")]
    exported = said_by([line.encode() for line in lines])
    assert exported == Said(frozenset({"export"}), frozenset({(2018, 3), (2020, 3)}))
    imported = said_by([GOOD.replace("E;3", "I;1").encode()])
    assert imported == Said(frozenset({"import"}), frozenset({(2018, 1)}))
    assert (exported | imported).flows == {"export", "import"}
    assert (exported | imported).years == {2018, 2020}
    assert said_by([b"", b"E;1;2019"]) == Said(frozenset(), frozenset())


def test_the_rule_handed_to_sql_is_the_list_of_fields() -> None:
    handed = line_rule()
    assert handed["header"] == (
        "flux;trimestre;annee;departement;region;a129;cpf4;pays;valeur;masse"
    )
    assert [field["name"] for field in handed["fields"]] == [
        field.name for field in FIELDS
    ]
    assert handed["pattern"].split(";") == [field.pattern for field in FIELDS]
    assert FLUX == {"export": "E", "import": "I"}


def test_the_bundled_sample_has_the_header_of_the_rule() -> None:
    samples = sorted(Path(PROJECT / "seeds" / "customs").glob("*.csv"))
    assert samples
    for sample in samples:
        with sample.open(encoding="utf-8") as lines:
            assert next(lines).rstrip("\n") == HEADER
            assert is_flow_line(next(lines).rstrip("\n").encode())
