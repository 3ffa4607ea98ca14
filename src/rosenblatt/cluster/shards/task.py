"""An epoch over files, as workers get it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

__all__ = ["StreamTask"]


@final
@dataclass(frozen=True, eq=False)
class StreamTask:
    """One pass over the rows of files.

    Attributes
    ----------
    n_rows, batch_size : int
    lr_factors : array (steps,) of float64
    first_step : int
        Steps that were made before, from which the number of the epoch follows.
    """

    n_rows: int
    batch_size: int
    lr_factors: npt.NDArray[np.float64]
    first_step: int

    @property
    def steps(self) -> int:
        return math.ceil(self.n_rows / self.batch_size)

    @property
    def epoch(self) -> int:
        return self.first_step // self.steps
