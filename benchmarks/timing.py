"""Interleaved timing, A B C, B C A, C A B, …, so that a busy minute hits all alike."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

__all__ = ["Contender", "Lap", "Pace", "Spread", "Timing", "race"]


@final
@dataclass(frozen=True)
class Lap:
    """One job done: its wall-clock seconds, optimiser steps, and the training loss reached."""

    seconds: float
    steps: int
    loss: float


@final
@dataclass(frozen=True)
class Contender:
    """One way to do the job of a race. `run` times itself, so that it can leave its set-up out.

    Contenders of one `name` differ only in `threads` (None: the library decides); the fastest of
    them speaks for the name.
    """

    name: str
    threads: int | None
    dtype: str
    run: Callable[[], Lap]


@final
@dataclass(frozen=True)
class Pace:
    """How long to measure. `settle` seconds of sleep before each turn let the threads of the turn
    before, which spin a while when they have no more to do, fall asleep."""

    repetitions: int
    seconds: float
    settle: float = 0.05


@final
@dataclass(frozen=True)
class Spread:
    """Median and quartiles."""

    q1: float
    median: float
    q3: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        q1, median, q3 = np.quantile(values, (0.25, 0.5, 0.75))
        return cls(float(q1), float(median), float(q3))


@final
@dataclass(frozen=True)
class Timing:
    """What a contender needed: mean seconds of one job, for each repetition of `jobs` jobs."""

    contender: Contender
    jobs: int
    seconds: tuple[float, ...]
    steps: int
    loss: float

    @property
    def per_job(self) -> Spread:
        return Spread.of(self.seconds)


def race(contenders: Sequence[Contender], pace: Pace) -> list[Timing]:
    """Times the contenders in turn; a turn is as many jobs as fill `pace.seconds`, at least one.

    Every repetition starts with another contender. Each has a warm-up before the first.
    """
    jobs = [_jobs_per_turn(contender, pace) for contender in contenders]
    seconds: list[list[float]] = [[] for _ in contenders]
    last: list[Lap | None] = [None] * len(contenders)
    for repetition in range(pace.repetitions):
        for turn in range(len(contenders)):
            i = (repetition + turn) % len(contenders)
            time.sleep(pace.settle)
            laps = [contenders[i].run() for _ in range(jobs[i])]
            seconds[i].append(sum(lap.seconds for lap in laps) / jobs[i])
            last[i] = laps[-1]
    return [
        Timing(contender, jobs_, tuple(seconds_), lap.steps, lap.loss)
        for contender, jobs_, seconds_, lap in zip(contenders, jobs, seconds, last, strict=True)
        if lap is not None
    ]


def _jobs_per_turn(contender: Contender, pace: Pace) -> int:
    """The first run pays for imports and starting threads, so a short one is not trusted."""
    lap = contender.run()
    if lap.seconds < pace.seconds:
        lap = contender.run()
    return max(1, math.ceil(pace.seconds / lap.seconds))
