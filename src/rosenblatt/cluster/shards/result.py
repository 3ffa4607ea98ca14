"""What a fit to files returns: an estimator for tables, as of a model file."""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.cluster.shards.fit import FileFit
from rosenblatt.persistence import OptionValue, PartSize, SavedModel, Score, Summary
from rosenblatt.table import ClassTarget
from rosenblatt.tabular.saving import estimator_of

__all__ = ["part_sizes", "table_estimator"]

PARTS = ("train", "validation", "held-out")


def part_sizes(fit: FileFit) -> tuple[PartSize, ...]:
    """The rows of each part that has some."""
    sizes = zip(PARTS, fit.sizes, strict=True)
    return tuple(PartSize(name, n) for name, n in sizes if n)


def table_estimator(fit: FileFit) -> Any:
    """`TableClassifier` or `TableRegressor` that predicts by the network of a fit."""
    network, encoding = fit.network, fit.learnt.encoding
    layers = network.hidden_layer_sizes
    summary = Summary.now(
        parts=part_sizes(fit),
        options=(OptionValue("hidden", ",".join(map(str, np.atleast_1d(layers)))),),
        scores=validation_scores(fit),
        epochs=network.n_iter_,
        stop_reason=network.stop_reason_,
    )
    estimator = estimator_of(SavedModel(network.model_, encoding, summary))
    estimator.history_ = network.history_
    return estimator


def validation_scores(fit: FileFit) -> tuple[Score, ...]:
    rows = fit.validation
    if rows is None:
        return ()
    is_class = isinstance(fit.learnt.encoding.target, ClassTarget)
    value = fit.network.score(rows.X, rows.y[:, 0], rows.weights)
    return (Score("network", "validation", "accuracy" if is_class else "r2", float(value)),)
