"""Weights by name, as safetensors, which `parameters_` is enough for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rosenblatt import MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
safetensors = pytest.importorskip("safetensors.numpy")


def test_parameters_are_a_safetensors_file(tmp_path: Path) -> None:
    X = np.random.default_rng(0).standard_normal((40, 3)).astype(np.float32)
    reg = MLPRegressor(max_iter=2, normalization="batch", residual=True)
    reg.fit(X, X[:, 0])
    path = tmp_path / "weights.safetensors"
    safetensors.save_file(dict(reg.parameters_), path)
    loaded = safetensors.load_file(path)
    assert loaded.keys() == reg.parameters_.keys()
    for name, array in loaded.items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, reg.parameters_[name])
