"""From a perceptron that scikit-learn has fitted to a model and the state to continue from."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from rosenblatt.engine import OptimizerState
from rosenblatt.fitting.carried import CarriedState, DescentState, MonitorKey
from rosenblatt.fitting.data import Columns
from rosenblatt.fitting.log import FitLog
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.model import Model
from rosenblatt.network import Network
from rosenblatt.optimizers import SGD, Adam, Optimizer
from rosenblatt.options.config import rate_rule
from rosenblatt.options.layers import network_of
from rosenblatt.options.parameters import Parameters
from rosenblatt.options.solvers import solver_of
from rosenblatt.schedules import RateControl, Run
from rosenblatt.stopping import NoImprovement
from rosenblatt.support.types import FloatArray

__all__ = ["check_peer", "columns_of", "converted"]

# Attributes with the same meaning in both libraries.
RECORDED = ("n_iter", "t", "loss")
# Absent after L-BFGS.
CURVES = ("loss_curve", "best_loss", "validation_scores", "best_validation_score")

# scikit-learn's optimisers, which are private classes, and their counterparts here.
PEERS: dict[str, type[Optimizer]] = {"SGDOptimizer": SGD, "AdamOptimizer": Adam}


def check_peer(cls: type, fitted: Any, peer: type) -> None:
    """Refuse what is not a fitted estimator of scikit-learn's class."""
    if not isinstance(fitted, peer):
        given = f"{type(fitted).__module__}.{type(fitted).__qualname__}"
        raise TypeError(
            f"{cls.__name__}.from_sklearn takes a fitted sklearn.neural_network.{peer.__name__},"
            f" got an object of {given}: give the network itself, for example a pipeline's last"
            " step, to the class here that has its name."
        )
    check_is_fitted(fitted, "coefs_")


def columns_of(fitted: Any) -> Columns:
    """Copies of what scikit-learn's estimator knows of its columns."""
    return Columns(fitted.n_features_in_, copy.copy(getattr(fitted, "feature_names_in_", None)))


def converted(
    fitted: Any, parameters: Parameters, targets: TargetCodec, peer: type
) -> tuple[Model, CarriedState]:
    """The model of scikit-learn's estimator, and what the next fit continues from.

    Parameters
    ----------
    fitted : estimator of `peer`
    parameters : Parameters
        Its parameters.
    targets : TargetCodec
        Its targets.
    peer : type
        scikit-learn's class.

    Raises
    ------
    ValueError
        If weights are not finite.
    """
    network = network_of(parameters, fitted.n_features_in_, fitted.n_outputs_)
    dtype = np.result_type(*fitted.coefs_)
    theta = network.pack(fitted.coefs_, fitted.intercepts_, dtype)
    if not np.isfinite(theta).all():
        raise ValueError(
            f"{peer.__name__} has weights that are not finite: fit it again, on scaled data."
        )
    model = Model(network, theta, targets.objective(), network.initial_state(dtype))
    optimizer, theirs = (
        solver_of(parameters.solver).make(parameters),
        getattr(fitted, "_optimizer", None),
    )
    descent = None
    # Both may have been set to another solver after the fit, and begin it anew.
    if theirs is not None and isinstance(optimizer, PEERS[type(theirs).__name__]):
        descent = descent_state(fitted, parameters, model, optimizer)
    return model, CarriedState(log_of(fitted, peer), descent)


def log_of(fitted: Any, peer: type) -> FitLog:
    has_curves = hasattr(fitted, "loss_curve_")
    names = (*RECORDED, *CURVES) if has_curves else RECORDED
    recorded = {name: copy.copy(getattr(fitted, f"{name}_")) for name in names}
    reason = f"fitted by scikit-learn's {peer.__name__}"
    return FitLog(**recorded, stop_reason=reason, has_curves=has_curves)


def descent_state(
    fitted: Any, parameters: Parameters, model: Model, optimizer: Optimizer
) -> DescentState:
    """Momentum, learning rate, and the epochs without improvement."""
    stops, rule = parameters.early_stopping, rate_rule(parameters)
    best = -fitted.best_validation_score_ if stops else fitted.best_loss_
    fraction = parameters.validation_fraction if stops else None
    return DescentState(
        optimizer,
        optimizer_state(fitted._optimizer, model.network, model.parameters, optimizer),
        rule,
        moved_on(rule.control(Run(optimizer.lr, 1, 1)), fitted, optimizer.lr),
        NoImprovement(
            parameters.tol, parameters.n_iter_no_change, best, fitted._no_improvement_count
        ),
        MonitorKey(model.loss, stops, None, fraction),
    )


def optimizer_state(
    theirs: Any, network: Network, theta: FloatArray, optimizer: Optimizer
) -> OptimizerState:
    optimizer_state, n_layers = OptimizerState.of(optimizer, theta), len(network.layers)
    kept = [theirs.velocities] if isinstance(optimizer, SGD) else [theirs.ms, theirs.vs]
    optimizer_state.steps[0] = getattr(theirs, "t", 0)  # by which Adam corrects its moments
    # Without momentum there is no slot for the velocities, which are of no use then.
    for slot, arrays in zip(optimizer_state.slots, kept, strict=False):
        slot[:] = network.pack(arrays[:n_layers], arrays[n_layers:], theta.dtype)
    return optimizer_state


def moved_on(control: RateControl, fitted: Any, lr: float) -> RateControl:
    """A schedule, moved from its beginning to the learning rate of scikit-learn's fit."""
    control.epoch_ended(0, fitted.t_, 0.0)
    # 'adaptive' divides by five; halves are far from rounding. Rates that do not stall stay.
    while fitted._optimizer.learning_rate < lr * control.lr_factors(1)[0] / 2 and control.stalled():
        pass
    return control
