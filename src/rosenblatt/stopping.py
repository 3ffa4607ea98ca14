"""When to stop (theory B12)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

__all__ = ["NoImprovement"]


@final
@dataclass
class NoImprovement:
    """Counts the epochs in a row in which a value to be minimised fell by less than `tol`.

    A NaN counts as an improvement and never as the best: scikit-learn's rule.
    """

    tol: float
    patience: float
    best: float = math.inf
    count: int = 0

    def observe(self, value: float) -> bool:
        """Take in an epoch's value; whether it is the best so far."""
        self.count = self.count + 1 if value > self.best - self.tol else 0
        is_best = value < self.best
        if is_best:
            self.best = value
        return is_best

    @property
    def exhausted(self) -> bool:
        return self.count > self.patience
