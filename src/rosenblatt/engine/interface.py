"""What an engine does, whichever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.types import FloatArray

__all__ = ["Epoch", "Objective", "Trainer"]


@final
@dataclass(frozen=True)
class Epoch:
    """What one epoch measured.

    Attributes
    ----------
    data_loss, penalty : float
        Means over the epoch's rows, each batch at the parameters it met.
    gradient_norms : array (n_layers,)
        Norm of each layer's gradient, penalty included: root mean square over the batches.
    """

    data_loss: float
    penalty: float
    gradient_norms: npt.NDArray[np.float64]


class Trainer(ABC):
    """Moves parameters and the optimiser's memory, both changed in place, epoch by epoch."""

    @abstractmethod
    def epoch(
        self, order: npt.NDArray[np.int64] | None, batch_size: int, factors: npt.NDArray[np.float64]
    ) -> Epoch:
        """One pass over the rows in `order` (their own by default), a step for each batch.

        `factors`, one a step, multiply the optimiser's base rate.
        """


class Objective(ABC):
    """The objective over all rows, as a function of the parameters."""

    @abstractmethod
    def value_and_gradient(self, theta: FloatArray) -> tuple[float, float, FloatArray]:
        """Data loss, penalty, and the gradient of their sum."""
