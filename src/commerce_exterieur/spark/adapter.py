"""What dbt-spark lacks for this project, added to its classes before a run.

ANSI arithmetic
    dbt-spark sets `spark.sql.ansi.enabled` to false with every statement: a bad cast is
    null and a sum that overflows wraps, in silence. Here it stays on, whatever the
    connection.
`adapter.program(name, …)`
    What the SQL of DuckDB asks of Python functions: SQL of Spark cannot have any
    without a jar, so Jinja asks. It works over every connection (session, Thrift,
    Databricks), for dbt runs here.
"""

from __future__ import annotations

from collections.abc import Callable

from dbt.adapters.base.meta import available
from dbt.adapters.spark.connections import SparkCredentials
from dbt.adapters.spark.impl import SparkAdapter

from commerce_exterieur.spark.session import ARITHMETIC


def prepare_adapter(functions: dict[str, Callable[..., object]]) -> None:
    """Make the adapter's classes what this project needs of them.

    Parameters
    ----------
    functions
        What `adapter.program` calls, by name.
    """
    checked = SparkCredentials.__post_init__

    def with_arithmetic(self: SparkCredentials) -> None:
        checked(self)
        self.server_side_parameters.update(ARITHMETIC)

    def program(_: SparkAdapter, name: str, *arguments: object) -> object:
        return functions[name](*arguments)

    # By name, for mypy holds methods for fixed.
    setattr(SparkCredentials, "__post_init__", with_arithmetic)  # noqa: B010
    setattr(SparkAdapter, "program", available(program))  # noqa: B010
    SparkAdapter._available_ |= {"program"}
