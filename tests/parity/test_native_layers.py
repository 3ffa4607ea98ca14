"""Layers beside dense ones: the native engine and the readable one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt.backprop import forward, mean_of_members
from rosenblatt.checkpoints.file import read_snapshot, write_snapshot
from rosenblatt.engine import EpochPlan
from rosenblatt.engine.kernels import runs_natively
from rosenblatt.engine.native import NativeTrainer, native_scores
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.losses import SquaredError
from rosenblatt.optimizers import AdamW
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.state_dict import StateDict
from tests.support.layers import Case, each_case
from tests.support.native_cases import (
    after_epochs,
    assert_near,
    assert_same_objective,
    each_build,
    in_double,
    use,
)

both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])
dense_or_csr = pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])


def taken(case: Case, n: int, dtype: Any, csr: bool) -> Arrays:
    data = case.arrays(n, dtype)
    return Arrays(sp.csr_array(data.X), data.y) if csr else data


@each_case
def test_it_runs_natively(case: Case) -> None:
    assert runs_natively(case.network)


@each_build
@both_types
@dense_or_csr
@pytest.mark.parametrize(("n", "threads"), [(1, 1), (2, 1), (53, 2), (2100, 2)])
@each_case
def test_objective_and_gradient(
    case: Case,
    n: int,
    threads: int,
    csr: bool,
    dtype: Any,
    build: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also of more rows than pass the chain together, and of one, whose products are others."""
    use(build, monkeypatch)
    data = taken(case, n, dtype, csr)
    if case.network.n_state and n == 1:
        pytest.skip("a batch of one row meets the running statistics")
    assert_same_objective(case.network, SquaredError(), L2(0.1), data, threads)


@each_build
@both_types
@dense_or_csr
@pytest.mark.parametrize("n", [1, 7, 300])
@each_case
def test_scores(
    case: Case, n: int, csr: bool, dtype: Any, build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    data, theta = taken(case, n, dtype, csr), case.theta(dtype)
    state = case.network.initial_state(dtype)
    expected = forward(
        case.network,
        theta.astype(np.float64),
        in_double(case.arrays(n, dtype)).X,
        state=state.astype(np.float64),
    ).scores.reshape(-1, case.network.n_outputs)
    expected = mean_of_members(expected, case.network.n_members)
    got = native_scores(case.network, theta, data.X, 2, state)
    assert got.dtype == dtype
    assert_near(got, expected, dtype)


@each_build
@dense_or_csr
@pytest.mark.parametrize("threads", [1, 2])
@each_case
def test_epochs(
    case: Case, threads: int, csr: bool, build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    problem = Problem(case.network, SquaredError(), L2(0.1), AdamW(1e-3, weight_decay=0.1))
    data = taken(case, 60, np.float64, csr)
    orders = [np.random.default_rng(k).permutation(60) for k in range(2)]
    theta, memory, epochs = after_epochs(problem, data, 13, orders, threads)
    expected, their_memory, theirs = after_epochs(problem, data, 13, orders, None)
    np.testing.assert_allclose(theta, expected, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(memory.slots, their_memory.slots, rtol=1e-7, atol=1e-11)
    for ours, other in zip(epochs, theirs, strict=True):
        assert ours.data_loss == pytest.approx(other.data_loss, rel=1e-9)
        assert ours.gradient_norms == pytest.approx(other.gradient_norms, rel=1e-8)


@both_types
@each_case
def test_bits_do_not_depend_on_the_number_of_threads(case: Case, dtype: Any) -> None:
    problem = Problem(case.network, SquaredError(), L2(0.1), AdamW(1e-3))
    data = case.arrays(300, dtype)
    orders = [np.random.default_rng(0).permutation(300)]
    runs = [
        after_epochs(problem, data, 70, orders, threads, shares=4)[0].tobytes()
        for threads in (1, 2, 3)
    ]
    assert runs[0] == runs[1] == runs[2]


@each_case
def test_a_run_goes_on_from_a_checkpoint(case: Case, tmp_path: Path) -> None:
    problem, data = Problem(case.network, SquaredError(), L2(0.1), AdamW(1e-3)), case.arrays(60)

    def run(theta: Any, memory: OptimizerState, state: Any, epochs: range) -> None:
        trainer = NativeTrainer(problem, data, theta, memory, 1, False, state, 1)
        for epoch in epochs:
            order = np.random.default_rng(epoch).permutation(60)
            trainer.epoch(EpochPlan(order, 13, np.ones(5)))

    def fresh() -> tuple[Any, OptimizerState, Any]:
        theta = case.theta()
        memory = OptimizerState.of(problem.optimizer, theta)
        return theta, memory, case.network.initial_state()

    whole, first, second = fresh(), fresh(), fresh()
    run(*whole, range(4))
    run(*first, range(2))
    parts = {
        "network": StateDict({}, {"theta": first[0], "state": first[2]}),
        "optimizer": first[1].state_dict(),
    }
    path = tmp_path / "checkpoint"
    with path.open("wb") as file:
        write_snapshot(file, StateDict.of_parts(**parts))
    loaded = read_snapshot(path)
    for name, array in (("theta", second[0]), ("state", second[2])):
        loaded.part("network").copy_to(array, name)
    second[1].load_state_dict(loaded.part("optimizer"))
    run(*second, range(2, 4))
    assert second[0].tobytes() == whole[0].tobytes()
