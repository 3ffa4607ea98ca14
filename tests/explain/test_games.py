"""What each column adds to the sums of a network's first dense layer."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt import engine
from rosenblatt.errors import InputError
from rosenblatt.explain.games import Game
from rosenblatt.explain.games import Network as Played
from rosenblatt.explain.outputs import Predictions
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model
from rosenblatt.network import (
    CategoryEmbedding,
    Dense,
    Layer,
    Network,
    NumericEmbedding,
    Periodic,
    Scale,
)
from rosenblatt.normalizations import BatchNorm

CODES = 2  # columns of codes, which come first
LAYERS: dict[str, tuple[Layer, ...]] = {
    "dense": (Dense(4), Dense(1)),
    "dense, as tangents": (Dense(4, ntk=True), Dense(1)),
    "scales": (Scale(), Scale(), Dense(4), Dense(1)),
    "embeddings": (
        CategoryEmbedding((0, 1), (3, 4), (2, 3)),
        NumericEmbedding(Periodic(), 3, n_numbers=5),
        Dense(4),
        Dense(1),
    ),
    "linear": (Dense(2),),
    "no dense layer first": (Dense(3, residual=True), Dense(1)),
}
COLUMNS = (slice(0, 1), slice(1, 2), slice(2, 2), slice(2, 5), slice(5, 7))


def played(layers: tuple[Layer, ...], columns: tuple[slice, ...]) -> Played:
    rng = np.random.default_rng(0)
    network = Network(columns[-1].stop, layers)
    theta = rng.normal(size=network.n_parameters).astype(np.float32)
    model = Model(network, theta, SquaredError())
    return Played(model, Predictions(), columns, rows(1, columns, rng)[0])


def rows(n: int, columns: tuple[slice, ...], rng: np.random.Generator) -> np.ndarray:
    X = rng.normal(size=(n, columns[-1].stop)).astype(np.float32)
    X[:, :CODES] = rng.integers(0, 3, size=(n, CODES))
    return X


@pytest.mark.parametrize("case", LAYERS)
def test_they_are_what_the_sums_change_by(case: str) -> None:
    network = played(LAYERS[case], COLUMNS)
    X = rows(6, COLUMNS, np.random.default_rng(1))
    shares = network.shares(X)
    for k, column in enumerate(COLUMNS):
        composed = np.repeat(network.reference[None], len(X), axis=0)
        composed[:, column] = X[:, column]
        np.testing.assert_allclose(
            shares[:, k], network.sums(composed) - network.reference_sums, rtol=1e-9, atol=1e-9
        )


@pytest.mark.parametrize("case", ["dense", "scales"])
def test_the_work_of_wide_rows_does_not_grow_with_their_square(
    monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    columns = tuple(slice(k, k + 1) for k in range(5000))
    network = played(LAYERS[case], columns)
    seen, scores = 0, engine.scores

    def counted(network: Network, theta: np.ndarray, X: np.ndarray) -> np.ndarray:
        nonlocal seen
        seen += X.size
        return scores(network, theta, X)

    monkeypatch.setattr("rosenblatt.explain.games.engine.scores", counted)
    X = rows(3, columns, np.random.default_rng(1))
    network.shares(X)
    assert seen <= 20 * X.size


def test_a_linear_network_of_very_many_columns() -> None:
    """The numbers of a row are its columns, not their square."""
    n = 5_000
    columns = tuple(slice(k, k + 1) for k in range(n))
    theta = np.arange(n + 1, dtype=np.float32)
    model = Model(Network(n, (Dense(1),)), theta, SquaredError())
    X = np.ones((2, n), np.float32)
    game = Game([model], Predictions(), columns, 0 * X, None)
    assert game.numbers_of_row == n
    np.testing.assert_array_equal(game.networks[0].shares(X)[0, :, 0], theta[:-1])


def test_what_no_memory_holds_is_refused() -> None:
    n = 50_000
    columns = tuple(slice(k, k + 1) for k in range(n))
    network = Network(n, (Dense(1, normalization=BatchNorm()), Dense(1)))
    model = Model(network, np.ones(network.n_parameters, np.float32), SquaredError())
    with pytest.raises(InputError, match="would take 40 GB: explain a network of fewer columns"):
        Game([model], Predictions(), columns, np.zeros((2, n), np.float32), None)
