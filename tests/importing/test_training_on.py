"""`partial_fit` on what `load` returns: a step goes down the slope of the tool's own network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import MLPClassifier, MLPRegressor, importing
from tests.importing.golden import FOLDER

RATE = 1e-9
STEP: dict[str, Any] = {
    "solver": "sgd",
    "momentum": 0.0,
    "alpha": 0.0,
    "learning_rate_init": RATE,
    "batch_size": 60,
}
# One of each tool whose inputs are numbers as they stand, with its golden rows.
FILES = {
    "fann/defaults.net": {},
    "r/matrix.rds": {},
    "opencv/relu.net.json": {"output": 1},
    "javascript/brain2_tanh.net.json": {"output": 1},
    "javascript/ml_fnn_three.net.json": {},
    "javascript/synaptic_plain.net.json": {},
    "pyrenn/deep.net.csv": {"output": 1},
    "onnx/skl_classes_double.net.onnx": {},
    "onnx/skl_two_float.net.onnx": {},
    "keras/plain.net.keras": {},
    "tfjs/gelu_new.net.json": {},
    "pmml/nyoka_classes.net.pmml": {},
    "torch/classes.net.pt": {"activation": "relu", "classes": ["a", "b", "c"]},
}


def loss_of(est: MLPClassifier | MLPRegressor, X: Any, y: Any) -> float:
    if isinstance(est, MLPClassifier):
        chosen = np.searchsorted(est.classes_, y)
        return float(-np.log(est.predict_proba(X)[np.arange(len(X)), chosen]).mean())
    return float(((est.predict(X) - y) ** 2).sum() / len(X) / 2)


@pytest.mark.parametrize("name", FILES)
def test_a_step_takes_off_the_rate_times_the_squared_slope(name: str) -> None:
    path = FOLDER / name
    pytest.importorskip({".keras": "h5py", ".onnx": "onnx"}.get(path.suffix, "numpy"))
    est = importing.load(path, **FILES[name])
    assert isinstance(est, MLPClassifier | MLPRegressor)
    X: Any = np.random.default_rng(0).normal(0, 0.5, (60, est.n_features_in_))
    if hasattr(est, "feature_names_in_"):
        X = pd.DataFrame(X, columns=est.feature_names_in_)
    if isinstance(est, MLPClassifier):
        y = est.classes_[np.arange(60) % len(est.classes_)]
    else:
        y = (est.predict(X).T + np.linspace(-0.3, 0.8, 60)).T
    arrays = [a.copy() for a in (*est.coefs_, *est.intercepts_)]
    before = loss_of(est, X, y)
    est.set_params(**STEP).partial_fit(X, y)
    moved = zip((*est.coefs_, *est.intercepts_), arrays, strict=True)
    slope = sum(float(((new - old) ** 2).sum()) for new, old in moved) / RATE**2
    assert slope > 0
    assert before - loss_of(est, X, y) == pytest.approx(RATE * slope, rel=1e-2)
