"""What a recorded fit is, and what is kept of it; with the data, and members of a user's own.

The data are multiples of powers of two, so that every machine makes the same. `n_jobs` is always
given, because the bits may follow from the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from rosenblatt import (
    MLPClassifier,
    MLPRegressor,
    Perceptron,
    StructureSearchCV,
    find_learning_rate,
)
from rosenblatt.activations import Activation
from rosenblatt.optimizers import Optimizer
from rosenblatt.second_order import GaussNewton, LevenbergMarquardt

__all__ = [
    "DATA",
    "MANY",
    "MANY_SPARSE",
    "SPARSE",
    "VALIDATION",
    "Case",
    "SignDescent",
    "WithoutKernel",
    "ensemble",
    "estimator",
    "neuron",
    "one_fit",
    "parts_of_epochs",
    "rate_test",
    "search",
]

N, N_FEATURES = 150, 6
Array = npt.NDArray[Any]


def made(seed: int, n: int = N) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    X = rng.integers(-64, 65, (n, N_FEATURES)) / 32
    noise = rng.integers(-8, 9, n) / 32
    number = X[:, 0] * X[:, 1] + X[:, 2] / 2 - X[:, 3] / 4 + noise
    return {
        "X": X,
        "weights": rng.integers(0, 9, n) / 4,
        "two": (number > 0).astype(int),
        "three": (X[:, 0] + noise > 0).astype(int) + (X[:, 1] - X[:, 2] > 0),
        "labels": np.column_stack([X[:, 0] + X[:, 1] > 0, X[:, 2] > noise, number > 0.5]).astype(
            int
        ),
        "number": number,
        "numbers": np.column_stack([number, X[:, 4] - X[:, 5] * X[:, 5]]),
        "counts": np.floor(np.abs(number)),
        "names": np.array(["no", "perhaps", "yes"])[(number > 0).astype(int) + (number > 1)],
    }


DATA, VALIDATION, MANY = made(0), made(1), made(2, 901)
FLOATS = ("number", "numbers", "counts")
SPARSE, MANY_SPARSE = (sp.csr_array(np.where(d["X"] > 0.5, d["X"], 0)) for d in (DATA, MANY))


@dataclass(frozen=True)
class WithoutKernel(Activation):
    """z / (1 + |z|): a user's own, for which there is no kernel."""

    def value(self, z: Array) -> Array:
        return z / (1 + np.abs(z))

    def pull_back(self, z: Array, a: Array, grad: Array) -> Array:
        return grad / (1 + np.abs(z)) ** 2


@dataclass(frozen=True)
class SignDescent(Optimizer):
    """A user's own, with a memory that it does not need."""

    lr: float = 0.01
    n_slots: ClassVar[int] = 1

    def update(self, g: Array, slots: Array, t: int, factor: float) -> Array:
        slots[0] += g
        return -self.lr * factor * np.sign(g)


@dataclass(frozen=True)
class Case:
    """A recorded fit.

    Attributes
    ----------
    of_arrays : bool
        Whether NumPy, SciPy or BLAS compute in it, and not the native kernels alone.
    of_one_blas : bool
        Whether it refuses to run where BLAS has other kernels than those it was written with.
    bfloat16 : bool
        Whether it needs a processor with AVX512-BF16.
    """

    run: Callable[[], dict[str, Any]] = field(repr=False)
    of_arrays: bool = False
    of_one_blas: bool = False
    bfloat16: bool = False


BASE = {
    "hidden_layer_sizes": (7, 5),
    "max_iter": 6,
    "batch_size": 32,
    "random_state": 1,
    "n_jobs": 1,
}


def estimator(target: str, **settings: Any) -> Any:
    kind = MLPRegressor if target in FLOATS else MLPClassifier
    given = {**BASE, **settings}
    solver = given.get("solver")
    if solver in ("lm", "gauss_newton") or isinstance(solver, LevenbergMarquardt | GaussNewton):
        # They take all rows.
        del given["batch_size"]
    return kind(**given)


def one_fit(
    target: str,
    fit: dict[str, Any] | None = None,
    X: Any = None,
    data: dict[str, Array] = DATA,
    again: bool = False,
    epochs_more: int = 0,
    **settings: Any,
) -> dict[str, Any]:
    X, y = data["X"] if X is None else X, data[target]
    est = estimator(target, **settings).fit(X, y, **(fit or {}))
    if again:
        est.fit(X, y, **(fit or {}))
    for _ in range(epochs_more):
        est.partial_fit(X, y)
    return fitted(est, X)


def fitted(est: Any, X: Any) -> dict[str, Any]:
    """What is recorded of an estimator."""
    found = {"prediction": est.predict(X)}
    if hasattr(est, "predict_proba"):
        found["probability"] = est.predict_proba(X)
    curves = ("loss_curve_", "validation_loss_curve_", "validation_scores_")
    return {
        "parameters": {k: v for k, v in est.parameters_.items() if "running" not in k},
        "state": {k: v for k, v in est.parameters_.items() if "running" in k},
        "predictions": found,
        "curves": {name: getattr(est, name, None) for name in curves},
        "history": [{k: entry[k] for k in HISTORY if k in entry} for entry in est.history_],
        "best": [getattr(est, "best_loss_", None), getattr(est, "best_validation_score_", None)],
        "n_iter": est.n_iter_,
        "stop_reason": est.stop_reason_,
    }


HISTORY = (
    "epoch",
    "loss",
    "validation_loss",
    "validation_score",
    "learning_rate",
    "gradient_norm",
    "damping",
    "trials",
    "restores",
)


def parts_of_epochs(target: str, **settings: Any) -> dict[str, Any]:
    """`partial_fit` from the first row on, piece by piece."""
    est = estimator(target, **settings)
    y = DATA[target]
    known = {} if target in FLOATS else {"classes": np.unique(y)}
    for begin in range(0, N, 60):
        rows = slice(begin, begin + 60)
        est.partial_fit(DATA["X"][rows], y[rows], **known)
    return fitted(est, DATA["X"])


def neuron(shuffle: bool) -> dict[str, Any]:
    X, y = DATA["X"], DATA["X"] @ np.array([2, -1, 1, 0, 0, 1]) > 0.25
    est = Perceptron(shuffle=shuffle, random_state=0).fit(X, y)
    return {
        "parameters": {"coef": est.coef_, "intercept": est.intercept_},
        "predictions": {"prediction": est.predict(X)},
        "curves": {"updates": est.n_updates_},
        "n_iter": est.n_iter_,
    }


def ensemble(kind: Any, target: str, **settings: Any) -> dict[str, Any]:
    members = {k: settings.pop(k) for k in ("solver", "dropout") if k in settings}
    est = kind(estimator(target, **members), 3, random_state=2, **settings)
    est.fit(DATA["X"], DATA[target])
    one, *others = [fitted(member, DATA["X"]) for member in est.estimators_]
    one["parameters"] = [one["parameters"], *(other["parameters"] for other in others)]
    one["predictions"] = {
        "prediction": est.predict(DATA["X"]),
        "oob": getattr(est, "oob_score_", None),
    }
    return one


def search(strategy: str, n_jobs: int) -> dict[str, Any]:
    est = StructureSearchCV(
        estimator("three", deterministic=True),
        [(4,), (6, 3), ()],
        cv=3,
        strategy=strategy,
        scoring="neg_log_loss",
        n_jobs=n_jobs,
        random_state=0,
    ).fit(DATA["X"], DATA["three"])
    scores = {k: v for k, v in sorted(est.cv_results_.items()) if "test_score" in k}
    best = fitted(est.best_estimator_, DATA["X"])
    best["curves"] |= {name: scores[name] for name in scores}
    return best


def rate_test(target: str, **settings: Any) -> dict[str, Any]:
    found = find_learning_rate(estimator(target, **settings), DATA["X"], DATA[target], n_steps=40)
    return {
        "curves": {"rates": found.rates, "losses": found.losses, "suggestion": found.suggestion}
    }
