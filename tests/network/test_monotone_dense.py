"""Dense blocks with directions: their bounds, and chains that never fall, to the last bit."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from rosenblatt import engine
from rosenblatt.activations import Identity, ReLU, Tanh
from rosenblatt.engine import EpochPlan, OptimizerState, TrainingSetup
from rosenblatt.engine.reference import ReferenceTrainer
from rosenblatt.initializers import GlorotUniform
from rosenblatt.losses import BinaryCrossEntropy, SquaredError
from rosenblatt.model import EnsembleModel, Model
from rosenblatt.network import Dense, MonotoneDense, Network, PiecewiseLinear, Residual
from rosenblatt.optimizers import AdamW
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from tests.support.native_cases import each_build, use

DIRECTIONS = (1, 0, -1)
LAYERS = (
    MonotoneDense(DIRECTIONS, (0, 1, 1, -1), ReLU()),
    MonotoneDense((0, 1, 1, -1), (0, 1, -1), ReLU(), dropout=0.2),
    MonotoneDense((0, 1, -1), (1,)),
)


def test_bounds_are_the_products_of_directions() -> None:
    low, high = LAYERS[0].bounds((3,))["weight"]
    free, none = (-np.inf, np.inf), (0, 0)
    up, down = (0, np.inf), (-np.inf, 0)
    expected = [[none, up, up, down], [free] * 4, [none, down, down, up]]
    np.testing.assert_array_equal(np.stack([low, high], axis=-1), expected)


def test_bounds_of_a_network_lie_where_its_parameters_do() -> None:
    network = Network(3, (Dense(3), Residual(MonotoneDense(DIRECTIONS, DIRECTIONS)), LAYERS[0]))
    assert network.bounds is not None
    low, _ = network.bounds
    assert np.isneginf(low[: 3 * 3 + 3]).all()  # the dense layer's
    named = network.named_parameters(low)
    assert named["layers.1.weight"][0].tolist() == [0, 0, -np.inf]
    assert named["layers.2.weight"][0].tolist() == [0, 0, 0, -np.inf]
    assert np.isneginf(named["layers.2.bias"]).all()
    assert Network(3, (Dense(2),)).bounds is None


def test_initial_weights_are_within_them_and_as_large_as_elsewhere() -> None:
    network, plain = Network(3, LAYERS[:1]), Network(3, (Dense(4),))
    ours = network.initial_parameters(np.random.RandomState(0), GlorotUniform())
    theirs = plain.initial_parameters(np.random.RandomState(0), GlorotUniform())
    assert network.bounds is not None
    low, high = network.bounds
    assert ((low <= ours) & (ours <= high)).all()
    kept = ours != 0
    np.testing.assert_array_equal(np.abs(ours[kept]), np.abs(theirs[kept]))
    assert (~kept[:12]).sum() == 2  # into the unit that sees no direction


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_step_keeps_the_bounds(native: bool, dtype: Any) -> None:
    """Though the target falls where the network has to rise."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 3)).astype(dtype)
    arrays = Arrays(X, (X @ [[-1], [1], [2]]).astype(dtype))
    network = Network(3, LAYERS)
    theta = network.initial_parameters(np.random.RandomState(1), GlorotUniform(), dtype)
    problem = Problem(network, SquaredError(), L2(0.0), AdamW(0.05, weight_decay=0.1))
    state = OptimizerState.of(problem.optimizer, theta)
    trainer = (
        engine.trainer(TrainingSetup(problem, arrays, theta, state, 10))
        if native
        else ReferenceTrainer(problem, arrays, theta, state)
    )
    assert network.bounds is not None
    low, high = network.bounds
    for _ in range(4):
        trainer.epoch(EpochPlan(rng.permutation(90), 10, np.ones(9)))
        assert ((low <= theta) & (theta <= high)).all()
    at_bounds = (theta == low) | (theta == high)
    assert (at_bounds & (low < high)).any()
    assert not at_bounds.all()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (((1, 2), (1,)), "directions"),
        (((1, 0), ()), "at least one unit"),
        (((1, 0), (1,), Tanh()), "ReLU"),
        (((1, 0), (1,), ReLU(), 1.0), "dropout"),
    ],
)
def test_what_it_cannot_be(arguments: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        MonotoneDense(*arguments)


def test_another_number_of_inputs() -> None:
    with pytest.raises(ValueError, match="takes 3 inputs, got 4"):
        Network(4, LAYERS)


# Chains.


def random_model(rng: np.random.Generator, n_inputs: int, loss: Any, dtype: Any) -> Model:
    """Of random widths, directions and weights, some of them huge; most begin with pieces."""
    directions = rng.integers(-1, 2, n_inputs)
    directions[0] = 1
    first: tuple[Any, ...] = ()
    inputs = directions
    if rng.random() < 0.8:
        edges = [tuple(np.cumsum(rng.uniform(0.01, 2, rng.integers(2, 9)))) for _ in directions]
        pieces = PiecewiseLinear(
            (-1.0,) * n_inputs,
            (2.0,) * n_inputs,
            tuple(edges),
            tuple(tuple(rng.uniform(0, 1, len(at) - 1)) for at in edges),
            tuple(rng.uniform(0.1, 2, n_inputs)),
            float(rng.choice([0, 1, 1e6])),
        )
        first, inputs = (pieces,), np.concatenate([directions, directions[pieces.source]])
    widths = [len(inputs), *rng.integers(1, 70, rng.integers(0, 3)), 1]
    units = [tuple(inputs.tolist())]
    units += [tuple(rng.integers(-1, 2, n).tolist()) for n in widths[1:-1]]
    units.append((1,))
    layers = [
        MonotoneDense(before, after, Identity() if after == (1,) else ReLU())
        for before, after in pairwise(units)
    ]
    network = Network(n_inputs, (*first, *layers))
    theta = rng.standard_normal(network.n_parameters) * 10 ** rng.uniform(-3, 3)
    assert network.bounds is not None
    theta = np.clip(theta, *network.bounds).astype(dtype)
    return Model(network, theta, loss)


def sweep(rng: np.random.Generator, dtype: Any) -> Any:
    """Values of the first input in order: near, far, and neighbours among the floats."""
    near = rng.uniform(-3, 20, 400)
    far = np.concatenate([10.0 ** rng.uniform(-30, 30, 100), [1e30]])
    values = np.concatenate([near, far, -far, [0.0]]).astype(dtype)
    values = np.concatenate([values, np.nextafter(values, dtype(np.inf))])
    return np.unique(values)


@each_build
@pytest.mark.parametrize("loss", [SquaredError(), BinaryCrossEntropy()])
@pytest.mark.parametrize("seed", range(8))
def test_no_chain_falls_by_a_bit(
    seed: int, loss: Any, build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In batches of every size, whose rows pass other loops, nor in means of several."""
    use(build, monkeypatch)
    rng = np.random.default_rng(seed)
    n_inputs = int(rng.integers(1, 6))
    x = sweep(rng, np.float32)
    model = EnsembleModel((random_model(rng, n_inputs, loss, np.float32),))
    rows = np.tile(rng.uniform(-3, 20, n_inputs).astype(np.float32), (len(x), 1))
    rows[:, 0] = x
    whole = model.predict(rows)[:, 0]
    assert np.isfinite(whole).all()
    assert (np.diff(whole) >= 0).all()
    for size in (1, 2, 3, 17, 64, 65):
        parts = [model.predict(rows[k : k + size])[:, 0] for k in range(0, len(x), size)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)
    for threads in (1, 3):
        np.testing.assert_array_equal(
            model.engine_predictor(n_jobs=threads).predict(rows)[:, 0], whole
        )


@each_build
def test_nor_do_wide_layers_which_blas_would_multiply(
    build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    rng = np.random.default_rng(0)
    n = 5000
    units = (1, -1) * 10
    network = Network(n, (MonotoneDense((1,) * n, units, ReLU()), MonotoneDense(units, (1,))))
    assert network.bounds is not None
    theta = np.clip(rng.standard_normal(network.n_parameters), *network.bounds).astype(np.float32)
    rows = np.tile(rng.standard_normal(n).astype(np.float32), (200, 1))
    rows[:, 7] = np.sort(rng.standard_normal(200))
    model = Model(network, theta, SquaredError())
    whole = model.predict(rows)[:, 0]
    assert (np.diff(whole) >= 0).all()
    alone = np.concatenate([model.predict(row[None])[:, 0] for row in rows])
    np.testing.assert_array_equal(alone, whole)


@each_build
@pytest.mark.parametrize("around", [-103.5, -88.0, -16.6, -2.0, -1e-3, 0.0, 0.7, 4.0, 16.6, 90.0])
def test_probabilities_of_neighbouring_scores(
    around: float, build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A logistic function in float32 alone falls hundreds of thousands of times."""
    use(build, monkeypatch)
    bits = np.float32(around or 1e-8).view(np.int32) + np.arange(-100_000, 100_000, dtype=np.int32)
    z = np.sort(bits.view(np.float32))
    model = Model(Network(1, (Dense(1),)), np.array([1, 0], np.float32), BinaryCrossEntropy())
    for p in (model.predict(z[:, None])[:, 0], BinaryCrossEntropy().inverse_link(z)):
        assert p.dtype == np.float32
        assert (np.diff(p) >= 0).all()
