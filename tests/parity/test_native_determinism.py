"""The same bits: always for one number of threads, for any of them where the cut is fixed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rosenblatt.activations import GELU, Activation, ReLU, Softmax, Tanh
from rosenblatt.averaging import EMA
from rosenblatt.engine import EpochPlan, has_bfloat16, native
from rosenblatt.engine.interface import OutputFormat
from rosenblatt.engine.native import NativeObjective, NativePredictor, NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.normalizations import LayerNorm
from rosenblatt.optimizers import SGD, Adam
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.clipping import ClipNorm
from rosenblatt.regularization.constraints import MaxNorm
from rosenblatt.regularization.penalties import L1, L2, ElasticNet
from tests.support.members import (
    AVERAGINGS,
    CLIPPINGS,
    CONSTRAINTS,
    STRUCTURES,
    network,
    parameters,
)
from tests.support.native_cases import (
    SEED,
    after_epochs,
    assert_near,
    builds,
    each_build,
    in_double,
    make_arrays,
    use,
)

THREADS = (1, 2, 3, 4)
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])

Bits = tuple[bytes, ...]


def bits(theta: npt.NDArray[Any], memory: OptimizerState, epochs: list[Any]) -> Bits:
    """All that a run leaves, and all that it tells."""
    told = np.array([(e.data_loss, e.penalty, *e.gradient_norms, e.steps) for e in epochs])
    arrays = (theta, memory.slots, memory.average, memory.steps, told)
    return tuple(np.ascontiguousarray(array).tobytes() for array in arrays)


def structured(name: str, *hidden: int, n_inputs: int = 7, n_outputs: int = 3) -> Network:
    structure = dict(STRUCTURES[name])
    noise = structure.pop("input_noise", 0.0)
    blocks = [Dense(n, g, **structure) for n, g in zip(hidden, (Tanh(), GELU()), strict=False)]
    return Network(n_inputs, (*blocks, Dense(n_outputs)), noise)


def run_of(
    problem: Problem, arrays: Arrays, batch: int, **settings: Any
) -> Callable[[int, int], Bits]:
    """An epoch in the rows' order and one in another, by threads and shares."""
    rng = np.random.default_rng(3)
    orders = [None, rng.permutation(arrays.n_samples)]

    def run(threads: int, shares: int) -> Bits:
        return bits(
            *after_epochs(problem, arrays, batch, orders, threads, shares=shares, **settings)
        )

    return run


def assert_fixed(run: Callable[[int, int], Bits], shares: int) -> None:
    """One result for any number of threads; without the cut another for each."""
    alone = run(1, shares)
    for threads in THREADS[1:]:
        assert run(threads, shares) == alone, threads
    assert run(2, shares) == alone
    by_threads = {run(threads, 0)[0] for threads in THREADS}
    assert len(by_threads) > 1  # else nothing would have been shown
    assert len({run(4, 0)[0] for _ in range(3)}) == 1


# Training.


@each_build
@each_dtype
@pytest.mark.parametrize("structure", STRUCTURES)
def test_every_structure(
    build: Any, dtype: Any, structure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With weights, odd batches and a last one of fewer rows than there are shares."""
    use(build, monkeypatch)
    problem = Problem(structured(structure, 19, 11), CategoricalCrossEntropy(), L2(0.1), Adam(0.01))
    arrays = make_arrays(problem.loss, 152, 7, 3, dtype, weighted=True)
    assert_fixed(run_of(problem, arrays, 75), shares=3)


@each_build
@pytest.mark.parametrize("batch", [1, 2, 5, 64, 301])
@pytest.mark.parametrize("shares", [2, 5, 32])
def test_every_batch_size(
    build: Any, batch: int, shares: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    problem = Problem(network(Tanh(), 7, 12, 1), BinaryCrossEntropy(), L1(0.1), SGD(0.1, 0.5))
    arrays = make_arrays(problem.loss, 301, 7, 1, np.float32)
    run = run_of(problem, arrays, batch)
    assert len({run(threads, shares) for threads in THREADS}) == 1


@each_build
@pytest.mark.parametrize(
    "around",
    [
        *({"clipping": c} for c in CLIPPINGS),
        *({"constraint": c} for c in CONSTRAINTS),
        *({"averaging": a} for a in AVERAGINGS),
        {"clipping": ClipNorm(0.1), "constraint": MaxNorm(0.6), "averaging": EMA(0.8)},
    ],
    ids=repr,
)
def test_options_around_the_optimizer_step(
    build: Any, around: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Norms of the whole gradient are sums as well."""
    use(build, monkeypatch)
    problem = Problem(
        network(ReLU(), 23, 71, 37, 3),
        CategoricalCrossEntropy(),
        ElasticNet(0.1, 0.1),
        Adam(0.01),
        **around,
    )
    arrays = make_arrays(problem.loss, 161, 23, 3, np.float32)
    assert_fixed(run_of(problem, arrays, 80), shares=4)


@each_build
@each_dtype
def test_sparse_rows(build: Any, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their gradient is formed by the optimiser, or in memory where a share is beyond a block."""
    use(build, monkeypatch)
    problem = Problem(network(ReLU(), 50, 20, 3), CategoricalCrossEntropy(), L2(0.1), Adam(0.01))
    for n, batch in ((201, 100), (4200, 4200)):
        arrays = make_arrays(problem.loss, n, 50, 3, dtype, csr=True)
        assert_fixed(run_of(problem, arrays, batch), shares=3)


@pytest.mark.skipif(not has_bfloat16(), reason="no AVX512-BF16")
def test_bfloat16() -> None:
    """Which products are rounded follows from their shapes, and so from the cut."""
    problem = Problem(network(ReLU(), 64, 96, 64, 3), CategoricalCrossEntropy(), L2(), Adam(0.01))
    arrays = make_arrays(problem.loss, 250, 64, 3, np.float32)
    run = run_of(problem, arrays, 100, bfloat16=True)
    assert_fixed(run, shares=3)
    assert run(2, 3) != run_of(problem, arrays, 100)(2, 3)


WIDE: list[tuple[Activation, Loss, tuple[int, ...]]] = [
    (ReLU(), CategoricalCrossEntropy(), (37, 200, 199, 5)),
    (Tanh(), BinaryCrossEntropy(), (3, 530, 1)),
    (Tanh(), SquaredError(), (150, 193, 205, 411, 40)),
]


@each_build
@each_dtype
@pytest.mark.parametrize(("g", "loss", "units"), WIDE)
def test_wide_layers(
    build: Any,
    g: Activation,
    loss: Loss,
    units: tuple[int, ...],
    dtype: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Shared by units, in as many parts as fit the layers whatever the shares are."""
    use(build, monkeypatch)
    problem = Problem(network(g, *units), loss, L2(0.1), SGD(0.002, momentum=0.5))
    arrays = make_arrays(loss, 97, units[0], units[-1], dtype, weighted=True)
    run = run_of(problem, arrays, 32)
    assert len({run(threads, 2) for threads in THREADS}) == 1
    theta, _, epochs = after_epochs(problem, arrays, 32, [None], 2, shares=2)
    expected, _, records = after_epochs(problem, in_double(arrays), 32, [None], None)
    assert_near(theta, expected, dtype, 20)
    assert_near(epochs[0].data_loss, records[0].data_loss, dtype, 20)


@each_build
@pytest.mark.parametrize("structure", ["plain", "batch norm", "dropout, layer norm, residual"])
def test_shares_are_the_readable_engines_batch(
    build: Any, structure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    problem = Problem(structured(structure, 9, 8), CategoricalCrossEntropy(), L2(0.1), SGD(0.05))
    arrays = make_arrays(problem.loss, 61, 7, 3, weighted=True)
    expected, _, records = after_epochs(problem, arrays, 20, [None], None)
    for shares in (1, 3, 7, 32):
        theta, _, epochs = after_epochs(problem, arrays, 20, [None], 2, shares=shares)
        assert_near(theta, expected, np.float64, 10)
        assert_near(epochs[0].gradient_norms, records[0].gradient_norms, np.float64, 10)


@settings(max_examples=60)
@given(
    rows=st.integers(1, 90),
    batch=st.integers(1, 100),
    units=st.lists(st.integers(1, 140), min_size=2, max_size=4),
    shares=st.integers(1, 32),
    threads=st.integers(2, 6),
)
def test_any_shape(rows: int, batch: int, units: list[int], shares: int, threads: int) -> None:
    problem = Problem(network(ReLU(), *units), SquaredError(), L2(0.1), Adam(0.01))
    arrays = make_arrays(problem.loss, rows, units[0], units[-1], np.float32)
    run = run_of(problem, arrays, batch)
    assert run(threads, shares) == run(1, shares)


# The objective over all rows.


@each_build
@each_dtype
@pytest.mark.parametrize("csr", [False, True])
def test_the_objective(build: Any, dtype: Any, csr: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more rows than go through the layers at once, which on the plainest build BLAS takes."""
    use(build, monkeypatch)
    net = Network(31, (Dense(40, Tanh(), normalization=LayerNorm()), Dense(3)))
    arrays = make_arrays(CategoricalCrossEntropy(), 4501, 31, 3, dtype, weighted=True, csr=csr)
    theta = parameters(net, 1, dtype)

    def at(threads: int, shares: int) -> Bits:
        objective = NativeObjective(
            net, CategoricalCrossEntropy(), ElasticNet(0.1, 0.1), arrays, threads, shares
        )
        data_loss, penalty, gradient = objective.value_and_gradient(theta)
        return np.array([data_loss, penalty]).tobytes(), gradient.tobytes()

    assert len({at(threads, 3) for threads in THREADS}) == 1
    assert len({at(threads, 0)[1] for threads in THREADS}) > 1


# Predictions.

LINKS: list[tuple[Activation, Loss, int, OutputFormat]] = [
    (ReLU(), CategoricalCrossEntropy(), 3, OutputFormat.COLUMNS),
    (Tanh(), BinaryCrossEntropy(), 1, OutputFormat.BOTH_CLASSES),
    (GELU(), SquaredError(), 1, OutputFormat.FLAT),
    (Softmax(), SquaredError(), 2, OutputFormat.COLUMNS),
]


def prediction(
    net: Network, loss: Loss, form: OutputFormat, X: npt.NDArray[Any], threads: int, fixed_cut: bool
) -> npt.NDArray[Any]:
    theta = parameters(net, 1, X.dtype)
    return NativePredictor(
        net, loss, theta, form, lambda rows: threads, fixed_cut=fixed_cut
    ).predict(X)


@each_build
@each_dtype
@pytest.mark.parametrize(("g", "loss", "n_outputs", "form"), LINKS)
def test_predictions(
    build: Any,
    dtype: Any,
    g: Activation,
    loss: Loss,
    n_outputs: int,
    form: OutputFormat,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(build, monkeypatch)
    net = network(g, 33, 57, 41, n_outputs)
    for n in (1, 64, 65, 128, 129, 700, 5000):
        X = make_arrays(SquaredError(), n, 33, 1, dtype).X
        alone = prediction(net, loss, form, X, 1, True)
        for threads in THREADS[1:]:
            ours = prediction(net, loss, form, X, threads, True)
            assert ours.tobytes() == alone.tobytes()


@each_build
def test_predictions_of_sums_that_go_to_blas(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    use(build, monkeypatch)
    net = network(Tanh(), 4500, 9, 2)
    X = make_arrays(SquaredError(), 301, 4500, 1, np.float32).X
    found = {
        prediction(net, SquaredError(), OutputFormat.COLUMNS, X, threads, True).tobytes()
        for threads in THREADS
    }
    assert len(found) == 1


@pytest.mark.skipif(len(builds()) == 1, reason="this processor takes the plainest build")
@pytest.mark.parametrize("build", builds()[1:], ids=lambda b: b.__name__.rpartition(".")[2])
@each_dtype
@pytest.mark.parametrize(("g", "loss", "n_outputs", "form"), LINKS)
def test_a_row_is_predicted_alike_in_any_company(
    build: Any,
    dtype: Any,
    g: Activation,
    loss: Loss,
    n_outputs: int,
    form: OutputFormat,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Products of our own sum a row's terms in one order, whatever rows come with it."""
    use(build, monkeypatch)
    net = network(g, 33, 57, 41, n_outputs)
    X = make_arrays(SquaredError(), 200, 33, 1, dtype).X
    together = prediction(net, loss, form, X, 3, False)
    for begin, size in ((0, 1), (3, 1), (5, 2), (7, 5), (11, 13), (50, 37), (60, 129)):
        rows = slice(begin, begin + size)
        alone = prediction(net, loss, form, X[rows], 1, False)
        np.testing.assert_array_equal(alone, together[rows])


# One number of threads.


def moved(array: npt.NDArray[Any], elements: int) -> npt.NDArray[Any]:
    """A copy so many elements beyond a cache line's boundary."""
    space = np.empty(array.size + 32, array.dtype)
    begin = -space.ctypes.data % 64 // array.itemsize + elements
    copy = space[begin : begin + array.size].reshape(array.shape)
    copy[...] = array
    return copy


@each_build
@each_dtype
@pytest.mark.parametrize("structure", ["plain", "batch norm", "layer norm"])
def test_wherever_the_arrays_lie(
    build: Any, dtype: Any, structure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No loop is cut by where its memory begins."""
    use(build, monkeypatch)
    net = structured(structure, 61, 37, n_inputs=23)
    problem = Problem(net, CategoricalCrossEntropy(), ElasticNet(0.1, 0.1), Adam(0.01))
    arrays = make_arrays(problem.loss, 101, 23, 3, dtype, weighted=True)
    assert arrays.weights is not None
    theta = parameters(net, 1, dtype)
    found: set[Any] = set()
    for k in range(16):
        X, y, weights = (
            moved(array, k * odd % 16)
            for array, odd in ((arrays.X, 1), (arrays.y, 3), (arrays.weights, 5))
        )
        lying, ours = Arrays(X, y, weights), moved(theta, k * 7 % 16)
        memory = OptimizerState.of(problem.optimizer, ours)
        memory.seed = SEED
        memory.slots = moved(memory.slots, k * 11 % 16)
        state = net.initial_state(dtype)
        trainer = NativeTrainer(problem, lying, ours, memory, 2, state=state)
        epoch = trainer.epoch(EpochPlan(None, 50, np.ones(3)))
        told: tuple[Any, ...] = epoch.data_loss, epoch.penalty, epoch.gradient_norms
        if structure != "batch norm":
            objective = NativeObjective(net, problem.loss, problem.penalty, lying, 2)
            *values, gradient = objective.value_and_gradient(moved(theta, k * 13 % 16))
            told += *values, gradient.tobytes()
        found.add((ours.tobytes(), memory.slots.tobytes(), state.tobytes(), told))
    assert len(found) == 1


@each_build
def test_an_engine_knows_how_it_cuts(build: Any) -> None:
    layers = native.native_layers(network(Tanh(), 3, 2, 1), training=True)
    with pytest.raises(ValueError, match="thread"):
        build.Engine32(3, layers, ("SquaredError", []), ("L2", [0.0]), 2, tasks=-1)
