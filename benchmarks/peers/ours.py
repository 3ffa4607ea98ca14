"""rosenblatt: scikit-learn's call with the import line changed, and `n_jobs`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, final

from benchmarks.cases import Case, Prediction
from benchmarks.data import Data
from benchmarks.peers.base import Peer, Prepared, calls
from benchmarks.peers.estimator import Estimator, Fit, case_options, fitted
from benchmarks.timing import CannotRun

__all__ = ["BFloat16", "Predictor", "Rosenblatt", "classifier"]


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

    def training(self, case: Case, data: Data, threads: int) -> Prepared:
        rows = len(data.y)
        entries = data.X.nnz / rows if case.source.is_sparse else None
        batch = min(case.batch, rows)
        used = threads_used(case.shapes, batch, 3, threads, -(-rows // batch), entries)
        return Prepared(_fit(case, data, n_jobs=threads), {"threads_used": used})

    def prediction(self, case: Prediction, threads: int) -> Prepared:
        used = threads_used(case.shapes, case.rows, 1, threads)
        estimator = fitted(classifier, case)
        return calls(estimator.predict_proba, case, {"threads_used": used})


@final
class BFloat16(Peer):
    """The same with `dtype='bfloat16'`, where the processor has it and layers are wide enough.

    It stands beside our float32, not in the place of it: its products are coarser than any peer's.
    """

    name: ClassVar[str] = "rosenblatt bfloat16"
    package: ClassVar[str] = "rosenblatt"

    def thread_counts(self, limit: int) -> tuple[int, ...]:
        return (limit,)

    def enters(self, case: Case | Prediction) -> bool:
        from rosenblatt.engine import has_bfloat16

        wide = any(units >= 128 for units in case.hidden)
        return isinstance(case, Case) and wide and not case.source.is_sparse and has_bfloat16()

    def training(self, case: Case, data: Data, threads: int) -> Prepared:
        return Prepared(_fit(case, data, n_jobs=threads, dtype="bfloat16"))

    def prediction(self, case: Prediction, threads: int) -> Prepared:
        raise CannotRun("its predictions are float32's")


@final
class Predictor(Peer):
    """`MLPClassifier.predictor()`: the trained network alone, without an estimator's checks."""

    name: ClassVar[str] = "predictor()"
    package: ClassVar[str] = "rosenblatt"

    def thread_counts(self, limit: int) -> tuple[int, ...]:
        return (limit,)

    def enters(self, case: Case | Prediction) -> bool:
        return isinstance(case, Prediction)

    def training(self, case: Case, data: Data, threads: int) -> Prepared:
        raise CannotRun("it only predicts")

    def prediction(self, case: Prediction, threads: int) -> Prepared:
        estimator: Any = fitted(classifier, case)
        if not hasattr(estimator, "predictor"):
            raise CannotRun("this rosenblatt has no predictor()")
        return calls(estimator.predictor(), case)


def _fit(case: Case, data: Data, **options: Any) -> Fit:
    return Fit(lambda: classifier(**case_options(case), **options), data, case.batch)


def threads_used(
    shapes: Sequence[tuple[int, int]],
    rows: int,
    passes: int,
    threads: int,
    steps: int | None = None,
    entries: float | None = None,
) -> int:
    """The engine's own rule for this much work at a time: what the limit is measured with."""
    from rosenblatt.engine.threads import threads_for
    from rosenblatt.network import Dense, Network

    network = Network(shapes[0][0], tuple(Dense(n_out) for _, n_out in shapes))
    return threads_for(network, rows, passes, threads, steps=steps, entries=entries)
