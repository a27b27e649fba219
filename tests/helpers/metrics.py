"""The semantic layer over the sample: a project folder of its own, and its engine."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
from dbt_scratch import PROJECT, dbt
from metricflow.engine.metricflow_engine import (
    MetricFlowEngine,
    MetricFlowQueryRequest,
)
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from sample import SAMPLE
from shared import made_once


def project() -> Path:
    """A folder `mf` can be run in: the project, parsed, beside a copy of the sample.

    `mf` reads `target/` of the folder it is in, whatever dbt is told, and locks the
    warehouse.
    """

    def make(folder: Path) -> None:
        for name in ("dbt_project.yml", "profiles.yml"):
            shutil.copy(PROJECT / name, folder)
        for name in ("models", "macros", "seeds", "tests"):
            (folder / name).symlink_to(PROJECT / name)
        shutil.copy(SAMPLE, folder / "warehouse.duckdb")
        run = dbt(folder, "parse", warehouse=folder / "warehouse.duckdb")
        assert run.exit_code == 0, run.output

    return made_once("metrics", make)


class Metrics:
    """What `mf query` would answer, without starting it for each question.

    Parameters
    ----------
    connection
        The warehouse.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.manifest = parse_manifest_from_dbt_generated_manifest(
            (project() / "target" / "semantic_manifest.json").read_text("utf-8")
        )
        # It is asked for SQL alone, and runs none.
        self._engine = MetricFlowEngine(
            semantic_manifest_lookup=SemanticManifestLookup(self.manifest),
            sql_client=SimpleNamespace(
                sql_engine_type=SqlEngine.DUCKDB,
                sql_plan_renderer=DuckDbSqlPlanRenderer(),
            ),
        )

    def ask(
        self,
        metrics: str,
        by: str,
        where: str | None = None,
        until: datetime | None = None,
    ) -> list[tuple]:
        """Answer a query; rows of the groups, in the order asked for, and the metrics.

        Parameters
        ----------
        metrics, by
            Names, with spaces between.
        where
            A filter.
        until
            The last moment.
        """
        request = MetricFlowQueryRequest.create(
            metric_names=metrics.split() or None,
            group_by_names=by.split() or None,
            where_constraints=[where] if where else None,
            time_constraint_start=datetime(2000, 1, 1) if until else None,
            time_constraint_end=until,
        )
        sql = self._engine.explain(request).sql_statement.without_descriptions.sql
        wanted = ", ".join(f'"{name}"' for name in (by + " " + metrics).split())
        return self.connection.execute(f"select {wanted} from ({sql})").fetchall()
