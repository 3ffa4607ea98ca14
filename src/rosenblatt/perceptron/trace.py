"""What a perceptron did, update by update (theory P1), without keeping what can be recomputed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final, overload

import numpy as np

from rosenblatt.support.types import FloatArray, IntArray

__all__ = ["PerceptronTrace", "Update"]

_NUMBERS_AT_ONCE = 2**16


@final
@dataclass(frozen=True, eq=False)
class Update:
    """One use of the rule w += η (y - ŷ) x, b += η (y - ŷ) on a row that was misclassified."""

    epoch: int
    """The pass over the training rows, from 1."""
    row: int
    """The index of the row in the X given to `fit`, from 0."""
    prediction: int
    """ŷ, what the neuron put out: 0 or 1."""
    target: int
    """y, what it should have put out: 1 for ``classes_[-1]``, otherwise 0."""
    weights_before: FloatArray
    """Shape (n_features,), read-only."""
    weights_after: FloatArray
    """Shape (n_features,), read-only."""
    bias_before: float
    bias_after: float


@final
class PerceptronTrace(Sequence[Update]):
    """A read-only sequence of `Update`, rebuilt from the rule as it is read.

    An update takes 8 bytes, the index of its row; beside these lie one copy of the rows that
    caused any update and one number per epoch. The weights are sums over the updates before, in
    the order in which the fit has added them, so that they equal its weights to the last bit.
    Iterating passes once over the updates; ``trace[k]`` passes over the k updates before it.
    """

    def __init__(
        self,
        X: FloatArray,
        targets: FloatArray,
        *,
        learning_rate: float,
        rows: IntArray,
        updates_by_epoch: IntArray,
    ) -> None:
        """``rows`` has an entry per update; ``updates_by_epoch`` counts all up to each epoch."""
        was_updated_on = np.zeros(len(X), dtype=bool)
        was_updated_on[rows] = True
        self._kept = np.flatnonzero(was_updated_on)
        self._X = X[self._kept]
        self._targets = targets[self._kept]
        self._learning_rate = learning_rate
        self._rows = rows
        self._updates_by_epoch = updates_by_epoch

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Update]:
        return self._replay(0, len(self))

    @overload
    def __getitem__(self, index: int) -> Update: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Update, ...]: ...
    def __getitem__(self, index: int | slice) -> Update | tuple[Update, ...]:
        wanted = range(len(self))[index]
        if isinstance(wanted, int):
            return next(self._replay(wanted, wanted + 1))
        if not wanted:
            return ()
        first, last = min(wanted[0], wanted[-1]), max(wanted[0], wanted[-1])
        updates = tuple(self._replay(first, last + 1))
        return tuple(updates[k - first] for k in wanted)

    def __repr__(self) -> str:
        return f"<PerceptronTrace of {len(self)} updates in {len(self._updates_by_epoch)} epochs>"

    def _replay(self, start: int, stop: int) -> Iterator[Update]:
        """The updates start, …, stop - 1."""
        weights_and_bias = np.zeros(self._X.shape[1] + 1)
        block = max(1, _NUMBERS_AT_ONCE // len(weights_and_bias))
        for first in range(0, stop, block):
            rows = self._rows[first : min(first + block, stop)]
            kept = np.searchsorted(self._kept, rows)
            targets = self._targets[kept]
            step = self._learning_rate * (2 * targets - 1)  # y - ŷ, for ŷ ≠ y
            path = np.vstack([weights_and_bias, np.empty((len(rows), len(weights_and_bias)))])
            np.multiply(step[:, None], self._X[kept], out=path[1:, :-1])
            path[1:, -1] = step
            np.cumsum(path, axis=0, out=path)
            path.setflags(write=False)
            weights_and_bias = path[-1]
            for k in range(max(start - first, 0), len(rows)):
                epoch = np.searchsorted(self._updates_by_epoch, first + k, side="right")
                yield Update(
                    epoch=int(epoch) + 1,
                    row=int(rows[k]),
                    prediction=int(1 - targets[k]),
                    target=int(targets[k]),
                    weights_before=path[k, :-1],
                    weights_after=path[k + 1, :-1],
                    bias_before=float(path[k, -1]),
                    bias_after=float(path[k + 1, -1]),
                )
