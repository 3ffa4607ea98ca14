"""What a fit on a cluster tells beside the fitted estimator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

__all__ = ["ClusterReport", "WorkerTotals"]


@final
@dataclass
class WorkerTotals:
    """What one worker has done in all epochs, with those that came in its place.

    Attributes
    ----------
    steps, bytes_sent, lost : int
        Pushes, bytes that it sent and received, and how often it was replaced.
    busy, seconds : float
        Seconds in which it computed, and those of its epochs.
    """

    steps: int = 0
    bytes_sent: int = 0
    lost: int = 0
    busy: float = 0.0
    seconds: float = 0.0

    @property
    def idle(self) -> float:
        """The share of its time in which it waited."""
        return max(0.0, 1 - self.busy / self.seconds) if self.seconds else 0.0


@final
@dataclass
class ClusterReport:
    """Filled by the fit that it is given to.

    Attributes
    ----------
    workers : list of WorkerTotals
    compression : str
        Why compression='auto' has decided as it did; empty for any other.
    """

    workers: list[WorkerTotals] = field(default_factory=list)
    compression: str = ""

    def begin(self, workers: int) -> None:
        """Count anew for so many workers."""
        self.workers = [WorkerTotals() for _ in range(workers)]
