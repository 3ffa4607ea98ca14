"""The time below which nobody gets: a case's arithmetic, or its traffic, at this machine's rates.

Counted is what no implementation can do without. A step multiplies the batch with every layer's
weights three times (forward, the weights' gradient, the inputs' gradient), the first layer's twice,
for nobody asks for the gradient of the data; a CSR batch multiplies its entries alone. Biases,
activations, the loss and the optimiser's arithmetic are left out. A step reads and writes every
parameter with what Adam keeps of it (θ, m, v; plain SGD: θ) once and reads the batch's rows once.

The rates are the best that this machine showed around the race: SciPy's BLAS on a large product,
and the sum of two arrays, far larger than the caches, into one of them, which moves more bytes a
second here than copying does (no line is fetched only to be overwritten). A network that stays in
a cache may well be quicker than the memory's rate: its share of that limit can exceed one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np
import numpy.typing as npt

from benchmarks.cases import Case, Prediction

__all__ = [
    "PRODUCT_FLOPS",
    "Limit",
    "Rates",
    "Work",
    "large_product",
    "measured_rates",
    "prediction_work",
    "stream_rate",
    "training_work",
]

PRODUCT = 2048
PRODUCT_FLOPS = 2 * PRODUCT**3
STREAM = 64 * 2**20  # float32 numbers in each of two arrays: 512 MiB in all


@final
@dataclass(frozen=True)
class Rates:
    """FLOP and bytes a second that this machine reaches with so many threads."""

    threads: int
    flops: float
    bytes: float

    def or_better(self, other: Rates) -> Rates:
        return Rates(self.threads, max(self.flops, other.flops), max(self.bytes, other.bytes))


@final
@dataclass(frozen=True)
class Work:
    """What one step (or one call) cannot do without."""

    flops: float
    bytes: float


@final
@dataclass(frozen=True)
class Limit:
    """Seconds of one step (or call): the larger of the two."""

    arithmetic: float
    traffic: float

    @classmethod
    def of(cls, work: Work, rates: Rates) -> Limit:
        return cls(work.flops / rates.flops, work.bytes / rates.bytes)

    @property
    def seconds(self) -> float:
        return max(self.arithmetic, self.traffic)

    @property
    def bound_by(self) -> str:
        return "arithmetic" if self.arithmetic >= self.traffic else "traffic"


def training_work(case: Case, rows: int, entries: int) -> Work:
    """Of one step of mean size; `entries` are the stored numbers of the data's `rows` rows."""
    batch = rows * case.epochs / case.steps
    a_row = entries / rows
    (_, first_out), *rest = case.shapes
    products = 2 * a_row * first_out + 3 * sum(n_in * n_out for n_in, n_out in rest)
    kept = 3 if case.solver == "adam" else 1
    parameters = sum(n_in * n_out + n_out for n_in, n_out in case.shapes)
    item = np.dtype(case.dtype).itemsize
    return Work(
        flops=2 * batch * products,
        bytes=2 * kept * item * parameters + batch * _row_bytes(a_row, case.source.is_sparse, item),
    )


def prediction_work(case: Prediction) -> Work:
    """Of one call: every weight and every row read once, every probability written once."""
    weights = sum(n_in * n_out for n_in, n_out in case.shapes)
    biases = sum(n_out for _, n_out in case.shapes)
    item = np.dtype(case.dtype).itemsize
    values = weights + biases + case.rows * (case.source.features + case.source.classes)
    return Work(flops=2 * case.rows * weights, bytes=item * values)


def _row_bytes(entries: float, sparse: bool, item: int) -> float:
    """A dense row; or a CSR row's values, 32-bit columns and its 32-bit start."""
    return entries * (item + 4) + 4 if sparse else entries * item


def measured_rates(threads: int, repetitions: int) -> Rates:
    """In a process whose BLAS has `threads` threads; medians, after a warm-up."""
    flops = PRODUCT_FLOPS / _median(large_product(), repetitions)
    return Rates(threads, flops, stream_rate(threads, repetitions))


def large_product(dtype: str = "float32") -> Callable[[], object]:
    """A call of BLAS for PRODUCT_FLOPS operations."""
    from scipy.linalg.blas import dgemm, sgemm

    multiply = {"float32": sgemm, "float64": dgemm}[dtype]
    rng = np.random.default_rng(0)
    # In columns, as BLAS has them, so that SciPy copies nothing.
    a, b = (
        np.asfortranarray(rng.standard_normal((PRODUCT, PRODUCT), dtype=np.float32), dtype)
        for _ in range(2)
    )
    c = np.zeros_like(a)
    return lambda: multiply(1.0, a, b, c=c, overwrite_c=True)


def stream_rate(threads: int, repetitions: int) -> float:
    """Bytes a second of adding one large array to another, in place; the median."""
    a, b = np.ones(STREAM, np.float32), np.ones(STREAM, np.float32)
    cuts = np.linspace(0, STREAM, threads + 1).astype(int)
    parts = [(a[i:j], b[i:j]) for i, j in pairwise(cuts)]
    return 3 * a.nbytes / _median(lambda: _add(parts), repetitions)


def _add(parts: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]) -> None:
    """b += a, a thread for each part; NumPy lets go of the interpreter meanwhile."""
    others = [threading.Thread(target=np.add, args=(a, b, b)) for a, b in parts[1:]]
    for thread in others:
        thread.start()
    a, b = parts[0]
    np.add(a, b, b)
    for thread in others:
        thread.join()


def _median(work: Callable[[], object], repetitions: int) -> float:
    work()
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))
