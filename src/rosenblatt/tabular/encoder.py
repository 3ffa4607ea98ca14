"""`TableEncoder`: a table's columns to the features that the networks take."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any, ClassVar, Self, final

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from rosenblatt.array_checks import validate_data
from rosenblatt.errors import InputError
from rosenblatt.support.fitted_aside import fitted_aside
from rosenblatt.support.held_numbers import HeldNumbers
from rosenblatt.support.plain_values import even_rows, is_missing
from rosenblatt.support.types import FloatArray, IntArray
from rosenblatt.table import ClassTarget, ColumnKind, NumberTarget, TableEncoding
from rosenblatt.table.target import AnyTarget
from rosenblatt.tabular.encoding import encode_training, formats_of
from rosenblatt.tabular.folds import divided
from rosenblatt.tabular.inputs import is_frame, learn_columns, table_from, values_of

__all__ = ["TableEncoder"]

N_FOLDS = 5


@final
class TableEncoder(HeldNumbers, TransformerMixin, BaseEstimator):
    """Numbers scaled with logarithmic tails, categories one-hot and as means of the target, dates
    with their cycles, missing cells marked.

    Parameters
    ----------
    columns : dict of str to str, optional
        Kinds of columns that are taken for something else; see `TableClassifier`.
    max_categories : int, default=100
        How many categories of one column get a feature of their own.
    random_state : int, RandomState instance or None, default=None
        Of the folds among which means of the target are cross-fitted.

    Attributes
    ----------
    encoding_ : TableEncoding
        All that was learnt, as plain data.
    n_features_in_, feature_names_in_
        As in scikit-learn.

    Notes
    -----
    As with scikit-learn's TargetEncoder, ``fit(X, y).transform(X)`` is not ``fit_transform(X, y)``:
    the latter gives training rows means of the target over the rows of other folds, which is what
    a model must learn from.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "columns": [None, dict],
        "max_categories": [Interval(Integral, 0, None, closed="left")],
        "random_state": ["random_state"],
    }

    encoding_: TableEncoding

    def __init__(
        self,
        columns: Mapping[str, ColumnKind | str] | None = None,
        *,
        max_categories: int = 100,
        random_state: Any = None,
    ) -> None:
        self.columns = columns
        self.max_categories = max_categories
        self.random_state = random_state

    @classmethod
    def of(cls, encoding: TableEncoding, names: npt.NDArray[Any] | None) -> TableEncoder:
        """A fitted encoder; without names, of the columns of an array."""
        encoder = cls()
        encoder.encoding_ = encoding
        encoder.n_features_in_ = len(encoding.columns)
        if names is not None:
            encoder.feature_names_in_ = names
        return encoder

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the columns; with a target also its means."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> FloatArray:
        """Learn the columns, and encode the rows with cross-fitted means of the target."""
        self._validate_params()
        with fitted_aside(self) as aside:
            return aside._fit(X, y)

    def transform(self, X: Any) -> FloatArray:
        """Features of new rows, float32 of shape (n_rows, n_features)."""
        check_is_fitted(self)
        table = table_from(X, self, [column.name for column in self.encoding_.columns])
        if not is_frame(X) or hasattr(X, "shape"):
            with even_rows(X=X):
                validate_data(self, X, reset=False, skip_check_array=True)
        return self.encoding_.encode(table).X

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[Any]:
        """A name for each feature, such as 'sky = grey'."""
        check_is_fitted(self)
        return np.array(self.encoding_.feature_names, dtype=object)

    def _fit(self, X: Any, y: Any) -> FloatArray:
        table = table_from(X, self)
        learn_columns(self, X, table)
        if len(table) < 2:
            raise ValueError(f"n_samples={len(table)}: TableEncoder needs 2 rows or more")
        rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31))
        rows: IntArray = np.arange(len(table))
        target, values = target_of(y, len(table))
        codes = values if isinstance(target, ClassTarget) else None
        folds = divided(len(table), min(N_FOLDS, len(table)), rng, codes)
        formats = formats_of(table, target, self.columns or {})
        encoded = encode_training(
            table, formats, rows, values, folds, None, self.max_categories, means=y is not None
        )
        self.encoding_ = encoded.encoding
        return encoded.X

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def target_of(y: Any, n_rows: int) -> tuple[AnyTarget, npt.NDArray[Any]]:
    """Numbers with decimals are numbers; anything else are classes."""
    if y is None:
        return NumberTarget("\0target", 0.0, 1.0, "there is none"), np.zeros(n_rows)
    values = values_of(y)
    if values.shape != (n_rows,):
        raise InputError(f"y has shape {values.shape}, and there are {n_rows} rows")
    if values.dtype == object:
        if any(map(is_missing, values)):
            raise InputError("y has missing values: leave out the rows without a target")
        values = np.array(values.tolist())
    if np.issubdtype(values.dtype, np.floating):
        numbers = values.astype(np.float64)
        return NumberTarget(
            "target", float(numbers.mean()), float(numbers.std()) or 1.0, ""
        ), numbers
    classes, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    if len(classes) < 2:
        return NumberTarget("\0target", 0.0, 1.0, "it is constant"), np.zeros(n_rows)
    labels = tuple(map(str, classes.tolist()))
    if list(labels) != sorted(labels):
        labels = tuple(classes.tolist())
    return ClassTarget("target", labels, tuple(counts.tolist()), ""), codes
