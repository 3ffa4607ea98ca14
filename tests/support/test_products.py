"""What BLAS multiplies gives no floating-point warning, with any of its kernels."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rosenblatt import MLPRegressor
from rosenblatt.activations import Activation, Identity, LeakyReLU
from rosenblatt.backprop import backpropagate
from rosenblatt.engine import scores
from rosenblatt.initializers import for_inputs_between
from rosenblatt.losses import AbsoluteError, SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.perceptron.threshold_neuron import ThresholdNeuron
from rosenblatt.regularization.clipping import ClipNorm
from rosenblatt.regularization.constraints import MaxNorm
from rosenblatt.regularization.norms import scale_to_norm
from rosenblatt.regularization.penalties import L2, ElasticNet
from rosenblatt.second_order.fisher import empirical_fisher, fisher
from rosenblatt.support.products import matmul, norm

Array = npt.NDArray[Any]

# All of more than one lane of a vector, and of no whole number of them.
HOSTILE: dict[str, Array] = {
    "infinity, and squares that overflow": np.array([np.inf, 1e300, 0.0, 1e300, -1.0]),
    "squares that overflow": np.full(19, 1e300),
    "a sum that overflows": np.full(19, 1e154),
    "both infinities": np.array([1.0, np.inf, -np.inf, 2.0, 3.0]),
    "infinity and zeros": np.array([np.inf, 0.0, 0.0, 0.0, 0.0]),
    "no number": np.array([np.nan, 1e300, 1.0, 0.0, np.inf]),
    "small": np.full(19, 1e-300),
}
hostile = pytest.mark.parametrize("x", HOSTILE.values(), ids=HOSTILE)


def summed(a: Array, b: Array) -> Array:
    """a @ b without BLAS."""
    with np.errstate(all="ignore"):
        return (a[..., :, :, None] * b[None, :, :]).sum(axis=-2)


@hostile
def test_products(x: Array) -> None:
    """But for what becomes of infinity and a product that overflows, which follows from fusing."""
    rows = np.stack([x, x[::-1], np.ones_like(x)])
    for a, b in ((rows, rows.T), (rows, x[:, None]), (x[None], rows.T)):
        found, expected = matmul(a, b), summed(a, b)
        finite = np.isfinite(expected)
        np.testing.assert_array_equal(np.isfinite(found), finite)
        np.testing.assert_allclose(found[finite], expected[finite])


@hostile
def test_norms(x: Array) -> None:
    with np.errstate(all="ignore"):
        assert norm(x) == pytest.approx(np.sqrt((x * x).sum()), nan_ok=True)


@hostile
def test_clipping(x: Array) -> None:
    """NaN of what is infinite comes of NumPy's own division."""
    with np.errstate(invalid="ignore"):
        clipped, scaled = ClipNorm(1.0).clip(x), scale_to_norm(x, 1.0)
    if np.isfinite(x).all():
        assert norm(clipped) <= 1 + 1e-12
        assert norm(scaled) <= 1 + 1e-12
    else:
        assert not np.isfinite(scaled).all()


@hostile
def test_constraints(x: Array) -> None:
    W = np.stack([x, x[::-1], np.ones_like(x)], axis=1)
    with np.errstate(invalid="ignore"):
        MaxNorm(1.0).project(W)
    np.testing.assert_allclose(W[:, 2], np.full(len(x), len(x) ** -0.5))


@hostile
def test_penalties(x: Array) -> None:
    with np.errstate(all="ignore"):
        square = float((x * x).sum())
        absolute = float(np.abs(x).sum())
    assert L2(0.5).value(x) == pytest.approx(0.25 * square, nan_ok=True)
    assert ElasticNet(0.5, 0.5).value(x) == pytest.approx(
        0.25 * square + 0.5 * absolute, nan_ok=True
    )


@dataclass(frozen=True)
class Half(Activation):
    """z / 2, which overflows nowhere, and for which there is no kernel."""

    def value(self, z: Array) -> Array:
        return z / 2

    def pull_back(self, z: Array, a: Array, grad: Array) -> Array:
        return grad / 2


def overflowing(residual: bool, activation: Activation) -> tuple[Network, Array, Array]:
    """A network, parameters, and rows whose products with them overflow, none to NaN."""
    hidden = Dense(7, activation, residual=residual)
    network = Network(5, (hidden, Dense(2, Identity())), 0.0)
    theta = np.full(network.n_parameters, 1e200)
    return network, theta, np.full((3, 5), 1e150)


@pytest.mark.parametrize("residual", [False, True])
def test_backpropagation(residual: bool) -> None:
    network, theta, X = overflowing(residual, LeakyReLU())
    found = backpropagate(network, theta, X, np.zeros((3, 2)), AbsoluteError(), L2(1.0))
    assert np.isposinf(found.forward.scores).all()
    assert np.isposinf(found.objective)
    found = backpropagate(
        network, theta / 1e200, X / 1e150, np.full((3, 2), 8e307), AbsoluteError()
    )
    assert np.isposinf(found.objective)
    assert np.isfinite(found.gradient).all()


def test_predictions_without_a_kernel() -> None:
    network, theta, X = overflowing(True, Half())
    assert np.isposinf(scores(network, theta, X)).all()


def test_threshold_neurons() -> None:
    neuron = ThresholdNeuron([1e200] * 5, 0.0)
    X = np.array([[1e200] * 5, [-1e200] * 5, [0.0] * 5])
    np.testing.assert_array_equal(neuron.predict(X), [1, 0, 1])


def test_initial_weights_for_columns_far_away() -> None:
    low, high = np.full(5, 1e300), np.full(5, 1e300 * (1 + 1e-15))
    W, b = for_inputs_between(low, high, np.full((5, 3), 1e300), np.zeros(3))
    assert np.isfinite(W).all()
    assert np.isneginf(b).all()


def test_fisher_matrices() -> None:
    network = Network(5, (Dense(4, Identity()), Dense(2, Identity())), 0.0)
    theta, X = np.ones(network.n_parameters), np.full((3, 5), 1e200)
    assert np.isposinf(fisher(network, theta, X, SquaredError()).max())
    assert np.isposinf(empirical_fisher(network, theta, X, np.zeros((3, 2)), AbsoluteError()).max())


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", ["lm", "gauss_newton"])
def test_least_squares_with_targets_whose_squares_nearly_overflow(solver: str) -> None:
    X = np.random.default_rng(0).standard_normal((40, 3))
    y = 1e152 * X[:, 0] * X[:, 1]
    model = MLPRegressor(hidden_layer_sizes=(4,), solver=solver, max_iter=20, random_state=0)
    model.fit(X, y)
    assert np.isfinite(model.loss_)


OTHERS = ("clipping", "constraints", "penalties")


# Of OpenBLAS, on x86-64: where the processor lacks one's instructions it takes another.
@pytest.mark.parametrize("kernels", ["Haswell", "Sandybridge", "SkylakeX"])
def test_with_other_kernels(kernels: str) -> None:
    here = Path(__file__)
    files = [here, *(here.parents[1] / "regularization" / f"test_{n}.py" for n in OTHERS)]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *files, "-k", "not test_with_other_kernels"],
        env=os.environ
        | {
            "OPENBLAS_CORETYPE": kernels,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
