"""The order of the rows, and how many of them make a batch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.engine import EpochPlan

__all__ = ["BatchSampler"]


@final
@dataclass(frozen=True)
class BatchSampler:
    """Mini-batches of an epoch.

    Attributes
    ----------
    order : array (n_samples,) of int64
        Row numbers, shuffled in place before every epoch where `rng` is given.
    batch_size : int
        The last batch of an epoch may be smaller.
    rng : RandomState, optional
    n_streamed : int, optional
        Rows of an epoch whose order the trainer draws, from files; `order` is then empty.
    """

    order: npt.NDArray[np.int64]
    batch_size: int
    rng: np.random.RandomState | None = None
    n_streamed: int | None = None

    @property
    def n_rows(self) -> int:
        return len(self.order) if self.n_streamed is None else self.n_streamed

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(self.n_rows / self.batch_size)

    def samples_in(self, steps: int) -> int:
        """Rows of the first `steps` batches of an epoch."""
        return min(self.n_rows, steps * self.batch_size)

    def plan(self, n_epochs: int, lr_factors: npt.NDArray[np.float64], seconds: float) -> EpochPlan:
        """The next epochs; rows that are not shuffled stay in the order of the data."""
        order = None if self.rng is None else self.order
        return EpochPlan(order, self.batch_size, lr_factors, n_epochs, self.rng, seconds)
