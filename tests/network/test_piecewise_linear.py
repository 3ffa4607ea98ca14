"""Features beside piecewise-linear pieces of them."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.engine.reference import ReferenceObjective
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network, PiecewiseLinear
from rosenblatt.regularization.penalties import L2
from tests.support.pieces import LAYER, arrays, each_network, theta_of


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


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lows": (0.0,)}, "different lengths"),
        ({"edges": ((0.0, 0.0, 1.0), (), (0.0, 1.0, 2.0, 3.0))}, "increase"),
        ({"edges": ((0.0,), (), (0.0, 1.0, 2.0, 3.0))}, "one edge more"),
        ({"lows": (2.0, 0.0, 0.0)}, "before it begins"),
        ({"gains": (-1.0, 1.0, 1.0)}, "positive"),
        ({"gains": (np.inf, 1.0, 1.0)}, "not finite"),
        ({"gains": (1e300, 1.0, 1.0)}, "float32"),
        ({"highs": (1e300, 1.0, 1.0)}, "float32"),
        ({"edges": ((-1e300, 0.0, 0.5), (), (0.0, 1.0, 2.0, 3.0))}, "float32"),
        ({"edges": ((0.0, 1e-45, 0.5), (), (0.0, 1.0, 2.0, 3.0))}, "float32"),
    ],
)
def test_layers_that_make_no_sense_are_refused(change: dict[str, object], message: str) -> None:
    fields = {name: getattr(LAYER, name) for name in ("lows", "highs", "edges", "centers", "gains")}
    with pytest.raises(ValueError, match=message):
        PiecewiseLinear(**(fields | change))  # type: ignore[arg-type]


def test_another_number_of_features_is_refused() -> None:
    with pytest.raises(ValueError, match="3 features, got 2"):
        Network(2, (LAYER, Dense(1)))
