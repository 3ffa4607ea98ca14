"""The readable engine: `steps` batch by batch. Slow, and open to members without a kernel."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.backprop import forward
from rosenblatt.engine.diagnosis import diagnosed
from rosenblatt.engine.epoch import Epoch
from rosenblatt.engine.epoch_plan import EpochPlan, one_by_one
from rosenblatt.engine.interface import (
    Objective,
    Trainer,
    fitting_state,
    refuse_noise_on_sparse,
    refuse_random,
)
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.engine.steps import batch_trace, dense, move, penalised, resting, track
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.problem import Arrays, Matrix, Problem
from rosenblatt.regularization.penalties import Penalty
from rosenblatt.support.philox import Draws
from rosenblatt.support.types import FloatArray

__all__ = ["ReferenceObjective", "ReferenceTrainer", "readable_scores"]


@final
class ReferenceTrainer(Trainer):
    def __init__(
        self,
        problem: Problem,
        arrays: Arrays,
        theta: FloatArray,
        optimizer_state: OptimizerState,
        state: FloatArray | None = None,
    ) -> None:
        refuse_noise_on_sparse(problem.network, arrays.X)
        self.problem, self.arrays = problem, arrays
        self.theta, self.optimizer_state = theta, optimizer_state
        self.state = fitting_state(problem.network, theta, state)

    def epochs(self, plan: EpochPlan) -> Iterator[Epoch]:
        plan.check_factors()
        return one_by_one(self._epoch, plan)

    def _epoch(self, plan: EpochPlan) -> Epoch:
        network = self.problem.network
        order = self.arrays.order if plan.order is None else plan.order
        data_loss = penalty = 0.0
        squares = np.zeros(len(network.layers))
        seen = steps = 0
        divergence = None
        end = time.perf_counter() + plan.seconds
        with np.errstate(all="ignore"):  # the epoch reports what is not finite
            for step in range(len(plan.lr_factors)):
                factors = plan.of_step(step)
                rows = order[step * plan.batch_size :][: plan.batch_size]
                draws = Draws(
                    self.optimizer_state.seed, int(self.optimizer_state.steps[0]), factors.dropout
                )
                trace = batch_trace(
                    network,
                    self.problem.loss,
                    self.arrays,
                    self.theta,
                    rows,
                    draws,
                    self.state,
                    self.problem.activities,
                )
                before = self._copied()
                track(network, self.state, trace.forward)
                g = trace.gradient
                total = len(rows) * self.arrays.mean_weight
                data_loss += (trace.objective - trace.activity) * len(rows)
                added = penalised(
                    network, self.problem.penalty, self.theta, g, total, self.problem.ties
                )
                penalty += (added + trace.activity) * len(rows)
                squares += network.squared_norms(g)
                unmoved = resting(network, trace.forward)
                move(self.problem, self.theta, self.optimizer_state, g, factors, unmoved)
                seen, steps = seen + len(rows), steps + 1
                if not (math.isfinite(data_loss + penalty) and self._finite()):
                    self._bring_back(before)
                    moved = self.theta, self.optimizer_state, self.state
                    divergence = diagnosed(self.problem, self.arrays, moved, rows, factors, steps)
                    break
                if time.perf_counter() >= end or plan.stopped:
                    break
        return Epoch(
            data_loss / seen,
            penalty / seen,
            tuple(np.sqrt(squares / steps).tolist()),
            steps - (divergence is not None),
            divergence,
        )

    @property
    def _moving(self) -> tuple[npt.NDArray[Any], ...]:
        """All that steps change."""
        return self.theta, self.state, *self.optimizer_state.moving

    def _finite(self) -> bool:
        return all(np.isfinite(array).all() for array in self._moving)

    def _copied(self) -> list[npt.NDArray[Any]]:
        return [array.copy() for array in self._moving]

    def _bring_back(self, before: list[npt.NDArray[Any]]) -> None:
        for array, kept in zip(self._moving, before, strict=True):
            array[...] = kept


@final
class ReferenceObjective(Objective):
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
    """A row for each sample; of an ensemble one for each of its members, one after another."""
    return forward(network, theta, dense(X), state=state).scores.reshape(-1, network.n_outputs)
