"""What a run of epochs tells: an entry for each, what validation said, and by what method."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, final

from rosenblatt.engine.divergence import Divergence

__all__ = ["EpochRecord", "SolverInfo", "Validation"]


@final
@dataclass(frozen=True)
class Validation:
    """What the validation rows said; a NaN score where predictions are not finite."""

    loss: float
    score: float


@final
class SolverInfo(NamedTuple):
    """What moves the parameters, as a run speaks of it.

    Attributes
    ----------
    name : str
        With which warnings begin.
    has_rate : bool
        Whether it takes steps at a learning rate.
    remedy : str
        What to do where it diverges, beside scaling the data.
    """

    name: str
    has_rate: bool
    remedy: str


@final
class EpochRecord(NamedTuple):
    """One epoch of a history.

    Attributes
    ----------
    epoch : int
        From 1 in every fit.
    loss : float
        Training objective, as a mean over the epoch's batches.
    validation : Validation or None
    learning_rate : float
        Rate of the epoch's first step.
    gradient_norms : tuple of n_layers floats
        Root mean square over the epoch's batches, before clipping.
    seconds : float
        Wall time of the epoch, validation included.
    divergence : Divergence, optional
        Where the epoch ended for want of finite numbers. Its loss then has the batch at fault in
        it, and the validation is NaN: the epoch has no weights of its own.
    damping : float, optional
        Of a method with curvature, after the epoch.
    restores : int, optional
        Of a run that goes back where it diverges: how often, before this epoch.
    """

    epoch: int
    loss: float
    validation: Validation | None
    learning_rate: float
    gradient_norms: tuple[float, ...]
    seconds: float
    divergence: Divergence | None = None
    damping: float | None = None
    restores: int | None = None

    @property
    def finite(self) -> bool:
        return self.divergence is None

    @property
    def gradient_norm(self) -> float:
        """Over all layers."""
        return math.hypot(*self.gradient_norms)
