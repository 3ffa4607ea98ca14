"""An optimiser from outside the library, wherever an optimiser of the library goes."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, final

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import scale

from rosenblatt import MLPEnsembleRegressor, MLPRegressor, StructureSearchCV, find_learning_rate
from rosenblatt.optimizers import SGD
from rosenblatt.optimizers.base import Optimizer

X, Y = (scale(a) for a in load_diabetes(return_X_y=True))


@final
@dataclass(frozen=True)
class HeavyBall(Optimizer):
    """Polyak's momentum: v ← μv - ηg, Δ = v; the same as scikit-learn's form of SGD."""

    lr: float = 0.01
    mu: float = 0.9

    n_slots: ClassVar[int] = 1

    def update(self, g: Any, slots: Any, t: int, factor: float) -> Any:
        (v,) = slots
        v[:] = self.mu * v - self.lr * factor * g
        return v.copy()


@pytest.fixture(autouse=True)
def _slow_on_purpose() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "HeavyBall is not known to the native engine")
        warnings.filterwarnings("ignore", category=ConvergenceWarning)
        yield


def regressor(**parameters: Any) -> MLPRegressor:
    settings = {"hidden_layer_sizes": 6, "random_state": 0, "max_iter": 8, "solver": HeavyBall()}
    return MLPRegressor(**settings | parameters)


def test_it_is_the_same_rule_as_the_librarys() -> None:
    theirs = regressor(solver=SGD(0.01, 0.9, lr_in_velocity=True)).fit(X, Y)
    np.testing.assert_allclose(regressor().fit(X, Y).coefs_[0], theirs.coefs_[0], rtol=1e-9)


@pytest.mark.parametrize(
    "parameters",
    [
        {"learning_rate": "cosine"},
        {"learning_rate": "plateau"},
        {"l1": 0.1, "max_norm": 1.0},
        {"clip_norm": 0.1, "averaging": "ema"},
        {"averaging": "swa"},
        {"dropout": 0.2, "input_noise": 0.1},
        {"normalization": "batch"},
        {"early_stopping": True, "scoring": "loss"},
        {"on_divergence": "restore"},
        {"dtype": "float32"},
    ],
    ids=str,
)
def test_it_takes_what_first_order_solvers_take(parameters: dict[str, Any]) -> None:
    ours = regressor(**parameters).fit(X, Y)
    theirs = regressor(**parameters, solver=SGD(0.01, 0.9, lr_in_velocity=True)).fit(X, Y)
    rtol = 1e-3 if "dtype" in parameters else 1e-6
    np.testing.assert_allclose(ours.predict(X[:5]), theirs.predict(X[:5]), rtol=rtol)


def test_it_carries_its_own_settings() -> None:
    with pytest.raises(ValueError, match=r"^learning_rate_init=0.1 .*carries its own settings"):
        regressor(learning_rate_init=0.1).fit(X, Y)
    with pytest.raises(ValueError, match="lr of solver=HeavyBall"):
        regressor(solver=HeavyBall(lr=-1.0)).fit(X, Y)


def test_it_is_cloned_pickled_searched_and_trained_on() -> None:
    model = regressor().fit(X, Y)
    assert clone(model).fit(X, Y).loss_ == model.loss_
    again = pickle.loads(pickle.dumps(model))
    assert again.partial_fit(X, Y).loss_ == copy.deepcopy(model).partial_fit(X, Y).loss_
    search = GridSearchCV(regressor(), {"solver": [HeavyBall(1e-5), HeavyBall(0.01)]}, cv=2)
    assert search.fit(X, Y).best_params_ == {"solver": HeavyBall(0.01)}
    assert 1e-5 < find_learning_rate(regressor(), X, Y).suggestion < 10


def test_it_is_a_member_of_an_ensemble_and_of_a_structure_search() -> None:
    ensemble = MLPEnsembleRegressor(regressor(), 2, random_state=0).fit(X, Y)
    assert ensemble.score(X, Y) > 0.2
    search = StructureSearchCV(regressor(), [(3,), (6,)], strategy="halving", cv=2).fit(X, Y)
    assert search.best_estimator_.solver == HeavyBall()


def test_a_fit_by_it_is_taken_up_from_a_checkpoint(tmp_path: Path) -> None:
    whole = regressor(max_iter=6).fit(X, Y)
    path = tmp_path / "fit.ckpt"
    regressor(max_iter=3, checkpoint=path).fit(X, Y)
    resumed = regressor(max_iter=6, checkpoint=path).fit(X, Y)
    assert resumed.resumed_from_ == 3
    np.testing.assert_array_equal(resumed.coefs_[0], whole.coefs_[0])
