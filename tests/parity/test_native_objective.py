"""The native objective and its gradient beside the readable engine's (B4-B10, L14)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt.activations import Activation, Identity, ReLU, Sigmoid, Softmax, Tanh
from rosenblatt.engine.native import NativeObjective, native_scores
from rosenblatt.engine.reference import ReferenceObjective, readable_scores
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2, Penalty
from tests.support.members import (
    BOUNDED,
    LOSSES,
    PENALTIES,
    SMOOTHED,
    TRAINABLE,
    away_from_kinks,
    central_difference,
    network,
    parameters,
)
from tests.support.native_cases import (
    assert_near,
    assert_same_objective,
    each_build,
    make_arrays,
    small_network,
    use,
)

both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])


ALL_LOSSES = [*LOSSES, *BOUNDED, *SMOOTHED]


@pytest.mark.product(every=11)
@both_types
@pytest.mark.parametrize("loss", ALL_LOSSES, ids=repr)
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_members(g: Activation, loss: Loss, dtype: Any) -> None:
    arrays = make_arrays(loss, 37, 7, 3, dtype, weighted=True)
    assert_same_objective(small_network(g), loss, L2(0.3), arrays, 2)


@pytest.mark.product(every=11)
@both_types
@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize("weighted", [False, True], ids=["unweighted", "weighted"])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    ("g", "loss"),
    [*((g, SquaredError()) for g in TRAINABLE), *((Tanh(), loss) for loss in ALL_LOSSES)],
    ids=repr,
)
def test_members_over_any_rows(
    g: Activation, loss: Loss, threads: int, weighted: bool, csr: bool, dtype: Any
) -> None:
    arrays = make_arrays(loss, 37, 7, 3, dtype, weighted, csr)
    assert_same_objective(small_network(g), loss, L2(0.3), arrays, threads)


@both_types
@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_penalties(penalty: Penalty, threads: int, dtype: Any) -> None:
    arrays = make_arrays(SquaredError(), 20, 7, 3, dtype, weighted=True)
    assert_same_objective(small_network(Tanh()), SquaredError(), penalty, arrays, threads)


@both_types
@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("n", [1024, 1025, 2500, 4100])
def test_more_rows_than_a_block(n: int, threads: int, csr: bool, dtype: Any) -> None:
    """Beyond 1,024 rows a thread passes them in blocks and adds up their gradients."""
    arrays = make_arrays(CategoricalCrossEntropy(), n, 7, 3, dtype, weighted=True, csr=csr)
    assert_same_objective(
        small_network(Tanh()), CategoricalCrossEntropy(), L2(1.0), arrays, threads
    )


@pytest.mark.parametrize("loss", [BinaryCrossEntropy(), SquaredError()], ids=repr)
@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize("n", [3, 1500])
def test_one_output(n: int, csr: bool, loss: Loss) -> None:
    """One unit takes loops of its own in place of matrix products."""
    arrays = make_arrays(loss, n, 7, 1, csr=csr)
    for net in (network(ReLU(), 7, 1), network(ReLU(), 7, 1, 1), network(ReLU(), 7, 6, 1)):
        assert_same_objective(net, loss, L2(0.1), arrays, 2)


def test_softmax_and_others_may_stand_anywhere_in_the_chain() -> None:
    layers = (Dense(4, Softmax()), Dense(5, Identity()), Dense(4, Tanh()), Dense(3, Sigmoid()))
    arrays = make_arrays(SquaredError(), 30, 7, 3)
    assert_same_objective(Network(7, layers), SquaredError(), L2(0.1), arrays, 2)


# Around the widths of vectors, tiles and panels, and beyond the longest sum of our own product.
SHAPES = [
    (rows, units, middle)
    for rows in (1, 2, 3, 5, 6, 7, 11, 12, 13, 23, 25, 47, 49, 97)
    for units, middle in ((1, 2), (3, 7), (8, 16), (9, 17), (31, 33), (32, 64), (65, 5))
] + [(3, 5000, 4), (40, 3, 4200), (2, 4097, 4097)]


@each_build
@both_types
def test_shapes_of_products(build: Any, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    use(build, monkeypatch)
    for rows, units, middle in SHAPES:
        net = Network(units, (Dense(middle, Tanh()), Dense(3)))
        # Sums of many random terms would saturate tanh and hide what is wrong.
        arrays = make_arrays(SquaredError(), rows, units, 3, dtype)
        arrays = Arrays(arrays.X / dtype(np.sqrt(units)), arrays.y)
        assert_same_objective(net, SquaredError(), L2(0.1), arrays, 1)


@each_build
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_builds_agree(build: Any, loss: Loss, monkeypatch: pytest.MonkeyPatch) -> None:
    use(build, monkeypatch)
    for dtype in (np.float32, np.float64):
        for g in TRAINABLE:
            arrays = make_arrays(loss, 37, 7, 3, dtype, weighted=True)
            assert_same_objective(small_network(g), loss, L2(0.3), arrays, 2)


# CSR matrices of unusual make.


def objective_of(X: Any, n: int, net: Network) -> Any:
    y = np.random.default_rng(5).standard_normal((n, net.n_outputs))
    return NativeObjective(net, SquaredError(), L2(), Arrays(X, y), 2).value_and_gradient(
        parameters(net)
    )


@pytest.mark.parametrize("form", [sp.csr_array, sp.csr_matrix])
def test_csr_without_any_entry(form: Any) -> None:
    net = small_network(Tanh())
    zeros = np.zeros((6, 7))
    assert form(zeros).nnz == 0
    sparse, dense = objective_of(form(zeros), 6, net), objective_of(zeros, 6, net)
    assert sparse[0] == pytest.approx(dense[0])
    np.testing.assert_allclose(sparse[2], dense[2], atol=1e-15)
    np.testing.assert_array_equal(net.weights_and_biases(sparse[2])[0][0], 0)


def test_csr_with_unsorted_and_repeated_columns_and_wide_indices() -> None:
    # Row 0 holds column 2 twice and before column 0; row 1 is empty; row 2 stores a 0.
    X = sp.csr_array(
        (np.array([1.5, 2.0, -1.0, 0.0]), np.array([2, 2, 0, 6]), np.array([0, 3, 3, 4])), (3, 7)
    )
    X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    net = small_network(Tanh())
    sparse, dense = objective_of(X, 3, net), objective_of(X.toarray(), 3, net)
    assert sparse[0] == pytest.approx(dense[0], rel=1e-13)
    np.testing.assert_allclose(sparse[2], dense[2], atol=1e-14)


# The native engine on its own feet.


@pytest.mark.product(every=11)
@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_native_gradient_by_finite_differences(g: Activation, loss: Loss, csr: bool) -> None:
    net, arrays = small_network(g), make_arrays(loss, 6, 7, 3, weighted=True)
    rows, theta = away_from_kinks(net, loss, 6, margin=0.002)
    arrays = Arrays(sp.csr_array(rows) if csr else rows, arrays.y, arrays.weights)
    objective = NativeObjective(net, loss, L2(0.2), arrays, 2)

    def value(t: Any) -> float:
        data_loss, penalty, _ = objective.value_and_gradient(t)
        return data_loss + penalty

    numeric = [
        central_difference(lambda h, e=e: value(theta + h * e), 0, 1e-4) for e in np.eye(len(theta))
    ]
    gradient = objective.value_and_gradient(theta)[2]
    assert np.linalg.norm(gradient - numeric) < 1e-7 * np.linalg.norm(gradient)


@pytest.mark.parametrize("engine", [NativeObjective, ReferenceObjective])
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_a_row_of_weight_zero_is_absent(loss: Loss, engine: Any) -> None:
    net, arrays = small_network(Tanh()), make_arrays(loss, 9, 7, 3)
    weights = np.array([1.0] * 8 + [0.0])
    extra = (2,) if engine is NativeObjective else ()
    theta = parameters(net)
    nine = engine(net, loss, L2(), Arrays(arrays.X, arrays.y, weights), *extra)
    eight = engine(net, loss, L2(), Arrays(arrays.X[:8].copy(), arrays.y[:8].copy()), *extra)
    found, expected = nine.value_and_gradient(theta), eight.value_and_gradient(theta)
    assert found[0] == pytest.approx(expected[0])
    np.testing.assert_allclose(found[2], expected[2], atol=1e-14)


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@pytest.mark.parametrize("engine", [NativeObjective, ReferenceObjective])
def test_a_row_of_weight_zero_is_absent_even_if_its_loss_is_infinite(engine: Any) -> None:
    """Its score of 1e200 has a square beyond the largest float, and a finite slope."""
    net, extra = network(Tanh(), 1, 1), (1,) if engine is NativeObjective else ()
    arrays = Arrays(np.array([[1.0], [1e200]]), np.zeros((2, 1)), np.array([1.0, 0.0]))
    objective = engine(net, SquaredError(), L2(), arrays, *extra)
    data_loss, _, gradient = objective.value_and_gradient(np.array([3.0, 1.0]))
    assert data_loss == 8
    np.testing.assert_array_equal(gradient, [4, 4])


@pytest.mark.product(every=11)
@both_types
@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("n", [0, 1, 3, 1024, 2500])
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_scores(g: Activation, n: int, threads: int, csr: bool, dtype: Any) -> None:
    net = Network(7, (Dense(5, g), Dense(4, g)))
    X = np.random.default_rng(n).standard_normal((n, 7)).astype(dtype)
    theta = parameters(net, dtype=dtype)
    scores = native_scores(net, theta, sp.csr_array(X) if csr else X, threads)
    assert scores.shape == (n, 4)
    assert scores.dtype == dtype
    if n:
        expected = readable_scores(net, theta.astype(np.float64), X.astype(np.float64))
        assert_near(scores, expected, dtype)
