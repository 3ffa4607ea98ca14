"""Predictions of coalitions: the native engine beside the readable one and beside composed rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Identity, ReLU
from rosenblatt.engine import ColumnShares, Walks
from rosenblatt.engine.coalitions import NativeCoalitions, ReadableCoalitions, coalitions
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from rosenblatt.model import Model
from rosenblatt.network import (
    ActivationLayer,
    Cut,
    Dense,
    Network,
    cut_at_first_sum,
    cut_behind_sums,
)
from tests.support.hostile_arrays import Ground
from tests.support.layers import Case, each_case
from tests.support.members import TRAINABLE, parameters
from tests.support.native_cases import assert_near, each_build, use

both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])
N_ROWS, N_BACKGROUND = 7, 5


def shares_of(model: Model, cut: Cut, X: Any, background: Any) -> ColumnShares:
    """Every feature is a column; what is added to the sums of a row of zeros."""

    def sums(rows: Any) -> Any:
        if cut.first is None:
            return rows.astype(np.float64)
        first = Model(cut.first, model.parameters[: cut.n_first], SquaredError())
        return first.astype(np.float64).scores(rows.astype(np.float64))

    n = X.shape[1]
    alone = [np.where(np.eye(n)[None], rows[:, None], 0) for rows in (X, background)]
    at_zero = sums(np.zeros((1, n)))
    shares = [(sums(a.reshape(-1, n)) - at_zero).reshape(*a.shape[:2], -1) for a in alone]
    dtype = model.dtype
    return ColumnShares(
        shares[0].astype(dtype), shares[1].astype(dtype), at_zero + shares[1].sum(axis=1)
    )


def some_walks(n_columns: int, n: int, longest: int, seed: int = 0) -> Walks:
    rng = np.random.default_rng(seed)
    starts = np.concatenate([[0], rng.integers(0, longest + 1, n).cumsum()])
    return Walks(
        rng.integers(0, N_ROWS, n, np.int32),
        rng.integers(0, N_BACKGROUND, n, np.int32),
        starts.astype(np.int64),
        rng.integers(0, n_columns, starts[-1], np.int32),
    )


def composed(X: Any, background: Any, walks: Walks) -> Any:
    """The row that each step comes to."""
    rows = []
    for k, (row, other) in enumerate(zip(walks.rows, walks.backgrounds, strict=True)):
        is_in = np.zeros(X.shape[1], bool)
        for column in walks.steps[walks.starts[k] : walks.starts[k + 1]]:
            is_in[column] ^= True
            rows.append(np.where(is_in, X[row], background[other]))
    return np.array(rows)


def assert_same(case: Case, loss: Any, dtype: Any, walks: Walks) -> None:
    theta = case.theta(dtype)
    model = Model(case.network, theta, loss, case.network.initial_state(dtype))
    X, background = case.rows(N_ROWS, dtype), case.rows(N_BACKGROUND, dtype)
    cut = cut_at_first_sum(case.network)
    shares = shares_of(model, cut, X, background)
    state = case.network.initial_state(dtype)
    native, readable = (
        kind(cut, loss, theta[cut.n_first :], state, 2)
        for kind in (NativeCoalitions, ReadableCoalitions)
    )
    found = native.predict(shares, walks)
    assert found.dtype == dtype
    assert_near(found, readable.predict(shares, walks), dtype)
    assert_near(found, model.predict(composed(X, background, walks)), dtype)


@each_build
@both_types
@each_case
def test_every_layer(case: Case, dtype: Any, build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    use(build, monkeypatch)
    walks = some_walks(case.network.n_inputs, 30, 9)
    assert_same(case, SquaredError(), dtype, walks)


@each_build
@both_types
@pytest.mark.parametrize("activation", TRAINABLE)
def test_every_activation(
    activation: Any, dtype: Any, build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    network = Network(4, (Dense(6, activation), Dense(5, activation), Dense(1)))
    assert_same(Case(network), BinaryCrossEntropy(), dtype, some_walks(4, 20, 9))


@each_build
def test_many_steps_make_the_same_bits_with_any_number_of_threads(
    build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    case = Case(Network(6, (Dense(9, ReLU()), Dense(3))))
    walks = some_walks(6, 400, 60)
    assert_same(case, CategoricalCrossEntropy(), np.float32, walks)
    theta = case.theta(np.float32)
    model = Model(case.network, theta, SquaredError())
    cut = cut_at_first_sum(case.network)
    X, background = (case.rows(n, np.float32) for n in (N_ROWS, N_BACKGROUND))
    shares = shares_of(model, cut, X, background)
    one, three = (
        coalitions(cut, model.loss, theta[cut.n_first :], None, n).predict(shares, walks)
        for n in (1, 3)
    )
    assert one.tobytes() == three.tobytes()


@each_build
def test_long_walks_do_not_drift(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as those through all coalitions of 14 columns."""
    use(build, monkeypatch)
    network = Network(14, (Dense(8), Dense(2)))
    steps = np.array([(k & -k).bit_length() - 1 for k in range(1, 2**14)], np.int32)
    zero, starts = np.zeros(1, np.int32), np.array([0, len(steps)], np.int64)
    assert_same(Case(network), SquaredError(), np.float32, Walks(zero, zero, starts, steps))


WRONG: list[tuple[str, Any]] = [
    ("row_of", np.array([3], np.int32)),
    ("row_of", np.array([-1], np.int32)),
    ("row_of", np.array([0, 0], np.int32)),
    ("background_of", np.array([2], np.int32)),
    ("steps", np.array([0, 4], np.int32)),
    ("steps", np.array([0, -1], np.int32)),
    ("starts", np.array([0, 3], np.int64)),
    ("starts", np.array([1, 2], np.int64)),
    ("starts", np.array([0, 3, 2], np.int64)),
    ("rows", np.zeros((3, 7), np.float32)),
    ("rows", np.zeros((3, 0), np.float32)),
    ("rows", np.zeros((3, 8))),
    ("background", np.zeros((2, 6), np.float32)),
    ("sums", np.zeros((3, 2))),
    ("sums", np.zeros((2, 3))),
    ("out", np.zeros((3, 1), np.float32)),
    ("out", np.zeros((2, 2), np.float32)),
]


@each_build
@pytest.mark.parametrize(("name", "value"), WRONG)
def test_walks_beyond_the_arrays_are_refused(name: str, value: Any, build: Any) -> None:
    ground = Ground()
    theta = np.zeros(3, np.float32)
    layer = ("Dense", {"units": 1, "activation": ("ReLU", [])})
    made = build.Coalitions32(
        2, ("ReLU", []), [layer], ("SquaredError", []), theta, np.zeros(0, np.float32)
    )
    given: dict[str, Any] = {
        "rows": np.zeros((3, 8), np.float32),
        "background": np.zeros((2, 8), np.float32),
        "sums": np.zeros((2, 2)),
        "row_of": np.zeros(1, np.int32),
        "background_of": np.zeros(1, np.int32),
        "starts": np.array([0, 2], np.int64),
        "steps": np.array([0, 3], np.int32),
        "out": ground.place(np.zeros((2, 1), np.float32)),
    }
    made.fill(**given, threads=10**6)
    with pytest.raises((ValueError, TypeError)):
        made.fill(**(given | {name: value}), threads=1)
    ground.check()


def test_networks_are_cut_where_their_first_sums_are() -> None:
    relu = ReLU()
    plain = Network(3, (Dense(4, relu), Dense(2)))
    cut = cut_at_first_sum(plain)
    assert cut == Cut(Network(3, (Dense(4),)), Network(4, (Dense(2),)), relu)
    assert cut.n_first + cut.rest.n_parameters == len(parameters(plain))
    for whole in (Network(3, (Dense(2),)), Network(3, (Dense(3, relu, residual=True), Dense(2)))):
        assert cut_at_first_sum(whole) == Cut(None, whole)
    assert cut_behind_sums(plain) == cut
    linear = Network(3, (Dense(2),))
    assert cut_behind_sums(linear) == Cut(linear, Network(2, (ActivationLayer(Identity()),)))


@pytest.mark.parametrize("dtype", [np.float64])
def test_a_tangent_parametrisation_stays_one(dtype: Any) -> None:
    network = Network(9, (Dense(4, ReLU(), dropout=0.2, ntk=True), Dense(2, ntk=True)))
    assert cut_at_first_sum(network).first == Network(9, (Dense(4, ntk=True),))
    assert_same(Case(network), SquaredError(), dtype, some_walks(9, 10, 9))
