"""What other rooms do with an estimator, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.utils import check_random_state

from rosenblatt import engine
from rosenblatt.engine import Trainer, TrainingSetup
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.estimators.estimator_fit import EstimatorFit, callback_task
from rosenblatt.export.trained import Trained
from rosenblatt.fitting.data import ValidatedData
from rosenblatt.fitting.resume.session import checkpoint_session
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.fitting.train_validation import encoded
from rosenblatt.options.parameters import Parameters
from rosenblatt.support.listing import LONG, brief, shortened

__all__ = [
    "check_parameters",
    "cloned",
    "end_predictions_by",
    "engine_predictor",
    "fit_by",
    "fit_streamed",
    "learn_targets",
    "takes_numbers",
    "trained",
    "with_options",
]


def check_parameters(estimator: BaseMLP) -> None:
    """Raise InvalidParameterError, a ValueError, for a parameter that its constraints refuse."""
    estimator._validate_params()


def cloned(estimator: Any) -> Any:
    """An unfitted copy; TypeError in one line for an estimator that scikit-learn cannot clone."""
    try:
        return clone(estimator)
    except (RuntimeError, TypeError) as error:
        said = " ".join(str(error).split())
        _, _, reason = said.rpartition(", as ")
        raise TypeError(
            f"{brief(estimator)} cannot be cloned: {shortened(reason, LONG)}"
        ) from error


def takes_numbers(estimator: BaseMLP) -> bool:
    """Whether its targets are numbers, which scikit-learn's validation has to know."""
    return estimator._numeric_targets


def learn_targets(estimator: BaseMLP, y: Any) -> TargetCodec:
    """The targets of a fit to `y` with the estimator's parameters."""
    return estimator._learn_targets(y)


def with_options(estimator: BaseMLP, targets: TargetCodec) -> TargetCodec:
    """The same targets under the estimator's `loss` and `class_weight`."""
    return targets.with_options(**estimator._target_options())


def end_predictions_by(estimator: BaseMLP, stop: npt.NDArray[np.uint8]) -> None:
    """Have predictions of the fit that the estimator shows raise `Stopped` once `stop` is 1.

    Parameters
    ----------
    estimator : BaseMLP
        A fitted one.
    stop : array (1,) of uint8
        Another thread's; it is read between blocks of rows.
    """
    estimator._end_predictions_by(stop)


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


def fit_streamed(
    estimator: BaseMLP,
    make_trainer: Callable[[TrainingSetup], Trainer],
    targets: Any,
    example: ValidatedData,
    validation: ValidatedData | None,
    n_rows: int,
) -> None:
    """Fit the estimator to rows that its trainer reads by itself; first-order solvers alone.

    Parameters
    ----------
    estimator : BaseMLP
    make_trainer : callable
    targets : array
        Targets that have every class.
    example : ValidatedData
        Some of the rows.
    validation : ValidatedData, optional
        Rows to validate on.
    n_rows : int
        Of an epoch.
    """
    check_parameters(estimator)
    owner, parameters = type(estimator).__name__, Parameters.of(estimator)
    codec = learn_targets(estimator, targets)
    data = encoded(codec, example, validation=validation)
    with (
        callback_task(estimator, estimator.max_iter),
        checkpoint_session(parameters, owner, example.columns, False) as session,
    ):
        under_way = EstimatorFit.begin(
            estimator,
            codec,
            example,
            data,
            rng=session.generator(check_random_state(estimator.random_state)),
            make_trainer=make_trainer,
            n_streamed=n_rows,
        )
        session.run(under_way.fit)
        under_way.end(example, continues=False)


def engine_predictor(estimator: BaseMLP) -> engine.EnginePredictor:
    """A predictor that reads the estimator's parameters in place, without checking X."""
    return estimator._own_predictor()


def trained(estimator: BaseMLP) -> Trained:
    """What its exports write."""
    return estimator._trained()
