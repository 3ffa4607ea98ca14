"""Predictions of coalitions: rows with some columns of one row, the others of a background row.

The first layer takes sums over columns, z = Σ_c share_c. Coalitions that differ in one column
differ in one share, so that a walk from one to the next exchanges a share a step (theory E2). All
layers behind those sums are computed for many coalitions at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.backprop import mean_of_members
from rosenblatt.engine.interface import fitting_state
from rosenblatt.engine.kernels import has_kernel, kernel, runs_natively
from rosenblatt.engine.native import blas_held, class_for, native_layers, plain, with_blas
from rosenblatt.engine.reference import readable_scores
from rosenblatt.engine.threads import allowed_threads, requested_threads
from rosenblatt.losses import Loss
from rosenblatt.network import Cut
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = [
    "CoalitionPredictor",
    "ColumnShares",
    "NativeCoalitions",
    "ReadableCoalitions",
    "Walks",
    "coalitions",
]


@final
@dataclass(frozen=True, eq=False)
class ColumnShares:
    """What each column adds to the sums of the first layer.

    Attributes
    ----------
    rows : array (n_rows, n_columns, n_units)
        Of the rows to explain, of the parameters' type.
    background : array (n_background, n_columns, n_units)
    sums : array (n_background, n_units)
        z of the background rows, in float64.
    """

    rows: FloatArray
    background: FloatArray
    sums: Float64Array


@final
@dataclass(frozen=True, eq=False)
class Walks:
    """Walk k begins at a row of the background, and every step exchanges a column with a row.

    Attributes
    ----------
    rows, backgrounds : int32 array (n,)
        The row and the background row of each walk.
    starts : int64 array (n + 1,)
        Walk k has the steps from starts[k] to starts[k + 1].
    steps : int32 array (n_steps,)
        The column that is exchanged; back, if it has been before.
    """

    rows: npt.NDArray[np.int32]
    backgrounds: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]
    steps: npt.NDArray[np.int32]


class CoalitionPredictor(ABC):
    """Predictions of one network, of which it has the parameters behind the first layer's sums."""

    @abstractmethod
    def predict(self, shares: ColumnShares, walks: Walks) -> FloatArray:
        """The prediction after each step, shape (n_steps, n_outputs)."""


def coalitions(
    cut: Cut, loss: Loss, theta: FloatArray, state: FloatArray | None, n_jobs: int | None
) -> CoalitionPredictor:
    """A predictor on the compiled kernels, or on NumPy where a member has none.

    Parameters
    ----------
    cut : Cut
    loss : Loss
        Its inverse link makes predictions of scores.
    theta : array
        Parameters of the rest.
    state : array, optional
        The rest's.
    n_jobs : int, optional
        Threads at most; results do not depend on it.
    """
    kind: type[NativeCoalitions | ReadableCoalitions] = ReadableCoalitions
    if runs_natively(cut.rest) and has_kernel(loss) and has_kernel(cut.activation):
        kind = NativeCoalitions
    return kind(cut, loss, theta, fitting_state(cut.rest, theta, state), n_jobs)


@final
class ReadableCoalitions(CoalitionPredictor):
    def __init__(
        self,
        cut: Cut,
        loss: Loss,
        theta: FloatArray,
        state: FloatArray,
        n_jobs: int | None = None,
    ) -> None:
        self.cut, self.loss, self.theta, self.state = cut, loss, theta, state

    def predict(self, shares: ColumnShares, walks: Walks) -> FloatArray:
        a = self.cut.activation.value(sums_of(shares, walks).astype(self.theta.dtype))
        rest = self.cut.rest
        scores = readable_scores(rest, self.theta, a, self.state)
        return mean_of_members(self.loss.inverse_link(scores), rest.n_members)


def sums_of(shares: ColumnShares, walks: Walks) -> Float64Array:
    """z after each step, shape (n_steps, n_units)."""
    z = np.empty((len(walks.steps), shares.sums.shape[1]))
    for k, (row, background) in enumerate(zip(walks.rows, walks.backgrounds, strict=True)):
        sums, exchanged = shares.sums[background].copy(), set[int]()
        for step in range(walks.starts[k], walks.starts[k + 1]):
            column = int(walks.steps[step])
            difference = shares.rows[row, column].astype(np.float64)
            difference -= shares.background[background, column]
            sums += -difference if column in exchanged else difference
            exchanged ^= {column}
            z[step] = sums
    return z


@final
class NativeCoalitions(CoalitionPredictor):
    def __init__(
        self,
        cut: Cut,
        loss: Loss,
        theta: FloatArray,
        state: FloatArray,
        n_jobs: int | None = None,
    ) -> None:
        self.n_outputs, self.threads = cut.rest.n_outputs, requested_threads(n_jobs)
        predictor = class_for("Coalitions", theta.dtype)(
            cut.rest.n_inputs,
            kernel(cut.activation),
            native_layers(cut.rest, training=False),
            kernel(loss),
            plain(theta),
            plain(state),
        )
        self.native = with_blas(predictor)

    def predict(self, shares: ColumnShares, walks: Walks) -> FloatArray:
        out = np.empty((len(walks.steps), self.n_outputs), shares.rows.dtype)
        with blas_held(self.native):
            self.native.fill(
                plain(shares.rows.reshape(len(shares.rows), -1)),
                plain(shares.background.reshape(len(shares.background), -1)),
                plain(shares.sums),
                plain(walks.rows),
                plain(walks.backgrounds),
                plain(walks.starts),
                plain(walks.steps),
                out,
                allowed_threads(self.threads),
            )
        return out
