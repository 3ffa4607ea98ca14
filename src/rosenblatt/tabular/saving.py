"""Model files of table estimators: the same that the command line writes and reads."""

from __future__ import annotations

import math
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from rosenblatt.losses import Quantile
from rosenblatt.persistence import PartSize, SavedModel, Score, Summary, load_model
from rosenblatt.table import ClassTarget
from rosenblatt.tabular.parameters import direction_options, options_of, parameters_of

if TYPE_CHECKING:
    from rosenblatt.tabular.base import BaseTable
    from rosenblatt.tabular.classifier import TableClassifier
    from rosenblatt.tabular.regressor import TableRegressor

__all__ = ["estimator_of", "load", "saved_model_of"]


def saved_model_of(estimator: BaseTable) -> SavedModel:
    """What a model file holds of a fitted estimator."""
    check_is_fitted(estimator)
    target = estimator.encoding_.target
    metric = "accuracy" if isinstance(target, ClassTarget) else "r2"
    score = estimator.validation_score_
    summary = Summary.now(
        parts=(PartSize("train", estimator.n_rows_),),
        options=(
            *options_of(estimator.get_params(deep=False)),
            *direction_options(estimator.directions_),
        ),
        scores=(Score("network", "validation", metric, score if math.isfinite(score) else None),),
        epochs=len(estimator.history_),
        stop_reason="all networks were trained",
    )
    return SavedModel(estimator.network_, estimator.encoding_, summary, estimator._uncertainty)


def load(path: str | PathLike[str]) -> TableClassifier | TableRegressor:
    """The estimator in a model file, from `save` or from the command line.

    It has the constructor parameters that it was trained with, as far as they are plain values: a
    `Preset` or a random generator of one's own is not kept, and `history_` is empty.

    Parameters
    ----------
    path : path

    Raises
    ------
    InputError
        For every file that is not a whole model.
    """
    return estimator_of(load_model(path))


def estimator_of(saved: SavedModel) -> TableClassifier | TableRegressor:
    """The estimator that predicts by a model and its encoding; see `load`."""
    from rosenblatt.tabular.classifier import TableClassifier
    from rosenblatt.tabular.regressor import TableRegressor

    names = np.array([column.name for column in saved.encoding.columns], dtype=object)
    target = saved.encoding.target
    estimator: Any
    if isinstance(target, ClassTarget):
        estimator = TableClassifier()
        dtype: Any = object if isinstance(target.classes[0], str) else None
        estimator.classes_ = np.array(target.classes, dtype=dtype)
    else:
        estimator = TableRegressor()
        if isinstance(saved.model.loss, Quantile):
            estimator.quantiles = saved.model.loss.levels
    options = saved.summary.options
    estimator.set_params(**parameters_of(options, estimator.get_params().keys()))
    estimator._restore(saved, names)
    return estimator
