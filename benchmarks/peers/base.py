"""What every peer can be asked for."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, ClassVar, final

import numpy as np
import numpy.typing as npt

from benchmarks.cases import Case, Prediction
from benchmarks.data import Data
from benchmarks.timing import CannotRun, Lap

__all__ = ["Peer", "Prepared", "calls", "prediction_rows"]


@final
@dataclass(frozen=True)
class Prepared:
    """A job, ready to be run and timed. `setup` is what a table says of the preparation, such as
    `compile_seconds`; a job's time leaves it out."""

    run: Callable[[], Lap]
    setup: dict[str, Any] = field(default_factory=dict)


class Peer(ABC):
    """A library, or one way to use it. `name` is what tables call it, `package` what one imports.

    Its methods are called in a process of its own (see serve.py), whose thread pools have
    `threads` threads; only there is the package imported.
    """

    name: ClassVar[str]
    package: ClassVar[str]

    def thread_counts(self, limit: int) -> tuple[int, ...]:
        """The thread counts to try, none above `limit`; the best one counts. Small products are
        faster on one thread, large ones on many."""
        return tuple(sorted({1, limit}))

    def enters(self, case: Case | Prediction) -> bool:
        """Whether it takes part at all."""
        return True

    @abstractmethod
    def training(self, case: Case, data: Data, threads: int) -> Prepared:
        """The case's job: `case.epochs` epochs, shuffled, from fresh weights."""

    @abstractmethod
    def prediction(self, case: Prediction, threads: int) -> Prepared:
        """The case's job: the probabilities of its rows, from an array to an array."""

    def is_installed(self) -> bool:
        return find_spec(self.package) is not None


def prediction_rows(case: Prediction) -> npt.NDArray[np.float32]:
    """The rows to predict, the same for every peer."""
    rng = np.random.default_rng(1)
    return rng.standard_normal((case.rows, case.source.features), dtype=np.float32)


def calls(
    predict: Callable[[npt.NDArray[np.float32]], Any],
    case: Prediction,
    setup: dict[str, Any] | None = None,
) -> Prepared:
    """The job of calling `predict`, which returns NumPy's array of probabilities."""
    X = prediction_rows(case)
    probabilities = np.asarray(predict(X)).reshape(case.rows, -1)
    if not np.isfinite(probabilities).all():
        raise CannotRun("its probabilities are not finite")

    def job() -> Lap:
        start = time.perf_counter()
        for _ in range(case.calls):
            predict(X)
        return Lap(time.perf_counter() - start, case.calls)

    return Prepared(job, setup or {})
