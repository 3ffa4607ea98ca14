"""`deterministic=True`: the same bits for any number of threads, in every solver and structure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from rosenblatt import (
    MLPRegressor,
)
from rosenblatt.engine import has_bfloat16
from tests.support.determinism import (
    N_JOBS,
    TARGET,
    WithoutKernel,
    X,
    Y,
    classifier,
    told,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def fitted(model: Any, n_jobs: int, X: Any, y: Any, **rows: Any) -> Any:
    """A fit and a prediction in an environment that allows BLAS as many threads."""
    with threadpool_limits(n_jobs, user_api="blas"):
        one = clone(model).set_params(n_jobs=n_jobs).fit(X, y, **rows)
        prediction = one.predict_proba(X) if hasattr(one, "predict_proba") else one.predict(X)
    return {**told(one), "prediction": prediction.tobytes()}


def assert_any_number(model: Any, X: Any, y: Any, **rows: Any) -> None:
    """Of threads, which show without the flag: else nothing would have been shown."""
    alone = fitted(model, 1, X, y, **rows)
    for n_jobs in N_JOBS[1:]:
        ours = fitted(model, n_jobs, X, y, **rows)
        assert {name for name in alone if ours[name] != alone[name]} == set(), n_jobs
    free = clone(model).set_params(deterministic=False)
    first = fitted(free, 1, X, y, **rows)
    assert any(fitted(free, n_jobs, X, y, **rows) != first for n_jobs in N_JOBS[1:])


SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "wide": {"hidden_layer_sizes": (300, 260)},
    "odd batches": {"batch_size": 133},
    "full batch": {"batch_size": 901},
    "sgd": {"solver": "sgd", "learning_rate": "adaptive", "nesterovs_momentum": False},
    "rmsprop": {"solver": "rmsprop", "learning_rate": "cosine"},
    "lion": {"solver": "lion", "activation": ["gelu", "softmax"]},
    "batch norm": {"normalization": "batch", "activation": "tanh"},
    "batch norm, wide": {"normalization": "batch", "hidden_layer_sizes": (300, 260)},
    "layer norm": {"normalization": "layer", "residual": True},
    "dropout": {"dropout": 0.3, "residual": True, "normalization": "batch"},
    "input noise": {"input_noise": 0.1},
    "max norm": {"max_norm": 1.0, "averaging": "ema"},
    "clip norm": {"clip_norm": 0.1, "l1": 0.01},
    "clip value": {"clip_value": 0.01, "averaging": "swa", "max_iter": 4},
    "early stopping": {"early_stopping": True, "scoring": "loss", "max_iter": 6},
    "class weights": {"class_weight": "balanced", "loss": "focal"},
    "orthogonal": {"initializer": "orthogonal", "hidden_layer_sizes": (500, 200), "max_iter": 1},
    # Of float32, BLAS shares long sums alone.
    "readable": {"activation": WithoutKernel(), "early_stopping": True, "batch_size": 700},
    "kfac": {"solver": "kfac", "early_stopping": True, "batch_size": 700, "max_iter": 2},
    "lbfgs": {"solver": "lbfgs", "max_iter": 8},
    "lbfgs, readable": {"solver": "lbfgs", "activation": WithoutKernel(), "max_iter": 5},
}


@pytest.mark.filterwarnings("ignore:.*readable")
@pytest.mark.usefixtures("no_product_is_small")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", SETTINGS)
def test_classifiers(name: str, dtype: str) -> None:
    assert_any_number(classifier(**SETTINGS[name], dtype=dtype), X, Y)


@pytest.mark.usefixtures("no_product_is_small")
@pytest.mark.parametrize(
    "settings",
    [
        {"solver": "lm", "hidden_layer_sizes": 12},
        {"solver": "gauss_newton", "hidden_layer_sizes": 12},
        {"solver": "adam", "loss": "huber"},
    ],
)
def test_regressors(settings: dict[str, Any]) -> None:
    given = {"hidden_layer_sizes": (90, 40), "max_iter": 4, "random_state": 0}
    assert_any_number(MLPRegressor(**{**given, **settings}, deterministic=True), X, TARGET)


@pytest.mark.parametrize("settings", [{}, {"batch_size": 901}, {"solver": "lbfgs"}])
def test_sparse_rows_with_weights(settings: dict[str, Any]) -> None:
    weights = np.random.default_rng(0).uniform(0, 2, len(X))
    assert_any_number(classifier(**settings), sp.csr_array(X), Y, sample_weight=weights)


def test_rows_to_validate_on() -> None:
    model = classifier(early_stopping=True, max_iter=6, hidden_layer_sizes=(300, 260))
    assert_any_number(model, X[:601], Y[:601], X_val=X[601:], y_val=Y[601:])


@pytest.mark.skipif(not has_bfloat16(), reason="no AVX512-BF16")
@pytest.mark.parametrize("structure", [{}, {"normalization": "batch"}])
def test_bfloat16(structure: dict[str, Any]) -> None:
    assert_any_number(classifier(dtype="bfloat16", **structure), X, Y)


def test_partial_fit_and_warm_starts() -> None:
    def grown(n_jobs: int) -> dict[str, Any]:
        model = classifier(n_jobs=n_jobs, warm_start=True, max_iter=2).fit(X, Y)
        model.fit(X, Y)
        for begin in range(0, 900, 300):
            model.partial_fit(X[begin : begin + 300], Y[begin : begin + 300])
        return told(model)

    assert grown(1) == grown(2) == grown(3)


@pytest.mark.usefixtures("no_product_is_small")
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"normalization": "batch"},
        {"solver": "lbfgs"},
        {"solver": "kfac", "batch_size": 901, "max_iter": 1},
    ],
)
def test_without_it_the_number_of_threads_shows(settings: dict[str, Any]) -> None:
    model = classifier(**settings, deterministic=False)
    runs = [fitted(model, n_jobs, X, Y) for n_jobs in N_JOBS]
    assert len({run["layers.0.weight"] for run in runs}) > 1
    assert all(fitted(model, n, X, Y) == run for n, run in zip(N_JOBS, runs, strict=True))


def test_a_batch_too_small_to_share_is_the_same_either_way() -> None:
    for settings in (
        {"batch_size": 16, "hidden_layer_sizes": (8,)},
        {"n_jobs": 1, "batch_size": 8},
    ):
        one, other = (classifier(**settings, deterministic=d).fit(X, Y) for d in (True, False))
        assert told(one) == told(other)
