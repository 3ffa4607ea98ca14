"""What is explained: a fitted model, its columns, and how rows become its features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sklearn.utils.validation import _get_feature_names, check_is_fitted

from rosenblatt.array_checks import check_array, validate_data
from rosenblatt.errors import InputError
from rosenblatt.estimators import MLPClassifier, MLPRegressor
from rosenblatt.explain.outputs import Margins, Numbers, Output, Predictions
from rosenblatt.losses import Quantile
from rosenblatt.model import AnyModel
from rosenblatt.persistence import SavedModel
from rosenblatt.support.plain_values import even_rows
from rosenblatt.support.types import FloatArray
from rosenblatt.table import ClassTarget, NumberTarget, Table, TableEncoding
from rosenblatt.tabular import TableClassifier, TableRegressor
from rosenblatt.tabular.inputs import as_learnt, table_from

__all__ = ["Subject", "subject_of"]

Explainable = TableClassifier | TableRegressor | MLPClassifier | MLPRegressor | SavedModel


@final
@dataclass(frozen=True, eq=False)
class Subject:
    """A model over columns.

    Attributes
    ----------
    model : Model or EnsembleModel
    columns : tuple of slice
        The features of each column: all that are made of its cells, or none of one left out.
    names : tuple of str
        Of the columns.
    output_names : tuple of str
        Of the target, or of the classes whose probabilities are predicted.
    features : callable
        From rows as users give them to features, shape (n_rows, n_features).
    cells : callable
        From such rows to objects, shape (n_rows, n_columns); None where a cell is missing.
    target : NumberTarget, optional
        What makes numbers of the networks' predictions, if anything does.
    """

    model: AnyModel
    columns: tuple[slice, ...]
    names: tuple[str, ...]
    output_names: tuple[str, ...]
    features: Callable[[Any], FloatArray]
    cells: Callable[[Any], npt.NDArray[Any]]
    target: NumberTarget | None = None
    is_classifier: bool = True

    def output(self, *, margins: bool) -> Output:
        """Its predictions, or logits of its probabilities."""
        if not margins:
            return Predictions() if self.target is None else Numbers(self.target)
        if not self.is_classifier:
            raise InputError("a number has no margin: explain the prediction of a regressor")
        if any(member.network.n_members > 1 for member in self.model.members):
            raise InputError(
                "a network of several members has no raw score of its own: explain its prediction"
            )
        return Margins()


def subject_of(model: Explainable) -> Subject:
    """The subject that a fitted estimator or a model file is.

    Raises
    ------
    TypeError
        For anything else.
    """
    if isinstance(model, SavedModel):
        encoding = model.encoding
        of_rows = partial(encoding.encode, dtype=model.model.dtype)
        return of_table(encoding, model.model, lambda X: of_rows(X).X, table_from)
    if isinstance(model, TableClassifier | TableRegressor):
        check_is_fitted(model)
        encoding = model.encoding_
        names = [column.name for column in encoding.columns]
        as_table = partial(as_learnt, estimator=model, names=names)
        return of_table(
            encoding, model.network_, lambda X: encoding.encode(as_table(X)).X, as_table
        )
    if isinstance(model, MLPClassifier | MLPRegressor):
        check_is_fitted(model)
        return of_network(model)
    raise TypeError(
        f"{type(model).__name__} is none of the models that are explained: give a fitted"
        " TableClassifier, TableRegressor, MLPClassifier or MLPRegressor"
    )


def require_numbers(model: AnyModel) -> None:
    """InputError where outputs are parameters of a distribution, whose mean is not one of them."""
    if model.loss.outputs_per_target > 1 and not isinstance(model.loss, Quantile):
        raise InputError(
            f"explanations are of numbers, and {type(model.loss).__name__} predicts parameters of a"
            " distribution: fit again with squared_error, poisson or quantile"
        )


def of_table(
    encoding: TableEncoding,
    model: AnyModel,
    features: Callable[[Any], FloatArray],
    as_table: Callable[[Any], Table],
) -> Subject:
    require_numbers(model)
    ends = np.cumsum([0, *(column.n_features for column in encoding.columns)]).tolist()
    names = tuple(column.name for column in encoding.columns)
    target = encoding.target
    if isinstance(target, ClassTarget):
        outputs = names_of_classes(target.classes)
    elif model.n_outputs == 1:
        outputs = (target.name,)
    else:
        outputs = tuple(f"{target.name} {k}" for k in range(model.n_outputs))
    return Subject(
        model,
        tuple(slice(*ends[k : k + 2]) for k in range(len(names))),
        names,
        outputs,
        features,
        lambda X: cells_of(as_table(X), names),
        target if isinstance(target, NumberTarget) else None,
        is_classifier=isinstance(target, ClassTarget),
    )


def of_network(estimator: MLPClassifier | MLPRegressor) -> Subject:
    n = estimator.n_features_in_
    names = getattr(estimator, "feature_names_in_", [f"x{k}" for k in range(n)])
    model = estimator.model_
    require_numbers(model)

    def features(X: Any) -> FloatArray:
        with even_rows(X=X):
            if hasattr(estimator, "feature_names_in_") and _get_feature_names(X) is not None:
                validate_data(estimator, X, reset=False, skip_check_array=True)
            rows = check_array(X, dtype=model.dtype, ensure_min_samples=0)
        if rows.shape[1] != n:
            raise ValueError(f"X has {rows.shape[1]} features, and the model takes {n}")
        return np.ascontiguousarray(rows)

    is_classifier = isinstance(estimator, MLPClassifier)
    outputs = names_of_classes(list(estimator.classes_)) if is_classifier else ("prediction",)
    if len(outputs) != model.n_outputs:
        outputs = tuple(f"output {k}" for k in range(model.n_outputs))
    return Subject(
        model,
        tuple(slice(k, k + 1) for k in range(n)),
        tuple(map(str, names)),
        outputs,
        features,
        lambda X: features(X).astype(object),
        is_classifier=is_classifier,
    )


def names_of_classes(classes: Sequence[Any]) -> tuple[str, ...]:
    """Of two classes the second, whose probability says all."""
    names = tuple(map(str, classes))
    return names[1:] if len(names) == 2 else names


def cells_of(table: Table, names: Sequence[str]) -> npt.NDArray[Any]:
    cells = np.full((len(table), len(names)), None, dtype=object)
    for k, name in enumerate(names):
        if name in table.by_name:
            cells[:, k] = plain_cells(table.by_name[name].values)
    return cells


def plain_cells(values: pa.ChunkedArray) -> list[Any]:
    """Python's values, or NumPy's of times that Python does not hold: years after 9999, durations
    of more than a billion days."""
    try:
        return list(values.to_pylist())
    except OverflowError:
        return [None if np.isnat(time) else time for time in values.to_numpy()]
