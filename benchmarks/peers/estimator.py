"""Timing one `fit` of an estimator with scikit-learn's face: scikit-learn's own, and ours."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol, final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from benchmarks.cases import Case
from benchmarks.data import Data
from benchmarks.timing import Lap

__all__ = ["Estimator", "Fit", "case_options"]


class Estimator(Protocol):
    """The part of MLPClassifier that the timing reads."""

    n_iter_: int
    loss_: float
    loss_curve_: list[float]

    def fit(self, X: Any, y: Any) -> Any: ...


def case_options(case: Case) -> dict[str, Any]:
    """Constructor arguments that make `fit` run exactly the case's epochs, never stopping early."""
    return {
        "hidden_layer_sizes": case.hidden,
        "activation": "relu",
        "solver": "adam",
        "batch_size": case.batch,
        "max_iter": case.epochs,
        "tol": 0.0,
        "n_iter_no_change": np.inf,
        "random_state": 0,
    }


@final
@dataclass(frozen=True)
class Fit:
    """A job that makes an estimator and times its whole `fit`, the check of its input included.

    `limits` makes the context to fit in; entering it is not timed.
    """

    make: Callable[[], Estimator]
    data: Data
    batch: int
    limits: Callable[[], AbstractContextManager[object]] = field(default=nullcontext)

    def __call__(self) -> Lap:
        estimator = self.make()
        with warnings.catch_warnings(), self.limits():
            # That max_iter ends the fit is what the benchmark asks for.
            warnings.simplefilter("ignore", ConvergenceWarning)
            start = time.perf_counter()
            estimator.fit(self.data.X, self.data.y)
            seconds = time.perf_counter() - start
        steps = estimator.n_iter_ * -(-len(self.data.y) // self.batch)
        return Lap(seconds, steps, float(estimator.loss_))
