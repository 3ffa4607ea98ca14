"""What a server does with a gradient: one step of the optimiser on a range of the parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from rosenblatt.cluster.ranges import Range
from rosenblatt.engine import OptimizerState, step_of
from rosenblatt.problem import Problem, Rows
from rosenblatt.regularization.clipping import NoClipping
from rosenblatt.regularization.constraints import NoConstraint
from rosenblatt.support.types import FloatArray

__all__ = ["DifferenceUpdate", "Measured", "OptimizerUpdate", "Update"]

STRIP = 2**16  # numbers


@final
class Measured(NamedTuple):
    """The penalty of a step, and the squared norm of each layer's gradient before clipping."""

    penalty: float
    squares: npt.NDArray[np.float64]


class Update(ABC):
    """Moves the parameters of a range.

    Attributes
    ----------
    memory : OptimizerState
        Of the range alone; changed in place.
    """

    memory: OptimizerState

    @abstractmethod
    def apply(
        self, theta: FloatArray, g: FloatArray, lr_factor: float, rows: int
    ) -> tuple[FloatArray, Measured]:
        """New parameters, in an array of their own, from the mean gradient of `rows` rows.

        The gradient's array may be changed.
        """


@final
class OptimizerUpdate(Update):
    """Penalty, clipping, decay, the optimiser's rule, bounds, constraint and average, in the order
    of the engine's step.

    Parameters
    ----------
    problem : Problem
    part : Range
    memory : OptimizerState
    mean_weight : float
        Of all rows to learn from: penalties are divided by it.
    """

    def __init__(
        self, problem: Problem, part: Range, memory: OptimizerState, mean_weight: float
    ) -> None:
        self.problem, self.part, self.memory = problem, part, memory
        self.mean_weight = mean_weight
        self.n_layers = len(problem.network.layers)
        self._runs = [
            (slice(min(p.begin for p in own), max(p.end for p in own)), layer)
            for layer in range(self.n_layers)
            if (own := [p for p in part.pieces if p.layer == layer])
        ]
        penalised = [slice(p.begin, p.end) for p in part.pieces if p.penalised]
        self._penalised = list(strips(penalised)) if self._has_penalty else []
        self._step = step_of(problem.optimizer, memory.slots.dtype)
        self._clips = not isinstance(problem.clipping, NoClipping)
        self.constrained = [
            p
            for p in part.pieces
            if p.constrained and not isinstance(problem.constraint, NoConstraint)
        ]
        self.runs_of_rates = [
            (slice(begin - part.begin, end - part.begin), lr, decay)
            for first, last, lr, decay in problem.rates
            if (begin := max(first, part.begin)) < (end := min(last, part.end))
        ]
        bounds = problem.network.bounds
        self.bounds = None if bounds is None else (bounds[0][part.run], bounds[1][part.run])

    @property
    def _has_penalty(self) -> bool:
        one = np.ones(1)
        return bool(self.problem.penalty.gradient(one)[0] or self.problem.penalty.value(one))

    def apply(
        self, theta: FloatArray, g: FloatArray, lr_factor: float, rows: int
    ) -> tuple[FloatArray, Measured]:
        problem, memory = self.problem, self.memory
        penalty = self._penalise(theta, g, rows * self.mean_weight)
        squares = [0.0] * self.n_layers
        with np.errstate(all="ignore"):  # a square that overflows is infinite, and reported so
            for run, layer in self._runs:
                part = g[run]
                squares[layer] += float(np.dot(part, part))
        if self._clips:
            g = problem.clipping.clip(g)
        moved = theta.copy()
        t = int(memory.steps[0]) + 1
        for run, of_lr, of_decay in self.runs_of_rates:
            own = memory.slots[:, run]
            factor = lr_factor * of_lr
            self._step(g[run], moved[run], own, t, factor, of_decay)
        if self.bounds is not None:
            np.clip(moved, *self.bounds, out=moved)
        for piece in self.constrained:
            problem.constraint.project(moved[piece.begin : piece.end].reshape(piece.shape))
        memory.steps[0] = t
        if problem.averaging.has_mean:
            memory.average += problem.averaging.weight(t) * (moved - memory.average)
        return moved, Measured(penalty, np.array(squares))

    def _penalise(self, theta: FloatArray, g: FloatArray, total: float) -> float:
        """The penalty, whose gradient is added to g."""
        value, penalty = 0.0, self.problem.penalty
        for at in self._penalised:
            weights = theta[at]
            value += penalty.value(weights) / total
            g[at] += penalty.gradient(weights) / total
        return value


def strips(runs: list[slice]) -> Iterator[slice | Rows]:
    """Where the runs lie, cut so that a few arrays stay in a core's cache.

    Those of few numbers are one, for a call costs more than they do.
    """
    if sum(run.stop - run.start for run in runs) <= STRIP and len(runs) > 1:
        yield np.concatenate([np.arange(run.start, run.stop) for run in runs])
        return
    for run in runs:
        for begin in range(run.start, run.stop, STRIP):
            yield slice(begin, min(begin + STRIP, run.stop))


@final
class DifferenceUpdate(Update):
    """Adds the mean difference that local steps have made (local SGD; Stich 2019).

    Parameters
    ----------
    part : Range
    memory : OptimizerState
        Counts the steps alone; the workers keep the rest.
    steps : int
        Local steps of a round.
    """

    def __init__(self, part: Range, memory: OptimizerState, steps: int) -> None:
        self.part, self.memory, self.steps = part, memory, steps
        self.n_layers = len(part.network.layers)

    def apply(
        self, theta: FloatArray, g: FloatArray, lr_factor: float, rows: int
    ) -> tuple[FloatArray, Measured]:
        self.memory.steps += self.steps
        return np.add(theta, g, out=g), Measured(0.0, np.zeros(self.n_layers))
