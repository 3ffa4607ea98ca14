"""Why a fit by L-BFGS ended, in the words of the other solvers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import OptimizeResult
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from rosenblatt import MLPRegressor
from rosenblatt.second_order.lbfgs import stop_reason

X, Y = (scale(a) for a in load_diabetes(return_X_y=True))


def regressor(**parameters: Any) -> MLPRegressor:
    settings = {"hidden_layer_sizes": 4, "activation": "tanh", "random_state": 0, "alpha": 1.0}
    return MLPRegressor(**settings | {"solver": "lbfgs", "max_iter": 1000} | parameters)


def test_the_gradient_reached_its_tolerance() -> None:
    model = regressor(tol=1e-2).fit(X, Y)
    assert model.stop_reason_ == "no entry of the gradient exceeds tol=0.01"
    assert model.n_iter_ < 1000


def test_the_loss_no_longer_fell() -> None:
    model = regressor(tol=0).fit(X, Y)
    reason = "the loss fell by less than 2.2e-09 * max(loss, 1) in one iteration"
    assert model.stop_reason_ == reason
    *_, before, last = (entry["loss"] for entry in model.history_)
    assert 0 < before - last < 2.3e-9
    assert last < 1


@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"max_iter": 3}, "reached max_iter=3"), ({"max_fun": 5}, "reached max_fun=5")],
    ids=str,
)
def test_a_limit_is_named_in_the_warning_too(limits: dict[str, int], reason: str) -> None:
    model = regressor(**limits)
    with pytest.warns(ConvergenceWarning, match=rf"^lbfgs failed to converge .*: {reason}\. Incre"):
        model.fit(X, Y)
    assert model.stop_reason_ == reason


def test_a_line_search_that_found_nothing() -> None:
    found = OptimizeResult(status=2, jac=np.ones(3), nit=4, message="ABNORMAL: ")
    reason = stop_reason(found, max_iter=10, max_fun=10, grad_tol=1e-4)
    assert reason == "the line search found no step that lowers the loss"
