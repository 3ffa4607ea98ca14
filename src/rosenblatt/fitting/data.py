"""Tables that scikit-learn's validation has accepted."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any, Self, final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from rosenblatt.array_checks import column_or_1d, validate_data
from rosenblatt.fitting.sample_weight import checked_weights
from rosenblatt.problem import Matrix
from rosenblatt.support.class_labels import class_labels
from rosenblatt.support.pixels import Pixels
from rosenblatt.support.plain_values import plain_values
from rosenblatt.support.sparse_matrices import check_sparse
from rosenblatt.support.types import FloatArray

__all__ = ["Columns", "ValidatedData", "flat", "validated", "validated_like", "validated_rows"]

ATTRIBUTES = ("n_features_in_", "feature_names_in_")


@final
@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of X.

    Attributes
    ----------
    n_features : int or None
        None where an estimator does not know, because its weights were set by hand.
    names : array of str, optional
        Where X has names.
    """

    n_features: int | None = None
    names: npt.NDArray[Any] | None = None

    @classmethod
    def of(cls, estimator: Any) -> Self:
        """Those that a fitted estimator has been fitted with."""
        return cls(*(vars(estimator).get(name) for name in ATTRIBUTES))

    @property
    def attributes(self) -> dict[str, Any]:
        """The fitted attributes that describe them."""
        values = zip(ATTRIBUTES, (self.n_features, self.names), strict=True)
        return {name: value for name, value in values if value is not None}

    def publish(self, estimator: Any) -> None:
        """Set the attributes of an estimator, and remove names of earlier columns."""
        estimator.__dict__.update(self.attributes)
        if self.names is None:
            estimator.__dict__.pop("feature_names_in_", None)


@final
@dataclass(frozen=True, eq=False)
class ValidatedData:
    """Rows that scikit-learn's validation has accepted.

    Attributes
    ----------
    X : array of shape (n_samples, n_features) in C order, Pixels, or CSR
    y : array of shape (n_samples,) or (n_samples, n_outputs)
        Targets as they were given.
    weights : array of shape (n_samples,), optional
    columns : Columns
    """

    X: Matrix
    y: npt.NDArray[Any]
    weights: FloatArray | None = None
    columns: Columns = field(default_factory=Columns)


def validated(
    estimator: Any,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    *,
    numeric: bool,
    dtype: Any,
    columns: Columns | None = None,
    ending: str = "",
    pixels: bool = False,
) -> ValidatedData:
    """Check X, y and weights as scikit-learn does; nothing is written on the estimator.

    Parameters
    ----------
    estimator : estimator
        What the errors name, and whose tags say what X may be.
    X, y, sample_weight
        As `fit` takes them.
    numeric : bool
        Whether y is numbers.
    dtype : dtype or list of dtypes
        The types that X may keep; other types are converted to the first.
    columns : Columns, optional
        Those that X must have; without them they are learnt from X.
    ending : str
        Of the names that X and y have for the user.
    pixels : bool
        Whether an X of type uint8 stays so, as `Pixels`.
    """
    reader = reader_of(estimator, columns)
    in_bytes = pixels and getattr(X, "dtype", None) == np.uint8
    check_sparse(X)
    check_sparse(y, "y")
    given = {f"X{ending}": X, f"y{ending}": y}
    of_classes = contextlib.nullcontext() if numeric else class_labels(y, TypeError)
    # The sum of numbers that are huge is invalid.
    with plain_values(**given), of_classes, np.errstate(invalid="ignore"):
        X, y = validate_data(
            reader,
            X,
            y,
            accept_sparse="csr",
            multi_output=True,
            y_numeric=numeric,
            dtype=np.uint8 if in_bytes else dtype,
            order="C",
            reset=columns is None,
        )
    if in_bytes:
        X = Pixels(X, np.dtype(np.float32 if isinstance(dtype, tuple) else dtype))
    return ValidatedData(X, y, checked_weights(sample_weight, X), Columns.of(reader))


def validated_rows(
    estimator: Any,
    X: Any,
    sample_weight: Any = None,
    *,
    dtype: Any,
    columns: Columns | None = None,
    ending: str = "",
) -> ValidatedData:
    """Check dense rows without targets, and their weights; `y` of the result is X itself.

    Parameters
    ----------
    estimator, X, sample_weight, dtype, columns, ending
        As for `validated`.
    """
    reader = reader_of(estimator, columns)
    with plain_values(**{f"X{ending}": X}), np.errstate(invalid="ignore"):
        X = validate_data(reader, X, dtype=dtype, order="C", reset=columns is None)
    return ValidatedData(X, X, checked_weights(sample_weight, X), Columns.of(reader))


def reader_of(estimator: Any, columns: Columns | None) -> Any:
    """A copy of the estimator, on which scikit-learn writes what it learns of the columns."""
    reader = object.__new__(type(estimator))
    reader.__dict__.update(vars(estimator))
    if columns is not None:
        columns.publish(reader)
    return reader


def flat(y: Any, warn: bool = True) -> Any:
    """A single column as one dimension, with scikit-learn's warning."""
    if not sp.issparse(y) and np.ndim(y) == 2 and y.shape[1] == 1:
        return column_or_1d(y, warn=warn)
    return y


def validated_like(
    estimator: Any,
    table: ValidatedData,
    X: Any,
    y: Any,
    sample_weight: Any,
    *,
    numeric: bool,
    pixels: bool = False,
) -> ValidatedData | None:
    """Check rows to validate on, which have the columns and the type of a table.

    Parameters
    ----------
    estimator, numeric, pixels
        As for `validated`.
    table : ValidatedData
        The rows to train on.
    X, y, sample_weight
        As `fit` takes `X_val`, `y_val` and `sample_weight_val`.

    Returns
    -------
    ValidatedData or None
        None where no rows are given.
    """
    if X is None and y is None:
        if sample_weight is not None:
            raise ValueError("sample_weight_val is given without X_val and y_val.")
        return None
    if X is None or y is None:
        raise ValueError("X_val and y_val go together: one of them is missing.")
    dtype, columns = table.X.dtype, table.columns
    return validated(
        estimator,
        X,
        y,
        sample_weight,
        numeric=numeric,
        dtype=dtype,
        columns=columns,
        ending="_val",
        pixels=pixels,
    )
