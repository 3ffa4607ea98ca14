"""What a trainer is made from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.problem import Arrays, Problem
from rosenblatt.support.types import FloatArray

__all__ = ["TrainingSetup"]


@final
@dataclass(frozen=True, eq=False)
class TrainingSetup:
    """A problem, its data, the arrays that training changes in place, and how it is computed.

    Parameters
    ----------
    problem : Problem
    arrays : Arrays
    theta : array (n_parameters,)
        Changed in place.
    optimizer_state : OptimizerState
        Changed in place.
    batch_size : int
    state : array (n_state,), optional
        The network's, such as running statistics; changed in place. None for one without state.
    n_jobs : int, optional
        Threads; see `threads_for`.
    bfloat16 : bool, default False
        Whether the factors of matrix products that are large enough to gain by it are rounded to
        bfloat16; sums and everything else stay float32, the type of the arrays.
    deterministic : bool, default False
        Whether the bits are the same for any number of threads. Where there are no kernels NumPy
        multiplies, and the caller holds BLAS.
    """

    problem: Problem
    arrays: Arrays
    theta: FloatArray
    optimizer_state: OptimizerState
    batch_size: int
    state: FloatArray | None = None
    n_jobs: int | None = None
    bfloat16: bool = False
    deterministic: bool = False

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(self.arrays.n_samples / self.batch_size)
