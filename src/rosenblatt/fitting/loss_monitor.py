"""Whether the losses of a run still tell of learning."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

from rosenblatt.support.state_dict import StateDict

__all__ = ["LossMonitor"]

# Of the first loss, what is as good as nothing: near 0 losses come and go by factors.
NEXT_TO_NOTHING = 1e-6


@final
@dataclass
class LossMonitor:
    """The first loss that a run has been told of, and the least so far; NaN before the first."""

    first: float = math.nan
    least: float = math.nan

    def state_dict(self) -> StateDict:
        return StateDict({"first": self.first, "least": self.least})

    @staticmethod
    def from_state_dict(state: StateDict) -> LossMonitor:
        return LossMonitor(**state.values)

    def observe(self, loss: float) -> None:
        """Take in the loss of an epoch, or the one before the first."""
        if math.isnan(self.first):
            self.first = self.least = loss
        self.least = min(self.least, loss)

    def is_far(self, loss: float) -> bool:
        """Whether it lies above twice the least, by more than next to nothing."""
        return loss - self.least > max(abs(self.least), NEXT_TO_NOTHING * abs(self.first))

    def has_exploded(self, loss: float) -> bool:
        """Whether it lies above what the run began with as well."""
        return loss > self.first and self.is_far(loss)
