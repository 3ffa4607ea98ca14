"""Factors of weight decay and dropout, step by step, beside those of the learning rate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt.activations import Mish, Tanh
from rosenblatt.engine import EpochPlan, scores
from rosenblatt.engine.interface import Trainer
from rosenblatt.engine.kernels import runs_natively
from rosenblatt.engine.native import NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.engine.reference import ReferenceTrainer
from rosenblatt.losses import SquaredError
from rosenblatt.network import (
    Dense,
    Dropout,
    EnsembleDense,
    Network,
    PackedDense,
    ParametricActivation,
)
from rosenblatt.optimizers import AdamW
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.constraints import MaxNorm
from rosenblatt.regularization.penalties import L2
from tests.support.members import parameters
from tests.support.native_cases import SEED, after_epochs

N, BATCH, EPOCHS = 30, 8, 3
STEPS = 4 * EPOCHS
NETWORKS = {
    "dense": (Dense(9, Tanh(), dropout=0.4), Dense(8, Tanh(), dropout=0.2), Dense(3)),
    "dropout as a layer": (
        Dropout(0.2),
        Dense(9),
        ParametricActivation(Mish()),
        Dropout(0.4),
        Dense(3),
    ),
    "members": (EnsembleDense(3, 9, Tanh(), 0.4), PackedDense(3, 3)),
}
RNG = np.random.default_rng(0)
ARRAYS = Arrays(RNG.standard_normal((N, 4)), RNG.standard_normal((N, 3)))
engines = pytest.mark.parametrize("threads", [None, 1, 2])
networks = pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS)


def trained(
    layers: tuple[Any, ...],
    threads: int | None,
    decay: float = 0.5,
    together: bool = True,
    **factors: Any,
) -> Any:
    """The parameters after three epochs, in one call of the trainer or in three."""
    network = Network(4, layers)
    problem = Problem(network, SquaredError(), L2(0.1), AdamW(0.01, weight_decay=decay))
    theta, state = parameters(network, 1), network.initial_state()
    memory = OptimizerState.of(problem.optimizer, theta)
    memory.seed = SEED
    trainer: Trainer = (
        ReferenceTrainer(problem, ARRAYS, theta, memory, state)
        if threads is None
        else NativeTrainer(problem, ARRAYS, theta, memory, threads, False, state)
    )
    plan = EpochPlan(ARRAYS.order, BATCH, np.linspace(1, 0.5, STEPS), EPOCHS, **factors)
    plans = [plan] if together else [plan.single(k, np.inf) for k in range(EPOCHS)]
    for one in plans:
        list(trainer.epochs(one))
    return theta


@networks
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("together", [True, False])
def test_both_engines(layers: Any, threads: int, together: bool) -> None:
    factors = {
        "decay_factors": np.linspace(3, 0, STEPS),
        "dropout_factors": np.linspace(1, 0, STEPS) ** 2,
    }
    ours = trained(layers, threads, together=together, **factors)
    np.testing.assert_allclose(ours, trained(layers, None, **factors), rtol=1e-9, atol=1e-11)


@engines
@networks
def test_a_constant_factor_of_the_decay_multiplies_it(layers: Any, threads: int | None) -> None:
    ours = trained(layers, threads, decay_factors=np.full(STEPS, 0.25))
    np.testing.assert_allclose(ours, trained(layers, threads, 0.125), rtol=1e-13)


@engines
def test_a_constant_factor_of_dropout_multiplies_the_rates(threads: int | None) -> None:
    def layers(factor: float) -> Any:
        return Dense(9, Tanh(), dropout=0.4 * factor), Dense(3)

    ours = trained(layers(1), threads, dropout_factors=np.full(STEPS, 0.5))
    np.testing.assert_allclose(ours, trained(layers(0.5), threads), rtol=1e-13)
    none = trained(layers(1), threads, dropout_factors=np.zeros(STEPS))
    np.testing.assert_allclose(none, trained(layers(0), threads), rtol=1e-13)


@engines
@networks
def test_ones_change_nothing(layers: Any, threads: int | None) -> None:
    ones = np.ones(STEPS)
    ours = trained(layers, threads, decay_factors=ones, dropout_factors=ones)
    np.testing.assert_array_equal(ours, trained(layers, threads))


@engines
@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ({"decay_factors": np.ones(5)}, "decay_factors are one for each step: expected 12"),
        ({"dropout_factors": np.ones((12, 1))}, "dropout_factors are one for each step"),
        ({"decay_factors": -np.ones(STEPS)}, "decay_factors must be finite and 0 or more"),
        ({"decay_factors": np.full(STEPS, np.inf)}, "decay_factors must be finite"),
        ({"dropout_factors": np.full(STEPS, 1.5)}, "dropout_factors must be between 0 and 1"),
        ({"dropout_factors": np.full(STEPS, np.nan)}, "dropout_factors must be between"),
    ],
)
def test_what_no_step_can_take_is_refused(factors: Any, message: str, threads: int | None) -> None:
    with pytest.raises(ValueError, match=message):
        trained(NETWORKS["dense"], threads, **factors)


def test_the_engine_refuses_them_as_well() -> None:
    network = Network(4, NETWORKS["members"])
    problem = Problem(network, SquaredError(), L2(0.1), AdamW())
    theta = parameters(network)
    run = NativeTrainer(problem, ARRAYS, theta, OptimizerState.of(AdamW(), theta), 1).run
    ones = np.ones(4)
    for decay, dropout in ((np.ones(3), None), (None, ones + 1), (ones * np.nan, None)):
        with pytest.raises(ValueError, match="factor"):
            run.epochs(ARRAYS.order, None, BATCH, ones, 1, False, np.inf, decay, dropout)
    with pytest.raises(TypeError, match="dropout_factors"):
        run.epochs(ARRAYS.order, None, BATCH, ones, 1, False, np.inf, None, [1.0])


@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize("threads", [1, 2])
def test_dropout_as_a_layer_is_that_of_a_dense_one(threads: int, csr: bool) -> None:
    """From the same random numbers, which are those of the block's place."""
    X = sp.csr_array(ARRAYS.X * (ARRAYS.X > 0)) if csr else ARRAYS.X
    arrays = Arrays(X, ARRAYS.y)

    def after(layers: tuple[Any, ...], threads: int | None) -> Any:
        problem = Problem(Network(4, layers), SquaredError(), L2(0.1), AdamW(0.01))
        return after_epochs(problem, arrays, BATCH, [None, None], threads)[0]

    layers = Dropout(0.3), Dense(9, Tanh()), Dropout(0.4), Dense(3), Dropout(0.1)
    assert runs_natively(Network(4, layers))
    np.testing.assert_allclose(after(layers, threads), after(layers, None), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("threads", [None, 1])
def test_a_constraint_bounds_all_layers_but_the_last(threads: int | None) -> None:
    layers = Dense(9, Tanh()), Dense(3), Dropout(0.1)
    network = Network(4, layers)
    problem = Problem(network, SquaredError(), L2(0.0), AdamW(0.1), constraint=MaxNorm(0.2))
    theta, _, _ = after_epochs(problem, ARRAYS, BATCH, [None], threads)
    (first, _), (second, _) = (
        (p["weight"], p["bias"]) for p in network.layer_parameters(theta)[:2]
    )
    for W in (first, second):  # the last layer is that of dropout
        assert np.linalg.norm(W, axis=0).max() <= 0.2 * (1 + 1e-12)


def test_a_prediction_is_without_it() -> None:
    with_it = Network(4, (Dropout(0.3), Dense(9, Tanh()), Dropout(0.4), Dense(3)))
    without = Network(4, (Dense(9, Tanh()), Dense(3)))
    theta = parameters(without)
    np.testing.assert_array_equal(
        scores(with_it, theta, ARRAYS.X), scores(without, theta, ARRAYS.X)
    )
