"""Predictions of classes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils.multiclass import _check_partial_fit_first_call, type_of_target

from rosenblatt.engine import OutputFormat
from rosenblatt.estimators.fitted import FittedMLP
from rosenblatt.fitting.class_targets import ClassTargets
from rosenblatt.fitting.class_weight import is_balanced
from rosenblatt.support.class_labels import class_labels
from rosenblatt.support.plain_values import check_even, even_rows, plain_values
from rosenblatt.support.sparse_matrices import check_sparse
from rosenblatt.support.squares import mean_weights
from rosenblatt.support.types import FloatArray

__all__ = ["ClassPredictions", "targets_of_first_call"]


class ClassPredictions(ClassifierMixin, FittedMLP):
    """A fitted network whose outputs are probabilities of classes or labels."""

    classes_: npt.NDArray[Any]
    targets_: ClassTargets

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The most probable class of every row; for multilabel targets an indicator matrix."""
        prediction = self._predictions(X)
        return self.targets_.predicted(prediction)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The share of rows predicted right; for multilabel targets of rows right in every label.

        What scikit-learn's `accuracy_score` gives.
        """
        predicted = self.predict(X)
        plain = type(y) is np.ndarray and y.shape == predicted.shape and y.ndim == 1
        # Labels that scikit-learn's checks would accept, which take longer than the prediction.
        if plain and sample_weight is None and y.dtype.kind in "biuU" and len(y):
            return float(np.mean(y == predicted))
        check_sparse(y, "y")
        with plain_values(y=y, sample_weight=sample_weight), class_labels(y):
            return float(accuracy_score(y, predicted, sample_weight=mean_weights(sample_weight)))

    def predict_proba(self, X: Any) -> FloatArray:
        """Probabilities, shape (n_samples, n_classes), in the order of `classes_`."""
        return self._predictions(X)

    def predict_log_proba(self, X: Any) -> FloatArray:
        """ln of `predict_proba`."""
        with np.errstate(divide="ignore"):  # a probability may round to 0
            log_p: FloatArray = np.log(self.predict_proba(X))
        return log_p

    def _form(self) -> OutputFormat:
        return OutputFormat.BOTH_CLASSES if self.n_outputs_ == 1 else OutputFormat.COLUMNS


def targets_of_first_call(estimator: Any, y: Any, classes: Any) -> ClassTargets | None:
    """Those of a first call of `partial_fit`, None in later ones.

    Parameters
    ----------
    estimator : classifier
        With the parameter `class_weight`.
    y : array-like
    classes : array of shape (n_classes,), optional
        All classes of all calls; required in the first one.
    """
    if is_balanced(estimator.class_weight):
        raise ValueError(
            "class_weight 'balanced' is not supported for partial_fit, which does not see all"
            " rows at once: give a dict of weights, such as"
            " sklearn.utils.class_weight.compute_class_weight computes from all of them."
        )
    # scikit-learn's check sets `classes_` on its argument.
    check_even(classes=classes)
    if classes is not None and not np.size(classes):
        raise ValueError("classes is empty: give all classes of all calls")
    with even_rows(classes=classes), class_labels(classes):
        is_first = _check_partial_fit_first_call(
            SimpleNamespace(classes_=getattr(estimator, "classes_", None)), classes
        )
    if not is_first:
        return None
    several = type_of_target(y).startswith("multilabel")
    return ClassTargets.learn(y if several else classes)
