"""Rosenblatt's perceptron: the learning rule, its trace and its mistake bound (theory P1-P3)."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any, final

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags, check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted

from rosenblatt.activations import Step
from rosenblatt.array_checks import validate_data
from rosenblatt.perceptron.rule import learn, pre_activation
from rosenblatt.perceptron.separability import is_linearly_separable, largest_margin
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.class_labels import class_labels
from rosenblatt.support.fitted_aside import fitted_aside
from rosenblatt.support.floats_by_hand import floats_by_hand
from rosenblatt.support.held_numbers import check_held
from rosenblatt.support.listing import brief
from rosenblatt.support.overflow import warn_of_overflow
from rosenblatt.support.plain_values import plain_values
from rosenblatt.support.squares import mean_weights
from rosenblatt.support.types import FloatArray

__all__ = ["Perceptron"]

_LARGEST_VALUE = 1e100


@final
class Perceptron(ClassifierMixin, BaseEstimator):
    """One threshold neuron that learns two classes by Rosenblatt's rule of 1958 (P1).

    From w = 0, b = 0, row by row: ŷ = 1 if w·x + b ≥ 0 else 0, then w += η (y - ŷ) x and
    b += η (y - ŷ), which does nothing where ŷ = y. Training ends with the first epoch without
    an update. On linearly separable rows that comes after at most (R/γ)² updates (P3, Novikoff
    1962); on others, such as XOR, which a hidden layer solves (P4), it never comes (P2), and
    `fit` says so in a `ConvergenceWarning`.

    Parameters
    ----------
    learning_rate : η > 0. It scales w and b and, as they start from 0, changes no prediction.
    max_iter : the largest number of epochs.
    shuffle : whether to present the rows in a new order in each epoch.
    random_state : seed or generator for the order; without ``shuffle`` it has no effect.

    Attributes
    ----------
    classes_ : the labels, sorted. The neuron puts out 1 for ``classes_[-1]``. One label alone
        is allowed: a neuron of weights 0 fires on all rows, and so has nothing to learn.
    coef_ : w, shape (1, n_features).
    intercept_ : b, shape (1,).
    n_iter_ : epochs run, with the last one, which only confirms.
    n_updates_ : mistakes made in training, each of which was one use of the rule.
    trace_ : `PerceptronTrace`, a sequence with an `Update` for each.
    separable_ : whether a hyperplane parts the classes. Weights that classify every row prove
        it; without them a linear program decides, to a gap of 1e-9 of the columns' range.
    mistake_bound_ : (R/γ)² with the bias as the weight of one more input, which is always 1: R
        is the largest norm of the rows (x, 1) and γ the largest margin of any unit separator.
        Infinite if the classes are not separable, or by less than floating point can tell.
    n_features_in_, feature_names_in_ : as in scikit-learn.

    Notes
    -----
    `sklearn.linear_model.Perceptron` counts w·x + b = 0 as a mistake for both classes, where
    f(0) = 1 makes it right for ``classes_[-1]``. With ``shuffle=False, tol=None`` and the same
    number of epochs the weights agree whenever no such row is met at exactly 0; the first row
    always is, so it must be of ``classes_[0]``.

    Examples
    --------
    >>> neuron = Perceptron().fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> neuron.predict([[0, 1], [1, 1]])
    array([0, 1])
    >>> neuron.trace_[0].row, neuron.trace_[0].bias_after
    (0, -1.0)
    """

    def __init__(
        self,
        *,
        learning_rate: float = 1.0,
        max_iter: int = 1000,
        shuffle: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Perceptron:
        """Learn from X, shape (n_samples, n_features), and y, shape (n_samples,), of two labels.

        Raises ValueError for more than two labels, and for parameters out of range; the estimator
        is then as it was. Warns with
        `ConvergenceWarning` if a row is still misclassified after ``max_iter`` epochs; the last
        weights are kept then.
        """
        self._check_parameters()
        with fitted_aside(self) as aside:
            inputs: FloatArray
            # The sum of numbers that are huge is invalid.
            no_sum = np.errstate(invalid="ignore")
            with plain_values(X=X, y=y), class_labels(y, TypeError), no_sum:
                inputs, labels = validate_data(aside, X, y, dtype=np.float64, order="C")
            with class_labels(labels):
                check_classification_targets(labels)
                kind = type_of_target(labels)
            if kind != "binary":
                raise ValueError(
                    f"Only binary classification is supported. The type of the target is {kind}. "
                    "A single neuron tells two classes apart: use MLPClassifier for more."
                )
            if np.abs(inputs).max() > _LARGEST_VALUE:
                raise ValueError(
                    f"X holds values beyond {_LARGEST_VALUE:g}, whose products overflow: scale its "
                    "columns first, with StandardScaler for example"
                )
            aside.classes_ = np.unique(labels)
            targets = (labels == aside.classes_[-1]).astype(np.float64)
            with np.errstate(over="ignore", invalid="ignore"):  # refused
                learned = learn(
                    inputs,
                    targets,
                    learning_rate=aside.learning_rate,
                    max_iter=aside.max_iter,
                    order=check_random_state(aside.random_state) if aside.shuffle else None,
                )
            if not np.isfinite([*learned.weights, learned.bias]).all():
                raise ValueError(
                    f"the weights overflow with learning_rate={aside.learning_rate:g}: take a"
                    " smaller one, such as 1, which gives the same predictions"
                )
            aside.coef_ = learned.weights[None, :]
            aside.intercept_ = np.array([learned.bias])
            aside.n_iter_ = learned.n_epochs
            aside.trace_ = learned.trace
            aside.n_updates_ = len(learned.trace)

            outputs = Step().value(pre_activation(inputs, learned.weights, learned.bias))
            n_wrong = int((outputs != targets).sum())
            aside.separable_ = n_wrong == 0 or is_linearly_separable(inputs, targets)
            aside.mistake_bound_ = _mistake_bound(inputs, targets) if aside.separable_ else math.inf
            if n_wrong:
                aside._warn_of_mistakes(n_wrong, len(inputs))
        return self

    def decision_function(self, X: npt.ArrayLike) -> FloatArray:
        """z = w·x + b, shape (n_samples,)."""
        check_is_fitted(self)
        with plain_values(X=X), np.errstate(invalid="ignore"):  # of the sum, as in fit
            inputs: FloatArray = validate_data(self, X, dtype=np.float64, order="C", reset=False)
        w = floats_by_hand("coef_", self.coef_, 2)
        b = floats_by_hand("intercept_", self.intercept_, 1)
        if w.shape != (1, inputs.shape[1]) or b.shape != (1,):
            raise ValueError(
                f"coef_ has the shape {w.shape} and intercept_ {b.shape}: set arrays of the shapes"
                f" (1, {inputs.shape[1]}) and (1,)"
            )
        with np.errstate(over="ignore", invalid="ignore"):  # reported
            z = pre_activation(inputs, w[0], b[0])
        warn_of_overflow(z, inputs)
        return z

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """The label of each row, shape (n_samples,): ``classes_[-1]`` where z ≥ 0."""
        fires = Step().value(self.decision_function(X)) == 1
        return np.where(fires, self.classes_[-1], self.classes_[0])

    def score(self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: Any = None) -> float:
        """The share of rows predicted right, as scikit-learn's `accuracy_score` gives it."""
        with plain_values(y=y, sample_weight=sample_weight), class_labels(y):
            return float(super().score(X, y, mean_weights(sample_weight)))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def _check_parameters(self) -> None:
        check_held(type(self).__name__, self.get_params())
        if not isinstance(self.learning_rate, Real) or not 0 < self.learning_rate < math.inf:
            raise ValueError(
                "learning_rate must be a number above 0, such as 1.0; got"
                f" {brief(self.learning_rate)}"
            )
        if not isinstance(self.max_iter, Integral) or self.max_iter < 1:
            raise ValueError(
                f"max_iter must be an integer of at least 1; got {brief(self.max_iter)}"
            )
        if not isinstance(self.shuffle, bool | np.bool_ | Integral):
            raise ValueError(f"shuffle must be True or False; got {brief(self.shuffle)}")

    def _warn_of_mistakes(self, n_wrong: int, n_rows: int) -> None:
        if self.separable_:
            message = (
                f"{self.max_iter} epochs were not enough: the classes are linearly separable, so "
                f"the rule will learn them, with at most {self.mistake_bound_:.3g} updates "
                f"({self.n_updates_} are done). Raise max_iter, or bring the columns to one "
                "scale, which often needs far fewer. "
            )
        else:
            message = (
                "The classes are not linearly separable, so no perceptron can classify every "
                f"row, however long it learns; it was stopped after {self.max_iter} epochs. A "
                "network with a hidden layer can: try MLPClassifier. "
            )
        message += f"The last weights are kept; they misclassify {n_wrong} of {n_rows} rows."
        warn_caller(message, ConvergenceWarning)


def _mistake_bound(X: FloatArray, targets: FloatArray) -> float:
    """(R/γ)² of P3; infinite if the margin is lost in rounding."""
    squared_radius = float((X * X).sum(axis=1).max()) + 1
    margin = largest_margin(X, targets)
    return squared_radius / margin**2 if margin > 0 else math.inf
