"""The gradient of a batch, by whichever engine trains the network."""

from __future__ import annotations

from dataclasses import replace
from typing import final

import numpy as np

from rosenblatt import engine
from rosenblatt.averaging import NoAveraging
from rosenblatt.engine import EpochPlan, OptimizerState, TrainingSetup
from rosenblatt.optimizers import SGD
from rosenblatt.problem import Arrays, Problem, Rows
from rosenblatt.regularization.clipping import NoClipping
from rosenblatt.regularization.constraints import NoConstraint
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.types import FloatArray, aligned_zeros

__all__ = ["BatchGradient"]

ONE = np.ones(1)


@final
class BatchGradient:
    """Gradients of the data loss, without the penalty.

    A step of momentum from rest leaves the gradient in its velocity, v = γ·0 + g, to the last bit.

    Attributes
    ----------
    theta : array (n_parameters,)
        The parameters; write them here. A call changes them.
    """

    def __init__(
        self, problem: Problem, arrays: Arrays, batch_size: int, seed: int, bfloat16: bool = False
    ) -> None:
        n, dtype = problem.network.n_parameters, arrays.y.dtype
        self.theta: FloatArray = aligned_zeros(n, dtype)
        bare = replace(
            problem,
            penalty=L2(),
            optimizer=SGD(1.0, momentum=0.5),
            clipping=NoClipping(),
            constraint=NoConstraint(),
            averaging=NoAveraging(),
            groups=(),
        )
        self._memory = OptimizerState.of(bare.optimizer, self.theta)
        self._memory.seed = seed
        setup = TrainingSetup(
            bare,
            arrays,
            self.theta,
            self._memory,
            batch_size,
            state=problem.network.initial_state(dtype),
            n_jobs=1,
            bfloat16=bfloat16,
        )
        self._trainer = engine.trainer(setup)

    def __call__(self, rows: Rows, step: int) -> tuple[FloatArray, float]:
        """Gradient at `theta`, in an array of its own, and mean loss; `step` decides what is drawn.

        The loss is NaN where either is not finite.
        """
        memory = self._memory
        memory.steps[0] = step
        (v,) = memory.slots
        v[:] = 0
        epoch = self._trainer.epoch(EpochPlan(rows, len(rows), ONE))
        return v.copy(), epoch.data_loss if epoch.finite else float("nan")
