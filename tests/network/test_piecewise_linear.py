"""Features beside piecewise-linear pieces of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt import engine
from rosenblatt.activations import GELU, ReLU, Tanh
from rosenblatt.backprop import forward
from rosenblatt.engine import EpochPlan, OptimizerState, TrainingSetup
from rosenblatt.engine.native import NativeObjective, native_scores
from rosenblatt.engine.reference import ReferenceObjective, ReferenceTrainer
from rosenblatt.initializers import GlorotUniform
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network, PiecewiseLinear
from rosenblatt.normalizations import LayerNorm
from rosenblatt.optimizers import Adam
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from tests.support.native_cases import each_build, use

LAYER = PiecewiseLinear(
    lows=(-1.0, -2.0, -3.0),
    highs=(1.0, 2.0, 3.0),
    edges=((-1.0, 0.0, 0.5), (), (-2.0, -1.0, 0.0, 2.0)),
    centers=((0.1, 0.2), (), (0.3, 0.2, 0.1)),
    gains=(0.5, 1.0, 2.0),
)
NETWORKS = {
    "first": Network(3, (LAYER, Dense(4, Tanh()), Dense(2))),
    # More units than a panel of the native product has, and a part of another one.
    "wide": Network(3, (LAYER, Dense(75, ReLU()), Dense(2))),
    "needs z": Network(3, (LAYER, Dense(4, GELU()), Dense(2))),
    "rows together": Network(3, (LAYER, Dense(4, Tanh(), normalization=LayerNorm()), Dense(2))),
    "residual": Network(3, (LAYER, Dense(8, Tanh(), residual=True), Dense(2))),
    "one output": Network(3, (LAYER, Dense(1))),
    "without pieces": Network(
        3, (PiecewiseLinear((-1.0,) * 3, (1.0,) * 3, ((),) * 3, ((),) * 3, (1.0,) * 3), Dense(2))
    ),
    "second": Network(3, (Dense(3, Tanh()), LAYER, Dense(4, Tanh()), Dense(2))),
    "dropout": Network(3, (LAYER, Dense(4, Tanh(), dropout=0.3), Dense(2))),
}
each_network = pytest.mark.parametrize("net", NETWORKS.values(), ids=NETWORKS)


def theta_of(net: Network, dtype: type = np.float64) -> np.ndarray:
    return net.initial_parameters(np.random.RandomState(0), GlorotUniform(), dtype)


def arrays(n: int = 50, n_outputs: int = 2) -> Arrays:
    rng = np.random.default_rng(0)
    return Arrays(2 * rng.normal(size=(n, 3)), rng.normal(size=(n, n_outputs)))


def by_hand(layer: PiecewiseLinear, x: list[float]) -> list[float]:
    out = [min(max(v, low), high) for v, low, high in zip(x, layer.lows, layer.highs, strict=True)]
    for v, edges, centers, gain in zip(x, layer.edges, layer.centers, layer.gains, strict=True):
        last = len(centers) - 1
        for t, center in enumerate(centers):
            where = (v - edges[t]) / (edges[t + 1] - edges[t])
            where = min(max(where, -1 if t == 0 else 0), 2 if t == last else 1)
            out.append(gain * (where - center))
    return out


@pytest.mark.parametrize("x", [[0.2, 9.0, -1.5], [-50.0, -9.0, 50.0], [-1.4, 0.0, 3.9]])
def test_the_output_is_the_formula(x: list[float]) -> None:
    passed = LAYER.forward({}, {}, np.array([x]), None)
    np.testing.assert_allclose(passed.out, [by_hand(LAYER, x)], rtol=1e-12)


def test_pieces_add_up_to_the_value_held_to_one_piece_beyond_the_edges() -> None:
    edges = (-1.0, 0.0, 0.5, 3.0)
    layer = PiecewiseLinear((-9.0,), (9.0,), (edges,), ((0.0, 0.0, 0.0),), (1.0,))
    x = np.linspace(-4, 8, 101)[:, None]
    h = layer.forward({}, {}, x, None).out[:, 1:]
    expected = np.clip(x[:, 0], edges[0] - 1.0, edges[-1] + 2.5)
    np.testing.assert_allclose(h @ np.diff(edges) + edges[0], expected, rtol=1e-12)


@each_network
def test_the_gradient_is_that_of_differences(net: Network) -> None:
    if net.is_random:
        pytest.skip("differences need a fixed objective")
    theta, data = theta_of(net), arrays(n_outputs=net.n_outputs)
    objective = ReferenceObjective(net, SquaredError(), L2(0.1), data)

    def value(at: np.ndarray) -> float:
        data_loss, penalty, _ = objective.value_and_gradient(at)
        return data_loss + penalty

    step = 1e-6
    differences = [
        (value(theta + e) - value(theta - e)) / (2 * step) for e in step * np.eye(len(theta))
    ]
    np.testing.assert_allclose(objective.value_and_gradient(theta)[2], differences, atol=1e-8)


@each_build
@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@each_network
def test_both_engines_agree(
    net: Network, csr: bool, build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    theta, data = theta_of(net), arrays(n_outputs=net.n_outputs)
    X = sp.csr_matrix(data.X) if csr else data.X
    np.testing.assert_allclose(
        native_scores(net, theta, X, 1), forward(net, theta, data.X).scores, rtol=1e-12
    )
    if not net.is_random:
        native = NativeObjective(net, SquaredError(), L2(0.1), Arrays(X, data.y), 2)
        reference = ReferenceObjective(net, SquaredError(), L2(0.1), data)
        for one, other in zip(
            native.value_and_gradient(theta), reference.value_and_gradient(theta), strict=True
        ):
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-13)
    thetas = []
    for make in (engine.trainer, None):
        own = theta.copy()
        problem = Problem(net, SquaredError(), L2(0.1), Adam(0.01))
        state = OptimizerState.of(problem.optimizer, own)
        state.seed = 5
        used = Arrays(X, data.y) if make else data
        trainer = (
            make(TrainingSetup(problem, used, own, state, 7, n_jobs=1))
            if make
            else ReferenceTrainer(problem, used, own, state)
        )
        for epoch in range(3):
            order = np.random.default_rng(epoch).permutation(50)
            trainer.epoch(EpochPlan(order, 7, np.ones(8)))
        thetas.append(own)
    np.testing.assert_allclose(*thetas, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_stays_and_infinity_is_held(value: float) -> None:
    net = NETWORKS["first"]
    X = np.array([[value, 0.0, 0.0]])
    scores = native_scores(net, theta_of(net), X, 1)
    np.testing.assert_array_equal(np.isnan(scores), np.isnan(value))
    np.testing.assert_allclose(scores, forward(net, theta_of(net), X).scores, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lows": (0.0,)}, "different lengths"),
        ({"edges": ((0.0, 0.0, 1.0), (), (0.0, 1.0, 2.0, 3.0))}, "increase"),
        ({"edges": ((0.0,), (), (0.0, 1.0, 2.0, 3.0))}, "one edge more"),
        ({"lows": (2.0, 0.0, 0.0)}, "before it begins"),
        ({"gains": (np.nan, 1.0, 1.0)}, "not finite"),
    ],
)
def test_layers_that_make_no_sense_are_refused(change: dict[str, object], message: str) -> None:
    fields = {name: getattr(LAYER, name) for name in ("lows", "highs", "edges", "centers", "gains")}
    with pytest.raises(ValueError, match=message):
        PiecewiseLinear(**(fields | change))  # type: ignore[arg-type]


def test_another_number_of_features_is_refused() -> None:
    with pytest.raises(ValueError, match="3 features, got 2"):
        Network(2, (LAYER, Dense(1)))
