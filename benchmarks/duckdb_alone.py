"""Run the SQL that dbt compiled, by DuckDB alone: what dbt itself costs is the rest.

    .venv/bin/python benchmarks/duckdb_alone.py warehouse.duckdb target/

The file holds the seeds and the types, as after `dbt seed`; `target/` is dbt's, after a
run of the same models on the same files. Prints the seconds of each model as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb


def main() -> None:
    """Make every model of the last dbt run, in its order."""
    warehouse, target = Path(sys.argv[1]), Path(sys.argv[2])
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    results = [
        result
        for result in json.loads((target / "run_results.json").read_text())["results"]
        if result["unique_id"].startswith("model.")
    ]
    seconds = {}
    with duckdb.connect(str(warehouse), config={"memory_limit": "2GB"}) as connection:
        for result in results:
            node = nodes[result["unique_id"]]
            connection.execute(f"create schema if not exists {node['schema']}")
        start = time.perf_counter()
        for result in results:
            node = nodes[result["unique_id"]]
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            before = time.perf_counter()
            connection.execute(
                f"create {kind} {node['relation_name']} as {result['compiled_code']}"
            )
            seconds[node["name"]] = round(time.perf_counter() - before, 3)
        total = time.perf_counter() - start
    print(json.dumps({"total": total, "models": seconds}))


if __name__ == "__main__":
    main()
