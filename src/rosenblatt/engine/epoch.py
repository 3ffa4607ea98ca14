"""The measurements of a training epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple, final

from rosenblatt.engine.divergence import Divergence

__all__ = ["Epoch"]


@final
class Epoch(NamedTuple):
    """What one epoch measured.

    Attributes
    ----------
    data_loss, penalty : float
        Means over the epoch's rows, each batch at the parameters before its step.
    gradient_norms : tuple of n_layers floats
        Norm of each layer's gradient before clipping, penalty included: root mean square over the
        batches.
    steps : int
        Steps taken; fewer than planned where the time was up, or the epoch diverged.
    divergence : Divergence, optional
        Of the step after those, which was undone; the means include its batch.
    damping : float, optional
        Of the curvature, after the epoch; None for methods without one.
    seconds : float
        Wall time; NaN until it is measured.
    notes : dict, optional
        What else a trainer has measured, for the epoch's entry of a history: plain values by name.
    """

    data_loss: float
    penalty: float
    gradient_norms: tuple[float, ...]
    steps: int
    divergence: Divergence | None = None
    damping: float | None = None
    seconds: float = math.nan
    notes: Mapping[str, Any] | None = None

    @property
    def finite(self) -> bool:
        """Whether every step set out from a finite loss and left finite numbers."""
        return self.divergence is None
