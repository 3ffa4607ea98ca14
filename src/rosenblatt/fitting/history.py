"""Records of epochs, of their validation, and of the solver."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, final

from rosenblatt.engine.divergence import Divergence

__all__ = ["EpochRecord", "SolverInfo", "Validation"]


@final
@dataclass(frozen=True)
class Validation:
    """Loss and score on the validation rows; the score is NaN if predictions are not finite."""

    loss: float
    score: float


@final
class SolverInfo(NamedTuple):
    """A solver, for messages.

    Attributes
    ----------
    name : str
        Prefix of warnings.
    has_rate : bool
        Whether it has a learning rate.
    remedy : str
        What helps against divergence, beside scaling the data.
    """

    name: str
    has_rate: bool
    remedy: str


@final
class EpochRecord(NamedTuple):
    """The record of an epoch.

    Attributes
    ----------
    epoch : int
        Counted from 1 in every fit.
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
        Why the epoch ended early. Its loss then includes the diverged batch, and its validation is
        NaN.
    damping : float, optional
        Of a second-order solver, after the epoch.
    restores : int, optional
        Rollbacks before this epoch; None for a fit without rollback.
    notes : dict, optional
        What else the trainer has measured.
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
    notes: Mapping[str, Any] | None = None

    @property
    def finite(self) -> bool:
        return self.divergence is None

    @property
    def gradient_norm(self) -> float:
        """Over all layers."""
        return math.hypot(*self.gradient_norms)
