"""`HiddenFeatures`: the activations are those of the formulas, for networks of either library."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn import neural_network as theirs
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from rosenblatt import (
    HiddenFeatures,
    MLPAutoencoder,
    MLPClassifier,
    MLPEnsembleClassifier,
    MLPRegressor,
)
from tests.support.data import X_CANCER, Y_CANCER, ignore_convergence

pytestmark = ignore_convergence
X, Y = X_CANCER[:200, :8], Y_CANCER[:200]
SETTINGS: dict[str, Any] = {
    "hidden_layer_sizes": (6, 4),
    "activation": "tanh",
    "max_iter": 15,
    "random_state": 0,
}
NETWORKS = [
    cls(**SETTINGS)
    for cls in (MLPClassifier, MLPRegressor, theirs.MLPClassifier, theirs.MLPRegressor)
]


def by_hand(fitted: Any, layer: int) -> np.ndarray:
    a = X
    for W, b in zip(fitted.coefs_[:layer], fitted.intercepts_[:layer], strict=True):
        a = np.tanh(a @ W + b)
    return a


@pytest.mark.parametrize("network", NETWORKS, ids=lambda net: f"{type(net).__module__}.{net}")
@pytest.mark.parametrize(("layer", "number"), [(-1, 2), (1, 1), (-2, 1), (2, 2)])
def test_activations_by_hand(network: Any, layer: int, number: int) -> None:
    hidden = HiddenFeatures(network, layer).fit(X, Y)
    assert hidden.layer_ == number
    np.testing.assert_allclose(hidden.transform(X), by_hand(hidden.estimator_, number), atol=1e-12)
    units = SETTINGS["hidden_layer_sizes"][number - 1]
    names = [f"hidden{number}_{j}" for j in range(units)]
    assert list(hidden.get_feature_names_out()) == names


def test_a_frozen_network_is_not_trained_again() -> None:
    network = MLPClassifier(**SETTINGS).fit(X[:100], Y[:100])
    before = network.coefs_[0].copy()
    hidden = HiddenFeatures(FrozenEstimator(network)).fit(X)
    assert (network.coefs_[0] == before).all()
    np.testing.assert_allclose(hidden.transform(X), by_hand(network, 2), atol=1e-12)


def test_pipelines_frames_weights_and_sparse_rows() -> None:
    frame = pd.DataFrame(X, columns=[f"c{i}" for i in range(8)])
    hidden = HiddenFeatures(MLPClassifier(**SETTINGS)).set_output(transform="pandas")
    model = make_pipeline(hidden, LogisticRegression()).fit(frame, Y)
    assert model.score(frame, Y) > 0.85
    assert list(hidden.transform(frame).columns) == [f"hidden2_{j}" for j in range(4)]
    with pytest.raises(ValueError, match="feature names"):
        hidden.transform(frame.rename(columns={"c0": "other"}))
    sparse = HiddenFeatures(MLPClassifier(**SETTINGS)).fit(sp.csr_array(X), Y)
    np.testing.assert_allclose(sparse.transform(sp.csr_array(X)), sparse.transform(X), atol=1e-12)
    weights = np.linspace(0, 2, len(X))
    weighed = HiddenFeatures(MLPClassifier(**SETTINGS)).fit(X, Y, sample_weight=weights)
    alone = MLPClassifier(**SETTINGS).fit(X, Y, weights)
    np.testing.assert_allclose(weighed.transform(X), by_hand(alone, 2), atol=1e-12)


def test_layers_of_an_autoencoder_need_no_targets() -> None:
    ae = MLPAutoencoder(2, (5,), "tanh", max_iter=10, random_state=0)
    code = HiddenFeatures(ae, 2).fit(X)
    np.testing.assert_allclose(code.transform(X), code.estimator_.transform(X), atol=1e-12)


def test_batch_normalisation_uses_its_statistics() -> None:
    network = MLPClassifier(**SETTINGS, normalization="batch").fit(X, Y)
    hidden = HiddenFeatures(FrozenEstimator(network), 1).fit(X)
    p = network.parameters_
    z = X @ p["layers.0.weight"] + p["layers.0.bias"]
    z = (z - p["layers.0.running_mean"]) / np.sqrt(p["layers.0.running_var"] + 1e-5)
    expected = np.tanh(z * p["layers.0.scale"] + p["layers.0.shift"])
    np.testing.assert_allclose(hidden.transform(X), expected, atol=1e-10)


@pytest.mark.parametrize("layer", [0, 3, -3])
def test_a_layer_that_is_not_there_is_refused(layer: int) -> None:
    with pytest.raises(ValueError, match=f"layer={layer} is none of a network with 2 hidden"):
        HiddenFeatures(MLPClassifier(**SETTINGS), layer).fit(X, Y)


def test_other_estimators_are_refused() -> None:
    with pytest.raises(TypeError, match="LogisticRegression has no single network"):
        HiddenFeatures(LogisticRegression()).fit(X, Y)
    with pytest.raises(TypeError, match="no single network"):
        HiddenFeatures(MLPEnsembleClassifier(MLPClassifier(**SETTINGS), 2)).fit(X, Y)
    frozen = FrozenEstimator(MLPClassifier(**SETTINGS).fit(X, Y))
    with pytest.raises(ValueError, match="takes 8 features, and X has 3"):
        HiddenFeatures(frozen).fit(X[:, :3])


def test_a_failed_fit_leaves_the_features_as_they_were() -> None:
    hidden = HiddenFeatures(FrozenEstimator(MLPClassifier(**SETTINGS).fit(X, Y))).fit(X)
    before = vars(hidden).copy()
    with pytest.raises(ValueError, match="X has 3"):
        hidden.fit(X[:, :3])
    assert vars(hidden) == before
    assert hidden.transform(X).shape == (len(X), 4)


def test_a_frozen_network_refuses_columns_of_other_names() -> None:
    """In the fit, where its part takes them for its own."""
    frame = pd.DataFrame(X, columns=[f"c{k}" for k in range(8)])
    frozen = FrozenEstimator(MLPClassifier(**SETTINGS).fit(frame, Y))
    assert HiddenFeatures(frozen).fit(frame).transform(frame).shape == (len(X), 4)
    with pytest.raises(ValueError, match="must be in the same order"):
        HiddenFeatures(frozen).fit(frame[frame.columns[::-1]])
    with pytest.raises(ValueError, match="unseen at fit time"):
        HiddenFeatures(frozen).fit(frame.rename(columns={"c1": "d"}))
