"""The readable engine: `backprop` batch by batch. Slow, and open to members without a kernel."""

from __future__ import annotations

import math
import time
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.backprop import Forward, Trace, backpropagate, forward
from rosenblatt.engine.foreign import refuse_nan
from rosenblatt.engine.interface import (
    Epoch,
    Objective,
    Trainer,
    fitting_state,
    refuse_noise_on_sparse,
    refuse_random,
)
from rosenblatt.engine.memory import Memory
from rosenblatt.losses import Loss
from rosenblatt.network import PENALISED, Network
from rosenblatt.normalizations import BatchNorm
from rosenblatt.optimizers import DecoupledDecay
from rosenblatt.penalties import Penalty
from rosenblatt.philox import Draws
from rosenblatt.problem import Arrays, Matrix, Problem
from rosenblatt.types import FloatArray

__all__ = ["ReadableObjective", "ReadableTrainer", "readable_scores"]

Rows = npt.NDArray[np.int64] | slice


def dense(X: Matrix) -> FloatArray:
    return X if isinstance(X, np.ndarray) else X.toarray()


def batch_trace(
    network: Network,
    loss: Loss,
    arrays: Arrays,
    theta: FloatArray,
    rows: Rows,
    draws: Draws | None = None,
    state: FloatArray | None = None,
) -> Trace:
    """Back-propagation over a batch, in the terms of `Problem`'s objective, without the penalty."""
    y = arrays.y[rows]
    weights = None if arrays.weights is None else arrays.weights[rows]
    with np.errstate(invalid="ignore"):  # told by `refuse_nan`, or at the epoch's end
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
        )
    refuse_nan(network, loss, trace.forward, trace.loss, trace.delta, weights)
    return trace


def penalised(
    network: Network, penalty: Penalty, theta: FloatArray, g: FloatArray, total: float
) -> float:
    """Add the penalty's gradient to g; the penalty."""
    value = 0.0
    for layer, gradients in zip(
        network.layer_parameters(theta), network.layer_parameters(g), strict=True
    ):
        for name in PENALISED:
            if name in layer:
                value += penalty.value(layer[name]) / total
                gradients[name][...] += penalty.gradient(layer[name]) / total
    return value


def track(network: Network, state: FloatArray, passed: Forward) -> None:
    """Move the running statistics of the network's batch normalisations, in place."""
    for layer, running, block in zip(
        network.layers, network.layer_state(state), passed.blocks, strict=True
    ):
        if isinstance(layer.normalization, BatchNorm):
            assert block.statistics is not None
            layer.normalization.track(running, block.statistics, len(block.x))


@final
class ReadableTrainer(Trainer):
    def __init__(
        self,
        problem: Problem,
        arrays: Arrays,
        theta: FloatArray,
        memory: Memory,
        state: FloatArray | None = None,
    ) -> None:
        refuse_noise_on_sparse(problem.network, arrays.X)
        self.problem, self.arrays = problem, arrays
        self.theta, self.memory = theta, memory
        self.state = fitting_state(problem.network, theta, state)

    def epoch(
        self,
        order: npt.NDArray[np.int64] | None,
        batch_size: int,
        factors: npt.NDArray[np.float64],
        seconds: float = math.inf,
    ) -> Epoch:
        network = self.problem.network
        order = self.arrays.order if order is None else order
        data_loss = penalty = 0.0
        squares = np.zeros(len(network.layers))
        seen = steps = 0
        end = time.perf_counter() + seconds
        for step, factor in enumerate(factors):
            rows = order[step * batch_size : (step + 1) * batch_size]
            draws = Draws(self.memory.seed, int(self.memory.steps[0]))
            trace = batch_trace(
                network, self.problem.loss, self.arrays, self.theta, rows, draws, self.state
            )
            track(network, self.state, trace.forward)
            g = trace.gradient
            total = len(rows) * self.arrays.mean_weight
            data_loss += trace.objective * len(rows)
            added = penalised(network, self.problem.penalty, self.theta, g, total)
            penalty += added * len(rows)
            squares += network.squared_norms(g)
            self._step(self.problem.clipping.clip(g), factor)
            seen, steps = seen + len(rows), steps + 1
            if time.perf_counter() >= end:
                break
        return Epoch(
            data_loss / seen,
            penalty / seen,
            tuple(np.sqrt(squares / steps).tolist()),
            bool(np.isfinite(self.theta).all()),
            steps,
        )

    def _step(self, g: FloatArray, factor: float) -> None:
        """Move, constrain, average."""
        problem, theta, memory = self.problem, self.theta, self.memory
        memory.steps += 1
        t = int(memory.steps[0])
        if isinstance(problem.optimizer, DecoupledDecay):
            theta *= problem.optimizer.kept(factor)
        theta += problem.optimizer.update(g, memory.slots, t, factor)  # B11
        for W, _ in problem.network.weights_and_biases(theta)[:-1]:
            problem.constraint.project(W)
        if problem.averaging.has_mean:
            memory.average += problem.averaging.weight(t) * (theta - memory.average)


@final
class ReadableObjective(Objective):
    def __init__(self, network: Network, loss: Loss, penalty: Penalty, arrays: Arrays) -> None:
        refuse_random(network)
        self.network, self.loss, self.penalty, self.arrays = network, loss, penalty, arrays

    def value_and_gradient(self, theta: FloatArray) -> tuple[float, float, FloatArray]:
        state = self.network.initial_state(theta.dtype)
        trace = batch_trace(self.network, self.loss, self.arrays, theta, slice(None), state=state)
        g = trace.gradient
        total = self.arrays.n_samples * self.arrays.mean_weight
        penalty = penalised(self.network, self.penalty, theta, g, total)
        return trace.objective, penalty, g


def readable_scores(
    network: Network, theta: FloatArray, X: Matrix, state: FloatArray | None = None
) -> FloatArray:
    return forward(network, theta, dense(X), state=state).scores
