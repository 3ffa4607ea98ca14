"""When what is under way has to come to its end: a deadline, or a wish."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import final

from rosenblatt.stopping import Ending, StoppingRule

__all__ = ["CUT", "StopSignal"]

# The reason of a fit that a halt ended.
CUT = "it was cut short"


@final
@dataclass
class StopSignal(StoppingRule):
    """Ends every fit under way, within an epoch, once the time is up or somebody asked for it."""

    only_time = True
    deadline: float = math.inf
    asked: bool = False

    @staticmethod
    def after(seconds: float | None) -> StopSignal:
        return StopSignal() if seconds is None else StopSignal(time.perf_counter() + seconds)

    @property
    def due(self) -> bool:
        return self.asked or time.perf_counter() >= self.deadline

    def ending(self, gradient_norm: float, seconds: float) -> Ending | None:
        return Ending(CUT, False) if self.due else None

    def seconds_left(self, seconds: float) -> float:
        return -math.inf if self.asked else self.deadline - time.perf_counter()
