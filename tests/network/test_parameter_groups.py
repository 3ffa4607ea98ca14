"""Learning rates and weight decays of parameters by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Tanh
from rosenblatt.averaging import EMA
from rosenblatt.engine.native import NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network, ParameterGroup, RateRun, Scale, rate_runs
from rosenblatt.optimizers import SGD, AdamW, Optimizer
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.clipping import ClipNorm
from rosenblatt.regularization.constraints import MaxNorm
from rosenblatt.regularization.penalties import L2
from tests.support.layers import NETWORKS
from tests.support.members import OPTIMIZERS, parameters
from tests.support.native_cases import after_epochs
from tests.support.native_epochs import assert_same_epochs, shuffled

NETWORK = Network(4, (Scale(), Dense(5, Tanh()), Dense(3)))  # 4, 20 + 5, 15 + 3 parameters
GROUPS = (
    ParameterGroup("*.bias", 0.1, 0.0),
    ParameterGroup("layers.0.factor", 6.0),
    ParameterGroup("layers.2.bias", decay_factor=2.0),
)
PROBLEM = Problem(NETWORK, SquaredError(), L2(0.1), AdamW(0.01, weight_decay=0.5))
ARRAYS = Arrays(
    np.random.default_rng(0).standard_normal((37, 4)),
    np.random.default_rng(1).standard_normal((37, 3)),
)


def test_runs_of_equal_factors() -> None:
    assert rate_runs(NETWORK, GROUPS) == (
        RateRun(0, 4, 6.0, 1.0),
        RateRun(4, 24, 1.0, 1.0),
        RateRun(24, 29, 0.1, 0.0),
        RateRun(29, 44, 1.0, 1.0),
        RateRun(44, 47, 1.0, 2.0),
    )
    assert rate_runs(NETWORK, ()) == (RateRun(0, 47),)
    assert rate_runs(NETWORK, (ParameterGroup("*", 2.0),)) == (RateRun(0, 47, 2.0),)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ParameterGroup("*", -1.0), "lr_factor.*0 or more"),
        (lambda: ParameterGroup("*", 1.0, np.inf), "decay_factor.*0 or more"),
        (lambda: ParameterGroup("*", "x"), "lr_factor must be a number"),
        (
            lambda: rate_runs(NETWORK, (ParameterGroup("layers.7.*"),)),
            r"'layers.7.\*'; there are layers.0.factor, layers.1.weight",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("threads", [None, 1, 2])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_a_step_is_that_at_each_groups_own_rate(optimizer: Optimizer, threads: int | None) -> None:
    """From the same point, of an optimiser that has the product of rate and factor for all."""

    def moved(of: Optimizer, groups: tuple[ParameterGroup, ...]) -> dict[str, Any]:
        problem = replace(PROBLEM, optimizer=of, groups=groups)
        theta, _, _ = after_epochs(problem, ARRAYS, 37, [None], threads)
        return NETWORK.named_parameters(theta)

    together = moved(optimizer, GROUPS)
    factors = {"layers.0.factor": (6.0, 1.0), "layers.1.bias": (0.1, 0.0), "layers.2.bias": (1, 2)}
    for name, theirs in together.items():
        lr, decay = factors.get(name, (1.0, 1.0))
        own: dict[str, Any] = {"lr": optimizer.lr * lr}
        if hasattr(optimizer, "weight_decay"):
            own["weight_decay"] = optimizer.weight_decay * decay
        alone = moved(replace(optimizer, **own), ())  # type: ignore[type-var]
        np.testing.assert_allclose(theirs, alone[name], rtol=1e-13, atol=1e-15, err_msg=name)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_both_engines(optimizer: Optimizer, threads: int, dtype: Any) -> None:
    problem = replace(PROBLEM, optimizer=optimizer, groups=GROUPS)
    arrays = Arrays(ARRAYS.X.astype(dtype), ARRAYS.y.astype(dtype))
    assert_same_epochs(problem, arrays, 10, shuffled(37), threads)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("around", [{}, {"clipping": ClipNorm(0.3)}, {"averaging": EMA(0.8)}])
def test_tables_move_by_the_rows_of_a_batch(around: dict[str, Any], threads: int) -> None:
    case = NETWORKS["mixed table"]
    groups = (
        ParameterGroup("layers.0.table_1", 0.3, 0.5),
        ParameterGroup("layers.1.frequency", 3.0, 0.0),
        ParameterGroup("*.bias", 0.1, 0.0),
    )
    problem = replace(PROBLEM, network=case.network, groups=groups, **around)
    assert_same_epochs(problem, case.arrays(40), 9, shuffled(40), threads)


def test_steps_by_columns() -> None:
    """Wide layers, whose columns are shared among threads and moved as they are computed."""
    network = Network(70, (Dense(256, Tanh()), Dense(256, Tanh()), Dense(3)))
    groups = (ParameterGroup("*.bias", 0.1, 0.0), ParameterGroup("layers.1.weight", 3.0))
    rng = np.random.default_rng(0)
    arrays = Arrays(rng.standard_normal((60, 70)), rng.standard_normal((60, 3)))
    problem = replace(PROBLEM, network=network, groups=groups)
    assert_same_epochs(problem, arrays, 20, shuffled(60), 2)


def test_a_factor_of_zero_freezes() -> None:
    around: dict[str, Any] = {"constraint": MaxNorm(100.0), "optimizer": SGD(0.1, 0.9)}
    groups = (ParameterGroup("layers.1.*", 0.0),)
    problem = replace(PROBLEM, groups=groups, **around)
    theta, _, _ = after_epochs(problem, ARRAYS, 10, shuffled(37), 2)
    before = NETWORK.named_parameters(parameters(NETWORK, 2, np.float64))
    for name, now in NETWORK.named_parameters(theta).items():
        assert (now == before[name]).all() == name.startswith("layers.1."), name


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_bits_do_not_depend_on_the_number_of_threads(dtype: Any) -> None:
    problem = replace(PROBLEM, groups=GROUPS)
    arrays = Arrays(ARRAYS.X.astype(dtype), ARRAYS.y.astype(dtype))
    runs = [
        after_epochs(problem, arrays, 10, shuffled(37), threads, shares=4)[0].tobytes()
        for threads in (1, 2, 3)
    ]
    assert runs[0] == runs[1] == runs[2]


@pytest.mark.parametrize(
    "runs",
    [
        [(0, 46, 1.0, 1.0)],
        [(0, 48, 1.0, 1.0)],
        [(0, 20, 1.0, 1.0), (21, 47, 1.0, 1.0)],
        [(0, 47, np.nan, 1.0)],
        [(0, 47, 1.0, np.inf)],
        [(0, 47, -1.0, 1.0)],
    ],
)
def test_the_engine_refuses_runs_that_do_not_fit(
    runs: list[tuple[int, int, float, float]],
) -> None:
    problem = replace(PROBLEM, groups=GROUPS)
    problem.__dict__["rates"] = runs
    theta = parameters(NETWORK)
    with pytest.raises(ValueError, match=r"run|factor"):
        NativeTrainer(problem, ARRAYS, theta, OptimizerState.of(problem.optimizer, theta), 1)
