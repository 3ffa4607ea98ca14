"""Engines train, evaluate and predict: compiled kernels where they exist, else NumPy code."""

from __future__ import annotations

import math

from rosenblatt.engine import native, reference
from rosenblatt.engine.epoch import Epoch
from rosenblatt.engine.epoch_plan import EpochPlan
from rosenblatt.engine.interface import EnginePredictor, Objective, OutputFormat, Trainer
from rosenblatt.engine.kernels import has_kernel, members_without_kernels, runs_natively
from rosenblatt.engine.native import has_bfloat16
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.engine.prediction import predictor, scores
from rosenblatt.engine.shuffling import shuffle
from rosenblatt.engine.threads import FORWARD_AND_BACK, shares_for, threads_for
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import Penalty
from rosenblatt.support.types import FloatArray

__all__ = [
    "EnginePredictor",
    "Epoch",
    "EpochPlan",
    "Objective",
    "OptimizerState",
    "OutputFormat",
    "Trainer",
    "has_bfloat16",
    "has_kernel",
    "members_without_kernels",
    "objective",
    "predictor",
    "scores",
    "shuffle",
    "trainer",
    "trains_natively",
]


def trains_natively(problem: Problem) -> bool:
    """Whether there are kernels for all members of the problem."""
    members = (
        problem.loss,
        problem.penalty,
        problem.optimizer,
        problem.clipping,
        problem.constraint,
        problem.averaging,
    )
    return runs_natively(problem.network) and all(map(has_kernel, members))


def trainer(
    problem: Problem,
    arrays: Arrays,
    theta: FloatArray,
    memory: OptimizerState,
    batch_size: int,
    n_jobs: int | None = None,
    bfloat16: bool = False,
    state: FloatArray | None = None,
    deterministic: bool = False,
) -> Trainer:
    """A trainer that changes `theta`, `memory` and the network's `state` in place.

    A `deterministic` one comes to the same bits for any number of threads. Where there are no
    kernels NumPy multiplies, and the caller holds BLAS.

    With `bfloat16`, which takes float32 arrays, the factors of matrix products that are large
    enough to gain by it are rounded to bfloat16; sums and everything else stay float32.
    """
    if trains_natively(problem):
        steps, entries = math.ceil(arrays.n_samples / batch_size), arrays.mean_entries
        work = (problem.network, batch_size, FORWARD_AND_BACK)
        threads = threads_for(*work, n_jobs, steps=steps, entries=entries)
        shares = shares_for(*work, steps=steps, entries=entries) if deterministic else 0
        return native.NativeTrainer(
            problem, arrays, theta, memory, threads, bfloat16, state, shares
        )
    if bfloat16:
        raise ValueError("members without kernels are not trained with bfloat16 products")
    return reference.ReferenceTrainer(problem, arrays, theta, memory, state)


def objective(
    network: Network,
    loss: Loss,
    penalty: Penalty,
    arrays: Arrays,
    n_jobs: int | None = None,
    deterministic: bool = False,
) -> Objective:
    """The objective over all rows; `deterministic` as for `trainer`."""
    if runs_natively(network) and has_kernel(loss) and has_kernel(penalty):
        work, entries = (network, arrays.n_samples, FORWARD_AND_BACK), arrays.mean_entries
        threads = threads_for(*work, n_jobs, entries=entries)
        shares = shares_for(*work, entries=entries) if deterministic else 0
        return native.NativeObjective(network, loss, penalty, arrays, threads, shares)
    return reference.ReferenceObjective(network, loss, penalty, arrays)
