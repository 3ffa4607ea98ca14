"""Ensembles within a network: the numbers of the tabm package, and what members have in common."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import engine
from rosenblatt.activations import ReLU, Softmax, Tanh
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.engine import OutputFormat
from rosenblatt.initializers import GlorotUniform
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, EnsembleDense, Network, PackedDense
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from tests.support.layers import NETWORKS

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "ensembles.json").read_text())
X, Y = np.array(GOLDEN["X"]), np.array(GOLDEN["y"], float)[:, None]
ONE = {"scales_output": False, "shares_bias": True}
NETS = {
    "tabm": (EnsembleDense(3, 5, ReLU()), EnsembleDense(3, 5, ReLU())),
    "tabm-mini": (
        EnsembleDense(3, 5, ReLU(), **ONE),
        EnsembleDense(3, 5, ReLU(), scales_input=False, **ONE),
    ),
    "tabm-packed": (PackedDense(3, 5, ReLU()), PackedDense(3, 5, ReLU())),
}


def ours(theirs: dict[str, Any], net: Network) -> dict[str, np.ndarray]:
    """Under our names, W of shape (n_in, n_out)."""
    named = {}
    for name, values in theirs.items():
        p = np.array(values)
        for theirs_of, of in (
            ("backbone.blocks.0.0.", "layers.0."),
            ("backbone.blocks.1.0.", "layers.1."),
            ("backbone.affine.weight", "layers.0.input_scale"),
            ("output.", "layers.2."),
        ):
            name = name.replace(theirs_of, of)
        name = name.replace(".r", ".input_scale") if name.endswith(".r") else name
        name = name.replace(".s", ".output_scale") if name.endswith(".s") else name
        named[name] = p.T if p.ndim == 2 and name.endswith("weight") else np.atleast_2d(p)
    shapes = net.named_parameters(np.zeros(net.n_parameters))
    return {name: named[name].reshape(array.shape) for name, array in shapes.items()}


@pytest.mark.parametrize("kind", NETS)
def test_numbers_are_those_of_the_package(kind: str) -> None:
    run, net = GOLDEN["runs"][kind], Network(4, (*NETS[kind], PackedDense(3, 3)))
    theta, loss = net.pack_named(ours(run["parameters"], net)), CategoricalCrossEntropy()
    trace = backpropagate(net, theta, X, Y, loss)
    np.testing.assert_allclose(trace.forward.scores, run["output"], rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(trace.prediction, run["prediction"], rtol=1e-12)
    assert trace.objective == pytest.approx(run["loss"], rel=1e-12)
    expected = ours(run["gradients"], net)
    for name, gradient in net.named_parameters(trace.gradient).items():
        np.testing.assert_allclose(gradient, expected[name], 1e-10, 1e-13, err_msg=name)
    native = engine.objective(net, loss, L2(0.0), Arrays(X, Y))
    value, _, gradient = native.value_and_gradient(theta)
    assert value == pytest.approx(run["loss"], rel=1e-12)
    np.testing.assert_allclose(gradient, trace.gradient, 1e-10, 1e-13)
    prediction = Model(net, theta, loss).predict(X)
    np.testing.assert_allclose(prediction, run["prediction"], rtol=1e-12)


def test_members_are_networks_of_their_own() -> None:
    """Each is what plain networks of its weights say, and the loss is the mean of theirs."""
    case = NETWORKS["ensemble"]
    net, theta, data = case.network, case.theta(), case.arrays(9)
    first, second, heads = net.layer_parameters(theta)
    plain = Network(4, (Dense(6, Tanh()), Dense(7, Tanh()), Dense(3)))
    scores, losses = forward(net, theta, data.X).scores, []
    for k in range(5):
        weights = [
            layer["input_scale"][k][:, None] * layer["weight"] * layer["output_scale"][k]
            for layer in (first, second)
        ]
        biases = [layer["bias"][k] for layer in (first, second, heads)]
        own = plain.pack([*weights, heads["weight"][k]], biases)
        np.testing.assert_allclose(scores[:, k], forward(plain, own, data.X).scores, rtol=1e-10)
        losses.append(backpropagate(plain, own, data.X, data.y, SquaredError()).objective)
    whole = backpropagate(net, theta, data.X, data.y, SquaredError()).objective
    assert whole == pytest.approx(np.mean(losses), rel=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_classes_codes_and_weights_reach_every_member(weighted: bool) -> None:
    net = Network(3, (EnsembleDense(4, 5, Tanh()), PackedDense(4, 3)))
    theta = np.random.default_rng(0).normal(size=net.n_parameters)
    rows = np.random.default_rng(1).normal(size=(70, 3))
    codes = np.random.default_rng(2).integers(0, 3, (70, 1)).astype(float)
    weights = np.random.default_rng(3).uniform(0, 2, 70) if weighted else None
    loss = CategoricalCrossEntropy()
    expected = backpropagate(net, theta, rows, codes, loss, sample_weight=weights)
    native = engine.objective(net, loss, L2(0.0), Arrays(rows, codes, weights))
    value, _, gradient = native.value_and_gradient(theta)
    assert value == pytest.approx(expected.objective, rel=1e-12)
    np.testing.assert_allclose(gradient, expected.gradient, 1e-10, 1e-13)


def test_both_classes_are_the_mean_of_probabilities() -> None:
    net = Network(3, (EnsembleDense(40, 5, Tanh()), PackedDense(40, 1)))
    theta = np.random.default_rng(0).normal(size=net.n_parameters)
    rows = np.random.default_rng(1).normal(size=(300, 3))
    p = (1 / (1 + np.exp(-forward(net, theta, rows).scores))).mean(axis=1)
    for n in (1, 300):
        for deterministic in (False, True):
            predictor = Model(net, theta, BinaryCrossEntropy()).engine_predictor(
                OutputFormat.BOTH_CLASSES, 2, deterministic
            )
            got = predictor.predict(rows[:n])
            np.testing.assert_allclose(got, np.hstack([1 - p, p])[:n], rtol=1e-11, atol=1e-14)


def test_it_begins_with_signs_or_one_draw_for_a_group() -> None:
    groups = EnsembleDense(50, 4, input_groups=(3, 1, 40))
    net = Network(44, (groups, EnsembleDense(50, 2, draws_signs=True), PackedDense(50, 1)))
    theta = net.initial_parameters(np.random.RandomState(0), GlorotUniform())
    first, second, _ = net.layer_parameters(theta)
    r = first["input_scale"]
    assert (r[:, :3] == r[:, :1]).all()
    assert (r[:, 4:] == r[:, 4:5]).all()
    assert r[:, [0, 3, 4]].std() == pytest.approx(1, abs=0.2)
    assert set(np.unique(second["input_scale"])) == {-1, 1}
    assert (first["output_scale"] == 1).all()
    assert (first["bias"] == first["bias"][0]).all()


def test_signs_are_drawn_once_a_member_and_group() -> None:
    layer = EnsembleDense(50, 4, draws_signs=True, input_groups=(3, 1, 40))
    network = Network(44, (layer,))
    theta = network.initial_parameters(np.random.default_rng(0), GlorotUniform())
    r = network.named_parameters(theta)["layers.0.input_scale"]
    assert set(np.unique(r)) == {-1, 1}
    for group in (slice(0, 3), slice(4, 44)):
        assert (r[:, group] == r[:, group][:, :1]).all()
    assert not (r[:, 0] == r[:, 4]).all()


def test_memory_of_weights_is_that_of_one_network() -> None:
    one, many = (
        Network(30, (EnsembleDense(k, 256), EnsembleDense(k, 256))).n_parameters for k in (1, 32)
    )
    assert many < 2 * one


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EnsembleDense(0, 3), "at least one member"),
        (lambda: PackedDense(2, 0), "at least one unit"),
        (lambda: EnsembleDense(2, 3, Softmax()), "single numbers"),
        (lambda: PackedDense(2, 3, dropout=1.0), "dropout"),
        (lambda: EnsembleDense(2, 3, scales_input=False, draws_signs=True), "cannot be drawn"),
        (lambda: EnsembleDense(2, 3, input_groups=(0, 3)), "one or more"),
        (lambda: Network(4, (EnsembleDense(2, 3, input_groups=(1, 2)),)), "do not fit 4 inputs"),
        (lambda: Network(4, (EnsembleDense(2, 3, scales_input=False, **ONE),)), "do not differ"),
        (
            lambda: Network(4, (EnsembleDense(2, 3), PackedDense(3, 1))),
            r"or \(3, n\), got \(2, 3\)",
        ),
        (lambda: Network(4, (EnsembleDense(2, 3), Dense(1))), "samples of shape"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
