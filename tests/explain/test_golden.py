"""Values beside those of shap, by `tests/golden/make_shap.py`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Tanh
from rosenblatt.explain.games import Game
from rosenblatt.explain.outputs import Predictions
from rosenblatt.explain.shapley import Effort, shapley_values
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "shap.json").read_text())
LOSSES = {
    "logistic": BinaryCrossEntropy(),
    "softmax": CategoricalCrossEntropy(),
    "numbers": SquaredError(),
}


def models_of(run: Any) -> list[Model]:
    found = []
    for W1, b1, W2, b2 in run["networks"]:
        network = Network(len(W1), (Dense(len(b1), Tanh()), Dense(len(b2))))
        theta = network.pack([W1, W2], [b1, b2])
        found.append(Model(network, theta, LOSSES[run["kind"]]))
    return found


@pytest.mark.parametrize("shared", [False, True], ids=["one by one", "together"])
@pytest.mark.parametrize("run", GOLDEN["runs"])
def test_values_are_those_of_shap(run: Any, shared: bool) -> None:
    models, X, background = models_of(run), np.array(run["rows"]), np.array(run["background"])
    columns = [slice(k, k + 1) for k in range(X.shape[1])]
    groups = [models] if shared else [[model] for model in models]
    games = [Game(group, Predictions(), columns, background, 1) for group in groups]
    found = shapley_values(
        games, columns, X, background, Effort(exact=True), np.random.default_rng(0)
    )
    for of in ("kernel", "exact"):
        # KernelExplainer solves for its values; the other sums, as is done here.
        assert np.abs(found.values - np.array(run[of])).max() < (1e-6 if of == "kernel" else 1e-12)
    assert not found.squares.any()
    base = np.mean([game.of(background).mean(axis=0) for game in games], axis=0)
    np.testing.assert_allclose(base, run["expected"], 1e-12)
