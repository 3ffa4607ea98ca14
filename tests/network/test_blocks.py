"""Everything that a block may have, at once, through the estimators."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score

from rosenblatt import MLPClassifier
from rosenblatt.engine import has_bfloat16

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = load_digits(return_X_y=True)
X = X / 16
ALL: dict[str, Any] = {
    "hidden_layer_sizes": (64, 48, 48),
    "random_state": 0,
    "max_iter": 12,
    "dropout": [0.1, 0.2, 0.1],
    "residual": True,
}
each_norm = pytest.mark.parametrize("name", ["batch", "layer"])


@each_norm
def test_sparse_rows_are_the_dense_ones(name: str) -> None:
    dense = MLPClassifier(**ALL, normalization=name).fit(X, Y)
    sparse = MLPClassifier(**ALL, normalization=name).fit(sp.csr_array(X), Y)
    np.testing.assert_allclose(sparse.loss_curve_, dense.loss_curve_, rtol=1e-6)
    p = dense.predict_proba(X)
    np.testing.assert_allclose(dense.predict_proba(sp.csr_array(X)), p, atol=1e-12)
    assert dense.score(X, Y) > 0.95


@each_norm
@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
def test_shorter_floats(name: str, kind: str) -> None:
    if kind == "bfloat16" and not has_bfloat16():
        pytest.skip("no AVX512-BF16")
    model = MLPClassifier(**ALL, normalization=name, input_noise=0.05, dtype=kind).fit(X, Y)
    assert {array.dtype for array in model.parameters_.values()} == {np.dtype(np.float32)}
    assert model.score(X.astype(np.float32), Y) > 0.95
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


@each_norm
def test_networks_of_full_blocks_generalise(name: str) -> None:
    scores = cross_val_score(MLPClassifier(**ALL, normalization=name), X, Y, cv=3)
    assert scores.mean() > 0.9


@each_norm
def test_weights_of_zero_are_no_rows_to_a_layer_normalisation(name: str) -> None:
    """To a batch normalisation they are, as the documentation says."""
    weights = np.repeat([1.0, 0.0], [1200, len(X) - 1200])
    settings = ALL | {"dropout": 0.0, "max_iter": 2, "shuffle": False, "solver": "sgd"}
    settings |= {"learning_rate_init": 1e-3}
    some = MLPClassifier(**settings, normalization=name, batch_size=1200).fit(X[:1200], Y[:1200])
    all_rows = MLPClassifier(**settings, normalization=name, batch_size=len(X))
    all_rows.fit(X, Y, weights)
    same = np.allclose(some.coefs_[0], all_rows.coefs_[0], rtol=1e-9, atol=1e-12)
    assert same == (name == "layer")
