"""Interleaved timing, A B C, B C A, C A B, …, so that a busy minute hits all alike."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np

__all__ = [
    "CannotRun",
    "Contender",
    "Lap",
    "LeftOut",
    "Outcome",
    "Pace",
    "Spread",
    "Timing",
    "race",
]

# How many times slower than its own best thread count a contender may be to stay in the race.
HOPELESS = 1.3


class CannotRun(Exception):
    """A contender cannot do its job here; the message says why, in a line."""


@final
@dataclass(frozen=True)
class Lap:
    """A job done: its wall-clock seconds, steps (or calls), and the training loss reached.

    Of several jobs it gives the mean seconds, and the rest from the last one.
    """

    seconds: float
    steps: int
    loss: float | None = None
    loss_curve: tuple[float, ...] = ()


@final
@dataclass(frozen=True)
class Contender:
    """One way to do the job of a race. `run` does a number of jobs and times them itself, so that
    it can leave its set-up out.

    Contenders of one `name` differ only in `threads` (None: the library decides); the fastest of
    them speaks for the name.
    """

    name: str
    threads: int | None
    dtype: str
    run: Callable[[int], Lap]


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
    loss: float | None
    loss_curve: tuple[float, ...] = ()

    @property
    def per_job(self) -> Spread:
        return Spread.of(self.seconds)


@final
@dataclass(frozen=True)
class LeftOut:
    """A contender that is not in the table, and why: it failed, or it was hopelessly slow."""

    name: str
    threads: int | None
    reason: str
    failed: bool = True


@final
@dataclass(frozen=True)
class Outcome:
    timings: tuple[Timing, ...]
    left_out: tuple[LeftOut, ...]


def race(contenders: Sequence[Contender], pace: Pace) -> Outcome:
    """Times the contenders in turn; a turn is as many jobs as fill `pace.seconds`, at least one.

    Every repetition starts with another contender. Each has a warm-up before the first, after
    which a thread count that is hopeless beside its own library's other one runs no more. One that
    fails is left out from there on.
    """
    left_out: list[LeftOut] = []

    def attempt(contender: Contender, jobs: int) -> Lap | None:
        try:
            return contender.run(jobs)
        except CannotRun as reason:
            left_out.append(LeftOut(contender.name, contender.threads, str(reason)))
            return None

    warm = []
    for contender in contenders:
        time.sleep(pace.settle)
        lap = attempt(contender, 1)
        # The first run pays for imports and starting threads, so a short one is not trusted.
        if lap is not None and lap.seconds < pace.seconds:
            lap = attempt(contender, 1)
        if lap is not None:
            warm.append((contender, lap))
    racing = []
    for contender, lap in warm:
        fastest = min(other.seconds for c, other in warm if c.name == contender.name)
        if lap.seconds > HOPELESS * fastest and pace.seconds > 0:
            reason = f"{lap.seconds / fastest:.1f} times slower in the warm-up than its best"
            left_out.append(LeftOut(contender.name, contender.threads, reason, failed=False))
        else:
            jobs = max(1, math.ceil(pace.seconds / lap.seconds))
            racing.append(Timing(contender, jobs, (), lap.steps, lap.loss))

    for repetition in range(pace.repetitions):
        first = repetition % max(1, len(racing))
        order = [*range(first, len(racing)), *range(first)]
        dropped = []
        for i in order:
            timing = racing[i]
            time.sleep(pace.settle)
            lap = attempt(timing.contender, timing.jobs)
            if lap is None:
                dropped.append(i)
                continue
            racing[i] = replace(
                timing,
                seconds=(*timing.seconds, lap.seconds),
                steps=lap.steps,
                loss=lap.loss,
                loss_curve=lap.loss_curve,
            )
        racing = [timing for i, timing in enumerate(racing) if i not in dropped]
    return Outcome(tuple(racing), tuple(left_out))
