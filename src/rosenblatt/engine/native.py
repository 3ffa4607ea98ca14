"""The native engine: the compiled module behind the same interface."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Literal, TypeVar, final, overload

import numpy as np
import numpy.typing as npt

from rosenblatt.engine.blas_threads import one_thread_blas
from rosenblatt.engine.compiled import hand_in_blas, module
from rosenblatt.engine.diagnosis import diagnosed
from rosenblatt.engine.divergence import Divergence
from rosenblatt.engine.epoch import Epoch
from rosenblatt.engine.epoch_plan import EpochPlan
from rosenblatt.engine.interface import (
    EnginePredictor,
    Objective,
    OutputFormat,
    Trainer,
    fitting_state,
    refuse_noise_on_sparse,
    refuse_random,
)
from rosenblatt.engine.kernels import kernel
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.engine.shuffling import shuffle
from rosenblatt.engine.threads import allowed_threads
from rosenblatt.losses import Loss, SquaredError
from rosenblatt.network import NativeForm, Network
from rosenblatt.network.layer import is_plain
from rosenblatt.problem import Arrays, Matrix, Problem
from rosenblatt.regularization.penalties import Penalty
from rosenblatt.support.pixels import Pixels
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.engine import _native

__all__ = [
    "NativeObjective",
    "NativePredictor",
    "NativeTrainer",
    "blas_held",
    "class_for",
    "has_bfloat16",
    "native_layers",
    "native_scores",
    "plain",
    "with_blas",
]


# Parameters and slots are copied before a call, so that a step which diverges can be undone. From
# so many bytes, and multiplications a parameter in a batch, every move is tried first instead: a
# pass over them, which is then 5 % of the step.
TRIED_FROM = 2**26, 256.0

Computer = TypeVar("Computer", "_native.Engine64", "_native.Predictor64", "_native.Coalitions64")


def has_bfloat16() -> bool:
    """Whether products of bfloat16 factors are to be had: on x86-64 processors with AVX512-BF16."""
    return bool(module().has_bfloat16())


# The classes of both float types have the same signatures.
@overload
def class_for(stem: Literal["Matrix"], dtype: npt.DTypeLike) -> type[_native.Matrix64]: ...
@overload
def class_for(stem: Literal["Data"], dtype: npt.DTypeLike) -> type[_native.Data64]: ...
@overload
def class_for(stem: Literal["Engine"], dtype: npt.DTypeLike) -> type[_native.Engine64]: ...
@overload
def class_for(stem: Literal["Run"], dtype: npt.DTypeLike) -> type[_native.Run64]: ...
@overload
def class_for(stem: Literal["Predictor"], dtype: npt.DTypeLike) -> type[_native.Predictor64]: ...
@overload
def class_for(stem: Literal["Coalitions"], dtype: npt.DTypeLike) -> type[_native.Coalitions64]: ...
def class_for(stem: str, dtype: npt.DTypeLike) -> Any:
    return getattr(module(), f"{stem}{8 * np.dtype(dtype).itemsize}")


def plain(array: npt.NDArray[Any], dtype: npt.DTypeLike | None = None) -> npt.NDArray[Any]:
    """The array as the compiled module reads one: in C order, and aligned in memory."""
    return np.require(array, dtype, ["C_CONTIGUOUS", "ALIGNED"])


def native_matrix(X: Matrix) -> _native.Matrix64:
    if isinstance(X, np.ndarray):
        return class_for("Matrix", X.dtype)(plain(X))
    if isinstance(X, Pixels):
        return class_for("Matrix", X.dtype)(plain(X.data))
    if X.format != "csr":
        X = X.tocsr()
    # A column number fits 32 bits on any machine that holds the weights; a position may not.
    used = slice(X.indptr[-1])  # room in reserve lies behind
    return class_for("Matrix", X.dtype)(
        plain(X.data[used]),
        plain(X.indices[used], np.int32),
        plain(X.indptr, np.int64),
        X.shape[1],
    )


def native_data(arrays: Arrays) -> _native.Data64:
    return class_for("Data", arrays.y.dtype)(
        native_matrix(arrays.X),
        plain(arrays.y),
        None if arrays.weights is None else plain(arrays.weights),
        arrays.mean_weight,
    )


def native_layers(network: Network, *, training: bool) -> list[_native.Layer]:
    """The layers as the compiled module takes them: the name of a kind, and its fields."""
    return [native_layer(form, training=training) for form in network.native_forms]


def native_layer(form: NativeForm | None, *, training: bool) -> _native.Layer:
    if form is None:
        raise ValueError("a layer without a kernel cannot run on the native engine")
    left_out = frozenset[str]() if training else form.training_only
    return form.kind, {
        name: value if is_plain(value) else kernel(value)
        for name, value in form.fields.items()
        if name not in left_out
    }


def native_engine(
    network: Network,
    loss: Loss,
    penalty: Penalty,
    dtype: npt.DTypeLike,
    threads: int,
    bfloat16: bool = False,
    shares: int = 0,
) -> _native.Engine64:
    """An engine that cuts a batch into `shares`; 0 stands for one for each of the threads.

    If fewer threads may run, they take over the missing ones' shares; results do not change.
    """
    engine = class_for("Engine", dtype)(
        network.n_inputs,
        native_layers(network, training=True),
        kernel(loss),
        kernel(penalty),
        threads,
        bfloat16,
        network.input_noise,
        shares,
        allowed_threads(threads),
    )
    return with_blas(engine)


def with_blas(computer: Computer) -> Computer:
    """An engine or a predictor, once it has the BLAS that it calls, if it calls any."""
    if computer.calls_blas():
        hand_in_blas(module())
    return computer


def blas_held(
    computer: _native.Engine64 | _native.Predictor64 | _native.Coalitions64,
) -> AbstractContextManager[None]:
    """BLAS on one thread, where it is called at all."""
    return one_thread_blas() if computer.calls_blas() else nullcontext()


@final
class NativeTrainer(Trainer):
    def __init__(
        self,
        problem: Problem,
        arrays: Arrays,
        theta: FloatArray,
        optimizer_state: OptimizerState,
        threads: int,
        bfloat16: bool = False,
        state: FloatArray | None = None,
        shares: int = 0,
    ) -> None:
        refuse_noise_on_sparse(problem.network, arrays.X)
        self.rows = arrays.rows
        self.problem, self.arrays = problem, arrays
        self.theta, self.optimizer_state = theta, optimizer_state
        self.state = fitting_state(problem.network, theta, state)
        self.engine = native_engine(
            problem.network, problem.loss, problem.penalty, theta.dtype, threads, bfloat16, shares
        )
        self.run = class_for("Run", theta.dtype)(
            self.engine,
            native_data(arrays),
            kernel(problem.optimizer),
            theta,
            optimizer_state.slots,
            optimizer_state.steps,
            optimizer_state.seed,
            self.state,
            kernel(problem.clipping),
            kernel(problem.constraint),
            kernel(problem.averaging),
            optimizer_state.average if problem.averaging.has_mean else None,
            list(problem.rates),
            tried_from=TRIED_FROM,
            **bounds_of(problem.network, theta),
        )

    def epochs(self, plan: EpochPlan) -> Iterator[Epoch]:
        plan.check_factors()
        generator = plan.generator
        if generator is None:
            return self._epochs(plan, None)
        assert plan.order is not None
        if plan.n_epochs == 1:
            shuffle(plan.order, generator)
            return self._epochs(plan, None)
        if generator is np.random.mtrand._rand:
            generator = drawn_ahead(generator, plan.n_epochs, len(plan.order))
        bits = generator._bit_generator
        with bits.lock:
            return self._epochs(plan, bits.capsule)

    def _epochs(self, plan: EpochPlan, bits: Any) -> Iterator[Epoch]:
        order = self.rows if plan.order is None else plan.order
        with blas_held(self.engine):
            run = self.run.epochs(
                order,
                bits,
                plan.batch_size,
                plan.lr_factors,
                plan.n_epochs,
                threading.current_thread() is threading.main_thread(),  # where signals arrive
                plan.seconds,
                plan.decay_factors,
                plan.dropout_factors,
                plan.stop,
            )
        divergence = None
        if run.epochs and not run.epochs[-1].finite:
            in_epoch = run.epochs[-1].steps
            rows = self.arrays.order if order is None else order
            divergence = diagnosed(
                self.problem,
                self.arrays,
                (self.theta, self.optimizer_state, self.state),
                rows[in_epoch * plan.batch_size : (in_epoch + 1) * plan.batch_size],
                plan.of_step((len(run.epochs) - 1) * plan.steps_per_epoch + in_epoch),
                in_epoch + 1,
            )
        return records_of(run.epochs, divergence, run.raised)


def bounds_of(network: Network, theta: FloatArray) -> dict[str, FloatArray]:
    """Lowest and highest parameters in θ's type, if they have bounds."""
    if network.bounds is None:
        return {}
    low, high = network.bounds
    return {"low": plain(low, theta.dtype), "high": plain(high, theta.dtype)}


def drawn_ahead(shared: np.random.RandomState, n: int, n_items: int) -> np.random.RandomState:
    """A generator that will shuffle as the shared one would have, which is left as after it.

    NumPy's own generator belongs to all threads, and must not be held for as long as they train.
    """
    bits = shared._bit_generator
    own = np.random.RandomState(type(bits)())
    with bits.lock:
        own.set_state(shared.get_state(legacy=False))
        items = np.arange(n_items)
        for _ in range(n):
            shuffle(items, shared)
    return own


def records_of(
    epochs: list[_native.EpochRecord], divergence: Divergence | None, raised: BaseException | None
) -> Iterator[Epoch]:
    """The completed epochs, and then the exception of a signal handler."""
    for epoch in epochs:
        yield Epoch(
            epoch.data_loss,
            epoch.penalty,
            tuple(epoch.gradient_norms),
            epoch.steps,
            None if epoch.finite else divergence,
            seconds=epoch.seconds,
        )
    if raised is not None:
        raise raised


@final
class NativeObjective(Objective):
    def __init__(
        self,
        network: Network,
        loss: Loss,
        penalty: Penalty,
        arrays: Arrays,
        threads: int,
        shares: int = 0,
    ) -> None:
        refuse_random(network)
        self.engine = native_engine(network, loss, penalty, arrays.y.dtype, threads, shares=shares)
        self.data = native_data(arrays)
        self.state = network.initial_state(arrays.y.dtype)

    def value_and_gradient(self, theta: FloatArray) -> tuple[float, float, FloatArray]:
        gradient = np.empty_like(theta)
        with blas_held(self.engine):
            data_loss, penalty = self.engine.objective(self.data, theta, gradient, self.state)
        return data_loss, penalty, gradient


@final
class NativePredictor(EnginePredictor):
    """`threads_for` tells for a number of rows how many threads share them; some may not run here.

    With `fixed_cut` they pass in blocks that follow from their number alone.
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        theta: FloatArray,
        form: OutputFormat,
        threads_for: Callable[[int], int],
        state: FloatArray | None = None,
        fixed_cut: bool = False,
    ) -> None:
        super().__init__(network, theta, form, state)
        self.threads_for = threads_for
        predictor = class_for("Predictor", theta.dtype)(
            network.n_inputs,
            native_layers(network, training=False),
            kernel(loss),
            plain(theta),
            plain(self.state),
            form is OutputFormat.BOTH_CLASSES,
            form is OutputFormat.FLAT,
            lambda rows: allowed_threads(threads_for(rows)),  # whose rows are whoever's
            fixed_cut,
        )
        self.native = with_blas(predictor)

    def finite(self, X: object) -> FloatArray | None:
        return self.native.finite(X)

    def bare(self, X: object, out: object) -> FloatArray | None:
        return self.native.bare(X, out)

    def columns(self, X: Matrix) -> FloatArray:
        out = np.empty((X.shape[0], self.n_columns), self.theta.dtype)
        threads = self.threads_for(X.shape[0])
        with blas_held(self.native):
            self.native.fill(native_matrix(X), out, threads, allowed_threads(threads))
        return out


def native_scores(
    network: Network,
    theta: FloatArray,
    X: Matrix,
    threads: int,
    state: FloatArray | None = None,
    fixed_cut: bool = False,
) -> FloatArray:
    """Raw scores are the predictions of a loss whose link is the identity."""
    predictor = NativePredictor(
        network, SquaredError(), theta, OutputFormat.COLUMNS, lambda rows: threads, state, fixed_cut
    )
    return predictor.predict(X)
