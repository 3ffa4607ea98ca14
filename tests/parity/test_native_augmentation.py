"""Pictures varied while training: the native engine and the readable one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt.activations import Tanh
from rosenblatt.engine.kernels import runs_natively
from rosenblatt.engine.native import native_scores
from rosenblatt.losses import SquaredError
from rosenblatt.network import (
    Conv2D,
    Crop,
    Cutout,
    Dense,
    Flatten,
    Flip,
    Layer,
    Network,
    Reshape,
    Rotate,
    Shift,
)
from rosenblatt.normalizations import BatchNorm
from rosenblatt.optimizers import SGD
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from tests.support.members import parameters
from tests.support.native_cases import after_epochs, assert_near, each_build, in_double, use

CHAINS: dict[str, tuple[Layer, ...]] = {
    "flips": (Flip(), Flip(False, True), Flip(True, True)),
    "shifts": (Shift(2), Shift((0, 1))),
    "part": (Crop((4, 3), (2, 1)),),
    "rotations": (Rotate(15), Rotate(180)),
    "holes": (Cutout(3), Cutout((1, 5))),
    "all": (Shift(1), Rotate(30), Flip(), Crop(4), Cutout(2)),
    # Where layers before it learn, the gradient goes back through it.
    "in the middle": (
        Conv2D(3, 2, padding=1, activation=Tanh(), normalization=BatchNorm()),
        *(Shift(1), Flip(True, True), Cutout(2), Rotate(20), Crop(5, 1)),
    ),
}
both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def network(chain: tuple[Layer, ...]) -> Network:
    layers = (*chain, Conv2D(4, 2, activation=Tanh()), Flatten(), Dense(2))
    return Network(60, (Reshape((6, 5, 2)), *layers))


def rows(n: int, dtype: Any) -> Arrays:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, 60)) * (rng.random((n, 60)) < 0.7)
    return Arrays(X.astype(dtype), rng.normal(size=(n, 2)).astype(dtype))


@each_build
@both_types
@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_epochs(
    chain: tuple[Layer, ...], csr: bool, dtype: Any, build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    net, arrays = network(chain), rows(40, dtype)
    if csr:
        arrays = Arrays(sp.csr_array(arrays.X), arrays.y)
    problem = Problem(net, SquaredError(), L2(0.1), SGD(1e-2, 0.9))
    orders = [np.random.default_rng(k).permutation(40) for k in range(2)]
    results = []
    for data, threads in ((arrays, 2), (in_double(arrays), None)):
        state = net.initial_state(data.y.dtype)
        theta, _, epochs = after_epochs(problem, data, 25, orders, threads, state=state)
        losses = [epoch.data_loss for epoch in epochs]
        results.append((theta, np.append(state, losses)))
    for ours, expected in zip(*results, strict=True):
        assert_near(ours, expected, dtype, 10)


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_batches_may_be_cut_anyhow(chain: tuple[Layer, ...]) -> None:
    """The same for any number of threads, up to the order of sums."""
    net, arrays = network(chain), rows(3000, np.float64)
    problem = Problem(net, SquaredError(), L2(0.1), SGD(1e-2, 0.9))
    ends = []
    for threads in (1, 2, 5):
        state = net.initial_state(np.float64)
        theta, *_ = after_epochs(problem, arrays, 2500, [None], threads, state=state)
        ends.append(theta)
    np.testing.assert_allclose(ends[1], ends[0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ends[2], ends[0], rtol=1e-9, atol=1e-12)


@both_types
def test_predictions_take_pictures_as_they_are(dtype: Any) -> None:
    chain = (Shift(2), Rotate(30), Flip(), Cutout(2), Crop((4, 5), 1))
    net, plain = network(chain), network((Crop((4, 5)),))
    assert runs_natively(net)
    X, theta = rows(20, dtype).X, parameters(net, 1, dtype)
    assert isinstance(X, np.ndarray)
    ours = native_scores(net, theta, X, 1)
    inner = np.ascontiguousarray(X.reshape(-1, 6, 5, 2)[:, 1:5].reshape(20, -1))
    shorter = Network(40, (Reshape((4, 5, 2)), *plain.layers[2:]))
    np.testing.assert_array_equal(ours, native_scores(shorter, theta, inner, 1))
