"""A fit that goes on from a model's weights, whatever its layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state

from rosenblatt.cli.tasks import EncodedRows
from rosenblatt.errors import DivergenceError, InputError
from rosenblatt.fitting import ClassTargets, NumberTargets, TrainValidation, begin
from rosenblatt.fitting.data import Columns
from rosenblatt.fitting.input_scale import warn_of_large_features
from rosenblatt.fitting.resume.session import checkpoint_session
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model
from rosenblatt.options.parameters import Parameters
from rosenblatt.problem import Arrays
from rosenblatt.table import ClassTarget, NumberTarget

__all__ = ["TrainedOn", "train_on"]

OWNER = "TrainOn"  # as a checkpoint calls it


@final
@dataclass(frozen=True, eq=False)
class TrainedOn:
    """What the fit has come to, by the names of an estimator's attributes."""

    model_: Model
    n_iter_: int
    stop_reason_: str
    resumed_from_: int | None
    early_stopping: bool


def train_on(
    model: Model,
    target: ClassTarget | NumberTarget,
    train: EncodedRows,
    validation: EncodedRows | None,
    parameters: Parameters,
) -> TrainedOn:
    """Fit the model's network from its weights on.

    Parameters
    ----------
    model : Model
    target : ClassTarget or NumberTarget
    train, validation : EncodedRows
        Features in the model's float type.
    parameters : Parameters
        What they say of layers does not count.

    Raises
    ------
    DivergenceError
    InputError
        For a network or a loss that the solver does not train.
    """
    targets = codec(model, target)
    data = TrainValidation(
        arrays(model, target, targets, train),
        None if validation is None else arrays(model, target, targets, validation),
    )
    columns = Columns(model.n_inputs)
    try:
        with checkpoint_session(parameters, OWNER, columns, incremental=False) as session:
            fit = begin(
                parameters,
                targets,
                data,
                initial=model,
                rng=session.generator(check_random_state(parameters.random_state)),
                make_network=lambda n_inputs, n_outputs: model.network,
            )
            session.run(fit)
    except (DivergenceError, InputError):
        raise
    except ValueError as error:
        raise InputError(f"this model cannot be trained on so: {error}") from error
    fit.warn_of_limit()
    warn_of_large_features(train.X, train.weights)
    log = fit.log
    return TrainedOn(
        fit.result(), log.n_iter, log.stop_reason, log.resumed_from, parameters.early_stopping
    )


def codec(model: Model, target: ClassTarget | NumberTarget) -> ClassTargets | NumberTargets:
    """The targets of the model's loss.

    Where that is the squared error of probabilities, as tools train them, these are 0 and 1.
    """
    if isinstance(target, ClassTarget) and not isinstance(model.loss, SquaredError):
        return ClassTargets.learn(np.arange(len(target.classes)), model.loss)
    n = model.n_outputs // model.loss.outputs_per_target
    return NumberTargets(n, model.loss)


def arrays(
    model: Model,
    target: ClassTarget | NumberTarget,
    targets: ClassTargets | NumberTargets,
    rows: EncodedRows,
) -> Arrays:
    y: npt.NDArray[Any] = rows.y
    if isinstance(target, NumberTarget):
        y = target.standardise(y)
    elif isinstance(targets, NumberTargets):
        is_class = (y[:, None] == np.arange(len(target.classes))).astype(np.float64)
        y = is_class[:, 1:] if model.n_outputs == 1 else is_class
    weights = None if rows.weights is None else rows.weights.astype(rows.X.dtype)
    return Arrays(rows.X, targets.encode(y, rows.X.dtype), weights)
