"""The rows of a fit: those to train on and those to validate on, in the loss's terms."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split

from rosenblatt.fitting.data import ValidatedData
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.problem import Arrays, Rows, as_given, is_sparse
from rosenblatt.support.types import FloatArray

__all__ = ["TrainValidation", "encoded", "fingerprint", "split", "weighed"]


@final
@dataclass(frozen=True, eq=False)
class TrainValidation:
    """Rows to train on and, where they were given, rows to validate on.

    Weights of classes are not in it yet, so that fits which weigh them differently can share it.
    """

    train: Arrays
    validation: Arrays | None = None


def encoded(
    targets: TargetCodec,
    table: ValidatedData,
    rows: Rows | None = None,
    validation: ValidatedData | None = None,
) -> TrainValidation:
    """Encode the targets of a table, or of some of its rows.

    Parameters
    ----------
    targets : TargetCodec
    table : ValidatedData
    rows : array of int64, optional
        The rows of the table to train on; None for all.
    validation : ValidatedData, optional
        Rows to validate on.

    Raises
    ------
    ValueError
        For targets that are not known, and for validation rows with other targets.
    """
    y, weights, X = table.y, table.weights, table.X
    if rows is not None:
        y, weights = y[rows], None if weights is None else weights[rows]
    y = targets.encode(y, X.dtype)
    n_targets = y.shape[1]
    if rows is not None:
        y = spread_out(y, rows, X.shape[0])
        weights = None if weights is None else spread_out(weights, rows, X.shape[0])
    train = Arrays(X, y, weights, rows)
    if validation is None:
        return TrainValidation(train)
    targets.check(validation.y)
    y_val = targets.encode(validation.y, validation.X.dtype)
    if y_val.shape[1] != n_targets:
        raise ValueError(
            f"y_val has {y_val.shape[1]} targets a row, and y has {n_targets}: give the validation"
            " rows the same targets as those to learn from."
        )
    return TrainValidation(train, Arrays(validation.X, y_val, validation.weights))


def weighed(
    arrays: Arrays, weigh: Callable[[FloatArray, FloatArray | None], FloatArray | None]
) -> Arrays:
    """The same rows with the weights that `weigh` returns for their targets and weights."""
    rows = slice(None) if arrays.rows is None else arrays.rows
    own = None if arrays.weights is None else arrays.weights[rows]
    weights = weigh(arrays.y[rows], own)
    if weights is own:
        return arrays
    if weights is not None and arrays.rows is not None:
        weights = spread_out(weights, arrays.rows, len(arrays.y))
    return replace(arrays, weights=weights)


def spread_out(values: FloatArray, rows: Rows, n: int) -> FloatArray:
    """`values` of some of n rows at their places, with zeros between them."""
    spread = np.zeros((n, *values.shape[1:]), values.dtype)
    spread[rows] = values
    return spread


def fingerprint(arrays: Arrays) -> bytes:
    """A hash of the rows, 16 bytes."""
    X = arrays.X
    parts = [X.data, X.indices, X.indptr] if is_sparse(X) else [as_given(X)]
    hashed = hashlib.blake2b(repr(X.shape).encode(), digest_size=16)
    for array in (*parts, arrays.y, *(() if arrays.weights is None else (arrays.weights,))):
        hashed.update(array.dtype.str.encode())
        hashed.update(np.ascontiguousarray(array).data)
    return hashed.digest()


def split(
    arrays: Arrays,
    fraction: float,
    strata: Callable[[FloatArray], npt.NDArray[Any] | None],
    rng: np.random.RandomState,
) -> tuple[Arrays, Arrays]:
    """Training rows in place and copies of validation rows, drawn as scikit-learn draws them.

    Parameters
    ----------
    arrays : Arrays
    fraction : float
        Share of the rows to validate on.
    strata : callable
        From encoded targets to groups that both parts have in the same proportions, or None.
    rng : RandomState
    """
    too_small = ValueError(
        "The validation set is too small. Increase 'validation_fraction' or the size of your"
        " dataset."
    )
    if fraction == 0:
        raise too_small
    order = arrays.order
    train, validation = train_test_split(
        np.arange(len(order)),
        random_state=rng,
        test_size=fraction,
        stratify=strata(arrays.y[order]),
    )
    if len(validation) < 2:
        raise too_small
    parts = arrays.part(train), arrays.part(validation).gathered()
    for part, name in zip(parts, ("training", "validation"), strict=True):
        if part.weights is not None and not part.mean_weight:
            raise ValueError(
                f"All rows of the {name} part have sample weight 0. Drop rows of weight 0 before"
                " fit, change 'validation_fraction', or give X_val and y_val."
            )
    return parts
