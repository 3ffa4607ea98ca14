"""Estimators with solver='kfac'."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.backprop import forward
from rosenblatt.engine import EpochPlan
from rosenblatt.errors import DivergenceError
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy
from rosenblatt.network import Dense, Network
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from rosenblatt.second_order import KFAC
from rosenblatt.second_order.kfac import KFACTrainer
from rosenblatt.second_order.kronecker import factorised
from rosenblatt.second_order.likelihood import likelihood_of
from tests.support.data import X_CANCER, X_DIABETES, Y_CANCER, Y_DIABETES, ignore_convergence
from tests.support.second_order_fits import regressor


def test_diverging_kfac_fit_suggests_damping() -> None:
    with pytest.raises(DivergenceError, match=r"raise the damping of solver=KFAC") as raised:
        regressor("kfac", activation="identity").fit(X_DIABETES, 1e200 * Y_DIABETES)
    assert "rate" not in str(raised.value)
    assert "clip" not in str(raised.value)


@pytest.mark.parametrize("learning_rate", ["adaptive", "invscaling"])
@pytest.mark.parametrize("solver", ["kfac", "lm", KFAC()], ids=str)
def test_rules_of_sgd_are_no_way_to_set_what_has_no_rate(solver: Any, learning_rate: str) -> None:
    with pytest.raises(ValueError, match="it needs scikit-learn's rule for solver='sgd'"):
        regressor(solver, learning_rate=learning_rate).fit(X_DIABETES, Y_DIABETES)


@ignore_convergence
@pytest.mark.parametrize("loss", [CategoricalCrossEntropy(0, 0.4), BinaryCrossEntropy(0, 0.4)])
def test_kfacs_factor_of_a_smoothed_loss_is_the_fisher_matrix(loss: Any) -> None:
    """G of the last layer, E[δδᵀ], of one row many times over."""
    n, net = 100_000, Network(2, (Dense(3),))
    theta = np.random.default_rng(0).standard_normal(net.n_parameters)
    y = np.zeros((n, 1 if isinstance(loss, CategoricalCrossEntropy) else 3))
    rows = Arrays(np.tile([[0.5, -1.0]], (n, 1)), y)
    scores = forward(net, theta, rows.X[:1]).scores
    likelihood = likelihood_of(loss)
    F = np.array([likelihood.fisher(scores, e[None])[0] for e in np.eye(3)])
    trainer = KFACTrainer(KFAC(), net, loss, L2(0.0), rows, theta, np.random.default_rng(1))
    trainer.epoch(EpochPlan(None, n, np.ones(1)))
    np.testing.assert_allclose(trainer.fisher.G[0], F, atol=10 * F.max() / np.sqrt(n))


def epochs_to(curve: list[float], loss: float) -> int:
    """The first epoch whose loss is at most so much."""
    below = np.flatnonzero(np.array(curve) <= loss)
    assert len(below), f"it came to {min(curve):.4g}"
    return int(below[0]) + 1


def data(name: str) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    if name == "cancer":
        return X_CANCER, Y_CANCER
    X, y = load_digits(return_X_y=True)
    return X / 16, y


@pytest.mark.parametrize(
    ("name", "loss", "hidden", "activation"),
    [("cancer", 0.02, (20, 20, 20, 20), "tanh"), ("digits", 0.03, (32, 16), "relu")],
)
@ignore_convergence
def test_kfac_needs_fewer_epochs_than_first_order_methods(
    name: str, loss: float, hidden: tuple[int, ...], activation: str
) -> None:
    """Three fifths of what Adam and SGD with momentum take, at the best of their rates."""
    X, y = data(name)
    settings = {"activation": activation, "random_state": 0, "n_iter_no_change": 1000}
    kfac = MLPClassifier(hidden, solver="kfac", max_iter=15, **settings).fit(X, y)
    rates = {"adam": (1e-3, 3e-3, 1e-2, 3e-2), "sgd": (0.03, 0.1, 0.3)}
    others = [
        MLPClassifier(hidden, solver=solver, learning_rate_init=rate, max_iter=100, **settings)
        for solver, several in rates.items()
        for rate in several
    ]
    curves = [model.fit(X, y).loss_curve_ for model in others]
    fewest = min(epochs_to(curve, loss) for curve in curves if min(curve) <= loss)
    assert epochs_to(kfac.loss_curve_, loss) <= 0.6 * fewest


@ignore_convergence
def test_kfac_history_and_validation() -> None:
    X, X_val, y, y_val = train_test_split(X_CANCER, Y_CANCER, random_state=0)
    model = MLPClassifier(8, solver="kfac", random_state=0, max_iter=5)
    model.fit(X, y, X_val=X_val, y_val=y_val)
    history = model.history_
    assert [h["epoch"] for h in history] == [1, 2, 3, 4, 5]
    assert [h["loss"] for h in history] == model.loss_curve_
    assert all(h["damping"] > 0 and len(h["gradient_norm"]) == 2 for h in history)
    assert history[-1]["validation_score"] == pytest.approx(model.score(X_val, y_val))
    assert history[-1]["validation_loss"] == pytest.approx(
        log_loss(y_val, model.predict_proba(X_val)), rel=1e-6
    )
    assert model.stop_reason_ == "reached max_iter=5"


def test_kfac_stops_early_and_keeps_the_best() -> None:
    model = MLPClassifier(
        16, solver="kfac", random_state=0, early_stopping=True, scoring="loss", max_iter=300
    ).fit(X_CANCER, Y_CANCER)
    assert "Validation loss did not improve" in model.stop_reason_
    assert model.best_validation_score_ == max(model.validation_scores_)


@pytest.mark.parametrize(
    ("estimator", "X", "y"),
    [
        (MLPRegressor("poisson"), X_DIABETES, np.round(np.exp(Y_DIABETES))),
        (MLPClassifier(), X_CANCER, np.column_stack([Y_CANCER, 1 - Y_CANCER])),
        (MLPClassifier(), *load_digits(n_class=3, return_X_y=True)),
    ],
    ids=["poisson", "multilabel", "multiclass"],
)
@ignore_convergence
def test_kfac_lowers_every_loss_with_a_distribution(estimator: Any, X: Any, y: Any) -> None:
    estimator.set_params(solver="kfac", max_iter=8, hidden_layer_sizes=8, random_state=0)
    curve = estimator.fit(X, y).loss_curve_
    assert curve[-1] < 0.7 * curve[0]


@ignore_convergence
def test_kfac_respects_weights_and_the_seed() -> None:
    weight = np.where(Y_CANCER == 1, 10.0, 0.5)
    weight[:40] = 0
    X = X_CANCER.copy()
    X[:40] = 1e200
    model = MLPClassifier(8, solver="kfac", random_state=0, max_iter=4, alpha=1.0)
    plain = clone(model).fit(X_CANCER, Y_CANCER)
    weighted = clone(model).fit(X, Y_CANCER, sample_weight=weight)
    again = clone(model).fit(X, Y_CANCER, sample_weight=weight)
    np.testing.assert_array_equal(weighted.coefs_[0], again.coefs_[0])
    rest = X_CANCER[40:]
    assert weighted.predict_proba(rest)[:, 1].mean() > plain.predict_proba(rest)[:, 1].mean()


def test_kfac_refuses_a_layer_that_is_too_wide() -> None:
    X = sp.random_array((20, 20_000), density=0.001, format="csr", rng=0)
    with pytest.raises(ValueError, match=r"up to 10,000 inputs or units, and this one has 20,000"):
        regressor("kfac").fit(X, Y_DIABETES[:20])


def test_a_matrix_that_is_not_positive_definite() -> None:
    """A changed checkpoint may hold one."""
    with pytest.raises(DivergenceError, match="not positive definite: train again without"):
        factorised(np.diag([1.0, -2.0]), 0.1)
