"""Blocks with more to them than a dense layer: the native engine beside the readable one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt.activations import Activation, Tanh
from rosenblatt.backprop import forward
from rosenblatt.engine.interface import OutputFormat
from rosenblatt.engine.native import NativeObjective, NativePredictor
from rosenblatt.losses import CategoricalCrossEntropy, Loss, SquaredError
from rosenblatt.network import Network
from rosenblatt.optimizers import SGD, Adam
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.philox import Draws
from tests.support.members import (
    FUNCTIONS,
    LOSSES,
    STRUCTURES,
    TRAINABLE,
    away_from_kinks,
    central_difference,
    network,
    parameters,
    random_state,
    targets,
)
from tests.support.native_cases import (
    after_epochs,
    assert_near,
    assert_same_objective,
    each_build,
    in_double,
    make_arrays,
    use,
)

Structure = dict[str, Any]
each_structure = pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES)
each_function = pytest.mark.parametrize("structure", FUNCTIONS.values(), ids=FUNCTIONS)
each_activation = pytest.mark.parametrize("g", TRAINABLE, ids=repr)
each_loss = pytest.mark.parametrize("loss", LOSSES, ids=repr)
both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])
dense_or_csr = pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
# Rounding grows with the steps taken.
GROWTH = 10


def dense_only(structure: Structure, csr: bool) -> None:
    if csr and structure.get("input_noise"):
        pytest.skip("noise needs dense inputs")


def blocks(g: Activation, structure: Structure) -> Network:
    """Blocks as wide as what comes in, and of other widths, after the inputs and after a block."""
    return network(g, 7, 7, 5, 5, 4, 3, **structure)


def assert_same_epochs(
    net: Network,
    loss: Loss,
    arrays: Arrays,
    batch_size: int,
    threads: int,
    growth: float = GROWTH,
) -> None:
    dtype = arrays.y.dtype.type
    problem = Problem(net, loss, L2(0.1), SGD(1e-3, 0.9, nesterov=True))
    rng = np.random.default_rng(0)
    orders = [rng.permutation(arrays.n_samples) for _ in range(2)]
    state = random_state(net, 3, dtype)
    expected_state = state.astype(np.float64)
    theta, memory, epochs = after_epochs(
        problem, arrays, batch_size, orders, threads, scale=0.5, state=state
    )
    expected = after_epochs(
        problem, in_double(arrays), batch_size, orders, None, scale=0.5, state=expected_state
    )
    if net.n_state:
        assert_near(state, expected_state, dtype, growth)
    assert_near(theta, expected[0], dtype, growth)
    assert memory.steps == expected[1].steps
    for epoch, other in zip(epochs, expected[2], strict=True):
        assert len(epoch.gradient_norms) == len(net.layers)
        assert_near(epoch.data_loss, other.data_loss, dtype, growth)
        assert_near(epoch.penalty, other.penalty, dtype, growth)
        assert_near(epoch.gradient_norms, other.gradient_norms, dtype, growth)


@pytest.mark.product(every=23)
@both_types
@dense_or_csr
@pytest.mark.parametrize("weighted", [False, True], ids=["unweighted", "weighted"])
@pytest.mark.parametrize("threads", [1, 2, 3])
@each_activation
@each_function
def test_objective(
    structure: Structure, g: Activation, threads: int, weighted: bool, csr: bool, dtype: Any
) -> None:
    loss = CategoricalCrossEntropy()
    arrays = make_arrays(loss, 37, 7, 3, dtype, weighted, csr)
    assert_same_objective(blocks(g, structure), loss, L2(0.3), arrays, threads)


@pytest.mark.product(every=17)
@each_loss
@each_activation
@each_function
def test_gradient_is_the_objectives(structure: Structure, g: Activation, loss: Loss) -> None:
    """B9, natively: less than 1e-7 from finite differences."""
    net = network(g, 3, 3, 4, 4, 2, **structure)
    rows, theta = away_from_kinks(net, loss, 12, margin=0.01, draws=Draws(0, 0))
    weights = np.random.default_rng(1).uniform(0.2, 3, 12)
    objective = NativeObjective(net, loss, L2(0.1), Arrays(rows, targets(loss, 12, 2), weights), 2)

    def value(t: Any) -> float:
        return sum(objective.value_and_gradient(t)[:2])

    gradient = objective.value_and_gradient(theta)[2]
    numeric = [
        central_difference(lambda h, e=e: value(theta + h * e), 0, 1e-3) for e in np.eye(len(theta))
    ]
    assert np.linalg.norm(gradient - numeric) < 1e-7 * np.linalg.norm(gradient)


@pytest.mark.product(every=5)
@both_types
@dense_or_csr
@pytest.mark.parametrize("threads", [1, 2, 3])
@each_structure
def test_epochs(structure: Structure, threads: int, csr: bool, dtype: Any) -> None:
    """Five batches, the last of them short, with weights."""
    dense_only(structure, csr)
    loss = CategoricalCrossEntropy()
    arrays = make_arrays(loss, 37, 7, 3, dtype, weighted=True, csr=csr)
    assert_same_epochs(blocks(Tanh(), structure), loss, arrays, 8, threads)


@pytest.mark.product(every=23)
@each_loss
@each_activation
@each_structure
def test_activations_and_losses(structure: Structure, g: Activation, loss: Loss) -> None:
    assert_same_epochs(blocks(g, structure), loss, make_arrays(loss, 37, 7, 3), 8, 2)


@pytest.mark.product(every=7)
@dense_or_csr
@pytest.mark.parametrize("batch_size", [1, 2, 3, 12, 36, 37, 38, 2**62])
@pytest.mark.parametrize("threads", [1, 2, 5])
@each_structure
def test_batch_sizes(structure: Structure, threads: int, batch_size: int, csr: bool) -> None:
    dense_only(structure, csr)
    arrays, net = (
        make_arrays(SquaredError(), 37, 7, 3, weighted=True, csr=csr),
        blocks(Tanh(), structure),
    )
    # Two rows may lie close together, and normalised they lie far apart: so does their rounding.
    growth = 1e6 if batch_size == 2 and net.n_state else GROWTH
    assert_same_epochs(net, SquaredError(), arrays, batch_size, threads, growth)


@dense_or_csr
@pytest.mark.parametrize("threads", [1, 2])
@each_structure
def test_batches_beyond_a_block(structure: Structure, threads: int, csr: bool) -> None:
    dense_only(structure, csr)
    arrays = make_arrays(SquaredError(), 5000, 7, 3, csr=csr)
    assert_same_epochs(blocks(Tanh(), structure), SquaredError(), arrays, 2600, threads)


@pytest.mark.parametrize("units", [(7, 1, 3), (7, 1, 1, 3), (7, 40, 1, 40, 3), (7, 70, 70, 130, 3)])
@each_structure
def test_widths(structure: Structure, units: tuple[int, ...]) -> None:
    """One unit, whole vectors and parts of them."""
    arrays = make_arrays(SquaredError(), 37, 7, 3)
    net = network(Tanh(), *units, **structure)
    assert_same_epochs(net, SquaredError(), arrays, 8, 2)


@each_build
@both_types
@each_structure
def test_builds(
    build: Any, structure: Structure, dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    arrays = make_arrays(SquaredError(), 61, 7, 3, dtype)
    net = network(Tanh(), 7, 40, 40, 23, 3, **structure)
    assert_same_epochs(net, SquaredError(), arrays, 20, 2)


@each_structure
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_same_bits_from_run_to_run(structure: Structure, threads: int) -> None:
    arrays = make_arrays(SquaredError(), 300, 7, 3, np.float32)
    problem = Problem(blocks(Tanh(), structure), SquaredError(), L2(0.1), Adam(0.01))
    orders: list[Any] = [np.random.default_rng(i).permutation(300) for i in range(3)]
    runs = [after_epochs(problem, arrays, 64, orders, threads)[0] for _ in range(4)]
    for theta in runs[1:]:
        np.testing.assert_array_equal(theta, runs[0])


@pytest.mark.product(every=17)
@each_build
@both_types
@each_activation
@each_structure
def test_predictions(
    build: Any, structure: Structure, g: Activation, dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    net, loss = blocks(g, structure), CategoricalCrossEntropy()
    theta, state = parameters(net, dtype=dtype), random_state(net, dtype=dtype)
    predictor = NativePredictor(net, loss, theta, OutputFormat.COLUMNS, lambda rows: 2, state)
    for n in (1, 2, 65, 1100):
        X = np.random.default_rng(n).standard_normal((n, 7)).astype(dtype)
        prediction = predictor.predict(X)
        double = [array.astype(np.float64) for array in (theta, X, state)]
        scores = forward(net, *double[:2], state=double[2]).scores
        assert_near(prediction, loss.inverse_link(scores), dtype)
        assert_near(predictor.predict(sp.csr_array(X)), prediction, dtype)
        finite = predictor.finite(X)
        if finite is not None:
            np.testing.assert_array_equal(finite, prediction)
