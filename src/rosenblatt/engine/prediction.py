"""Scores and predictions, natively where there are kernels and in NumPy otherwise."""

from __future__ import annotations

from functools import partial
from typing import final

import numpy as np

from rosenblatt.backprop import mean_of_members
from rosenblatt.engine import native
from rosenblatt.engine import reference as readable
from rosenblatt.engine.blas import blas_for, largest_product
from rosenblatt.engine.interface import EnginePredictor, OutputFormat, fitting
from rosenblatt.engine.kernels import has_kernel, runs_natively
from rosenblatt.engine.threads import FORWARD, threads_for
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.problem import Matrix
from rosenblatt.support.types import FloatArray

__all__ = ["predictor", "scores"]


def predictor(
    network: Network,
    loss: Loss,
    theta: FloatArray,
    form: OutputFormat = OutputFormat.COLUMNS,
    n_jobs: int | None = None,
    state: FloatArray | None = None,
    deterministic: bool = False,
) -> EnginePredictor:
    """A predictor that reads `theta` and `state` in place at every call.

    Parameters
    ----------
    network : Network
    loss : Loss
        Its inverse link makes predictions of scores.
    theta : array (n_parameters,)
    form : OutputFormat
    n_jobs : int, optional
        Threads at most; see `requested_threads`.
    state : array (n_state,), optional
        The network's.
    deterministic : bool
        Whether the same rows give the same bits for any number of threads.
    """
    if runs_natively(network) and has_kernel(loss):
        threads = partial(forward_threads, network, n_jobs)
        return native.NativePredictor(network, loss, theta, form, threads, state, deterministic)
    return ReadableLink(network, loss, theta, form, n_jobs, state, deterministic)


def scores(
    network: Network,
    theta: FloatArray,
    X: Matrix,
    n_jobs: int | None = None,
    state: FloatArray | None = None,
    deterministic: bool = False,
) -> FloatArray:
    """Raw scores, shape (n_samples, n_outputs); parameters as for `predictor`.

    Those of an ensemble are the mean of its members'.
    """
    X = fitting(network, theta, X)
    if runs_natively(network):
        threads = forward_threads(network, n_jobs, X.shape[0])
        return native.native_scores(network, theta, X, threads, state, deterministic)
    rows = member_scores(network, theta, X, n_jobs, state, deterministic)
    return mean_of_members(rows, network.n_members)


def member_scores(
    network: Network,
    theta: FloatArray,
    X: Matrix,
    n_jobs: int | None,
    state: FloatArray | None,
    deterministic: bool,
) -> FloatArray:
    with blas_for(largest_product(network, X.shape[0]), n_jobs, deterministic):
        return readable.readable_scores(network, theta, X, state)


def forward_threads(network: Network, n_jobs: int | None, rows: int) -> int:
    return threads_for(network, rows, FORWARD, n_jobs)


@final
class ReadableLink(EnginePredictor):
    """The loss's own inverse link over the scores, for a loss or a network without kernels."""

    def __init__(
        self,
        network: Network,
        loss: Loss,
        theta: FloatArray,
        form: OutputFormat,
        n_jobs: int | None,
        state: FloatArray | None,
        deterministic: bool,
    ) -> None:
        super().__init__(network, theta, form, state)
        self.loss, self.n_jobs, self.deterministic = loss, n_jobs, deterministic

    def finite(self, X: object) -> None:
        return None

    def bare(self, X: object, out: object) -> None:
        return None

    def columns(self, X: Matrix) -> FloatArray:
        n_members = self.network.n_members
        of = scores if n_members == 1 else member_scores
        rows = of(self.network, self.theta, X, self.n_jobs, self.state, self.deterministic)
        p = mean_of_members(self.loss.inverse_link(rows), n_members)
        return np.hstack([1 - p, p]) if self.form is OutputFormat.BOTH_CLASSES else p
