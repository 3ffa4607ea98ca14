# The compiled module; `_native_v3` and `_native_v4` have the same contents. A test compares them
# with this file.
#
# Classes that end in 32 take float32 arrays, those that end in 64 float64 ones. No array is
# converted: one of another type, order or alignment is refused.
from collections.abc import Callable
from typing import Any, TypeAlias, final, overload

import numpy as np
import numpy.typing as npt

# A member: its class's name, and the values of its fields in their order.
Member: TypeAlias = tuple[str, list[float]]
# A layer: the name of its kind, and its fields by name.
Layer: TypeAlias = tuple[str, dict[str, Any]]
FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]
Capsule: TypeAlias = Any

def cpu_level() -> int: ...
def has_bfloat16() -> bool: ...
def catalogue() -> dict[str, list[tuple[str, list[str]]]]: ...
def after_fork_in_child() -> None: ...
def at_exit() -> None: ...
def use_blas(sgemm: Capsule, dgemm: Capsule) -> None: ...
def philox(seed: int, step: int, layer: int, begin: int, out: npt.NDArray[np.uint32]) -> None: ...
def shuffle(items: npt.NDArray[np.int64], generator: Capsule) -> None: ...
def move32(
    optimizer: Member,
    gradient: FloatArray,
    theta: FloatArray,
    slots: FloatArray,
    t: int,
    lr_factor: float,
    decay_factor: float,
) -> None: ...
def move64(
    optimizer: Member,
    gradient: FloatArray,
    theta: FloatArray,
    slots: FloatArray,
    t: int,
    lr_factor: float,
    decay_factor: float,
) -> None: ...

@final
class EpochRecord:
    @property
    def data_loss(self) -> float: ...
    @property
    def penalty(self) -> float: ...
    @property
    def gradient_norms(self) -> list[float]: ...
    @property
    def steps(self) -> int: ...
    @property
    def finite(self) -> bool: ...
    @property
    def seconds(self) -> float: ...

@final
class EpochsResult:
    @property
    def epochs(self) -> list[EpochRecord]: ...
    @property
    def raised(self) -> BaseException | None: ...

@final
class Matrix32:
    @overload
    def __init__(self, X: FloatArray) -> None: ...
    @overload
    def __init__(self, X: npt.NDArray[np.uint8]) -> None: ...
    @overload
    def __init__(
        self,
        values: FloatArray,
        column_of: npt.NDArray[np.int32],
        starts: npt.NDArray[np.int64],
        columns: int,
    ) -> None: ...

@final
class Data32:
    def __init__(
        self, X: Matrix32, y: FloatArray, weights: FloatArray | None, mean_weight: float
    ) -> None: ...

@final
class Engine32:
    def __init__(
        self,
        n_inputs: int,
        layers: list[Layer],
        loss: Member,
        penalty: Member,
        threads: int,
        bfloat16: bool = ...,
        input_noise: float = ...,
        tasks: int = ...,
        at_once: int = ...,
    ) -> None: ...
    def calls_blas(self) -> bool: ...
    def objective(
        self, data: Data32, theta: FloatArray, gradient: FloatArray, state: FloatArray
    ) -> tuple[float, float]: ...

@final
class Run32:
    def __init__(
        self,
        engine: Engine32,
        data: Data32,
        optimizer: Member,
        theta: FloatArray,
        slots: FloatArray,
        steps: npt.NDArray[np.int64],
        seed: int,
        state: FloatArray,
        clipping: Member = ...,
        constraint: Member = ...,
        averaging: Member = ...,
        mean: FloatArray | None = ...,
        rates: list[tuple[int, int, float, float]] = ...,
        low: FloatArray | None = ...,
        high: FloatArray | None = ...,
        tried_from: tuple[int, float] | None = ...,
    ) -> None: ...
    def epochs(
        self,
        order: npt.NDArray[np.int64] | None,
        generator: Capsule | None,
        batch_size: int,
        lr_factors: npt.NDArray[np.float64],
        n_epochs: int,
        interruptible: bool,
        seconds: float = ...,
        decay_factors: npt.NDArray[np.float64] | None = ...,
        dropout_factors: npt.NDArray[np.float64] | None = ...,
        stop: npt.NDArray[np.uint8] | None = ...,
    ) -> EpochsResult: ...

@final
class Predictor32:
    def __init__(
        self,
        n_inputs: int,
        layers: list[Layer],
        loss: Member,
        theta: FloatArray,
        state: FloatArray,
        both_classes: bool,
        flat: bool,
        threads_for: Callable[[int], int],
        fixed_cut: bool = ...,
    ) -> None: ...
    def calls_blas(self) -> bool: ...
    def finite(self, X: object) -> FloatArray | None: ...
    def bare(self, X: object, out: object) -> FloatArray | None: ...
    def fill(self, X: Matrix32, out: FloatArray, threads: int, at_once: int = ...) -> None: ...

@final
class Coalitions32:
    def __init__(
        self,
        units: int,
        first: Member,
        rest: list[Layer],
        loss: Member,
        theta: FloatArray,
        state: FloatArray,
    ) -> None: ...
    def calls_blas(self) -> bool: ...
    def fill(
        self,
        rows: FloatArray,
        background: FloatArray,
        sums: npt.NDArray[np.float64],
        row_of: npt.NDArray[np.int32],
        background_of: npt.NDArray[np.int32],
        starts: npt.NDArray[np.int64],
        steps: npt.NDArray[np.int32],
        out: FloatArray,
        threads: int,
    ) -> None: ...

@final
class Matrix64:
    @overload
    def __init__(self, X: FloatArray) -> None: ...
    @overload
    def __init__(self, X: npt.NDArray[np.uint8]) -> None: ...
    @overload
    def __init__(
        self,
        values: FloatArray,
        column_of: npt.NDArray[np.int32],
        starts: npt.NDArray[np.int64],
        columns: int,
    ) -> None: ...

@final
class Data64:
    def __init__(
        self, X: Matrix64, y: FloatArray, weights: FloatArray | None, mean_weight: float
    ) -> None: ...

@final
class Engine64:
    def __init__(
        self,
        n_inputs: int,
        layers: list[Layer],
        loss: Member,
        penalty: Member,
        threads: int,
        bfloat16: bool = ...,
        input_noise: float = ...,
        tasks: int = ...,
        at_once: int = ...,
    ) -> None: ...
    def calls_blas(self) -> bool: ...
    def objective(
        self, data: Data64, theta: FloatArray, gradient: FloatArray, state: FloatArray
    ) -> tuple[float, float]: ...

@final
class Run64:
    def __init__(
        self,
        engine: Engine64,
        data: Data64,
        optimizer: Member,
        theta: FloatArray,
        slots: FloatArray,
        steps: npt.NDArray[np.int64],
        seed: int,
        state: FloatArray,
        clipping: Member = ...,
        constraint: Member = ...,
        averaging: Member = ...,
        mean: FloatArray | None = ...,
        rates: list[tuple[int, int, float, float]] = ...,
        low: FloatArray | None = ...,
        high: FloatArray | None = ...,
        tried_from: tuple[int, float] | None = ...,
    ) -> None: ...
    def epochs(
        self,
        order: npt.NDArray[np.int64] | None,
        generator: Capsule | None,
        batch_size: int,
        lr_factors: npt.NDArray[np.float64],
        n_epochs: int,
        interruptible: bool,
        seconds: float = ...,
        decay_factors: npt.NDArray[np.float64] | None = ...,
        dropout_factors: npt.NDArray[np.float64] | None = ...,
        stop: npt.NDArray[np.uint8] | None = ...,
    ) -> EpochsResult: ...

@final
class Predictor64:
    def __init__(
        self,
        n_inputs: int,
        layers: list[Layer],
        loss: Member,
        theta: FloatArray,
        state: FloatArray,
        both_classes: bool,
        flat: bool,
        threads_for: Callable[[int], int],
        fixed_cut: bool = ...,
    ) -> None: ...
    def calls_blas(self) -> bool: ...
    def finite(self, X: object) -> FloatArray | None: ...
    def bare(self, X: object, out: object) -> FloatArray | None: ...
    def fill(self, X: Matrix64, out: FloatArray, threads: int, at_once: int = ...) -> None: ...

@final
class Coalitions64:
    def __init__(
        self,
        units: int,
        first: Member,
        rest: list[Layer],
        loss: Member,
        theta: FloatArray,
        state: FloatArray,
    ) -> None: ...
    def calls_blas(self) -> bool: ...
    def fill(
        self,
        rows: FloatArray,
        background: FloatArray,
        sums: npt.NDArray[np.float64],
        row_of: npt.NDArray[np.int32],
        background_of: npt.NDArray[np.int32],
        starts: npt.NDArray[np.int64],
        steps: npt.NDArray[np.int32],
        out: FloatArray,
        threads: int,
    ) -> None: ...
