"""What a perceptron that scikit-learn has fitted becomes here: the same weights, to go on from."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from rosenblatt.engine import OptimizerState
from rosenblatt.fitting.first_order import CarriedState, MonitorKey
from rosenblatt.network import Network
from rosenblatt.optimizers import SGD, Adam, Optimizer
from rosenblatt.options.config import rate_rule
from rosenblatt.options.solvers import solver_of
from rosenblatt.schedules import RateControl, Run
from rosenblatt.stopping import NoImprovement
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.estimators.base import BaseMLP

__all__ = ["check_peer", "take_over"]

# Attributes of a fit that have the same name and meaning in both libraries; L-BFGS leaves no curve.
RECORDED = (
    "n_features_in_",
    "feature_names_in_",
    "n_layers_",
    "n_outputs_",
    "out_activation_",
    "n_iter_",
    "t_",
    "loss_",
    "loss_curve_",
    "best_loss_",
    "validation_scores_",
    "best_validation_score_",
)

# scikit-learn's optimisers, which are private classes, and what they are here.
PEERS: dict[str, type[Optimizer]] = {"SGDOptimizer": SGD, "AdamOptimizer": Adam}


def take_over(est: BaseMLP, fitted: Any, peer: type) -> None:
    """Give `est`, which knows its targets, what scikit-learn's `fitted` has learnt."""
    recorded = {name: getattr(fitted, name) for name in RECORDED if hasattr(fitted, name)}
    est.__dict__.update(copy.deepcopy(recorded))
    est.history_, est.validation_loss_curve_ = [], None
    est.stop_reason_ = f"fitted by scikit-learn's {peer.__name__}"
    est._trained_loss = est._loss()
    network = est._network(fitted.n_features_in_, fitted.n_outputs_)
    dtype = np.result_type(*fitted.coefs_)
    theta = network.pack(fitted.coefs_, fitted.intercepts_, dtype)
    if not np.isfinite(theta).all():
        raise ValueError(
            f"{peer.__name__} has weights that are not finite: fit it again, on scaled data."
        )
    est._publish(network, theta, network.initial_state(dtype))
    optimizer, theirs = solver_of(est.solver).make(est), getattr(fitted, "_optimizer", None)
    # Both may have been set to another solver after the fit, and begin it anew.
    if theirs is not None and isinstance(optimizer, PEERS[type(theirs).__name__]):
        est._progress = progress(est, fitted, network, theta, optimizer)


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


def progress(
    est: BaseMLP, fitted: Any, network: Network, theta: FloatArray, optimizer: Optimizer
) -> CarriedState:
    """What the next `partial_fit` goes on from: momentum, rate, and epochs without improvement."""
    memory, rule, stops = OptimizerState.of(optimizer, theta), rate_rule(est), est.early_stopping
    theirs, n_layers = fitted._optimizer, len(network.layers)
    kept = [theirs.velocities] if isinstance(optimizer, SGD) else [theirs.ms, theirs.vs]
    memory.steps[0] = getattr(theirs, "t", 0)  # which Adam corrects its moments by
    # Without momentum there is no slot for the velocities, which are of no use then.
    for slot, arrays in zip(memory.slots, kept, strict=False):
        slot[:] = network.pack(arrays[:n_layers], arrays[n_layers:], theta.dtype)
    best = -fitted.best_validation_score_ if stops else fitted.best_loss_
    return CarriedState(
        optimizer,
        memory,
        rule,
        moved_on(rule.control(Run(optimizer.lr, 1, 1)), fitted, optimizer.lr),
        NoImprovement(est.tol, est.n_iter_no_change, best, fitted._no_improvement_count),
        MonitorKey(est._loss(), stops, None, est.validation_fraction if stops else None),
    )


def moved_on(control: RateControl, fitted: Any, lr: float) -> RateControl:
    """A run's rates from its beginning to where scikit-learn's run has come."""
    control.epoch_ended(0, fitted.t_, 0.0)
    # 'adaptive' divides by five; halves are far from rounding. Rates that do not stall stay.
    while fitted._optimizer.learning_rate < lr * control.lr_factors(1)[0] / 2 and control.stalled():
        pass
    return control
