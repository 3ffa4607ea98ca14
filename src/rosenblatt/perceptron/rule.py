"""The perceptron's learning rule, row by row, at the speed of a matrix product (theory P1)."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.activations import Step
from rosenblatt.perceptron.trace import PerceptronTrace
from rosenblatt.support.types import FloatArray

__all__ = ["Learned", "learn", "pre_activation"]

_LARGEST_BLOCK = 4096


@final
@dataclass(frozen=True, eq=False)
class Learned:
    """Where the rule has ended: w of shape (n_features,), b, the epochs run, every update."""

    weights: FloatArray
    bias: float
    n_epochs: int
    trace: PerceptronTrace


def pre_activation(X: FloatArray, weights: FloatArray, bias: float) -> FloatArray:
    """z = w·x + b for each row of a C-ordered X.

    Not `X @ weights`: there a row's last bit depends on how many rows are multiplied at once, so
    that a neuron which has learnt every row might miss one of them in prediction.
    """
    z: FloatArray = np.einsum("ij,j->i", X, weights) + bias
    return z


def learn(
    X: FloatArray,
    targets: FloatArray,
    *,
    learning_rate: float,
    max_iter: int,
    order: np.random.RandomState | None,
) -> Learned:
    """From w = 0, b = 0: w += η (y - ŷ) x, b += η (y - ŷ), ŷ = f(w·x + b), row by row.

    ``targets`` are 0 or 1. Rows come in their order, or in a new one from ``order`` each epoch.
    Ends after the first epoch without an update, or after ``max_iter`` epochs.
    """
    step = Step()
    weights, bias = np.zeros(X.shape[1]), 0.0
    rows, updates_by_epoch = array("q"), array("q")
    presented, expected = X, targets
    for _ in range(max_iter):
        n_updates_before = len(rows)
        if order is not None:
            permutation = order.permutation(len(X))
            presented, expected = X[permutation], targets[permutation]
        start, block = 0, 1
        while start < len(X):
            # Until the next mistake the weights stand still, so that a block of rows can be
            # asked at once; the block grows and shrinks with the distance between mistakes.
            ahead = slice(start, start + block)
            output = step.value(pre_activation(presented[ahead], weights, bias))
            mistakes = np.flatnonzero(output != expected[ahead])
            if not mistakes.size:
                start += block
                block = min(2 * block, _LARGEST_BLOCK)
                continue
            k = start + int(mistakes[0])
            change = learning_rate * (expected[k] - output[mistakes[0]])
            weights += change * presented[k]
            bias += change
            rows.append(k if order is None else permutation[k])
            start, block = k + 1, min(2 * (k + 1 - start), _LARGEST_BLOCK)
        updates_by_epoch.append(len(rows))
        if len(rows) == n_updates_before:
            break
    trace = PerceptronTrace(
        X,
        targets,
        learning_rate=learning_rate,
        rows=np.asarray(rows, dtype=np.int64),
        updates_by_epoch=np.asarray(updates_by_epoch, dtype=np.int64),
    )
    return Learned(weights, float(bias), len(updates_by_epoch), trace)
