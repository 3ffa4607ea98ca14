"""What a step costs: computing, bandwidth and latency, for workers and one server (theory G18)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.cluster.hardware import Link

__all__ = ["StepCost"]


@final
@dataclass(frozen=True)
class StepCost:
    """Seconds of a step, where machines are alike and have one connection each.

    With c the seconds that a worker computes, ℓ the latency, t↑ and t↓ the seconds in which a
    gradient and the parameters occupy a connection, and W workers at one server:

    - synchronous: c + 2ℓ + t↑ + t↓ + (W - 1) max(t↑, t↓). The server's connection carries W
      messages each way; the first worker computes while the last is still being sent to, so that
      only the slower way counts in full.
    - asynchronous: a step of one worker is max(c + 2ℓ + t↑ + t↓, W max(t↑, t↓)), and W of them are
      made in it.

    Parameters
    ----------
    compute : float
        c.
    up, down : int
        Bytes of a gradient, as it is sent, and of the parameters.
    link : Link
    workers : int
    """

    compute: float
    up: int
    down: int
    link: Link
    workers: int

    @property
    def _ways(self) -> tuple[float, float]:
        return self.link.seconds(self.up), self.link.seconds(self.down)

    @property
    def _alone(self) -> float:
        """A step of one worker that has the server for itself."""
        return self.compute + 2 * self.link.latency + sum(self._ways)

    @property
    def synchronous(self) -> float:
        """Seconds of a step of all workers."""
        return self._alone + (self.workers - 1) * max(self._ways)

    @property
    def asynchronous(self) -> float:
        """Seconds between two steps of one worker."""
        return max(self._alone, self.workers * max(self._ways))

    @property
    def speed_up(self) -> float:
        """Rows a second of synchronous workers, each with rows of its own, beside one machine's."""
        return self.workers * self.compute / self.synchronous
