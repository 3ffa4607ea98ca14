"""Networks with pieces: the native engine, which does not write them out, and the readable one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt import engine
from rosenblatt.activations import ReLU
from rosenblatt.backprop import forward
from rosenblatt.engine import EpochPlan, OptimizerState, TrainingSetup
from rosenblatt.engine.native import NativeObjective, native_scores
from rosenblatt.engine.reference import ReferenceObjective, ReferenceTrainer
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network, PiecewiseLinear
from rosenblatt.optimizers import Adam
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from tests.support.native_cases import each_build, use
from tests.support.pieces import LAYER, NETWORKS, arrays, each_network, theta_of


@each_build
@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@each_network
def test_both_engines_agree(
    net: Network, csr: bool, build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    theta, data = theta_of(net), arrays(n_outputs=net.n_outputs)
    X = sp.csr_matrix(data.X) if csr else data.X
    scores = forward(net, theta, data.X).scores
    # Where a score nearly cancels, what is left has the rounding of its terms.
    np.testing.assert_allclose(
        native_scores(net, theta, X, 1), scores, rtol=1e-12, atol=1e-14 * np.abs(scores).max()
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


@each_build
@pytest.mark.parametrize("n", [1, 2, 7, 2100])
def test_any_number_of_rows(n: int, build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than pass the chain together, and so few that sums over the weights serve one."""
    use(build, monkeypatch)
    net = NETWORKS["wide"]
    theta, data = theta_of(net, np.float32), arrays(n)
    X, y = data.X.astype(np.float32), data.y.astype(np.float32)
    expected = forward(net, theta.astype(float), X.astype(float)).scores
    np.testing.assert_allclose(native_scores(net, theta, X, 2), expected, rtol=2e-4, atol=2e-5)
    for threads in (1, 2):
        native = NativeObjective(net, SquaredError(), L2(0.1), Arrays(X, y), threads)
        reference = ReferenceObjective(net, SquaredError(), L2(0.1), data)
        for one, other in zip(
            native.value_and_gradient(theta),
            reference.value_and_gradient(theta.astype(float)),
            strict=True,
        ):
            np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-5)


@each_build
@pytest.mark.parametrize("n_features", [4095, 4097])
def test_any_number_of_columns(
    n_features: int, build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer and more than the native product sums without BLAS."""
    use(build, monkeypatch)
    few, none = n_features - 2, ((),) * (n_features - 2)
    layer = PiecewiseLinear(
        (-1.0,) * n_features,
        (1.0,) * n_features,
        (*LAYER.edges[::2], *none),
        (*LAYER.centers[::2], *none),
        (0.5, 2.0, *(1.0,) * few),
    )
    net = Network(n_features, (layer, Dense(40, ReLU()), Dense(2)))
    theta, rng = theta_of(net), np.random.default_rng(0)
    data = Arrays(rng.normal(size=(30, n_features)), rng.normal(size=(30, 2)))
    native = NativeObjective(net, SquaredError(), L2(0.1), data, 2)
    reference = ReferenceObjective(net, SquaredError(), L2(0.1), data)
    for one, other in zip(
        native.value_and_gradient(theta), reference.value_and_gradient(theta), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


@each_build
def test_lists_that_do_not_fit_are_refused(build: Any) -> None:
    fields = {
        "lows": [0.0],
        "highs": [1.0],
        "n_pieces": [2],
        "begins": [0.0, 0.5],
        "widths": [0.5, 0.5],
        "centers": [0.5, 0.5],
        "gains": [1.0],
    }
    dense = ("Dense", {"units": 1, "activation": ("Identity", [])})

    def make(**change: Any) -> Any:
        layer = ("PiecewiseLinear", fields | change)
        loss, penalty = ("SquaredError", []), ("L2", [0.0])
        return build.Engine64(1, [layer, dense], loss, penalty, 1, False, 0.0, 0, 1)

    make()
    for change in (
        {"lows": []},
        {"begins": [0.0]},
        {"n_pieces": [3]},
        {"n_pieces": [-1]},
        {"n_pieces": [1, 1]},
        {"gains": [1.0, 2.0]},
    ):
        with pytest.raises(ValueError, match=r"pieces|length|features"):
            make(**change)
