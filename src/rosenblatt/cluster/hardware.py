"""What the simulator assumes of machines and their network."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import final

__all__ = ["Link", "Pace"]


@final
@dataclass(frozen=True)
class Link:
    """The network between workers and servers.

    Every machine has one connection, which sends one message at a time and receives one at a time.

    Parameters
    ----------
    bandwidth : float, default infinite
        Bits a second.
    latency : float, default 0.0
        Seconds.
    loss, duplication : float in [0, 1), default 0.0
        Chance that a message is lost, or arrives a second time later.
    timeout : float, default 1.0
        Seconds after which a worker that has no reply sends again, where messages may be lost.
    """

    bandwidth: float = math.inf
    latency: float = 0.0
    loss: float = 0.0
    duplication: float = 0.0
    timeout: float = 1.0

    def __post_init__(self) -> None:
        if not self.bandwidth > 0:
            raise ValueError(f"bandwidth={self.bandwidth}: bits a second, more than 0.")
        for name in ("latency", "timeout"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name}={getattr(self, name)}: seconds, 0 or more.")
        for name in ("loss", "duplication"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)}: a chance in [0, 1).")

    @property
    def unreliable(self) -> bool:
        return self.loss > 0

    def seconds(self, n_bytes: int) -> float:
        """How long a message occupies a connection."""
        return 8 * n_bytes / self.bandwidth


@final
@dataclass(frozen=True)
class Pace:
    """How long a step of a worker takes: seconds · factor · lognormal jitter, sometimes more.

    Parameters
    ----------
    seconds : float, default 1e-3
        Of a step, in the median.
    jitter : float, default 0.0
        σ of its logarithm.
    straggling : float in [0, 1), default 0.0
        Chance that a step takes `slowdown` times as long.
    slowdown : float, default 10.0
    factors : tuple of float, optional
        Of each worker; 1 for those beyond its length.
    """

    seconds: float = 1e-3
    jitter: float = 0.0
    straggling: float = 0.0
    slowdown: float = 10.0
    factors: tuple[float, ...] = ()

    def of_step(self, worker: int, draws: Random) -> float:
        """Seconds of the next step of a worker."""
        seconds = self.seconds
        if worker < len(self.factors):
            seconds *= self.factors[worker]
        if self.jitter:
            seconds *= draws.lognormvariate(0, self.jitter)
        if self.straggling and draws.random() < self.straggling:
            seconds *= self.slowdown
        return seconds
