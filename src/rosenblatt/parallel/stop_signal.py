"""A signal that ends running fits, by a deadline or on request."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import final

from rosenblatt.stopping import Ending, RunProgress, StoppingRule

__all__ = ["CUT_SHORT", "StopSignal"]

# The stop reason of a fit that a StopSignal ended.
CUT_SHORT = "it was cut short"


@final
@dataclass
class StopSignal(StoppingRule):
    """Ends every running fit within an epoch, once the deadline has passed or it is requested.

    Attributes
    ----------
    deadline : float
        On the clock of `time.perf_counter`.
    requested : bool
    """

    only_time = True
    deadline: float = math.inf
    requested: bool = False

    @staticmethod
    def after(seconds: float | None) -> StopSignal:
        return StopSignal() if seconds is None else StopSignal(time.perf_counter() + seconds)

    @property
    def due(self) -> bool:
        return self.requested or time.perf_counter() >= self.deadline

    def ending(self, progress: RunProgress) -> Ending | None:
        return Ending(CUT_SHORT, False) if self.due else None

    def seconds_left(self, seconds: float) -> float:
        return -math.inf if self.requested else self.deadline - time.perf_counter()
