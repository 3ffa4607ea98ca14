"""A signal that ends running fits, by a deadline or on request."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.stopping import Ending, RunProgress, StoppingRule

__all__ = ["CUT_SHORT", "StopSignal"]

# The stop reason of a fit that a StopSignal ended.
CUT_SHORT = "it was cut short"


@final
@dataclass(eq=False)
class StopSignal(StoppingRule):
    """Ends every running fit within an epoch, once the deadline has passed or it is requested.

    Attributes
    ----------
    deadline : float
        On the clock of `time.perf_counter`.
    flag : array (1,) of uint8
        1 once the end is requested.
    """

    only_time = True
    deadline: float = math.inf
    flag: npt.NDArray[np.uint8] = field(default_factory=lambda: np.zeros(1, np.uint8))

    @property
    def requested(self) -> bool:
        return bool(self.flag[0])

    def request(self) -> None:
        """End the fits, and the epochs that they are in."""
        self.flag[0] = 1

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
