"""scikit-learn's MLPClassifier; its only threads are those of NumPy's BLAS."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, ClassVar, final

from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from benchmarks.cases import Case
from benchmarks.data import Data
from benchmarks.peers.base import Peer
from benchmarks.peers.estimator import Estimator, Fit, case_options
from benchmarks.timing import Lap

__all__ = ["ScikitLearn", "blas_threads", "classifier"]


def classifier(**options: Any) -> Estimator:
    estimator: Estimator = MLPClassifier(**options)
    return estimator


def blas_threads(threads: int | None) -> Callable[[], AbstractContextManager[object]]:
    """Makes a context in which BLAS uses `threads` threads; None: as many as it likes."""
    return partial(threadpool_limits, limits=threads, user_api="blas")


@final
class ScikitLearn(Peer):
    """Small products are faster on one thread, large ones on many: both are tried."""

    name: ClassVar[str] = "scikit-learn"
    package: ClassVar[str] = "sklearn"

    def thread_counts(self, limit: int) -> tuple[int, ...]:
        return tuple(sorted({1, limit}))

    def training(self, case: Case, data: Data, threads: int) -> Callable[[], Lap]:
        options = case_options(case)
        return Fit(lambda: classifier(**options), data, case.batch, blas_threads(threads))
