"""What other rooms do with an estimator, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rosenblatt import engine
from rosenblatt.engine import Trainer, TrainingSetup
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.export.trained import Trained
from rosenblatt.fitting.targets import TargetCodec

__all__ = [
    "check_parameters",
    "engine_predictor",
    "fit_by",
    "learn_targets",
    "takes_numbers",
    "trained",
    "with_options",
]


def check_parameters(estimator: BaseMLP) -> None:
    """Raise InvalidParameterError, a ValueError, for a parameter that its constraints refuse."""
    estimator._validate_params()


def takes_numbers(estimator: BaseMLP) -> bool:
    """Whether its targets are numbers, which scikit-learn's validation has to know."""
    return estimator._numeric_targets


def learn_targets(estimator: BaseMLP, y: Any) -> TargetCodec:
    """The targets of a fit to `y` with the estimator's parameters."""
    return estimator._learn_targets(y)


def with_options(estimator: BaseMLP, targets: TargetCodec) -> TargetCodec:
    """The same targets under the estimator's `loss` and `class_weight`."""
    return targets.with_options(**estimator._target_options())


def fit_by(
    estimator: BaseMLP,
    make_trainer: Callable[[TrainingSetup], Trainer],
    X: Any,
    y: Any,
    sample_weight: Any = None,
    validation: tuple[Any, Any, Any] = (None, None, None),
) -> None:
    """Fit the estimator as its `fit` does, by trainers of one's own; first-order solvers alone."""
    check_parameters(estimator)
    estimator._fit(X, y, sample_weight, validation, make_trainer=make_trainer)


def engine_predictor(estimator: BaseMLP) -> engine.EnginePredictor:
    """A predictor that reads the estimator's parameters in place, without checking X."""
    return estimator._own_predictor()


def trained(estimator: BaseMLP) -> Trained:
    """What its exports write."""
    return estimator._trained()
