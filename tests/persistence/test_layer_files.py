"""A model file holds networks of every kind of layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt.losses import CategoricalCrossEntropy
from rosenblatt.model import Model
from rosenblatt.network import (
    Conv2D,
    Crop,
    Cutout,
    Dense,
    Flatten,
    Flip,
    Reshape,
    Rotate,
    Shift,
)
from rosenblatt.persistence import SavedModel, load_model, save_model
from rosenblatt.table import Task, learn_encoding
from tests.support.layers import Case, each_case, of
from tests.support.saved_models import SUMMARY


def saved(case: Case, dtype: Any) -> SavedModel:
    numbers = pd.DataFrame(np.random.default_rng(0).normal(size=(6, case.network.n_inputs)))
    numbers.columns = [f"x{i}" for i in numbers]
    encoding = learn_encoding(
        numbers.assign(kind=list("abcabc")), target="kind", task=Task.CLASSIFICATION
    )
    state = case.network.initial_state(dtype)
    theta, bounds = case.theta(dtype), case.network.bounds
    if bounds is not None:  # as training leaves it
        theta = np.clip(theta, *bounds).astype(dtype)
    model = Model(case.network, theta, CategoricalCrossEntropy(), state)
    return SavedModel(model, encoding, SUMMARY)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_case
def test_a_saved_network_equals_the_loaded_one(tmp_path: Path, case: Case, dtype: Any) -> None:
    before = saved(case, dtype)
    save_model(tmp_path / "m", before)
    after = load_model(tmp_path / "m")
    assert after.model.network == before.model.network
    X = case.rows(9, dtype)
    np.testing.assert_array_equal(after.model.predict(X), before.model.predict(X))


def test_transforms_of_pictures_are_saved_with_their_network(tmp_path: Path) -> None:
    varied = (Flip(True, True), Shift((1, 2)), Rotate(7.5), Cutout((2, 1)), Crop((3, 4), 1))
    case = of(40, Reshape((4, 5, 2)), *varied, Conv2D(3, 2), Flatten(), Dense(3))
    before = saved(case, np.float64)
    save_model(tmp_path / "m", before)
    after = load_model(tmp_path / "m")
    assert after.model.network == before.model.network
    X = case.rows(9)
    np.testing.assert_array_equal(after.model.predict(X), before.model.predict(X))
