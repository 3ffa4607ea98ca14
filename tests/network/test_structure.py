"""Blocks with normalisations and residual connections: PyTorch's numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import ConvNetClassifier, MLPClassifier
from rosenblatt.activations import Tanh
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.engine.steps import track
from rosenblatt.losses import CategoricalCrossEntropy
from rosenblatt.network import Dense, Flatten, Network, fill
from rosenblatt.normalizations import BatchNorm, LayerNorm, Normalization
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.philox import Draws
from tests.support.members import network

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "structure.json").read_text())
NORMALIZATIONS: dict[str | None, Normalization | None] = {
    None: None,
    "batch": BatchNorm(),
    "layer": LayerNorm(),
}
each_run = pytest.mark.parametrize(
    "run", GOLDEN["runs"], ids=lambda run: f"{run['normalization']}-{run['residual']}"
)


def described(run: dict[str, Any]) -> tuple[Network, Any]:
    net = network(
        Tanh(),
        *GOLDEN["units"],
        normalization=NORMALIZATIONS[run["normalization"]],
        residual=run["residual"],
    )
    theta = np.empty(net.n_parameters)
    fill(net.named_parameters(theta), run["parameters"])
    return net, theta


@each_run
def test_numbers_are_pytorchs(run: dict[str, Any]) -> None:
    net, theta = described(run)
    trace = backpropagate(
        net,
        theta,
        np.array(GOLDEN["batches"][0]),
        np.array(GOLDEN["targets"]),
        CategoricalCrossEntropy(),
        L2(GOLDEN["strength"]),
        np.array(GOLDEN["weights"]),
    )
    np.testing.assert_allclose(trace.forward.scores, run["scores"], rtol=1e-12, atol=1e-14)
    assert trace.objective == pytest.approx(run["objective"], rel=1e-12)
    for name, gradient in net.named_parameters(trace.gradient).items():
        np.testing.assert_allclose(gradient, run["gradient"][name], rtol=1e-10, atol=1e-14)


@each_run
def test_predictions_are_pytorchs(run: dict[str, Any]) -> None:
    """After two batches, whose statistics the running ones have followed."""
    net, theta = described(run)
    state = net.initial_state()
    for X in GOLDEN["batches"]:
        track(net, state, forward(net, theta, np.array(X), Draws(0, 0)))
    for name, array in net.named_state(state).items():
        np.testing.assert_allclose(array, run["state"][name], rtol=1e-13)
    scores = forward(net, theta, np.array(GOLDEN["batches"][0]), state=state).scores
    np.testing.assert_allclose(scores, run["evaluated"], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("n", [2**47, 2**55, 10**18, 2**62])
def test_a_network_that_no_memory_holds_is_refused(n: int) -> None:
    """Before NumPy is asked for so many numbers, in words of its own."""
    sentence = "make.* a network of more weights than any memory holds: take fewer units"
    with pytest.raises(ValueError, match=f"^the layers {sentence}$"):
        Network(3, (Dense(n), Dense(1)))
    with pytest.raises(ValueError, match=f"^layers: the layers {sentence}.$"):
        ConvNetClassifier([Flatten(), Dense(n)]).fit(np.zeros((4, 8, 8, 1)), [0, 1, 0, 1])
    with pytest.raises(ValueError, match=f"^hidden_layer_sizes {sentence}.$"):
        MLPClassifier((n,)).fit(np.zeros((4, 3)), [0, 1, 0, 1])
