"""Make the warehouse with both engines, and compare what each made of the same files.

Exit statuses, what every model and test came to, and the rows of every mart: the same
keys, euros and texts, ratios within 1e-12. `rejected_lines` is one of them. Views are
compared as what they select.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from commerce_exterieur.build import of_customs, require_folder, run_dbt
from commerce_exterieur.errors import UserError
from commerce_exterieur.files import only_writer
from commerce_exterieur.options import add_customs
from commerce_exterieur.spark.command import run_dbt_on_spark
from commerce_exterieur.spark.handover import hand_over
from commerce_exterieur.spark.tables import SparkFolder
from commerce_exterieur.warehouse import PROJECT

FOLDER = PROJECT / "build" / "parity"
#: Not `dbt build`, which leaves out what stands on a failed test.
COMMANDS = ("seed", "run", "test")

#: Largest relative difference of two doubles: sums in another order differ in the last
#: digits.
TOLERANCE = 1e-12
#: What says when and by whom a build was made.
NOT_COMPARED = {"build_info": {"built_at", "run_id", "engine"}}


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, make both and compare; 1 when they differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_customs(parser)
    parser.add_argument(
        "--keep",
        action="store_true",
        help="go on from what the last comparison made: incremental builds compared",
    )
    options = parser.parse_args(arguments)
    both = BothEngines(FOLDER, options.customs_dir, options.as_of)
    try:
        require_folder(options.customs_dir)
        FOLDER.mkdir(parents=True, exist_ok=True)
        with only_writer(FOLDER):
            if not options.keep:
                both.forget()
            found = both.compare()
    except UserError as error:
        print(f"parity: {error}", file=sys.stderr)
        return 2
    for said in found:
        print(f"parity: {said}", file=sys.stderr)
    if not found:
        print(f"Both engines made the same of it, all {len(both.marts())} marts.")
        failed = [node for node, row in both.results()[0].items() if row[0] == "fail"]
        if failed:
            print(f"Tests that fail with both alike: {', '.join(failed)}.")
    return bool(found)


@dataclass(frozen=True)
class BothEngines:
    """The same files with both engines, in a folder.

    Attributes
    ----------
    folder
        Where both warehouses are: `warehouse.duckdb`, and `spark/`.
    customs_dir, as_of
        As `commerce build` takes them.
    settings
        Settings of Spark.
    """

    folder: Path
    customs_dir: Path | None = None
    as_of: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def warehouse(self) -> Path:
        """What DuckDB made of them."""
        return self.folder / "warehouse.duckdb"

    @property
    def spark(self) -> SparkFolder:
        """What Spark made of them."""
        return SparkFolder(self.folder / "spark")

    @property
    def targets(self) -> tuple[Path, Path]:
        """Where dbt writes what a command came to, DuckDB's and Spark's."""
        return self.folder / "target", self.spark.path / "target"

    def forget(self) -> None:
        """Delete what was made before."""
        for made in (self.spark.path, self.folder / "target", self.folder / "unpacked"):
            shutil.rmtree(made, ignore_errors=True)
        for name in (self.warehouse.name, f"{self.warehouse.name}.wal"):
            (self.folder / name).unlink(missing_ok=True)

    def with_duckdb(self, *arguments: str) -> int:
        """Run dbt with DuckDB; its exit status."""
        return run_dbt(
            *(*arguments, "--quiet", "--target-path", str(self.targets[0])),
            variables=of_customs(self.customs_dir, self.as_of),
            warehouse=self.warehouse,
        )

    def with_spark(self, *arguments: str) -> int:
        """Run dbt with Spark; its exit status."""
        return run_dbt_on_spark(
            self.spark,
            [*arguments, "--quiet"],
            variables=of_customs(self.customs_dir, self.as_of),
            settings=dict(self.settings),
        )

    def compare(self) -> list[str]:
        """Seed, run and test with both; a line for each thing that is not the same."""
        for command in COMMANDS:
            for results in self.targets:
                (results / "run_results.json").unlink(missing_ok=True)
            print(f"parity: dbt {command} with DuckDB, then with Spark …", flush=True)
            ended = [self.with_duckdb(command), self.with_spark(command)]
            if not all(self.results()):
                raise UserError(
                    f"dbt {command} did not begin (see above): there is nothing to "
                    "compare."
                )
            found = self.differing_results()
            if ended[0] != ended[1]:
                found.append(f"dbt {command} ends with {ended[0]} and {ended[1]}")
            if command == "run" and not found and not any(ended):
                found = self.differing_marts()
            if found:
                return found
            if any(ended) and command != "test":
                raise UserError(
                    f"dbt {command} fails with both engines alike (see above): there "
                    "are no marts to compare."
                )
        return []

    def results(self) -> list[dict[str, tuple[str, int | None, str]]]:
        """Read what each node of the last command came to with either.

        Status, failures, and of what this project refuses, the message.
        """
        return [_results(target / "run_results.json") for target in self.targets]

    def differing_results(self) -> list[str]:
        """Say of which nodes the last command told something else with either."""
        one, other = self.results()
        return [
            f"{node}: {one.get(node)} with DuckDB, {other.get(node)} with Spark"
            for node in sorted({**one, **other})
            if one.get(node) != other.get(node)
        ]

    def differing_marts(self) -> list[str]:
        """Compare the marts; what was not tested is handed over all the same.

        Nothing of it can be published: its mark says no test, and goes.
        """
        if self.spark.mark.exists():
            return differences(self.warehouse, hand_over(self.spark))
        self.spark.remember_finished_run({"run_id": "untested", "as_of": ""})
        try:
            return differences(self.warehouse, hand_over(self.spark))
        finally:
            self.spark.forget_finished_run()

    def marts(self) -> list[str]:
        """Name the marts."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return _marts(connection, self.warehouse.stem)


def _results(file: Path) -> dict[str, tuple[str, int | None, str]]:
    if not file.exists():
        return {}
    found = {}
    for result in json.loads(file.read_text("utf-8"))["results"]:
        said = result["message"] or ""
        refused = said if said.startswith("Compilation Error") else ""
        # Hooks that went well are of the run, and of its engine.
        if refused or not result["unique_id"].startswith("operation."):
            found[result["unique_id"]] = (
                result["status"],
                result["failures"],
                refused,
            )
    return found


def differences(one: Path, other: Path) -> list[str]:
    """Say how the marts of two files differ.

    Parameters
    ----------
    one, other
        DuckDB files with a schema `marts`.

    Returns
    -------
    list[str]
        A line for each mart that is not the same in both; none when all are.
    """
    with duckdb.connect() as connection:
        # Views know their database by the name of its file.
        names = (one.stem, other.stem)
        for name, file in zip(names, (one, other), strict=True):
            quoted = str(file).replace("'", "''")
            connection.execute(f"attach '{quoted}' as \"{name}\" (read_only)")
        held = [set(_marts(connection, name)) for name in names]
        found = [
            f"{mart}: only in {one if mart in held[0] else other}"
            for mart in sorted(held[0] ^ held[1])
        ]
        for mart in sorted(held[0] & held[1]):
            said = _difference(connection, names, mart)
            if said:
                found.append(f"{mart}: {said}")
    return found


def _marts(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    return [
        mart
        for (mart,) in connection.execute(
            "select distinct table_name from duckdb_columns() "
            "where database_name = ? and schema_name = 'marts' order by table_name",
            [database],
        ).fetchall()
    ]


def _difference(
    connection: duckdb.DuckDBPyConnection, names: tuple[str, str], mart: str
) -> str:
    """Say how one mart differs; empty when it does not.

    Rows are paired by what is not a double; then doubles are held against each other.
    """
    columns = [
        connection.execute(
            "select column_name, data_type from duckdb_columns() "
            "where database_name = ? and schema_name = 'marts' and table_name = ? "
            "order by column_index",
            [name, mart],
        ).fetchall()
        for name in names
    ]
    if columns[0] != columns[1]:
        changed = [
            f"{left} / {right}"
            for left, right in zip(*columns, strict=False)
            if left != right
        ]
        return f"columns differ ({'; '.join(changed) or 'their number'})"
    left_out = NOT_COMPARED.get(mart, set())
    exact: list[str] = []
    doubles: list[str] = []
    for name, data_type in columns[0]:
        if name not in left_out:
            (doubles if data_type == "DOUBLE" else exact).append(f'"{name}"')
    listed = ", ".join(exact)
    # Rows that share all that is exact are told apart by their doubles, in order.
    order = ", ".join(doubles) or "1"
    paired = " and ".join(f"l.{name} is not distinct from r.{name}" for name in exact)
    far = " or ".join(
        f"(l.{name} is null) <> (r.{name} is null) or abs(l.{name} - r.{name}) "
        f"> {TOLERANCE} * greatest(abs(l.{name}), abs(r.{name}))"
        for name in doubles
    )
    for side, name in zip("lr", names, strict=True):
        connection.execute(
            f"create or replace temp table {side} as select *, row_number() over "
            f"(partition by {listed} order by {order}) as again "
            f'from "{name}".marts."{mart}"'
        )
    missing, added, differing = connection.execute(
        "select count(*) filter (where r.again is null), "
        "count(*) filter (where l.again is null), "
        f"count(*) filter (where {far or 'false'}) "
        f"from l full join r on {paired} and l.again = r.again"
    ).fetchone() or (0, 0, 0)
    if not missing + added + differing:
        return ""
    example = connection.execute(
        f"select 'first', {listed} from (select {listed} from l except "
        f"select {listed} from r) union all select 'second', {listed} from "
        f"(select {listed} from r except select {listed} from l) limit 6"
    ).fetchall()
    return (
        f"{missing} rows only in the first, {added} only in the second, "
        f"{differing} with other ratios" + "".join(f"\n    {row}" for row in example)
    )


if __name__ == "__main__":
    sys.exit(main())
