"""The game that is played for a row: what the model predicts where only some columns are known.

All columns that are not, have the cells of a row of the background; the mean over those rows is
taken afterwards (theory E1: the interventional expectation, Janzing et al. 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import numpy as np

from rosenblatt import engine
from rosenblatt.engine import ColumnShares, Walks
from rosenblatt.explain.outputs import Output
from rosenblatt.model import Model
from rosenblatt.network import cut_at_first_sum
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["Game"]

MOST_NUMBERS = 4_000_000  # of composed rows at once


@final
class Game:
    """The output of one or several networks, by coalitions of columns.

    Parameters
    ----------
    members : sequence of Model
    output : Output
    columns : sequence of slice
        The features of each column.
    background : array (n_background, n_features)
    n_jobs : int, optional
    """

    def __init__(
        self,
        members: Sequence[Model],
        output: Output,
        columns: Sequence[slice],
        background: FloatArray,
        n_jobs: int | None,
    ) -> None:
        self.output, self.n_jobs = output, n_jobs
        self.networks = [Network(member, output, columns, background[0]) for member in members]
        self.predictors = [network.coalitions(n_jobs) for network in self.networks]
        of_background = [network.shares(background) for network in self.networks]
        self.background = [
            (shares.astype(network.dtype), network.reference_sums + shares.sum(axis=1))
            for network, shares in zip(self.networks, of_background, strict=True)
        ]

    @property
    def numbers_of_row(self) -> int:
        """What the shares of a row take, in numbers."""
        return sum(shares[0].size for shares, _ in self.background)

    def of(self, X: FloatArray) -> Float64Array:
        """The output of whole rows, shape (n, n_outputs)."""
        return self.output.of(np.stack([n.predicted(X, self.n_jobs) for n in self.networks]))

    def shares(self, X: FloatArray) -> list[ColumnShares]:
        """What walks begin with, of each network."""
        return [
            ColumnShares(network.shares(X).astype(network.dtype), *of_background)
            for network, of_background in zip(self.networks, self.background, strict=True)
        ]

    def after(self, shares: Sequence[ColumnShares], walks: Walks) -> Float64Array:
        """The output after each step, shape (n_steps, n_outputs)."""
        predicted = [
            predictor.predict(of_network, walks)
            for predictor, of_network in zip(self.predictors, shares, strict=True)
        ]
        return self.output.of(np.stack(predicted))


@final
class Network:
    """One network, cut behind the sums of its first layer."""

    def __init__(
        self, model: Model, output: Output, columns: Sequence[slice], reference: FloatArray
    ) -> None:
        self.columns, self.reference = columns, reference
        self.model, self.cut = model, cut_at_first_sum(model.network)
        self.loss = output.loss(model.loss)
        self.reference_sums = self.sums(reference[None])[0]

    @property
    def dtype(self) -> np.dtype[np.floating]:
        return self.model.dtype

    def coalitions(self, n_jobs: int | None) -> engine.CoalitionPredictor:
        theta = np.ascontiguousarray(self.model.parameters[self.cut.n_first :])
        return engine.coalitions(self.cut, self.loss, theta, self.model.state, n_jobs)

    def predicted(self, X: FloatArray, n_jobs: int | None) -> FloatArray:
        model = self.model
        predictor = engine.predictor(
            model.network, self.loss, model.parameters, n_jobs=n_jobs, state=model.state
        )
        return predictor.predict(X)

    def sums(self, X: FloatArray) -> Float64Array:
        """z in float64, shape (n, n_units): differences of sums are shares."""
        if self.cut.first is None:
            return X.astype(np.float64)
        theta = self.model.parameters[: self.cut.n_first].astype(np.float64)
        return engine.scores(self.cut.first, theta, X.astype(np.float64)).astype(np.float64)

    def shares(self, X: FloatArray) -> Float64Array:
        """What each column adds to the sums of the reference row, (n, n_columns, n_units)."""
        n, d = len(X), len(self.columns)
        out = np.zeros((n, d, len(self.reference_sums)))
        at_once = max(1, MOST_NUMBERS // (d * X.shape[1]))
        for first in range(0, n, at_once):
            rows = X[first : first + at_once]
            composed = np.broadcast_to(self.reference, (d, len(rows), X.shape[1])).copy()
            for k, column in enumerate(self.columns):
                composed[k, :, column] = rows[:, column]
            sums = self.sums(composed.reshape(-1, X.shape[1])) - self.reference_sums
            out[first : first + len(rows)] = sums.reshape(d, len(rows), -1).swapaxes(0, 1)
        return out
