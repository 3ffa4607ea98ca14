"""What is raced: networks to train and to predict with, and what we must reach there."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import final

from benchmarks.data import BREAST_CANCER, Source

__all__ = ["CASES", "NOT_SLOWER", "PREDICTIONS", "Case", "Prediction", "case_named"]

# No peer may train a shape faster than we do, but for what a measurement is unsure of.
NOT_SLOWER = 0.97


def shapes_of(features: int, hidden: tuple[int, ...], classes: int) -> tuple[tuple[int, int], ...]:
    """(n_in, n_out) of every layer's weights; two classes share one logistic unit."""
    outputs = 1 if classes == 2 else classes
    return tuple(pairwise((features, *hidden, outputs)))


@final
@dataclass(frozen=True)
class Case:
    """Whole epochs on a ReLU network: one job is `epochs` epochs from fresh weights.

    Every peer does the same job, so that what a fit costs once (checking its input, making its
    weights) weighs on as many steps for each of them. `at_least` says how many times faster than
    a peer we must be, where that is more than not slower; `share` which part of the limit.
    """

    name: str
    source: Source
    hidden: tuple[int, ...]
    batch: int
    epochs: int
    at_least: dict[str, float] = field(default_factory=dict)
    share: float | None = None
    solver: str = "adam"
    threads: int = 2
    repetitions: int = 5
    compiled: bool = True
    dtype: str = "float32"

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        return shapes_of(self.source.features, self.hidden, self.source.classes)

    @property
    def steps(self) -> int:
        """Optimiser steps of one job; the last batch of an epoch may be short."""
        return self.epochs * math.ceil(self.source.rows / self.batch)

    def shortened(self) -> Case:
        """A twentieth of the epochs on at most 2,000 rows, for --quick."""
        source = replace(self.source, rows=min(2000, self.source.rows))
        return replace(self, source=source, epochs=max(1, self.epochs // 20))


@final
@dataclass(frozen=True)
class Prediction:
    """Probabilities of `rows` rows at once by an estimator of this shape; one job is `calls` such
    calls. `at_most` are microseconds a call, by contender."""

    name: str
    source: Source
    hidden: tuple[int, ...]
    rows: int
    calls: int
    at_least: dict[str, float] = field(default_factory=dict)
    at_most: dict[str, float] = field(default_factory=dict)
    threads: int = 2
    repetitions: int = 5
    dtype: str = "float32"

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        return shapes_of(self.source.features, self.hidden, self.source.classes)

    def shortened(self) -> Prediction:
        return replace(self, rows=min(2000, self.rows), calls=max(1, self.calls // 100))


def _goals(sklearn: float, torch: float, jax: float) -> dict[str, float]:
    return {"scikit-learn": sklearn, "PyTorch": torch, "JAX": jax}


_NARROW = Source(rows=20_000, features=20, classes=2)
_IMAGES = Source(rows=20_000, features=784, classes=10)
_MILLION = Source(rows=1_000_000, features=30, classes=2)

CASES = (
    Case("500x10-perceptron", Source(500, 10, 2), (), batch=32, epochs=1000),
    Case(
        "569x30-64-32",
        BREAST_CANCER,
        (64, 32),
        batch=32,
        epochs=400,
        at_least=_goals(25, 30, 12),
        share=0.60,
        repetitions=7,
    ),
    Case(
        "20000x20-32-adam-batch1",
        _NARROW,
        (32,),
        batch=1,
        epochs=1,
        at_least=_goals(80, 150, 10),
        repetitions=7,
    ),
    Case(
        "20000x20-32-sgd-batch1",
        _NARROW,
        (32,),
        batch=1,
        epochs=1,
        at_least=_goals(80, 150, 10),
        solver="sgd",
        repetitions=7,
    ),
    Case(
        "20000x20-32",
        _NARROW,
        (32,),
        batch=32,
        epochs=20,
        at_least=_goals(50, 90, 10),
        share=0.30,
        repetitions=7,
    ),
    Case("20000x20-32-batch256", _NARROW, (32,), batch=256, epochs=40),
    Case("20000x20-32-batch2048", _NARROW, (32,), batch=2048, epochs=60),
    Case(
        "20000x784-256-128",
        _IMAGES,
        (256, 128),
        batch=128,
        epochs=4,
        at_least=_goals(2.9, 2, 1.25),
        share=0.75,
        repetitions=7,
    ),
    Case(
        "50000x30-256-256-256",
        Source(rows=50_000, features=30, classes=2),
        (256, 256, 256),
        batch=256,
        epochs=3,
        at_least=_goals(2.8, 1.5, 1.4),
        share=0.82,
        repetitions=7,
    ),
    Case("20000x784-1024-1024", _IMAGES, (1024, 1024), batch=256, epochs=1),
    Case("20000x784-1024-1024-batch2048", _IMAGES, (1024, 1024), batch=2048, epochs=1),
    Case("1000000x30-100", _MILLION, (100,), batch=200, epochs=1),
    Case("1000000x30-64-batch2048", _MILLION, (64,), batch=2048, epochs=1),
    Case(
        "csr-20000x10000-100",
        Source(rows=20_000, features=10_000, classes=2, density=0.005),
        (100,),
        batch=200,
        epochs=2,
        at_least={"scikit-learn": 6},
        repetitions=7,
        compiled=False,
    ),
    Case(
        "csr-20000x1000-64",
        Source(rows=20_000, features=1_000, classes=2, density=0.01),
        (64,),
        batch=128,
        epochs=3,
        compiled=False,
    ),
)

_SMALL = Source(rows=2_000, features=30, classes=2)
_WIDE = Source(rows=2_000, features=784, classes=10)

PREDICTIONS = (
    Prediction(
        "predict-1x30-64-32",
        _SMALL,
        (64, 32),
        rows=1,
        calls=500,
        at_least={"scikit-learn": 6},
        at_most={"predictor()": 2.0},
        repetitions=7,
    ),
    Prediction("predict-100000x30-64-32", _SMALL, (64, 32), rows=100_000, calls=2),
    Prediction("predict-100000x784-256-128", _WIDE, (256, 128), rows=100_000, calls=1),
)


def case_named(name: str, quick: bool) -> Case | Prediction:
    """The case as it is raced: shortened for a trial run."""
    (case,) = (case for case in (*CASES, *PREDICTIONS) if case.name == name)
    return case.shortened() if quick else case
