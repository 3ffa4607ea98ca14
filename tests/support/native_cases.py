"""What the parity tests share: problems, both engines over them, and every build of the module."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp

from rosenblatt.activations import Activation
from rosenblatt.engine import EpochPlan, native
from rosenblatt.engine.blas import gemm_capsules
from rosenblatt.engine.native import NativeObjective, NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.engine.reference import ReferenceObjective, ReferenceTrainer
from rosenblatt.losses import Loss, PolicyGradient
from rosenblatt.network import Network
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import Penalty
from tests.support.members import network, parameters, random_state, targets

# Of what the steps draw: more than 32 bits.
SEED = 0x123456789ABCDEF
# Relative to the largest entry of what is compared.
TOLERANCE = {np.float32: 1e-5, np.float64: 1e-12}


def builds() -> list[Any]:
    """The compiled modules that this install has and this processor runs, the plainest first."""
    base = importlib.import_module("rosenblatt.engine._native")
    found = [base]
    for level in (3, 4):
        if base.cpu_level() >= level:
            try:
                found.append(importlib.import_module(f"rosenblatt.engine._native_v{level}"))
            except ModuleNotFoundError:  # built for one instruction set alone
                continue
    for build in found:
        build.use_blas(*gemm_capsules())
    return found


each_build = pytest.mark.parametrize("build", builds(), ids=lambda b: b.__name__.rpartition(".")[2])


def use(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "module", lambda: build)


def make_arrays(
    loss: Loss,
    n: int,
    n_inputs: int,
    n_outputs: int,
    dtype: Any = np.float64,
    weighted: bool = False,
    csr: bool = False,
) -> Arrays:
    """Rows of which half the entries are 0, with empty ones among them, and weights with a 0."""
    rng = np.random.default_rng(n + 31 * n_inputs)
    X = rng.standard_normal((n, n_inputs)) * (rng.random((n, n_inputs)) < 0.5)
    X[n // 2] = 0
    weights = rng.uniform(0.2, 3, n).astype(dtype) if weighted else None
    if weights is not None:
        weights[0] = 0
    X = X.astype(dtype)
    y = targets(loss, n, n_outputs).astype(dtype)
    return Arrays(sp.csr_array(X) if csr else X, y, weights)


def in_double(arrays: Arrays) -> Arrays:
    """The same numbers for the readable engine, which then adds no rounding of its own."""
    weights = None if arrays.weights is None else arrays.weights.astype(np.float64)
    return Arrays(arrays.X.astype(np.float64), arrays.y.astype(np.float64), weights)


def assert_near(
    actual: Any, expected: Any, dtype: Any, factor: float = 1, scale: float = 0.0
) -> None:
    expected = np.asarray(expected)
    scale = max(float(np.abs(expected).max()), scale, 1e-3)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=factor * TOLERANCE[dtype] * scale)


def assert_same_objective(
    net: Network, loss: Loss, penalty: Penalty, arrays: Arrays, threads: int, seed: int = 1
) -> None:
    """Value, penalty and every layer's gradient of the native engine beside the readable one's."""
    dtype = arrays.y.dtype.type
    theta = parameters(net, seed, dtype)
    data_loss, added, gradient = NativeObjective(
        net, loss, penalty, arrays, threads
    ).value_and_gradient(theta)
    expected = ReferenceObjective(net, loss, penalty, in_double(arrays)).value_and_gradient(
        theta.astype(np.float64)
    )
    assert gradient.dtype == dtype
    # The terms of a policy gradient have either sign: they are about 1, and their sum is not.
    assert_near(data_loss, expected[0], dtype, 1, 0.1 if isinstance(loss, PolicyGradient) else 0.0)
    assert_near(added, expected[1], dtype)
    # Terms of either sign may cancel, as in the gradient of a single bias: some of them are larger
    # than their sum. A batch normalisation takes out what shifts all rows alike: the gradient of
    # such a parameter is nothing but rounding, and that of others a difference of larger numbers.
    largest = float(np.abs(expected[2]).max())
    scale, factor = (largest, 2) if net.n_state else (0.1 * largest, 1)
    theirs = net.named_parameters(expected[2])
    for name, ours in net.named_parameters(gradient).items():
        assert_near(ours, theirs[name], dtype, factor, scale)


def after_epochs(
    problem: Problem,
    arrays: Arrays,
    batch_size: int,
    orders: list[npt.NDArray[np.int64] | None],
    threads: int | None,
    seed: int = 2,
    scale: float = 1,
    state: npt.NDArray[Any] | None = None,
    shares: int = 0,
    bfloat16: bool = False,
) -> tuple[npt.NDArray[Any], OptimizerState, list[Any]]:
    """Parameters, memory and records after an epoch for each order; `threads` None: readable."""
    theta = parameters(problem.network, seed, arrays.y.dtype)
    theta *= scale
    memory = OptimizerState.of(problem.optimizer, theta, problem.averaging)
    memory.seed = SEED
    state = random_state(problem.network, seed, theta.dtype) if state is None else state
    trainer = (
        ReferenceTrainer(problem, arrays, theta, memory, state)
        if threads is None
        else NativeTrainer(problem, arrays, theta, memory, threads, bfloat16, state, shares)
    )
    epochs = []
    for i, order in enumerate(orders):
        rows = arrays.n_samples if order is None else len(order)
        factors = np.linspace(1, 0.5, -(-rows // batch_size)) / (i + 1)
        epochs.append(trainer.epoch(EpochPlan(order, batch_size, factors)))
    return theta, memory, epochs


def small_network(g: Activation) -> Network:
    return network(g, 7, 5, 4, 3)
