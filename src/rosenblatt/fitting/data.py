"""Tables as scikit-learn's validation lets them pass; rows to train on and to validate on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.model_selection import train_test_split
from sklearn.utils import column_or_1d
from sklearn.utils.validation import validate_data

from rosenblatt.fitting.sample_weight import checked_weights
from rosenblatt.problem import Arrays, Matrix, Rows
from rosenblatt.support.types import FloatArray

__all__ = [
    "TrainValidation",
    "ValidatedData",
    "arrays_of",
    "fingerprint",
    "flat",
    "split",
    "validated",
    "weighed",
]


@final
@dataclass(frozen=True)
class ValidatedData:
    """What scikit-learn's validation has let pass: inputs, targets as given, and weights."""

    X: Matrix
    y: npt.NDArray[Any]
    weights: FloatArray | None


@final
@dataclass(frozen=True)
class TrainValidation:
    """A table's rows to learn from and those to validate on, in the loss's terms.

    It says nothing of how a fit weighs classes, and so may be shared by many.
    """

    train: Arrays
    validation: Arrays | None


def validated(
    est: Any, X: Any, y: Any, sample_weight: Any, *, numeric: bool, dtype: Any, reset: bool
) -> tuple[Any, Any, Any]:
    """X, y and weights as an estimator learns from them, which its errors name.

    `numeric` says that y is numbers, and `reset` that the columns of X are to be learnt.
    """
    X, y = validate_data(
        est,
        X,
        y,
        accept_sparse="csr",
        multi_output=True,
        y_numeric=numeric,
        dtype=dtype,
        order="C",
        reset=reset,
    )
    return X, y, checked_weights(sample_weight, X)


def flat(y: Any, warn: bool = True) -> Any:
    """A single column as one dimension, with scikit-learn's warning."""
    if not sp.issparse(y) and np.ndim(y) == 2 and y.shape[1] == 1:
        return column_or_1d(y, warn=warn)
    return y


def arrays_of(
    X: Matrix, targets: FloatArray, weights: FloatArray | None, rows: Rows | None
) -> Arrays:
    """The rows to learn from; targets and weights are those of the rows alone."""
    if rows is None:
        return Arrays(X, targets, weights)
    y = spread_out(targets, rows, X.shape[0])
    return Arrays(X, y, None if weights is None else spread_out(weights, rows, X.shape[0]), rows)


def weighed(
    arrays: Arrays, weigh: Callable[[FloatArray, FloatArray | None], FloatArray | None]
) -> Arrays:
    """The same rows with what `weigh` makes of their targets and weights; shared, where that is
    what they had."""
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
    """By which rows are known again."""
    X = arrays.X
    parts = [X] if isinstance(X, np.ndarray) else [X.data, X.indices, X.indptr]
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
    """Training rows where they lie and validation rows, drawn as scikit-learn draws them.

    `strata` tells of targets what the two parts are to have in the same proportions.
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
