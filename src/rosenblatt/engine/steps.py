"""What a training step is made of, batch by batch: the gradient, its penalty, and the move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rosenblatt.backprop import Forward, Trace, backpropagate
from rosenblatt.engine.custom_members import refuse_nan
from rosenblatt.engine.epoch_plan import StepFactors
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.losses import Loss
from rosenblatt.network import Network, Tie, copy_tied, fold_tied
from rosenblatt.optimizers import DecoupledDecay
from rosenblatt.problem import Arrays, Matrix, Problem
from rosenblatt.regularization.activity import ActivityPenalty
from rosenblatt.regularization.penalties import Penalty
from rosenblatt.support.philox import Draws
from rosenblatt.support.types import FloatArray

__all__ = ["RowSelection", "batch_trace", "dense", "move", "penalised", "resting", "track"]

RowSelection = npt.NDArray[np.int64] | slice


def dense(X: Matrix) -> FloatArray:
    return X if isinstance(X, np.ndarray) else X.toarray()


def batch_trace(
    network: Network,
    loss: Loss,
    arrays: Arrays,
    theta: FloatArray,
    rows: RowSelection,
    draws: Draws | None = None,
    state: FloatArray | None = None,
    activities: Sequence[tuple[int, ActivityPenalty]] = (),
) -> Trace:
    """Back-propagation over a batch, in the terms of `Problem`'s objective, without the penalty."""
    y = arrays.y[rows]
    weights = None if arrays.weights is None else arrays.weights[rows]
    with np.errstate(invalid="ignore"):  # `refuse_nan` or the epoch reports it
        trace = backpropagate(
            network,
            theta,
            dense(arrays.X[rows]),
            y,
            loss,
            sample_weight=weights,
            total_weight=len(y) * arrays.mean_weight,
            draws=draws,
            state=state,
            activities=activities,
        )
    refuse_nan(network, loss, trace.forward, trace.loss, trace.delta, weights)
    return trace


def penalised(
    network: Network,
    penalty: Penalty,
    theta: FloatArray,
    g: FloatArray,
    total: float,
    ties: Sequence[Tie] = (),
) -> float:
    """Add the penalty's gradient to g; the penalty. Shared weights are free once."""
    fold_tied(network, ties, g)
    copies = {tie.copy for tie in ties}
    value = 0.0
    for i, (names, layer, gradients) in enumerate(
        zip(
            network.penalised,
            network.layer_parameters(theta),
            network.layer_parameters(g),
            strict=True,
        )
    ):
        for name in names:
            if i in copies and name == "weight":
                continue
            value += penalty.value(layer[name]) / total
            gradients[name][...] += penalty.gradient(layer[name]) / total
    return value


def track(network: Network, state: FloatArray, passed: Forward) -> None:
    """Move the network's state by a training batch, in place."""
    for layer, running, block in zip(
        network.layers, network.layer_state(state), passed.blocks, strict=True
    ):
        layer.track(running, block)


def resting(network: Network, passed: Forward) -> npt.NDArray[np.bool_] | None:
    """The parameters that no row of the batch has reached, so that no step moves them, if any."""
    reached = [
        layer.reached(block) for layer, block in zip(network.layers, passed.blocks, strict=True)
    ]
    if not any(reached):
        return None
    flags = np.zeros(network.n_parameters)
    for arrays, masks in zip(network.layer_parameters(flags), reached, strict=True):
        for name, mask in masks.items():
            arrays[name][...] = ~mask
    return flags.astype(bool)


def move(
    problem: Problem,
    theta: FloatArray,
    optimizer_state: OptimizerState,
    g: FloatArray,
    factors: StepFactors,
    unmoved: npt.NDArray[np.bool_] | None = None,
) -> None:
    """Clip the penalised gradient g, move θ by it, bound, constrain, tie and average, all in place.

    Parameters that are `unmoved` stay as they are, and their part of the optimiser's memory.
    """
    kept = None if unmoved is None else (theta[unmoved], optimizer_state.slots[:, unmoved])
    optimizer_state.steps += 1
    t = int(optimizer_state.steps[0])
    clipped, optimizer = problem.clipping.clip(g), problem.optimizer
    for begin, end, of_lr, of_decay in problem.rates:  # N9
        run, lr_factor = slice(begin, end), factors.lr * of_lr
        if isinstance(optimizer, DecoupledDecay):
            theta[run] *= optimizer.kept(lr_factor, factors.decay * of_decay)
        slots = optimizer_state.slots[:, run]
        theta[run] += optimizer.update(clipped[run], slots, t, lr_factor)  # B11
    if kept is not None:
        theta[unmoved], optimizer_state.slots[:, unmoved] = kept
    network = problem.network
    if network.bounds is not None:
        np.clip(theta, *network.bounds, out=theta)
    for layer, arrays in zip(network.layers[:-1], network.layer_parameters(theta), strict=False):
        for name in layer.constrained:
            problem.constraint.project(arrays[name])
    copy_tied(network, problem.ties, theta)
    if problem.averaging.has_mean:
        optimizer_state.average += problem.averaging.weight(t) * (theta - optimizer_state.average)
