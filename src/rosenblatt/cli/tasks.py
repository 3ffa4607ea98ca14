"""Classification and regression on tables: models, outputs and scores of each."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.cli.prediction_file import PREDICTION
from rosenblatt.cli.scores import MetricScores, Weights, classification_scores, regression_scores
from rosenblatt.errors import InputError
from rosenblatt.model import AnyModel
from rosenblatt.support.late import late
from rosenblatt.support.listing import count
from rosenblatt.support.types import FloatArray, IntArray
from rosenblatt.table import ClassTarget, NumberTarget

# What training alone needs.
if TYPE_CHECKING:
    from sklearn import model_selection

    from rosenblatt import estimators
    from rosenblatt.tabular import linear_model
else:
    estimators, linear_model = (
        late("rosenblatt.estimators"),
        late("rosenblatt.tabular.linear_model"),
    )
    model_selection = late("sklearn.model_selection")

# From encoded rows (n, n_features) to an output: class probabilities (n, n_classes), or numbers
# (n,) in the target's units.
RowPredictor = Callable[[FloatArray], FloatArray]
Fold = tuple[IntArray, IntArray]

# Approximate limit on the multiplications for fitting the linear model: a few seconds.
LINEAR_WORK = 1e10
FEWEST_ITERATIONS, MOST_ITERATIONS = 20, 300
ROWS_PER_BLOCK = 8192
WORK_AT_ONCE = 1e10  # multiplications between two looks for an interrupt


@final
@dataclass(frozen=True)
class EncodedRows:
    """Encoded rows with their targets.

    Attributes
    ----------
    X : array (n, n_features), float32
    y : array (n,)
        Class codes, or numbers in the target's units.
    weights : array (n,) or None
    """

    X: FloatArray
    y: npt.NDArray[Any]
    weights: Weights

    def first(self, n: int) -> EncodedRows:
        """The first n rows at most."""
        weights = None if self.weights is None else self.weights[:n]
        return EncodedRows(self.X[:n], self.y[:n], weights)

    @property
    def has_weight(self) -> bool:
        return self.weights is None or bool(self.weights.any())


class TaskKind(ABC):
    """A kind of target: its networks, baselines, outputs and scores."""

    name: str
    main_metric: str  # the larger, the better

    @abstractmethod
    def network(self, **parameters: Any) -> estimators.MLPClassifier | estimators.MLPRegressor:
        """An untrained network for this task."""

    @abstractmethod
    def output(self, prediction: FloatArray) -> FloatArray:
        """Class probabilities or numbers of what `Loss.point` makes of a network's prediction."""

    @abstractmethod
    def learnable(self, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The targets in the form that the network is trained on."""

    @abstractmethod
    def folds(self, y: npt.NDArray[Any], n_folds: int) -> list[Fold]:
        """Training and test rows for cross-validation of shuffled rows.

        Raises
        ------
        InputError
            If there are too few rows.
        """

    @abstractmethod
    def trivial(self, rows: EncodedRows) -> RowPredictor:
        """The best constant predictor."""

    @abstractmethod
    def linear_work(self, n_features: int) -> float:
        """Multiplications for each row of the fewest iterations of the linear model."""

    @abstractmethod
    def linear(
        self, rows: EncodedRows, n_jobs: int | None, work: float = LINEAR_WORK
    ) -> tuple[RowPredictor, str]:
        """A linear model of the same columns, and a note about it, which may be empty.

        Its bits do not depend on `n_jobs`, the number of threads. More iterations than the fewest
        are made as far as `work` multiplications allow.
        """

    @abstractmethod
    def scores(self, y: npt.NDArray[Any], weights: Weights, output: FloatArray) -> MetricScores:
        """Scores of the output of rows with these targets."""

    @abstractmethod
    def columns(self, output: FloatArray) -> Mapping[str, npt.NDArray[Any]]:
        """The columns of a file of predictions."""


@final
@dataclass(frozen=True)
class Classification(TaskKind):
    """Targets are codes 0 … n_classes - 1; an output holds a probability for each class."""

    target: ClassTarget
    name: str = "classification"
    main_metric: str = "accuracy"

    def network(self, **parameters: Any) -> estimators.MLPClassifier:
        return estimators.MLPClassifier(**parameters)

    def output(self, prediction: FloatArray) -> FloatArray:
        if prediction.shape[1] == 1:
            return np.hstack([1 - prediction, prediction])
        return prediction

    def learnable(self, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return y

    def folds(self, y: npt.NDArray[Any], n_folds: int) -> list[Fold]:
        most = int(np.bincount(y).max())
        if most < n_folds:
            raise too_few_rows(n_folds, f"the largest class has {count(most, 'row')} to train on")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a class of few rows is in few folds
            splits = list(model_selection.StratifiedKFold(n_folds).split(y, y))
        # The only row of a class is never held out: the fold's network would lack the class.
        lone = [~np.isin(y[test], y[train]) for train, test in splits]
        return [
            (np.concatenate([train, test[alone]]), test[~alone])
            for (train, test), alone in zip(splits, lone, strict=True)
        ]

    def trivial(self, rows: EncodedRows) -> RowPredictor:
        share = np.bincount(rows.y, rows.weights, minlength=len(self.target.classes))
        share = share / share.sum()
        return lambda X: np.tile(share, (X.shape[0], 1))

    def linear_work(self, n_features: int) -> float:
        return FEWEST_ITERATIONS * n_features * len(self.target.classes)

    def linear(
        self, rows: EncodedRows, n_jobs: int | None, work: float = LINEAR_WORK
    ) -> tuple[RowPredictor, str]:
        of_iteration = rows.X.size * len(self.target.classes)
        iterations = int(np.clip(work / of_iteration, FEWEST_ITERATIONS, MOST_ITERATIONS))
        model, converged = linear_model.logistic_regression(
            rows.X,
            rows.y,
            rows.weights,
            len(self.target.classes),
            max_iter=iterations,
            n_jobs=n_jobs,
        )
        word = (
            ""
            if converged
            else f"the linear model was stopped after {iterations} iterations, before it converged"
        )
        return network_predictor(self, model), word

    def scores(self, y: npt.NDArray[Any], weights: Weights, output: FloatArray) -> MetricScores:
        return self.scores_of(y, weights, output, self.target.decide(output))

    def scores_of(
        self, y: IntArray, weights: Weights, output: FloatArray, decided: IntArray
    ) -> MetricScores:
        """The scores of rows whose classes were decided otherwise than by the target's rule."""
        rule = self.target.decision
        more = {} if rule is None or not len(y) else rule.scores(decided, y, weights)
        return {**classification_scores(y, output, weights, decided), **more}

    def columns(self, output: FloatArray) -> Mapping[str, npt.NDArray[Any]]:
        probabilities = {
            f"probability_{label}": output[:, k] for k, label in enumerate(self.target.classes)
        }
        return {PREDICTION: self.target.labels(self.target.decide(output)), **probabilities}


@final
@dataclass(frozen=True)
class Regression(TaskKind):
    """Targets are standardised for training; an output is in the target's own units."""

    target: NumberTarget
    name: str = "regression"
    main_metric: str = "r2"

    def network(self, **parameters: Any) -> estimators.MLPRegressor:
        return estimators.MLPRegressor(**parameters)

    def output(self, prediction: FloatArray) -> FloatArray:
        return self.target.restore(prediction[:, 0].astype(np.float64))

    def learnable(self, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return self.target.standardise(y).astype(np.float32)

    def folds(self, y: npt.NDArray[Any], n_folds: int) -> list[Fold]:
        if len(y) < 2 * n_folds:  # R² needs two rows
            raise too_few_rows(n_folds, f"there are {count(len(y), 'row')} to train on")
        return list(model_selection.KFold(n_folds).split(y))

    def trivial(self, rows: EncodedRows) -> RowPredictor:
        mean = np.average(rows.y, weights=rows.weights)
        return lambda X: np.full(X.shape[0], mean)

    def linear_work(self, n_features: int) -> float:
        return float(n_features**2)

    def linear(
        self, rows: EncodedRows, n_jobs: int | None, work: float = LINEAR_WORK
    ) -> tuple[RowPredictor, str]:
        model = linear_model.ridge_regression(rows.X, self.learnable(rows.y), rows.weights)
        return network_predictor(self, model), ""

    def scores(self, y: npt.NDArray[Any], weights: Weights, output: FloatArray) -> MetricScores:
        return regression_scores(y, output, weights)

    def columns(self, output: FloatArray) -> Mapping[str, npt.NDArray[Any]]:
        return {PREDICTION: output}


def too_few_rows(n_folds: int, what: str) -> InputError:
    return InputError(
        f"--folds {n_folds} needs more rows, and {what}: take fewer folds, or a smaller "
        f"--test-fraction or --validation-fraction"
    )


def kind_of(target: ClassTarget | NumberTarget) -> TaskKind:
    return Classification(target) if isinstance(target, ClassTarget) else Regression(target)


def in_blocks(predictor: RowPredictor, X: FloatArray) -> FloatArray:
    """The predictor's output for all rows, computed in blocks to bound memory."""
    starts = range(0, max(len(X), 1), ROWS_PER_BLOCK)
    return np.concatenate([predictor(X[start : start + ROWS_PER_BLOCK]) for start in starts])


def network_predictor(kind: TaskKind, model: AnyModel) -> RowPredictor:
    """The network's outputs, of so few rows at once that Ctrl-C is noticed within a second."""
    at_once = max(1, int(WORK_AT_ONCE // model.n_parameters))

    def outputs(X: FloatArray) -> FloatArray:
        starts = range(0, max(len(X), 1), at_once)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # notes count what is not finite
            pieces = [model.predict(X[start : start + at_once]) for start in starts]
        return kind.output(model.loss.point(np.concatenate(pieces)))

    return outputs


def scores_of(kind: TaskKind, predictor: RowPredictor, rows: EncodedRows) -> MetricScores:
    return kind.scores(rows.y, rows.weights, in_blocks(predictor, rows.X))
