"""Detects a loss that has exploded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

from rosenblatt.support.state_dict import StateDict

__all__ = ["LossMonitor"]

# Fraction of the first loss below which changes do not count: near 0 losses vary by factors.
NEGLIGIBLE = 1e-6


@final
@dataclass
class LossMonitor:
    """The first loss of a run, and the smallest so far; NaN before the first."""

    first: float = math.nan
    least: float = math.nan

    def state_dict(self) -> StateDict:
        return StateDict({"first": self.first, "least": self.least})

    @staticmethod
    def from_state_dict(state: StateDict) -> LossMonitor:
        return LossMonitor(state.number("first"), state.number("least"))

    def observe(self, loss: float) -> None:
        """Add the loss of an epoch, or the one before the first epoch."""
        if math.isnan(self.first):
            self.first = self.least = loss
        self.least = min(self.least, loss)

    def is_far(self, loss: float) -> bool:
        """Whether the loss exceeds twice the smallest one, by more than a negligible amount."""
        return loss - self.least > max(abs(self.least), NEGLIGIBLE * abs(self.first))

    def has_exploded(self, loss: float) -> bool:
        """Whether the loss is far, and exceeds the first loss as well."""
        return loss > self.first and self.is_far(loss)
