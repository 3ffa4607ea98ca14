"""Blocks with normalisations and residual connections: PyTorch's numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from members import network

from rosenblatt.activations import Tanh
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.losses import CategoricalCrossEntropy
from rosenblatt.network import Network, fill
from rosenblatt.normalizations import LayerNorm, Normalization
from rosenblatt.penalties import L2

GOLDEN = json.loads((Path(__file__).parent / "golden" / "structure.json").read_text())
NORMALIZATIONS: dict[str | None, Normalization | None] = {None: None, "layer": LayerNorm()}
RUNS = [run for run in GOLDEN["runs"] if run["normalization"] in NORMALIZATIONS]
each_run = pytest.mark.parametrize(
    "run", RUNS, ids=[f"{run['normalization']}-{run['residual']}" for run in RUNS]
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
    net, theta = described(run)
    scores = forward(net, theta, np.array(GOLDEN["batches"][0])).scores
    np.testing.assert_allclose(scores, run["evaluated"], rtol=1e-12, atol=1e-14)
