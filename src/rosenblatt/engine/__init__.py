"""Engines run whole epochs: the native one what it has kernels for, the readable one the rest."""

from __future__ import annotations

import numpy as np

from rosenblatt.engine import native, readable
from rosenblatt.engine.interface import Epoch, Objective, Trainer
from rosenblatt.engine.kernels import has_kernel
from rosenblatt.engine.memory import Memory
from rosenblatt.engine.threads import threads_for
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.penalties import Penalty
from rosenblatt.problem import Arrays, Matrix, Problem
from rosenblatt.types import FloatArray

__all__ = ["Epoch", "Memory", "Objective", "Trainer", "objective", "scores", "trainer"]

# Products that a row's way through a layer takes: forward, and for the two gradients.
FORWARD, FORWARD_AND_BACK = 1, 3


def runs_natively(network: Network) -> bool:
    return all(has_kernel(layer.activation) for layer in network.layers)


def trainer(
    problem: Problem,
    arrays: Arrays,
    theta: FloatArray,
    memory: Memory,
    batch_size: int,
    n_jobs: int | None = None,
) -> Trainer:
    """A trainer that changes `theta` and `memory` in place."""
    members = (problem.loss, problem.penalty, problem.optimizer)
    if runs_natively(problem.network) and all(map(has_kernel, members)):
        threads = threads_for(problem.network, batch_size, FORWARD_AND_BACK, n_jobs)
        return native.NativeTrainer(problem, arrays, theta, memory, threads)
    return readable.ReadableTrainer(problem, arrays, theta, memory)


def objective(
    network: Network, loss: Loss, penalty: Penalty, arrays: Arrays, n_jobs: int | None = None
) -> Objective:
    """The objective over all rows."""
    if runs_natively(network) and has_kernel(loss) and has_kernel(penalty):
        threads = threads_for(network, arrays.n_samples, FORWARD_AND_BACK, n_jobs)
        return native.NativeObjective(network, loss, penalty, arrays, threads)
    return readable.ReadableObjective(network, loss, penalty, arrays)


def scores(network: Network, theta: FloatArray, X: Matrix, n_jobs: int | None = None) -> FloatArray:
    """Raw scores, shape (n_samples, n_outputs)."""
    if X.shape[1] != network.n_inputs:
        raise ValueError(f"the network takes {network.n_inputs} features, X has {X.shape[1]}")
    if X.dtype != theta.dtype:
        X = X.astype(theta.dtype)
    if isinstance(X, np.ndarray):
        X = np.ascontiguousarray(X)
    if runs_natively(network):
        threads = threads_for(network, X.shape[0], FORWARD, n_jobs)
        return native.native_scores(network, theta, X, threads)
    return readable.readable_scores(network, theta, X)
