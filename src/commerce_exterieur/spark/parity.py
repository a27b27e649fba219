"""Compare the marts of two engines: the same keys, euros, texts; ratios within 1e-12.

Both are DuckDB files: that of `dbt build`, and the one that a Spark run was handed over
to. Views are compared as what they select.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

#: Largest relative difference of two doubles: sums in another order differ in the last
#: digits.
TOLERANCE = 1e-12
#: What says when and by whom a build was made.
NOT_COMPARED = {"build_info": {"built_at", "run_id", "engine"}}


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
        held = [
            {
                mart
                for (mart,) in connection.execute(
                    "select distinct table_name from duckdb_columns() "
                    "where database_name = ? and schema_name = 'marts'",
                    [name],
                ).fetchall()
            }
            for name in names
        ]
        found = [
            f"{mart}: only in {one if mart in held[0] else other}"
            for mart in sorted(held[0] ^ held[1])
        ]
        for mart in sorted(held[0] & held[1]):
            said = _difference(connection, names, mart)
            if said:
                found.append(f"{mart}: {said}")
    return found


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
