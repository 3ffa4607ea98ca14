"""What surrounds the optimiser's move, and other penalties than L2: both engines, and PyTorch."""

from __future__ import annotations

import json
import math
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Identity, ReLU, Softmax, Tanh
from rosenblatt.averaging import EMA, NoAveraging
from rosenblatt.engine import EpochPlan
from rosenblatt.engine.interface import Trainer
from rosenblatt.engine.kernels import kernel_classes
from rosenblatt.engine.native import NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.engine.reference import ReferenceObjective, ReferenceTrainer
from rosenblatt.losses import CategoricalCrossEntropy, SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import SGD, Adam
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.clipping import ClipNorm, ClipValue, NoClipping
from rosenblatt.regularization.constraints import MaxNorm, NoConstraint
from rosenblatt.regularization.penalties import L1, L2, ElasticNet
from tests.support.members import AVERAGINGS, CLIPPINGS, CONSTRAINTS, PENALTIES, network, parameters
from tests.support.native_cases import after_epochs, each_build, make_arrays, small_network, use
from tests.support.native_epochs import assert_same_epochs, shuffled

PLAIN = Problem(small_network(Tanh()), CategoricalCrossEntropy(), L2(0.3), SGD(0.05, 0.9))

CHANGES: list[dict[str, Any]] = [
    *({"penalty": penalty} for penalty in PENALTIES),
    *({"clipping": clipping} for clipping in CLIPPINGS),
    *({"constraint": constraint} for constraint in CONSTRAINTS),
    *({"averaging": averaging} for averaging in AVERAGINGS),
    {"clipping": ClipNorm(0.1), "penalty": ElasticNet(0.3, 0.2)},
    {"clipping": ClipValue(0.02), "penalty": L1(0.2)},
    {
        "clipping": ClipNorm(0.1),
        "constraint": MaxNorm(0.6),
        "averaging": EMA(0.8),
        "penalty": ElasticNet(0.3, 0.2),
        "optimizer": Adam(0.01),
    },
]
each_change = pytest.mark.parametrize(
    "change", CHANGES, ids=lambda c: " ".join(map(repr, c.values()))
)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize("threads", [1, 2, 5])
@each_change
def test_both_engines(change: dict[str, Any], threads: int, csr: bool, dtype: Any) -> None:
    arrays = make_arrays(CategoricalCrossEntropy(), 37, 7, 3, dtype, weighted=True, csr=csr)
    assert_same_epochs(replace(PLAIN, **change), arrays, 10, shuffled(37), threads)


@each_build
@each_change
def test_builds(build: Any, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    use(build, monkeypatch)
    arrays = make_arrays(CategoricalCrossEntropy(), 37, 7, 3)
    assert_same_epochs(replace(PLAIN, **change), arrays, 10, shuffled(37), 2)


@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize("threads", [1, 3])
def test_layers_longer_than_a_run_and_wider_than_a_strip(threads: int, csr: bool) -> None:
    """Stretches of 2,048 parameters and strips of 64 units, which end within layers."""
    net = Network(70, (Dense(150, Tanh()), Dense(67, Softmax()), Dense(3)))
    arrays = make_arrays(SquaredError(), 12, 70, 3, csr=csr)
    problem = Problem(net, SquaredError(), L1(0.1), SGD(0.1), ClipNorm(0.3), MaxNorm(4.0), EMA(0.5))
    assert_same_epochs(problem, arrays, 5, shuffled(12), threads)


@each_change
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_same_bits_from_run_to_run(change: dict[str, Any], threads: int) -> None:
    arrays = make_arrays(CategoricalCrossEntropy(), 300, 7, 3, np.float32)
    runs = [
        after_epochs(replace(PLAIN, **change), arrays, 64, [None] * 3, threads) for _ in range(4)
    ]
    for theta, memory, _ in runs[1:]:
        np.testing.assert_array_equal(theta, runs[0][0])
        np.testing.assert_array_equal(memory.average, runs[0][1].average)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    "change",
    [{"clipping": ClipNorm(1e9)}, {"clipping": ClipValue(1e9)}, {"constraint": MaxNorm(1e9)}],
    ids=repr,
)
def test_bounds_that_are_not_met_change_nothing(change: dict[str, Any], threads: int) -> None:
    arrays = make_arrays(CategoricalCrossEntropy(), 100, 7, 3)
    plain, _, _ = after_epochs(PLAIN, arrays, 16, [None] * 3, threads)
    bounded, _, _ = after_epochs(replace(PLAIN, **change), arrays, 16, [None] * 3, threads)
    np.testing.assert_allclose(bounded, plain, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("threads", [1, 2, None])
def test_the_steps_do_not_see_the_average(threads: int | None) -> None:
    arrays = make_arrays(CategoricalCrossEntropy(), 100, 7, 3)
    plain, memory, _ = after_epochs(PLAIN, arrays, 16, [None] * 3, threads)
    moved, averaged, _ = after_epochs(
        replace(PLAIN, averaging=EMA(0.9)), arrays, 16, [None] * 3, threads
    )
    np.testing.assert_array_equal(moved, plain)
    assert memory.average.shape == (0,)
    assert averaged.average.shape == plain.shape
    assert not np.allclose(averaged.average, plain)


def trainer(problem: Problem, arrays: Arrays, theta: Any, threads: int | None) -> Trainer:
    memory = OptimizerState.of(problem.optimizer, theta, problem.averaging)
    if threads is None:
        return ReferenceTrainer(problem, arrays, theta, memory)
    return NativeTrainer(problem, arrays, theta, memory, threads)


each_engine = pytest.mark.parametrize("threads", [1, 2, None], ids=["1", "2", "readable"])


@each_engine
def test_recorded_norms_are_those_before_clipping(threads: int | None) -> None:
    """One step from the same weights, with a bound that lets next to nothing pass."""
    arrays = make_arrays(CategoricalCrossEntropy(), 20, 7, 3)
    found = []
    for clipping in (NoClipping(), ClipNorm(1e-9), ClipValue(1e-9)):
        theta = parameters(PLAIN.network)
        step = trainer(replace(PLAIN, clipping=clipping), arrays, theta, threads)
        found.append(step.epoch(EpochPlan(None, 20, np.ones(1))).gradient_norms)
    np.testing.assert_allclose(found[1], found[0], rtol=1e-12)
    np.testing.assert_allclose(found[2], found[0], rtol=1e-12)


@each_engine
def test_hidden_units_are_within_the_bound_and_outputs_free(threads: int | None) -> None:
    arrays = make_arrays(CategoricalCrossEntropy(), 100, 7, 3)
    problem = replace(PLAIN, penalty=L2(), constraint=MaxNorm(0.5))
    theta, _, _ = after_epochs(problem, arrays, 10, [None] * 3, threads)
    *hidden, (W_out, _) = problem.network.weights_and_biases(theta)
    for W, _ in hidden:
        assert np.linalg.norm(W, axis=0).max() == pytest.approx(0.5, rel=1e-12)
    assert np.linalg.norm(W_out, axis=0).min() > 0.5


# Norms whose squares overflow.


def scaled_norm(x: Any) -> tuple[Any, int]:
    """The norm m 2^e as m and e; numbers are scaled, and that is exact."""
    e = int(np.frexp(np.abs(x).max())[1])
    return np.sqrt(np.sum(np.ldexp(x.astype(np.longdouble), -e) ** 2)), e


def of_norm(limit: float, x: Any) -> Any:
    """limit · x / ‖x‖"""
    norm, e = scaled_norm(x)
    return np.ldexp(x.astype(np.longdouble), -e) * (limit / norm)


def near(actual: Any, expected: Any) -> None:
    rtol = {np.float32: 1e-6, np.float64: 1e-14}[actual.dtype.type]
    np.testing.assert_allclose(actual, expected.astype(np.float64), rtol=rtol, atol=rtol)


def huge(dtype: Any) -> dict[str, Any]:
    """Numbers whose squares overflow: of one of them, of two at least, and the norm as well."""
    info = np.finfo(dtype)
    root, largest = float(np.sqrt(info.max)), float(info.max)
    return {"one": 10 * root, "two": 0.9 * root, "beyond": 0.9 * largest}


@each_build
@pytest.mark.parametrize("limit", [1.0, 1e-3, 100.0])
@pytest.mark.parametrize("size", ["one", "two", "beyond"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("threads", [1, 2, 5, None])
def test_a_gradient_of_any_norm_is_clipped(
    threads: int | None,
    dtype: Any,
    size: str,
    limit: float,
    build: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One row x, and weights of 0: the gradient is -y x for the weights, -y for the bias.

    Five threads have one or two numbers each, and some of them none that is large.
    """
    use(build, monkeypatch)
    # A target whose square fits, and inputs that make up for the rest.
    y = float(np.sqrt(np.finfo(dtype).max)) * 1e-4
    x = huge(dtype)[size] / y * np.array([1, -0.7, 1, 0.9, -0.5, 0, 1e-3, 0.3])
    arrays = Arrays(x.astype(dtype)[None], np.array([[y]], dtype))
    net = network(Identity(), 8, 1)
    theta = np.zeros(9, dtype)
    problem = Problem(net, SquaredError(), L2(), SGD(1.0), ClipNorm(limit))
    epoch = trainer(problem, arrays, theta, threads).epoch(EpochPlan(None, 1, np.ones(1)))
    assert epoch.finite
    gradient = -arrays.y[0] * np.append(arrays.X[0], dtype(1))
    assert np.isfinite(gradient).all()
    near(theta, of_norm(limit, -gradient))


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
def test_gradients_of_a_deeper_network_are_clipped_alike(penalty: Any) -> None:
    """Layers longer than a run, both engines, and the closed form."""
    net = network(Identity(), 30, 90, 70, 2)
    arrays = make_arrays(SquaredError(), 40, 30, 2)
    arrays.X[:] *= 1e60
    arrays.y[:] *= 1e100
    start = parameters(net)
    objective = ReferenceObjective(net, SquaredError(), penalty, arrays)
    loss, _, gradient = objective.value_and_gradient(start)
    assert np.isfinite(loss)
    with np.errstate(over="ignore"):
        assert np.isinf(np.linalg.norm(gradient))
    problem = Problem(net, SquaredError(), penalty, SGD(1.0), ClipNorm(3.0))
    for threads in (1, 2, 3, None):
        theta = start.copy()
        trainer(problem, arrays, theta, threads).epoch(EpochPlan(None, 40, np.ones(1)))
        near(theta - start, of_norm(3.0, -gradient))


@each_engine
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_gradient_that_overflows_itself_is_not_clipped(threads: int | None, dtype: Any) -> None:
    y = float(np.sqrt(np.finfo(dtype).max)) * 1e-4
    X = np.array([[2, 1]], dtype) * dtype(0.9 * float(np.finfo(dtype).max) / y)
    theta = np.zeros(3, dtype)
    problem = Problem(network(Identity(), 2, 1), SquaredError(), L2(), SGD(1.0), ClipNorm(1.0))
    arrays = Arrays(X, np.array([[y]], dtype))
    epoch = trainer(problem, arrays, theta, threads).epoch(EpochPlan(None, 1, np.ones(1)))
    assert epoch.divergence is not None
    assert epoch.divergence.diagnosis.what.startswith("the gradient of layer 1 ")
    np.testing.assert_array_equal(theta, 0)


@each_build
@pytest.mark.parametrize("limit", [1.0, 1e-3, 100.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("threads", [1, 2, None])
def test_units_of_any_norm_are_brought_back(
    threads: int | None,
    dtype: Any,
    limit: float,
    build: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One row x and weights of 0 before a last layer v: a step of R makes R y x vᵀ of them."""
    use(build, monkeypatch)
    rate = {np.float32: 1e19, np.float64: 1e160}[dtype]
    x = 1e5 * np.array([1, -0.7, 0.3, 0, 1e-3, 0.9], dtype)
    sizes = [1e-3, 0.01, 1.0, 1e3, *huge(dtype).values()]
    v = np.resize(np.array(sizes) / rate / 1e5, 70).astype(dtype)
    net = network(Identity(), 6, 70, 1)
    theta = net.pack([np.zeros((6, 70)), v[:, None]], [np.zeros(70), [0]], dtype)
    arrays = Arrays(x[None], np.ones((1, 1), dtype))
    problem = Problem(net, SquaredError(), L2(), SGD(rate), constraint=MaxNorm(limit))
    assert trainer(problem, arrays, theta, threads).epoch(EpochPlan(None, 1, np.ones(1))).finite
    (W, _), _ = net.weights_and_biases(theta)
    for ours, w in zip(W.T, dtype(rate) * np.outer(v, x), strict=True):
        assert np.isfinite(w).all()
        norm, e = scaled_norm(w)
        within = norm <= np.ldexp(np.longdouble(limit), -e)
        near(ours / dtype(limit), w / limit if within else of_norm(1.0, w))


@each_engine
@pytest.mark.parametrize("clipping", [ClipNorm(20.0), ClipValue(2.0)], ids=repr)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_run_that_diverges_without_and_converges_with(clipping: Any, threads: int | None) -> None:
    """Large targets behind several layers, whose product explodes under a large step (G14)."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((64, 4))
    arrays = Arrays(X, 30 * X[:, :1] ** 3)
    net = network(ReLU(), 4, 16, 16, 16, 1)
    ends = []
    for bound in (NoClipping(), clipping):
        theta = parameters(net, seed=3)
        problem = Problem(net, SquaredError(), L2(), SGD(0.01), bound)
        descent = trainer(problem, arrays, theta, threads)
        with np.errstate(all="ignore"):
            losses = [descent.epoch(EpochPlan(None, 64, np.ones(1))).data_loss for _ in range(400)]
        ends.append((losses[0], losses[-1]))
    assert not np.isfinite(ends[0][1])
    assert ends[1][1] < 0.5 * ends[1][0]


# PyTorch's numbers.

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "control.json").read_text())
MEMBERS = {
    cls.__name__: (concept, cls)
    for concept in ("penalties", "clippings", "constraints")
    for cls in kernel_classes()[concept]
}
FIELD = {"penalties": "penalty", "clippings": "clipping", "constraints": "constraint"}


@each_engine
@pytest.mark.parametrize("run", GOLDEN["runs"], ids=lambda run: f"{run['member']}{run['fields']}")
def test_steps_are_pytorchs(run: dict[str, Any], threads: int | None) -> None:
    """PyTorch adds 1e-6 to a gradient's norm and 1e-7 to a unit's, hence the tolerance."""
    concept, cls = MEMBERS[run["member"]]
    net = network(Tanh(), *GOLDEN["units"])
    optimizer = SGD(GOLDEN["lr"], GOLDEN["momentum"])
    problem = replace(
        Problem(net, SquaredError(), L2(), optimizer), **{FIELD[concept]: cls(**run["fields"])}
    )
    arrays, theta = Arrays(np.array(GOLDEN["X"]), np.array(GOLDEN["y"])), np.array(GOLDEN["start"])
    steps = trainer(problem, arrays, theta, threads)
    recorded = dict(zip(GOLDEN["recorded_steps"], run["theta"], strict=True))
    rtol = 1e-4 if run["member"] in ("ClipNorm", "MaxNorm") else 1e-8
    for step in range(1, max(recorded) + 1):
        steps.epoch(EpochPlan(None, 6, np.ones(1)))
        if step in recorded:
            np.testing.assert_allclose(theta, recorded[step], rtol=rtol, atol=rtol)


def test_every_member_has_golden_numbers() -> None:
    assert {run["member"] for run in GOLDEN["runs"]} == set(MEMBERS)


def test_golden_bounds_bite() -> None:
    """Numbers that all came out alike would prove nothing."""
    ends = {run["member"]: run["theta"][-1] for run in GOLDEN["runs"]}
    plain = ends.pop("NoClipping")
    assert ends.pop("NoConstraint") == plain
    for end in ends.values():
        assert np.abs(np.subtract(end, plain)).max() > 0.05


# A limit on an epoch's time.


@each_engine
def test_an_epoch_ends_when_its_time_is_up(threads: int | None) -> None:
    arrays = make_arrays(CategoricalCrossEntropy(), 20, 7, 3)
    theta = parameters(PLAIN.network)
    run = trainer(PLAIN, arrays, theta, threads)
    steps = 2_000_000 if threads else 20_000
    rows, factors = np.zeros(steps, np.int64), np.ones(steps)
    epoch = run.epoch(EpochPlan(rows, 1, factors, seconds=0.05))
    assert 1 <= epoch.steps < steps
    assert epoch.finite
    assert math.isfinite(epoch.data_loss)


@each_engine
def test_an_epoch_ends_when_another_thread_says_so(threads: int | None) -> None:
    arrays = make_arrays(CategoricalCrossEntropy(), 20, 7, 3)
    run = trainer(PLAIN, arrays, parameters(PLAIN.network), threads)
    steps, stop = 2_000_000 if threads else 20_000, np.zeros(1, np.uint8)
    plan = EpochPlan(np.zeros(steps, np.int64), 1, np.ones(3 * steps), 3, stop=stop)
    timer = threading.Timer(0.05, stop.fill, [1])
    timer.start()
    epochs = list(run.epochs(plan))
    timer.join()
    assert epochs[-1].steps < steps
    assert all(epoch.finite for epoch in epochs)


@each_engine
def test_time_limit_allows_one_step(threads: int | None) -> None:
    arrays = make_arrays(CategoricalCrossEntropy(), 20, 7, 3)
    theta = parameters(PLAIN.network)
    whole = trainer(PLAIN, arrays, theta, threads)
    epoch = whole.epoch(EpochPlan(None, 1, np.ones(20), seconds=0.0))
    assert 1 <= epoch.steps <= 20
    assert math.isfinite(epoch.data_loss)


def test_members_that_do_nothing_are_the_default() -> None:
    assert PLAIN.clipping == NoClipping()
    assert PLAIN.constraint == NoConstraint()
    assert PLAIN.averaging == NoAveraging()
