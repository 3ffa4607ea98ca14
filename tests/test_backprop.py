"""Back-propagation: a network worked by hand, finite differences, PyTorch's numbers (B1-B13)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rosenblatt.activations import Activation, ReLU, Sigmoid, Tanh
from rosenblatt.backprop import backpropagate
from rosenblatt.engine.kernels import kernel_classes
from rosenblatt.losses import CategoricalCrossEntropy, Huber, Loss, SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.regularization.penalties import L2, Penalty
from rosenblatt.support.philox import Draws
from tests.support.members import (
    LOSSES,
    PENALTIES,
    STRUCTURES,
    TRAINABLE,
    away_from_kinks,
    central_difference,
    network,
    parameters,
    targets,
)

GOLDEN = json.loads((Path(__file__).parent / "golden" / "backprop.json").read_text())
MEMBERS = {cls.__name__: cls for classes in kernel_classes().values() for cls in classes}

# A 2-2-1 network with tanh: tanh(ln 2) = (2 - ½) / (2 + ½) = 0.6, tanh(-ln 3) = -0.8.
LN_2, LN_3 = math.log(2), math.log(3)
NET = network(Tanh(), 2, 2, 1)
W1, B1 = [[LN_2, -LN_3], [0.5, 1.0]], [-1.0, -2.0]
W2, B2 = [[2.0], [-1.0]], [0.5]
THETA = NET.pack([W1, W2], [B1, B2])
X, Y = np.array([1.0, 2.0]), np.array([2.0])


def test_by_hand() -> None:
    trace = backpropagate(NET, THETA, X, Y, SquaredError())
    # B1: z¹ = (ln 2 + 2·½ - 1, -ln 3 + 2·1 - 2);  B2: a¹ = tanh z¹
    np.testing.assert_allclose(trace.forward.z[0], [[LN_2, -LN_3]], rtol=1e-14)
    np.testing.assert_allclose(trace.forward.a[1], [[0.6, -0.8]], rtol=1e-14)
    # z² = 0.6·2 + 0.8·1 + 0.5 = a² = ŷ
    np.testing.assert_allclose(trace.forward.scores, [[2.5]], rtol=1e-14)
    np.testing.assert_allclose(trace.prediction, [[2.5]], rtol=1e-14)
    # B4: ½ (2.5 - 2)²
    np.testing.assert_allclose(trace.loss, [0.125], rtol=1e-13)
    assert trace.objective == pytest.approx(0.125, rel=1e-13)
    # B7: δ² = ŷ - y;  B8: δ¹ = W² δ² ⊙ (1 - a²) = (2·½·0.64, -1·½·0.36)
    np.testing.assert_allclose(trace.delta[1], [[0.5]], rtol=1e-13)
    np.testing.assert_allclose(trace.delta[0], [[0.64, -0.18]], rtol=1e-13)
    # B9: x δ¹ and a¹ δ²;  B10: δ
    np.testing.assert_allclose(trace.weight_gradients[0], [[0.64, -0.18], [1.28, -0.36]])
    np.testing.assert_allclose(trace.weight_gradients[1], [[0.3], [-0.4]])
    np.testing.assert_allclose(trace.bias_gradients[0], [0.64, -0.18])
    np.testing.assert_allclose(trace.bias_gradients[1], [0.5])
    np.testing.assert_allclose(
        trace.gradient, [0.64, -0.18, 1.28, -0.36, 0.64, -0.18, 0.3, -0.4, 0.5]
    )


def test_penalty_by_hand() -> None:
    """B5, B6: λ/2 Σ w² is added once, λ w to the weights' gradients, nothing to the biases'."""
    plain = backpropagate(NET, THETA, X, Y, SquaredError())
    trace = backpropagate(NET, THETA, X, Y, SquaredError(), L2(0.1))
    squares = LN_2**2 + LN_3**2 + 0.25 + 1 + 4 + 1
    assert trace.objective == pytest.approx(0.125 + 0.05 * squares)
    np.testing.assert_allclose(
        trace.weight_gradients[0] - plain.weight_gradients[0], 0.1 * np.array(W1)
    )
    np.testing.assert_allclose(
        trace.weight_gradients[1] - plain.weight_gradients[1], 0.1 * np.array(W2)
    )
    np.testing.assert_array_equal(trace.bias_gradients[0], plain.bias_gradients[0])
    np.testing.assert_array_equal(trace.bias_gradients[1], plain.bias_gradients[1])


def test_chain_rule_number_by_number() -> None:
    """B13: each derivative as the product along its paths, one factor a layer, in plain floats."""
    net = network(Sigmoid(), 1, 2, 2, 1)
    theta = parameters(net, seed=3)
    x, y = 0.7, 1.0
    (w1, b1), (w2, b2), (w3, b3) = net.weights_and_biases(theta)

    def sigma(z: float) -> float:
        return 1 / (1 + math.exp(-z))

    h = [sigma(x * w1[0, i] + b1[i]) for i in range(2)]
    k = [sigma(h[0] * w2[0, j] + h[1] * w2[1, j] + b2[j]) for j in range(2)]
    error = k[0] * w3[0, 0] + k[1] * w3[1, 0] + b3[0] - y
    trace = backpropagate(net, theta, np.array([x]), np.array([y]), SquaredError())
    for i in range(2):
        # ∂J/∂w¹ᵢ = Σⱼ (ŷ - y) · w³ⱼ · σ'(z²ⱼ) · w²ᵢⱼ · σ'(z¹ᵢ) · x, over both paths j
        paths = [
            error * w3[j, 0] * k[j] * (1 - k[j]) * w2[i, j] * h[i] * (1 - h[i]) * x
            for j in range(2)
        ]
        assert trace.weight_gradients[0][0, i] == pytest.approx(sum(paths), rel=1e-12)
        assert trace.bias_gradients[0][i] == pytest.approx(sum(paths) / x, rel=1e-12)
        for j in range(2):
            path = error * w3[j, 0] * k[j] * (1 - k[j]) * h[i]
            assert trace.weight_gradients[1][i, j] == pytest.approx(path, rel=1e-12)


# Finite differences.

DRAWS = Draws(seed=3, step=1)


def numeric_gradient(
    f: Any, theta: npt.NDArray[np.float64], step: float = 1e-3
) -> npt.NDArray[np.float64]:
    return np.array(
        [central_difference(lambda h, e=e: f(theta + h * e), 0, step) for e in np.eye(len(theta))]
    )


def assert_gradient(gradient: Any, numeric: Any) -> None:
    """B9: less than 1e-7, relative to the gradient."""
    difference = np.linalg.norm(gradient - numeric)
    assert difference < 1e-7 * np.linalg.norm(numeric)
    assert difference < 1e-7 * np.linalg.norm(gradient)


WEIGHTS = np.array([0.5, 2.0, 1.0, 0.0])


@pytest.mark.product(every=7)
@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_gradient_of_the_data_loss(g: Activation, loss: Loss, depth: int) -> None:
    net = network(g, 2, *[3] * (depth - 1), 2)
    rows, theta = away_from_kinks(net, loss, 4, margin=0.01, draws=DRAWS)
    y = targets(loss, 4, 2)
    trace = backpropagate(net, theta, rows, y, loss)
    assert_gradient(
        trace.gradient,
        numeric_gradient(lambda t: backpropagate(net, t, rows, y, loss).objective, theta),
    )


@pytest.mark.product(every=19)
@pytest.mark.parametrize("penalty", [None, *PENALTIES], ids=repr)
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["unweighted", "weighted"])
@pytest.mark.parametrize("total", [None, 7.0])
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_gradient_of_the_whole_objective(
    g: Activation, loss: Loss, total: float | None, weights: Any, penalty: Penalty | None
) -> None:
    net = network(g, 2, 3, 2)
    rows, theta = away_from_kinks(net, loss, 4, margin=0.01, draws=DRAWS)
    arguments = (rows, targets(loss, 4, 2), loss, penalty, weights, total)
    trace = backpropagate(net, theta, *arguments)
    assert_gradient(
        trace.gradient,
        numeric_gradient(lambda t: backpropagate(net, t, *arguments).objective, theta),
    )


@pytest.mark.product(every=17)
@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES)
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_gradient_of_every_structure(g: Activation, loss: Loss, structure: dict[str, Any]) -> None:
    """Blocks of the inputs' width and of another, of one unit, and one after the other."""
    net = network(g, 2, 2, 3, 3, 1, 2, **structure)
    margin = 0.007 if isinstance(loss, Huber) else 0.005  # an error that nears a corner of the loss
    rows, theta = away_from_kinks(net, loss, 8, margin=margin, draws=DRAWS)
    arguments = (rows, targets(loss, 8, 2), loss, L2(0.3), np.tile(WEIGHTS, 2), 9.0, DRAWS)
    trace = backpropagate(net, theta, *arguments)
    assert_gradient(
        trace.gradient,
        numeric_gradient(lambda t: backpropagate(net, t, *arguments).objective, theta, 3e-4),
    )


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_delta_is_the_gradient_in_the_pre_activation(loss: Loss) -> None:
    """B7, B8: shifting every z of a layer is what shifting its biases does to one sample."""
    net = network(Tanh(), 3, 4, 4, 2)
    theta, x, y = parameters(net), np.array([0.3, -1.0, 0.8]), targets(loss, 1, 2)
    trace = backpropagate(net, theta, x, y, loss)
    numeric = numeric_gradient(lambda t: backpropagate(net, t, x, y, loss).objective, theta)
    for delta, (_, db) in zip(trace.delta, net.weights_and_biases(numeric), strict=True):
        np.testing.assert_allclose(delta[0], db, atol=1e-10)


# Samples and batches.


@pytest.mark.product(every=5)
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_batch_gradient_is_the_mean_over_samples(g: Activation, loss: Loss) -> None:
    net = network(g, 3, 4, 2)
    theta, rows, y = (
        parameters(net),
        np.random.default_rng(0).standard_normal((5, 3)),
        targets(loss, 5, 2),
    )
    singles = [backpropagate(net, theta, x, t, loss) for x, t in zip(rows, y, strict=True)]
    batch = backpropagate(net, theta, rows, y, loss)
    np.testing.assert_allclose(batch.gradient, np.mean([s.gradient for s in singles], axis=0))
    assert batch.objective == pytest.approx(np.mean([s.objective for s in singles]))
    np.testing.assert_allclose(batch.loss, [s.objective for s in singles])


def test_a_sample_is_a_batch_of_one() -> None:
    one = backpropagate(NET, THETA, X, Y, SquaredError())
    batch = backpropagate(NET, THETA, X[None, :], Y[None, :], SquaredError())
    np.testing.assert_array_equal(one.gradient, batch.gradient)
    assert one.forward.a[0].shape == (1, 2)
    assert [z.shape for z in one.forward.z] == [(1, 2), (1, 1)]
    assert [d.shape for d in one.delta] == [(1, 2), (1, 1)]


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_weight_two_is_the_row_twice(loss: Loss) -> None:
    net = network(Tanh(), 3, 4, 2)
    theta, rows, y = (
        parameters(net),
        np.random.default_rng(0).standard_normal((3, 3)),
        targets(loss, 3, 2),
    )
    weighted = backpropagate(net, theta, rows, y, loss, sample_weight=np.array([1.0, 2.0, 0.0]))
    twice = backpropagate(net, theta, rows[[0, 1, 1]], y[[0, 1, 1]], loss)
    np.testing.assert_allclose(weighted.gradient, twice.gradient)
    assert weighted.objective == pytest.approx(twice.objective)


def test_total_weight_divides_the_data_loss_and_not_the_penalty() -> None:
    theta, penalty = THETA, L2(0.2)
    bare = backpropagate(NET, theta, X, Y, SquaredError(), total_weight=4)
    assert bare.objective == pytest.approx(0.125 / 4)
    both = backpropagate(NET, theta, X, Y, SquaredError(), penalty, total_weight=4)
    added = sum(penalty.value(W) for W, _ in NET.weights_and_biases(theta))
    assert both.objective == pytest.approx(0.125 / 4 + added)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_float_type_stays(loss: Loss, dtype: Any) -> None:
    net = network(ReLU(), 3, 4, 2)
    rows = np.random.default_rng(0).standard_normal((5, 3)).astype(dtype)
    y = targets(loss, 5, 2).astype(dtype)
    trace = backpropagate(net, parameters(net, dtype=dtype), rows, y, loss, L2(0.1))
    arrays = [*trace.forward.z, *trace.forward.a, *trace.delta, trace.gradient, trace.prediction]
    assert {a.dtype for a in arrays} == {np.dtype(dtype)}


def test_softmax_may_stand_inside_the_chain() -> None:
    """A layer's activation is free; its Jacobian need not be diagonal."""
    net = Network(2, (Dense(3, MEMBERS["Softmax"]()), Dense(3, Tanh()), Dense(2)))
    rows, theta = away_from_kinks(net, None, 4, margin=0)
    y = targets(CategoricalCrossEntropy(), 4, 2)

    def objective(t: Any) -> float:
        return backpropagate(net, t, rows, y, CategoricalCrossEntropy()).objective

    trace = backpropagate(net, theta, rows, y, CategoricalCrossEntropy())
    assert_gradient(trace.gradient, numeric_gradient(objective, theta))


# PyTorch's autograd.


@pytest.mark.parametrize(
    "run", GOLDEN["runs"], ids=lambda run: f"{run['activation']}-{run['loss']}"
)
def test_numbers_are_pytorchs(run: dict[str, Any]) -> None:
    g, loss = (GOLDEN["members"][run[concept]] for concept in ("activation", "loss"))
    trace = backpropagate(
        network(MEMBERS[g["name"]](**g["fields"]), *GOLDEN["units"]),
        np.array(GOLDEN["theta"]),
        np.array(GOLDEN["X"]),
        np.array(GOLDEN["targets"][loss["targets"]]),
        MEMBERS[loss["name"]](**loss["fields"]),
        L2(GOLDEN["strength"]),
        np.array(GOLDEN["weights"]),
    )
    np.testing.assert_allclose(trace.forward.scores, run["scores"], rtol=1e-12)
    assert trace.objective == pytest.approx(run["objective"], rel=1e-12)
    np.testing.assert_allclose(trace.gradient, run["gradient"], rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize(("concept", "key"), [("activations", "activation"), ("losses", "loss")])
def test_every_activation_and_loss_has_golden_numbers(concept: str, key: str) -> None:
    present = {GOLDEN["members"][run[key]]["name"] for run in GOLDEN["runs"]}
    # Those of several outputs a target are in distributions.json: tests/losses.
    assert present == {
        cls.__name__
        for cls in kernel_classes()[concept]
        if getattr(cls(), "outputs_per_target", 1) == 1
    }


def test_mismatched_shapes_are_refused() -> None:
    net = Network(2, (Dense(3, Tanh()), Dense(1)))
    theta = np.zeros(net.n_parameters)
    X, y = np.zeros((4, 2)), np.zeros((4, 1))
    with pytest.raises(ValueError, match=r"takes 2 features, X has shape \(4, 3\)"):
        backpropagate(net, theta, np.zeros((4, 3)), y, SquaredError())
    with pytest.raises(ValueError, match=r"X has 4 rows, y has shape \(1, 4\)"):
        backpropagate(net, theta, X, y[:, 0], SquaredError())
    with pytest.raises(ValueError, match="sample_weight has shape"):
        backpropagate(net, theta, X, y, SquaredError(), sample_weight=np.ones(3))
    with pytest.raises(ValueError, match="2 layers, got 1 and 2"):
        net.pack([np.zeros((2, 3))], [np.zeros(3), np.zeros(1)])
