"""Write the semantic layer for other tools, as an Open Semantic Interchange document.

    commerce semantics
    commerce semantics --out /tmp/semantics.json

Metrics whose rule the format cannot say are left out and named: shares of a year and
rolling years, which must not be added up over time, and the European Union, whose
members change. Reads target/semantic_manifest.json, which every build and `dbt parse`
write. Exit status: 0 written, 2 the request cannot be met.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commerce_exterieur.errors import UserError
from commerce_exterieur.files import make_folder, replace_file
from commerce_exterieur.warehouse import PROJECT

if TYPE_CHECKING:
    from metricflow_semantic_interfaces.implementations.semantic_manifest import (
        PydanticSemanticManifest,
    )

MANIFEST = PROJECT / "target" / "semantic_manifest.json"
OUT = PROJECT / "build" / "semantics.json"
#: What a filter asks of a row: `{{ Dimension('period__has_both_flows') }}`.
_ASKED = re.compile(r"Dimension\('(\w+?)__(\w+)'")


def document(manifest_json: str) -> tuple[dict[str, Any], list[str]]:
    """Say a semantic manifest of dbt in the form of Open Semantic Interchange 0.1.1.

    Parameters
    ----------
    manifest_json
        Content of `semantic_manifest.json`.

    Returns
    -------
    The document, and the names of the metrics that it leaves out.

    Raises
    ------
    UserError
        dbt-metricflow is not installed.
    """
    try:
        from metricflow.converters.msi_to_osi import MSIToOSIConverter
        from metricflow_semantics.model.dbt_manifest_parser import (
            parse_manifest_from_dbt_generated_manifest,
        )
    except ImportError as error:
        raise UserError(
            "The semantic layer is read with dbt-metricflow, which is not installed. "
            "Run `make install`."
        ) from error
    manifest = parse_manifest_from_dbt_generated_manifest(
        manifest_json_string=manifest_json
    )
    left_out = _leave_out(manifest)
    converted = MSIToOSIConverter().convert(manifest, "commerce_exterieur").output
    said = json.loads(converted.to_osi_json())
    (model,) = said["semantic_model"]
    for dataset in model["datasets"]:
        dataset["source"] = dataset["source"].replace('"', "")
    _qualify(model, manifest)
    return said, left_out


def _leave_out(manifest: PydanticSemanticManifest) -> list[str]:
    """Take out of a manifest what the format would say wrongly; name the metrics."""
    kept = [
        model
        for model in manifest.semantic_models
        # A document has no word for « not over time », and none for « at its date ».
        if not any(each.non_additive_dimension for each in model.measures)
        and not any(each.type.value == "natural" for each in model.entities)
    ]
    names = {model.name for model in kept}
    dimensions = {
        (entity, each.name)
        for model in kept
        for entity in [model.primary_entity, *(e.name for e in model.entities)]
        for each in model.dimensions
    }
    unsaid = {
        metric.name
        for metric in manifest.metrics
        if (
            metric.type_params.metric_aggregation_params
            and metric.type_params.metric_aggregation_params.semantic_model not in names
        )
        or any(
            asked not in dimensions
            for where in (metric.filter.where_filters if metric.filter else [])
            for asked in _ASKED.findall(where.where_sql_template)
        )
    }
    made_of = {
        metric.name: {each.name for each in metric.input_metrics}
        for metric in manifest.metrics
    }
    while more := {name for name, of in made_of.items() if of & unsaid} - unsaid:
        unsaid |= more
    manifest.semantic_models = kept
    manifest.metrics = [each for each in manifest.metrics if each.name not in unsaid]
    return sorted(unsaid)


def _qualify(model: dict[str, Any], manifest: PydanticSemanticManifest) -> None:
    """Write metrics as `dataset.field`, as the format has it, and without a 0 below.

    The converter of MetricFlow leaves columns bare, filters in MetricFlow's own words
    and ratios unguarded.
    """
    fields = {
        measure.expr: f"{each.name}.{measure.name}"
        for each in manifest.semantic_models
        for measure in each.measures
        if measure.expr
    }
    filters = {
        f"{entity}__{dimension.name}": f"{each.name}.{dimension.name}"
        for each in manifest.semantic_models
        for entity in [
            each.primary_entity,
            *(e.name for e in each.entities if e.type.value == "primary"),
        ]
        if entity
        for dimension in each.dimensions
    }
    said = {}
    for metric in model["metrics"]:
        (dialect,) = metric["expression"]["dialects"]
        expression = dialect["expression"]
        for bare, qualified in fields.items():
            expression = expression.replace(bare, qualified)
        for asked, qualified in filters.items():
            expression = re.sub(rf"\b{asked}\b", qualified, expression)
        said[metric["name"]] = dialect
        dialect["expression"] = expression
    for each in manifest.metrics:
        above, below = each.type_params.numerator, each.type_params.denominator
        if above and below:
            said[each.name]["expression"] = (
                f"({said[above.name]['expression']})"
                f" / NULLIF({said[below.name]['expression']}, 0)"
            )


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--manifest",
        type=Path,
        default=MANIFEST,
        metavar="FILE",
        help="default: target/semantic_manifest.json",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=OUT,
        metavar="FILE",
        help="default: build/semantics.json",
    )
    options = parser.parse_args(arguments)
    try:
        try:
            text = options.manifest.read_text("utf-8")
        except OSError as error:
            raise UserError(
                f"{options.manifest} cannot be read: {error.strerror}. "
                "Run `.venv/bin/dbt parse`, which writes it."
            ) from error
        said, left_out = document(text)
        make_folder(options.out.parent)
        content = json.dumps(said, ensure_ascii=False, indent=2) + "\n"
        replace_file(options.out, content.encode())
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    (model,) = said["semantic_model"]
    print(
        f"{options.out}: {len(model['metrics'])} metrics; left out, which the format "
        f"cannot say: {', '.join(left_out)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
