"""Distributes the metadata of a pipeline's fit over its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

from sklearn.pipeline import Pipeline
from sklearn.utils.metadata_routing import get_routing_for_object, process_routing
from sklearn.utils.validation import _check_method_params

from rosenblatt.problem import Rows

__all__ = ["PipelineMetadata", "of_pipeline", "rows_of"]


@final
@dataclass(frozen=True)
class PipelineMetadata:
    """Metadata for the steps before the network, by the names the pipeline takes, and for the
    network, by its own names."""

    before: Mapping[str, Any]
    network: Mapping[str, Any]


def of_pipeline(pipeline: Pipeline, given: Mapping[str, Any], *, routed: bool) -> PipelineMetadata:
    """Metadata for a pipeline's fit, by requests if it is `routed`, else by 'step__name'.

    Raises
    ------
    ValueError
        For metadata that belongs to no step, and for any of the network's but weights: validation
        rows would have to pass the earlier steps.
    """
    *earlier, (name, _) = pipeline.steps
    if routed:
        own = dict(process_routing(pipeline, "fit", **given)[name]["fit"])
        wanted = set()
        if earlier:
            router = get_routing_for_object(pipeline[:-1])
            wanted = set(router.consumes("fit_transform", given))
        stray: set[str] = set()
    else:
        of_step = {key: key.partition("__") for key in given}
        own = {part[2]: given[key] for key, part in of_step.items() if part[0] == name}
        wanted = {key for key, part in of_step.items() if part[0] in dict(earlier) and part[2]}
        stray = {key for key, part in of_step.items() if part[0] != name} - wanted
    foreign = stray | {f"{name}__{key}" for key in set(own) - {"sample_weight"}}
    if foreign:
        raise ValueError(
            f"fit was given {sorted(foreign)}: in a Pipeline the search passes"
            f" {name}__sample_weight to the network, and to the steps before it what begins with"
            " their names. Search over the network itself, or use scikit-learn's GridSearchCV."
        )
    return PipelineMetadata({key: given[key] for key in wanted}, own)


def rows_of(X: Any, params: Mapping[str, Any], rows: Rows) -> dict[str, Any]:
    """Metadata of some rows of X."""
    return dict(_check_method_params(X, params=dict(params), indices=rows))
