"""Timing one `fit` of an estimator with scikit-learn's face: scikit-learn's own, and ours."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from benchmarks.cases import Case, Prediction
from benchmarks.data import Data
from benchmarks.timing import Lap

__all__ = ["Estimator", "Fit", "case_options", "fitted"]


class Estimator(Protocol):
    """The part of MLPClassifier that the timing reads."""

    n_iter_: int
    loss_: float
    loss_curve_: list[float]

    def fit(self, X: Any, y: Any) -> Any: ...

    def predict_proba(self, X: Any) -> Any: ...


def case_options(case: Case) -> dict[str, Any]:
    """Constructor arguments that make `fit` run exactly the case's epochs, never stopping early."""
    plain_sgd = {"momentum": 0.0, "nesterovs_momentum": False} if case.solver == "sgd" else {}
    return {
        "hidden_layer_sizes": case.hidden,
        "activation": "relu",
        "solver": case.solver,
        "batch_size": case.batch,
        "max_iter": case.epochs,
        "tol": 0.0,
        "n_iter_no_change": np.inf,
        "random_state": 0,
        **plain_sgd,
    }


def fitted(make: Callable[..., Estimator], case: Prediction, **options: Any) -> Estimator:
    """An estimator of the case's shape after one epoch: how well it predicts is not the matter."""
    estimator = make(hidden_layer_sizes=case.hidden, max_iter=1, random_state=0, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        data = case.source.load().as_type(case.dtype)
        estimator.fit(data.X, data.y)
    return estimator


@final
@dataclass(frozen=True)
class Fit:
    """A job that makes an estimator and times its whole `fit`, the check of its input included."""

    make: Callable[[], Estimator]
    data: Data
    batch: int

    def __call__(self) -> Lap:
        estimator = self.make()
        with warnings.catch_warnings():
            # That max_iter ends the fit is what the benchmark asks for.
            warnings.simplefilter("ignore", ConvergenceWarning)
            start = time.perf_counter()
            estimator.fit(self.data.X, self.data.y)
            seconds = time.perf_counter() - start
        steps = estimator.n_iter_ * -(-len(self.data.y) // self.batch)
        return Lap(seconds, steps, float(estimator.loss_), tuple(estimator.loss_curve_))
