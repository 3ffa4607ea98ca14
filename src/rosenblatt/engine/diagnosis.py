"""Where a batch's numbers stop being finite, and why: a second look, after it has happened."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.backprop import Trace, backpropagate
from rosenblatt.engine.divergence import Cause, Diagnosis, Divergence
from rosenblatt.engine.epoch_plan import StepFactors
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.engine.steps import RowSelection, dense, move, penalised, track
from rosenblatt.losses import Loss
from rosenblatt.network import Network, Tie
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.activity import ActivityPenalty
from rosenblatt.regularization.penalties import Penalty
from rosenblatt.support.philox import Draws
from rosenblatt.support.types import FloatArray

__all__ = ["LARGE", "diagnosed", "examined", "layer_name", "objective_of"]

# What data of unit variance, and the weights that learn from them, seldom reach.
LARGE = 1e3

Move = Callable[["Batch", FloatArray], tuple[FloatArray, Iterable[FloatArray]]]


@final
@dataclass(frozen=True)
class Batch:
    """Rows at parameters θ, and what they are judged by; `total` divides their weighted sums."""

    network: Network
    loss: Loss
    penalty: Penalty
    theta: FloatArray
    state: FloatArray
    X: FloatArray
    y: FloatArray
    weights: FloatArray | None
    total: float
    draws: Draws
    ties: tuple[Tie, ...] = ()
    activities: tuple[tuple[int, ActivityPenalty], ...] = ()

    @staticmethod
    def of(
        network: Network,
        loss: Loss,
        penalty: Penalty,
        arrays: Arrays,
        theta: FloatArray,
        state: FloatArray,
        rows: RowSelection,
        draws: Draws,
    ) -> Batch:
        y = arrays.y[rows]
        weights = None if arrays.weights is None else arrays.weights[rows]
        total = len(y) * arrays.mean_weight
        X = dense(arrays.X[rows])
        return Batch(network, loss, penalty, theta, state, X, y, weights, total, draws)

    @property
    def in_double(self) -> Batch:
        weights = None if self.weights is None else self.weights.astype(np.float64)
        return replace(
            self,
            theta=self.theta.astype(np.float64),
            state=self.state.astype(np.float64),
            X=self.X.astype(np.float64),
            y=self.y.astype(np.float64),
            weights=weights,
        )

    def trace(self) -> tuple[Trace, FloatArray, float]:
        """A pass forward and back, the penalised gradient, and the penalty."""
        trace = backpropagate(
            self.network,
            self.theta,
            self.X,
            self.y,
            self.loss,
            sample_weight=self.weights,
            total_weight=self.total,
            draws=self.draws,
            state=self.state,
            activities=self.activities,
        )
        g = trace.gradient.copy()
        added = penalised(self.network, self.penalty, self.theta, g, self.total, self.ties)
        return trace, g, added


@final
@dataclass(frozen=True)
class Spot:
    """The first thing that is not finite: in which layer, from 0, and what it is, in words."""

    layer: int
    what: str
    by_move: bool = False
    is_penalty: bool = False


def diagnosed(
    problem: Problem,
    arrays: Arrays,
    moved: tuple[FloatArray, OptimizerState, FloatArray],
    rows: RowSelection,
    factors: StepFactors,
    batch: int,
) -> Divergence:
    """What made a training step diverge.

    Parameters
    ----------
    problem, arrays
    moved : tuple of θ, the optimiser's state and the network's state
        As they were before the step.
    rows : array of int64
        Of its batch.
    factors : StepFactors
    batch : int
        Its number.
    """
    theta, optimizer_state, state = moved

    def step(of: Batch, g: FloatArray) -> tuple[FloatArray, Iterable[FloatArray]]:
        after, remembered = of.theta.copy(), optimizer_state.copied(of.theta.dtype)
        move(problem, after, remembered, g, factors)
        return after, (*remembered.slots, remembered.average)

    looked_at = Batch.of(
        problem.network,
        problem.loss,
        problem.penalty,
        arrays,
        theta,
        state,
        rows,
        Draws(optimizer_state.seed, int(optimizer_state.steps[0]), factors.dropout),
    )
    looked_at = replace(looked_at, ties=problem.ties, activities=problem.activities)
    return Divergence(batch, finding(looked_at, bool(optimizer_state.steps[0]), step))


def examined(
    network: Network,
    loss: Loss,
    penalty: Penalty,
    arrays: Arrays,
    theta: FloatArray,
    moved: bool,
    rows: RowSelection | None = None,
) -> Diagnosis:
    """The same of the objective of rows, or of all, and its gradient.

    `moved`: whether training has moved θ.
    """
    order = arrays.order if rows is None else rows
    state = network.initial_state(theta.dtype)
    batch = Batch.of(network, loss, penalty, arrays, theta, state, order, Draws(0, 0))
    return finding(batch, moved, None)


def objective_of(
    network: Network,
    loss: Loss,
    penalty: Penalty,
    arrays: Arrays,
    theta: FloatArray,
    state: FloatArray,
    rows: RowSelection,
) -> tuple[float, float]:
    """Data loss and penalty of rows as a training step finds them, also where they overflow."""
    with np.errstate(all="ignore"):
        batch = Batch.of(network, loss, penalty, arrays, theta, state, rows, Draws(0, 0))
        trace, _, added = batch.trace()
    return float(trace.objective), added


def finding(batch: Batch, moved: bool, step: Move | None) -> Diagnosis:
    with np.errstate(all="ignore"):
        spot = first_spot(batch, step)
        single = batch.theta.dtype != np.float64
        wider = single and spot is not None and first_spot(batch.in_double, step) is None
        # Kernels round in another order: what is found here neither forward nor back was the move.
        by_move = spot is None or spot.by_move
        cause, because = likely_cause(batch, spot, moved or by_move)
    if spot is None:
        what = "numbers overflow, which a second look does not find again"
        return Diagnosis(None, what, cause, because, by_move=True)
    return Diagnosis(spot.layer + 1, spot.what, cause, because, wider, by_move)


def first_spot(batch: Batch, step: Move | None) -> Spot | None:
    """Forward from the inputs, back from the loss, and through the optimiser's move."""
    network = batch.network
    last = len(network.layers) - 1

    def named(i: int) -> str:
        return layer_name(network, i)

    for i, layer in enumerate(network.layer_parameters(batch.theta)):
        if not finite(layer.values()):
            return Spot(i, f"the weights of {named(i)} were not finite before the step")
    trace, g, penalty = batch.trace()
    counts = slice(None) if batch.weights is None else batch.weights != 0
    for i, block in enumerate(trace.forward.blocks):
        if not finite([block.out[counts]]):
            return Spot(i, f"the outputs of {named(i)} overflow {g.dtype}")
    if not (finite([trace.loss[counts]]) and math.isfinite(trace.objective)):
        return Spot(last, f"the loss overflows {g.dtype}, of the outputs of {named(last)}")
    gradients = network.layer_parameters(g)
    for i in range(last, -1, -1):
        if not finite([trace.delta[i], *gradients[i].values()]):
            return Spot(i, f"the gradient of {named(i)} overflows {g.dtype}")
    if not math.isfinite(penalty):
        layers = network.layer_parameters(batch.theta)
        sizes = [
            largest(p[n] for n in names) for p, names in zip(layers, network.penalised, strict=True)
        ]
        i = int(np.argmax(sizes))
        what = f"the penalty on the weights of {named(i)} overflows {g.dtype}"
        return Spot(i, what, is_penalty=True)
    state = batch.state.copy()
    track(network, state, trace.forward)
    for i, running in enumerate(network.layer_state(state)):
        if not finite(running.values()):
            return Spot(i, f"the running statistics of {named(i)} overflow {g.dtype}")
    if step is None:
        return None
    after, remembered = step(batch, g)
    for i, layer in enumerate(network.layer_parameters(after)):
        if not finite(layer.values()):
            return Spot(i, f"the step of {named(i)} overflows {g.dtype}", by_move=True)
    for array in remembered:
        if not finite([array]):
            i = int(np.argmin([finite(p.values()) for p in network.layer_parameters(array)]))
            what = f"what the optimiser remembers of {named(i)} overflows {g.dtype}"
            return Spot(i, what, by_move=True)
    return None


def likely_cause(batch: Batch, spot: Spot | None, moved: bool) -> tuple[Cause, str]:
    """By what is largest: inputs and targets come as they are, weights are what steps made them."""
    layers = batch.network.layer_parameters(batch.theta)
    if not all(finite(layer.values()) for layer in layers):
        return Cause.WEIGHTS, "training was to go on from weights that are not finite"
    inputs, targets = largest([batch.X]), largest([batch.y])
    weights = max(largest(layer.values()) for layer in layers)
    data = max(inputs, targets)
    if spot is not None and spot.is_penalty and weights <= LARGE:
        return Cause.PENALTY, f"alpha, or l1, is too large, of weights up to {weights:.1e}"
    if data > LARGE and (moved or weights < data):
        if inputs >= targets:
            return Cause.DATA, f"the inputs are not scaled, and reach {data:.1e}"
        return Cause.DATA, f"the targets are not scaled, and reach {data:.1e}"
    if weights > LARGE:
        if moved:
            return Cause.STEPS, f"steps that were too large let the weights grow to {weights:.1e}"
        return Cause.DEPTH, f"the weights to begin with are too large, up to {weights:.1e}"
    if moved:
        return Cause.STEPS, "the steps are too large"
    return Cause.DEPTH, "numbers grow from layer to layer"


def layer_name(network: Network, i: int) -> str:
    """'layer 2 (64→32, relu)', or '(32→1, output)'."""
    n_in, n_out = network.shapes[i]
    last = i == len(network.layers) - 1
    kind = "output" if last else network.layers[i].name.lower()
    return f"layer {i + 1} ({n_in}→{n_out}, {kind})"


def finite(arrays: Iterable[npt.NDArray[np.floating]]) -> bool:
    return all(bool(np.isfinite(array).all()) for array in arrays)


def largest(arrays: Iterable[npt.NDArray[np.floating]]) -> float:
    return max((float(np.abs(array).max(initial=0)) for array in arrays), default=0.0)
