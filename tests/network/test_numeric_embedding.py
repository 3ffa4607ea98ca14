"""Embeddings of numbers: the numbers of rtdl_num_embeddings, and what makes no sense."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Identity, ReLU, Softmax
from rosenblatt.initializers import GlorotUniform
from rosenblatt.network import Dense, Network, NumericEmbedding, Periodic, Pieces, Scale

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "embeddings.json").read_text())
X = np.array(GOLDEN["X"])
EDGES = tuple(map(tuple, GOLDEN["edges"]))
LAYERS = {
    "PL": NumericEmbedding(Periodic(5), 4),
    "PLR": NumericEmbedding(Periodic(5), 4, ReLU()),
    "PBLD": NumericEmbedding(Periodic(5, has_phase=True), 2, keeps_input=True),
    "pieces": NumericEmbedding(Pieces(EDGES), 4),
    "pieces, ReLU": NumericEmbedding(Pieces(EDGES), 4, ReLU()),
    "pieces behind a line": NumericEmbedding(Pieces(EDGES, starts_linear=True), 4),
}


def ours(theirs: dict[str, Any]) -> dict[str, np.ndarray]:
    """Under our names. They put the last piece of every feature last, and zeros before it."""
    named = {name.removeprefix("linear."): np.array(p) for name, p in theirs.items()}
    if "periodic.weight" in named:
        named["frequency"] = named.pop("periodic.weight")
    elif "frequency" not in named:
        for w, edges in zip(named["weight"], EDGES, strict=True):
            last = len(edges) - 2
            w[last], w[last + 1 :] = w[-1].copy(), 0
        if "linear0.weight" in named:
            line = named.pop("linear0.weight")[:, None]
            named["weight"] = np.concatenate([line, named["weight"]], axis=1)
            named["bias"] = named.pop("linear0.bias")
    return named


def columns(layer: NumericEmbedding, of_features: Any) -> Any:
    """(rows, n, width) as our columns, the input behind the vectors."""
    of_features = np.array(of_features)
    vectors = of_features[:, :, : layer.width].reshape(len(X), -1)
    return np.concatenate([vectors, of_features[:, :, layer.width :].reshape(len(X), -1)], axis=1)


@pytest.mark.parametrize("name", LAYERS)
def test_numbers_are_those_of_the_package(name: str) -> None:
    layer, run = LAYERS[name], GOLDEN["runs"][name]
    parameters = ours(run["parameters"])
    assert {k: p.shape for k, p in parameters.items()} == layer.parameter_shapes((3,))
    passed = layer.forward(parameters, {}, X, None)
    np.testing.assert_allclose(passed.out, columns(layer, run["output"]), rtol=1e-12, atol=1e-13)
    back = layer.backward(parameters, passed, columns(layer, run["factors"]))
    np.testing.assert_allclose(back.upstream, run["of_input"], rtol=1e-11, atol=1e-12)
    expected = ours(run["gradients"])
    for key, gradient in back.gradients.items():
        np.testing.assert_allclose(gradient, expected[key], rtol=1e-11, atol=1e-12, err_msg=key)


def test_it_begins_with_frequencies_of_the_spread_and_phases_all_around() -> None:
    net = Network(50, (NumericEmbedding(Periodic(200, 0.1, has_phase=True), 2), Dense(1)))
    theta = net.initial_parameters(np.random.RandomState(0), GlorotUniform())
    named = net.named_parameters(theta)
    frequency, phase = named["layers.0.frequency"], named["layers.0.phase"]
    assert frequency.std() == pytest.approx(0.1, rel=0.05)
    assert abs(frequency.mean()) < 0.01
    assert -np.pi <= phase.min() < -3.1
    assert 3.1 < phase.max() <= np.pi


def test_pieces_behind_a_line_begin_as_a_line() -> None:
    layer = NumericEmbedding(Pieces(EDGES, starts_linear=True), 4)
    net = Network(3, (layer,))
    theta = net.initial_parameters(np.random.RandomState(0), GlorotUniform())
    parameters = net.layer_parameters(theta)[0]
    line = np.array([[-9.0], [0.0], [9.0]]) * np.ones(3)
    low, middle, high = layer.forward(parameters, {}, line, None).out
    np.testing.assert_allclose(low + high, 2 * middle, atol=1e-12)
    assert np.abs(high - low).min() > 0


def test_slopes_of_pieces_that_a_feature_lacks_stay_zero() -> None:
    net = Network(3, (NumericEmbedding(Pieces(EDGES), 4), Dense(1)))
    theta = net.initial_parameters(np.random.RandomState(0), GlorotUniform())
    weight = net.named_parameters(theta)["layers.0.weight"]
    assert not weight[1, 2:].any()
    assert weight[1, :2].all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NumericEmbedding(Periodic(0), 2), "one frequency or more"),
        (lambda: Periodic(sigma=0.0), "positive"),
        (lambda: NumericEmbedding(Periodic(), 0), "one number or more"),
        (lambda: NumericEmbedding(Periodic(), 2, Softmax()), "single numbers"),
        (lambda: NumericEmbedding(Scale(), 2, Identity()), "takes a basis"),
        (lambda: Pieces(((0.0, 1.0), (1.0,))), "feature 1 has 1 edges.*leave out"),
        (lambda: Pieces(((0.0, 1.0), (1.0, 1.0))), "feature 1 do not increase"),
        (lambda: Pieces(((0.0, 1e-60),)), "increase in float32"),
        (lambda: Pieces(((0.0, np.inf),)), "increase"),
        (lambda: Network(3, (NumericEmbedding(Pieces(((0.0, 1.0),)), 1),)), "as many, got 3"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
