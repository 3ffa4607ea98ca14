"""A step that diverges is taken back, on both engines, and both say of it the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rosenblatt.activations import Activation, Identity, ReLU, Tanh
from rosenblatt.averaging import EMA
from rosenblatt.engine import EpochPlan, Trainer, native
from rosenblatt.engine.divergence import Cause
from rosenblatt.engine.native import NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.engine.reference import ReferenceTrainer
from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    Poisson,
    SquaredError,
)
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.optimizers import SGD, Adam, Optimizer
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.clipping import ClipNorm
from rosenblatt.regularization.constraints import MaxNorm
from rosenblatt.regularization.penalties import L2
from tests.support.members import OPTIMIZERS, TRAINABLE, network, parameters, random_state
from tests.support.native_cases import SEED, each_build, make_arrays, use

BATCH, BAD_ROW = 8, 21  # in the third batch of five
each_engine = pytest.mark.parametrize("threads", [1, 2, None], ids=["1", "2", "readable"])
each_type = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@pytest.fixture(params=["saved", "tried"], autouse=True)
def undone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a replay from a saved state, or not taken after a trial, wherever moves can be tried."""
    if request.param == "tried":
        monkeypatch.setattr(native, "TRIED_FROM", (0, 0.0))


class Run:
    """A trainer and everything that it changes."""

    def __init__(
        self, problem: Problem, arrays: Arrays, threads: int | None, theta: Any = None
    ) -> None:
        dtype = arrays.y.dtype
        self.theta = parameters(problem.network, 2, dtype) if theta is None else theta
        self.memory = OptimizerState.of(problem.optimizer, self.theta, problem.averaging)
        self.memory.seed = SEED
        self.state = random_state(problem.network, 2, dtype)
        made = problem, arrays, self.theta, self.memory
        self.trainer: Trainer = (
            ReferenceTrainer(*made, self.state)
            if threads is None
            else NativeTrainer(*made, threads, state=self.state)
        )

    def epoch(self, rows: int, lr: float = 1.0) -> Any:
        steps = -(-rows // BATCH)
        return self.trainer.epoch(EpochPlan(np.arange(rows), BATCH, np.full(steps, lr)))

    @property
    def moved(self) -> list[npt.NDArray[Any]]:
        memory = self.memory
        return [self.theta, self.state, memory.slots, memory.steps, memory.average]


def assert_ended_before(problem: Problem, arrays: Arrays, threads: int | None) -> Any:
    """The third step is taken back: what is left is what two steps leave, bit for bit."""
    run, before = Run(problem, arrays, threads), Run(problem, arrays, threads)
    epoch, good = run.epoch(40), before.epoch(16)
    assert good.finite
    assert good.divergence is None
    assert not epoch.finite
    assert epoch.steps == 2
    assert epoch.divergence.batch == 3
    for left, expected in zip(run.moved, before.moved, strict=True):
        np.testing.assert_array_equal(left, expected)
    return epoch.divergence.diagnosis


def with_infinity(arrays: Arrays) -> Arrays:
    """An input that no activation can hide: where it saturates, its slope makes 0·∞ of it."""
    arrays.X[BAD_ROW, 0] = np.inf
    return arrays


@each_type
@pytest.mark.parametrize("loss", [SquaredError(), CategoricalCrossEntropy(), Poisson()], ids=repr)
@pytest.mark.parametrize("activation", TRAINABLE, ids=repr)
def test_every_activation(activation: Activation, loss: Loss, dtype: Any) -> None:
    arrays = with_infinity(make_arrays(loss, 40, 7, 3, dtype, weighted=True))
    problem = Problem(network(activation, 7, 5, 4, 3), loss, L2(0.1), Adam(0.01))
    found = [assert_ended_before(problem, arrays, threads) for threads in (1, None)]
    assert found[0] == found[1]
    assert found[0].layer == 1
    assert "layer 1 (7→5, " in found[0].what


@pytest.mark.product(every=5)
@each_build
@pytest.mark.parametrize("threads", [1, 2, None], ids=["1", "2", "readable"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_every_optimizer(
    optimizer: Optimizer, threads: int | None, build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    arrays = with_infinity(make_arrays(SquaredError(), 40, 7, 3, np.float32))
    problem = Problem(network(Tanh(), 7, 5, 4, 3), SquaredError(), L2(0.1), optimizer)
    assert assert_ended_before(problem, arrays, threads).layer == 1


@each_engine
@pytest.mark.parametrize(
    "around",
    [
        {"clipping": ClipNorm(0.5)},
        {"constraint": MaxNorm(0.5), "averaging": EMA(0.9)},
        {"network": network(ReLU(), 7, 5, 4, 3, normalization=BatchNorm())},
        {"network": network(Tanh(), 7, 5, 4, 3, normalization=LayerNorm(), residual=True)},
        {"network": network(Tanh(), 7, 5, 4, 3, dropout=0.3, input_noise=0.1)},
        {"network": network(ReLU(), 7, 128, 128, 3)},  # which two threads share by units
    ],
    ids=["clip", "constrained", "batch", "layer", "random", "wide"],
)
def test_divergence_with_options_around_the_step(
    around: dict[str, Any], threads: int | None
) -> None:
    arrays = with_infinity(make_arrays(SquaredError(), 40, 7, 3))
    plain = Problem(network(ReLU(), 7, 5, 4, 3), SquaredError(), L2(0.1), Adam(0.01))
    assert assert_ended_before(replace(plain, **around), arrays, threads).layer == 1


@each_engine
def test_sparse_rows(threads: int | None) -> None:
    arrays = make_arrays(SquaredError(), 40, 7, 3, csr=True)
    stored = arrays.X.indptr[BAD_ROW]
    assert stored < arrays.X.indptr[BAD_ROW + 1]
    arrays.X.data[stored] = np.inf
    problem = Problem(network(ReLU(), 7, 5, 4, 3), SquaredError(), L2(0.1), Adam(0.01))
    assert assert_ended_before(problem, arrays, threads).layer == 1


# What overflows, of finite numbers.


@each_engine
@each_type
def test_a_target_whose_square_is_too_large(dtype: Any, threads: int | None) -> None:
    arrays = make_arrays(SquaredError(), 40, 7, 3, dtype)
    arrays.y[BAD_ROW, 1] = 3 * np.sqrt(np.finfo(dtype).max)
    problem = Problem(network(ReLU(), 7, 5, 4, 3), SquaredError(), L2(), SGD(0.01))
    found = assert_ended_before(problem, arrays, threads)
    assert found.layer == 3
    assert found.what.startswith(f"the loss overflows {np.dtype(dtype)}")
    assert found.cause is Cause.DATA
    assert "targets" in found.because
    assert found.wider == (dtype == np.float32)


@each_engine
def test_inputs_that_overflow_in_a_layer_behind(threads: int | None) -> None:
    """1e25 is within float32's range, and 1e25 times 1e10 times 1e10 is not."""
    net = network(ReLU(), 2, 2, 2, 1)
    arrays = Arrays(np.ones((40, 2), np.float32), np.ones((40, 1), np.float32))
    arrays.X[:] = 1e-25
    arrays.X[BAD_ROW] = 1e25
    theta = net.pack(
        [np.full((2, 2), 1e10), np.full((2, 2), 1e10), [[1e-5], [1e-5]]],
        [[0, 0], [0, 0], [0]],
        np.float32,
    )
    problem = Problem(net, SquaredError(), L2(0.0), SGD(0.0))
    epoch = Run(problem, arrays, threads, theta).epoch(40)
    assert (epoch.divergence.batch, epoch.divergence.diagnosis.layer) == (3, 2)
    assert epoch.divergence.diagnosis.what == "the outputs of layer 2 (2→2, relu) overflow float32"
    assert "inputs" in epoch.divergence.diagnosis.because
    assert epoch.divergence.diagnosis.wider


@each_engine
def test_a_gradient_that_explodes_through_depth(threads: int | None) -> None:
    """Each layer multiplies δ by 1e8, to which the loss brings but 1e12."""
    net = network(Identity(), 1, 1, 1, 1, 1, 1, 1)
    arrays = Arrays(np.full((8, 1), 1e-36, np.float32), np.zeros((8, 1), np.float32))
    theta = net.pack([[[1e8]]] * 6, [[0.0]] * 6, np.float32)
    delta = np.multiply.accumulate([1e12, 1e8, 1e8, 1e8, 1e8, 1e8])  # of the layers 6, 5, …
    first = 6 - int(np.argmax(delta > np.finfo(np.float32).max))
    run = Run(Problem(net, SquaredError(), L2(0.0), SGD(0.01)), arrays, threads, theta)
    epoch = run.epoch(8)
    assert epoch.steps == 0
    found = epoch.divergence.diagnosis
    assert (first, found.layer) == (2, 2)
    assert found.what == "the gradient of layer 2 (1→1, identity) overflows float32"
    np.testing.assert_array_equal(run.theta[::2], np.float32(1e8))


@each_engine
def test_a_step_that_is_too_long(threads: int | None) -> None:
    arrays = make_arrays(SquaredError(), 40, 7, 3)
    arrays.y[BAD_ROW] = 1e8
    problem = Problem(network(Tanh(), 7, 5, 4, 3), SquaredError(), L2(), SGD(1e302))
    run = Run(problem, arrays, threads)
    before = run.theta.copy()
    epoch = run.trainer.epoch(EpochPlan(np.arange(16, 24), BATCH, np.ones(1)))
    found = epoch.divergence.diagnosis
    assert found.by_move
    assert found.what.startswith("the step of layer")
    np.testing.assert_array_equal(run.theta, before)


@each_engine
def test_squares_that_the_optimizer_cannot_hold(threads: int | None) -> None:
    """A gradient of 1e25 fits float32, but not Adam's second moment; plain descent may have it."""
    arrays = Arrays(np.ones((8, 1), np.float32), np.full((8, 1), 1e18, np.float32))
    net = network(Identity(), 1, 1)
    theta = np.array([1, 0], np.float32)
    arrays.X[:] = 1e7
    for rule, good in ((Adam(0.1), False), (SGD(1e-20), True)):
        run = Run(Problem(net, SquaredError(), L2(0.0), rule), arrays, threads, theta.copy())
        epoch = run.epoch(8)
        assert epoch.finite == good
        if not good:
            assert epoch.divergence.diagnosis.by_move
            assert "optimiser remembers" in epoch.divergence.diagnosis.what


@each_engine
def test_clipping_by_the_norm_still_saves_what_a_float_can_hold(threads: int | None) -> None:
    """The squares overflow, which raises a false alarm, and nothing else does."""
    arrays = Arrays(np.full((40, 1), 1e7, np.float32), np.full((40, 1), 1e18, np.float32))
    net = network(Identity(), 1, 1)
    problem = Problem(net, SquaredError(), L2(0.0), SGD(0.5), ClipNorm(1.0))
    run = Run(problem, arrays, threads, np.array([1, 0], np.float32))
    epoch = run.epoch(40)
    assert epoch.finite
    assert epoch.steps == run.memory.steps[0] == 5
    np.testing.assert_allclose(run.theta, [1 + 5 * 0.5, 0], atol=1e-5)


@each_engine
def test_running_statistics(threads: int | None) -> None:
    """The variance overflows, by which all is divided: outputs and gradient are finite."""
    net = network(Identity(), 2, 3, 1, normalization=BatchNorm())
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 2)).astype(np.float32)
    X[BAD_ROW] = 1e25
    arrays = Arrays(X, X[:, :1] * 0)
    found = assert_ended_before(Problem(net, SquaredError(), L2(), SGD(0.01)), arrays, threads)
    assert found.what == "the running statistics of layer 1 (2→3, identity) overflow float32"


@each_type
@each_engine
def test_a_row_that_overflows_before_it_is_normalised(dtype: Any, threads: int | None) -> None:
    """Divided by infinity it would be as good as its mean, and nobody would know."""
    net = network(Identity(), 9, 3, 1, normalization=LayerNorm())
    X = np.random.default_rng(0).standard_normal((40, 9)).astype(dtype)
    X[BAD_ROW] = np.sign(net.weights_and_biases(parameters(net))[0][0][:, 0]) * np.finfo(dtype).max
    arrays = Arrays(X, X[:, :1] * 0)
    found = assert_ended_before(Problem(net, SquaredError(), L2(), SGD(0.01)), arrays, threads)
    assert found.what == f"the outputs of layer 1 (9→3, identity) overflow {X.dtype}"
    assert found.cause is Cause.DATA
    assert found.wider == (dtype == np.float32)


@each_engine
def test_an_exponential_link(threads: int | None) -> None:
    arrays = make_arrays(Poisson(), 40, 7, 3)
    net = network(Tanh(), 7, 5, 3)
    theta = parameters(net, 2)
    net.weights_and_biases(theta)[-1][1][:] = 800
    epoch = Run(Problem(net, Poisson(), L2(), SGD(0.01)), arrays, threads, theta).epoch(40)
    assert (epoch.divergence.batch, epoch.divergence.diagnosis.layer) == (1, 2)
    assert epoch.divergence.diagnosis.what.startswith("the loss overflows")


@each_engine
def test_weights_that_are_no_numbers_to_begin_with(threads: int | None) -> None:
    arrays = make_arrays(BinaryCrossEntropy(), 40, 7, 1)
    net = network(ReLU(), 7, 5, 4, 1)
    theta = parameters(net, 2)
    net.weights_and_biases(theta)[1][0][2, 3] = np.nan
    run = Run(Problem(net, BinaryCrossEntropy(), L2(), SGD(0.01)), arrays, threads, theta)
    found = run.epoch(40).divergence.diagnosis
    assert found.layer == 2
    assert found.cause is Cause.WEIGHTS


# In the middle of a call.


@pytest.mark.parametrize("shuffles", [True, False])
@pytest.mark.parametrize("threads", [1, 2])
def test_several_epochs_in_a_call_end_where_one_by_one_they_do(
    threads: int, shuffles: bool
) -> None:
    arrays = make_arrays(SquaredError(), 37, 7, 3)
    net = network(Identity(), 7, 5, 4, 3)
    problem = Problem(net, SquaredError(), L2(0.1), SGD(0.15, 0.9))
    ends = []
    for together in (12, 1):
        run = Run(problem, arrays, threads)
        rng, order = np.random.RandomState(4), arrays.order
        epochs: list[Any] = []
        while len(epochs) < 12 and (not epochs or epochs[-1].finite):
            epochs += [
                epoch._replace(seconds=0.0)
                for epoch in run.trainer.epochs(
                    EpochPlan(order, 8, np.ones(5 * together), together, rng if shuffles else None)
                )
            ]
        told = [e[:2] + e[3:] for e in epochs]  # a norm that is NaN is not itself
        ends.append((run.theta.tolist(), order.tolist(), rng.randint(2**31), repr(told)))
        assert not epochs[-1].finite
        assert 2 < len(epochs) < 12
        assert np.isfinite(run.theta).all()
    assert ends[0] == ends[1]
