"""rosenblatt: scikit-learn's call with the import line changed, and `n_jobs`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, final

from benchmarks.cases import Case
from benchmarks.data import Data
from benchmarks.peers.base import Peer
from benchmarks.peers.estimator import Estimator, Fit, case_options
from benchmarks.timing import Lap

__all__ = ["Rosenblatt", "classifier"]


def classifier(**options: Any) -> Estimator:
    from rosenblatt import MLPClassifier

    estimator: Estimator = MLPClassifier(**options)
    return estimator


@final
class Rosenblatt(Peer):
    """Given only the thread limit: how many of them a network is worth, it decides itself."""

    name: ClassVar[str] = "rosenblatt"
    package: ClassVar[str] = "rosenblatt"

    def thread_counts(self, limit: int) -> tuple[int, ...]:
        return (limit,)

    def training(self, case: Case, data: Data, threads: int) -> Callable[[], Lap]:
        options = case_options(case) | {"n_jobs": threads}
        return Fit(lambda: classifier(**options), data, case.batch)
