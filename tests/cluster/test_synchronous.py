"""Synchronous training is that of one machine with the same batches, up to the order of sums."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.cluster.hardware import Link, Pace
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.optimizers import AdamW
from tests.support.clusters import fitted

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_breast_cancer(return_X_y=True)
X = (X - X.mean(0)) / X.std(0)
COMMON: dict[str, Any] = {
    "hidden_layer_sizes": (16, 8),
    "max_iter": 20,
    "n_iter_no_change": 100,
    "batch_size": 50,
    "random_state": 0,
}
CASES: dict[str, dict[str, Any]] = {
    "adam": {"alpha": 0.1},
    "momentum": {"solver": "sgd", "l1": 0.01, "learning_rate": "invscaling"},
    "adamw": {"solver": AdamW(0.01, weight_decay=0.1), "averaging": "ema"},
    "clipped": {"clip_value": 0.01, "class_weight": "balanced"},
    "layer norm": {"normalization": "layer", "residual": True},
    "early stopping": {"early_stopping": True, "learning_rate": "cosine"},
}


def closely(one: Any, other: Any) -> None:
    """The same parameters and history, within 1e-10."""
    np.testing.assert_allclose(
        one.model_.parameters, other.model_.parameters, rtol=1e-10, atol=1e-10
    )
    for ours, theirs in zip(one.history_, other.history_, strict=True):
        for name in ("loss", "learning_rate", "gradient_norm"):
            np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
@pytest.mark.parametrize("case", CASES)
def test_it_equals_one_machine(case: str, workers: int) -> None:
    options = COMMON | CASES[case]
    alone = MLPClassifier(**options).fit(X, Y)
    servers = 1 if workers % 2 else 3
    closely(fitted(MLPClassifier(**options), ClusterPlan(workers, servers), X, Y), alone)


@pytest.mark.parametrize("workers", [2, 3])
@pytest.mark.parametrize("option", [{"clip_norm": 0.05}, {"max_norm": 0.5}])
def test_one_server_sees_whole_norms(option: dict[str, float], workers: int) -> None:
    options = COMMON | option
    alone = MLPClassifier(**options).fit(X, Y)
    closely(fitted(MLPClassifier(**options), ClusterPlan(workers), X, Y), alone)


def test_weights_and_numbers_to_predict() -> None:
    rows, y = load_diabetes(return_X_y=True)
    weights = np.random.default_rng(0).uniform(0, 3, len(y))
    options = COMMON | {"alpha": 1.0}
    alone = MLPRegressor(**options).fit(rows, y / 100, weights)
    closely(fitted(MLPRegressor(**options), ClusterPlan(3), rows, y / 100, weights), alone)


def test_a_network_that_loses_and_repeats_messages_changes_nothing() -> None:
    link = Link(1e7, 1e-3, loss=0.1, duplication=0.1, timeout=0.01)
    pace = Pace(1e-3, jitter=1.0, straggling=0.05)
    plan = ClusterPlan(4, 2)
    smooth = fitted(MLPClassifier(**COMMON), plan, X, Y)
    rough = fitted(MLPClassifier(**COMMON), plan, X, Y, link=link, pace=pace)
    assert np.array_equal(smooth.model_.parameters, rough.model_.parameters)
    sent = [est.history_[-1]["bytes_sent"] for est in (smooth, rough)]
    assert sent[1] > 1.1 * sent[0]
    assert rough.history_[-1]["idle"] > 0.1


def test_it_fits_warm_starts_and_predicts_as_any_other() -> None:
    est = fitted(MLPClassifier(**COMMON), ClusterPlan(3), X, Y)
    assert est.score(X, Y) > 0.95
    alone = MLPClassifier(**COMMON).fit(X, Y)
    for one in (est, alone):
        one.set_params(warm_start=True, max_iter=3)
        one.fit(X, Y)
    closely(est, alone)
