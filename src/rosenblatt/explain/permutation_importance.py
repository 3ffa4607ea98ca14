"""Permutation importance of columns, which encodes every cell once."""

from __future__ import annotations

from contextlib import nullcontext
from copy import copy
from dataclasses import dataclass
from numbers import Integral
from typing import Any, final

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.metrics import check_scoring
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval

from rosenblatt.errors import InputError
from rosenblatt.explain.subject import Subject, subject_of
from rosenblatt.fitting.r_squared import r_squared
from rosenblatt.options.given import check_parameters
from rosenblatt.options.scorer import check_scorers
from rosenblatt.persistence import SavedModel
from rosenblatt.support.class_labels import class_labels
from rosenblatt.support.plain_values import even_rows, is_missing
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["PermutationImportance", "permutation_importance"]


@final
@dataclass(frozen=True, eq=False)
class PermutationImportance:
    """How much worse predictions are without each column.

    Attributes
    ----------
    importances : array (n_columns, n_repeats)
        The score of the rows as they are, less that with the column's cells permuted.
    importances_mean, importances_std : array (n_columns,)
    feature_names : tuple of str
        Of the columns.
    score : float
        Of the rows as they are.
    """

    importances: Float64Array
    feature_names: tuple[str, ...]
    score: float

    @property
    def importances_mean(self) -> Float64Array:
        mean: Float64Array = self.importances.mean(axis=1)
        return mean

    @property
    def importances_std(self) -> Float64Array:
        std: Float64Array = self.importances.std(axis=1)
        return std


def permutation_importance(
    model: Any,
    X: Any,
    y: Any,
    *,
    scoring: Any = None,
    n_repeats: int = 5,
    sample_weight: Any = None,
    random_state: Any = None,
) -> PermutationImportance:
    """Permutation importance (Breiman 2001; theory E5), by columns.

    The numbers are those of `sklearn.inspection.permutation_importance` with the same
    `random_state`. A cell's features depend on that cell alone, so that they are permuted in place
    of the cells, and nothing is encoded twice.

    Parameters
    ----------
    model : TableClassifier, TableRegressor, MLPClassifier or MLPRegressor
        Fitted.
    X : as the model's
        Rows that the model has not learnt from say how it generalises.
    y : array-like of shape (n_rows,)
    scoring : str or callable, optional
        As in scikit-learn; accuracy or R² without it.
    n_repeats : int, default=5
        Permutations of each column.
    sample_weight : array-like of shape (n_rows,), optional
    random_state : int, RandomState instance or None, default=None

    Raises
    ------
    InputError
        A ValueError: where X and y differ in length, or there are no rows.
    """
    check_parameters(
        "permutation_importance",
        {
            "n_repeats": [Interval(Integral, 1, None, closed="left")],
            "scoring": [None, str, callable],
            "random_state": ["random_state"],
        },
        {"n_repeats": n_repeats, "scoring": scoring, "random_state": random_state},
    )
    check_scorers(scoring)
    if isinstance(model, SavedModel):
        raise TypeError(
            "permutation importance compares scores, and a model file has none: give the fitted"
            " estimator, or take ShapExplainer"
        )
    subject = subject_of(model)
    features = np.array(subject.features(X))  # a copy, which is permuted
    with even_rows(y=y):
        y = np.asarray(y)
    if not y.ndim:
        raise InputError("y is a single value: give a target for each row")
    if not len(features) or len(features) != len(y):
        raise InputError(
            f"X has {len(features)} rows, and y {len(y)}: give a target for each of one row or more"
        )
    check_known(y)
    scorer = check_scoring(model, scoring=scoring)
    of_features = estimator_of_features(model, subject)
    weights = {} if sample_weight is None else {"sample_weight": np.asarray(sample_weight)}

    def scored() -> float:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # no number: see below
            return float(scorer(of_features, features, y, **weights))

    with even_rows(y=y), class_labels(y) if subject.is_classifier else nullcontext():
        score = scored()
    if not np.isfinite(score):
        raise InputError(
            f"the score of these rows is {score}, with which nothing can be compared: give rows"
            " like those of the training, or another scoring"
        )
    seed = check_random_state(random_state).randint(np.iinfo(np.int32).max + 1)
    importances = np.zeros((len(subject.columns), n_repeats))
    for k, column in enumerate(subject.columns):
        own = features[:, column].copy()
        if (own == own[:1]).all():
            continue  # all cells are alike, and so are their permutations
        rng, order = np.random.RandomState(seed), np.arange(len(features))
        for repeat in range(n_repeats):
            rng.shuffle(order)
            features[:, column] = features[order, column]  # one permutation after another
            importances[k, repeat] = score - scored()
        features[:, column] = own
    return PermutationImportance(importances, subject.names, score)


def check_known(y: npt.NDArray[Any]) -> None:
    """Labels or numbers, none of them missing, which scores compare."""
    if y.dtype.kind in "mMV":
        raise InputError(
            f"y has values of the type {y.dtype}: give labels or numbers, as the model predicts"
        )
    if y.dtype == object and any(map(is_missing, y.ravel())):
        raise InputError("y has missing cells: leave out their rows")


def estimator_of_features(model: Any, subject: Subject) -> Any:
    """An estimator that takes features in place of cells."""
    if not hasattr(model, "encoding_"):
        unnamed = copy(model)  # the features have no names, of which predictions would warn
        vars(unnamed).pop("feature_names_in_", None)
        return unnamed
    if subject.is_classifier:
        return ClassifierOfFeatures(subject, model.classes_)
    return RegressorOfFeatures(subject)


@final
class ClassifierOfFeatures(ClassifierMixin, BaseEstimator):
    def __init__(self, subject: Subject, classes: npt.NDArray[Any]) -> None:
        self.subject, self.classes_ = subject, classes

    def predict_proba(self, features: FloatArray) -> Float64Array:
        p = self.subject.model.predict(features).astype(np.float64)
        p = np.hstack([1 - p, p]) if p.shape[1] == 1 else p
        normalised: Float64Array = p / p.sum(axis=1, keepdims=True)
        return normalised

    def predict(self, features: FloatArray) -> npt.NDArray[Any]:
        return self.classes_[self.predict_proba(features).argmax(axis=1)]


@final
class RegressorOfFeatures(RegressorMixin, BaseEstimator):
    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    def predict(self, features: FloatArray) -> FloatArray:
        assert self.subject.target is not None
        scores = self.subject.model.predict(features)
        return self.subject.target.restore(scores[:, 0].astype(np.float64))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        return r_squared(y, self.predict(X), sample_weight)
