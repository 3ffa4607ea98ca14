"""The game that is played for a row: what the model predicts where only some columns are known.

All columns that are not, have the cells of a row of the background; the mean over those rows is
taken afterwards (theory E1: the interventional expectation, Janzing et al. 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt import engine
from rosenblatt import network as networks
from rosenblatt.engine import ColumnShares, Walks
from rosenblatt.errors import InputError
from rosenblatt.explain.outputs import Output
from rosenblatt.model import Model
from rosenblatt.network import Cut, cut_at_first_sum, cut_behind_sums
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["Game"]

MOST_NUMBERS = 4_000_000  # of composed rows at once
MANY_NUMBERS = (
    100_000  # of a row, from which on a linear network's sums take less time than kernels
)
MOST_OF_BACKGROUND = 1_500_000_000  # 12 GB


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
        check_memory(len(background) * sum(network.numbers_of_row for network in self.networks))
        self.predictors = [network.coalitions(n_jobs) for network in self.networks]
        of_background = [network.shares(background) for network in self.networks]
        self.background = [
            (shares.astype(network.dtype), network.reference_sums + shares.sum(axis=1))
            for network, shares in zip(self.networks, of_background, strict=True)
        ]

    @property
    def numbers_of_row(self) -> int:
        """What the shares of a row take, in numbers."""
        return sum(network.numbers_of_row for network in self.networks)

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
        is_wide = len(columns) * model.network.n_inputs > MANY_NUMBERS
        self.model = model
        self.cut = (cut_behind_sums if is_wide else cut_at_first_sum)(model.network)
        self.loss = output.loss(model.loss)
        self.before, self.weights = parts_of(model, self.cut)
        self.reference_sums = self.sums(reference[None])[0]

    @property
    def dtype(self) -> np.dtype[np.floating]:
        return self.model.dtype

    @property
    def numbers_of_row(self) -> int:
        return len(self.columns) * len(self.reference_sums)

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
        seen, of_reference = self.seen(X), self.seen(self.reference[None])
        owners, moved = self.owners(X, seen, of_reference), seen - of_reference
        out = np.zeros((len(X), len(self.columns), len(self.reference_sums)))
        if self.weights is None:
            out[:, owners, np.arange(len(owners))] = moved
            return out
        order = np.argsort(owners, kind="stable")
        present, starts = np.unique(owners[order], return_index=True)
        weights = self.weights[order]
        at_once = max(1, MOST_NUMBERS // weights.size)
        for first in range(0, len(X), at_once):
            rows = slice(first, first + at_once)
            added = moved[rows, order, None] * weights
            out[rows, present] = np.add.reduceat(added, starts, axis=1)
        return out

    def seen(self, X: FloatArray) -> Float64Array:
        """What the sums are taken over, (n, n_seen): the features, or functions of single ones."""
        if self.before is None:
            return X.astype(np.float64)
        theta = self.model.parameters[: self.before.n_parameters].astype(np.float64)
        return engine.scores(self.before, theta, X.astype(np.float64)).astype(np.float64)

    def owners(
        self, X: FloatArray, seen: Float64Array, of_reference: Float64Array
    ) -> npt.NDArray[np.int64]:
        """The column on which each number that is seen depends, where it is not the reference's.

        That shows in as many rows as a column's number has bits: in each, the columns whose
        numbers have that bit come from X.
        """
        n_columns = len(self.columns)
        widths = [column.stop - column.start for column in self.columns]
        of_feature = np.repeat(np.arange(n_columns), widths)
        if self.before is None:
            return of_feature
        owners = np.zeros(seen.shape[1], np.int64)
        for bit in range((n_columns - 1).bit_length()):
            composed = np.where(of_feature >> bit & 1, X, self.reference)
            now = self.seen(composed)
            own = (np.abs(now - seen) < np.abs(now - of_reference)) | (now == seen)
            own = (own | np.isnan(now) & np.isnan(seen)) & (seen != of_reference)
            owners |= own.any(axis=0).astype(np.int64) << bit
        return np.minimum(owners, n_columns - 1)


def check_memory(n_numbers: int) -> None:
    """InputError where the shares of the background would take too many numbers."""
    if n_numbers > MOST_OF_BACKGROUND:
        gigabytes = 8 * n_numbers / 1e9
        raise InputError(
            f"what each column adds to the network's first sums would take {gigabytes:,.0f} GB:"
            " explain a network of fewer columns or units, or against fewer rows of background"
        )


def parts_of(model: Model, cut: Cut) -> tuple[networks.Network | None, Float64Array | None]:
    """What comes before the weights of the sums, and these, (n_seen, n_units); None for neither."""
    if cut.first is None:
        return None, None
    *layers, dense = cut.first.layers
    theta = model.parameters[: cut.n_first].astype(np.float64)
    weights = cut.first.layer_parameters(theta)[-1]["weight"].astype(np.float64)
    if isinstance(dense, networks.Dense) and dense.ntk:
        weights = weights / np.sqrt(len(weights))
    before = networks.Network(cut.first.n_inputs, tuple(layers)) if layers else None
    return before, weights
