"""Where numbers stop being finite, why most likely, and what helps, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import final

__all__ = ["Cause", "Diagnosis", "Divergence"]

SCALE = "scale inputs and targets to unit variance, by StandardScaler for example"


@final
class Cause(Enum):
    """What makes numbers overflow, most likely, with what helps; `remedy` is the method's own."""

    WEIGHTS = "give finite weights, or let a fit begin anew by warm_start=False"
    DATA = SCALE + ", or {remedy}"
    STEPS = "{remedy}; or " + SCALE
    PENALTY = "lower it"
    DEPTH = "take normalization='layer', fewer layers or smaller initial weights, or {remedy}"


@final
@dataclass(frozen=True)
class Diagnosis:
    """What a look at a batch found.

    Attributes
    ----------
    layer : int or None
        From 1, as it is told; None where it could not be found again.
    what : str
        What is no longer finite, in words.
    cause : Cause
    because : str
        The cause in words, with its numbers.
    wider : bool
        Whether all would be finite in float64.
    by_move : bool
        Whether the loss and its gradient are finite, and what the optimiser makes of them is not.
    """

    layer: int | None
    what: str
    cause: Cause
    because: str
    wider: bool = False
    by_move: bool = False

    @property
    def seen(self) -> str:
        """What, and why most likely; without the last full stop."""
        return f"{self.what}. Most likely {self.because}"

    def told(self, remedy: str) -> str:
        """The same and what helps, `remedy` being the method's own way."""
        wider = "; or take dtype='float64', which holds these numbers" if self.wider else ""
        return f"{self.seen}: {self.cause.value.format(remedy=remedy)}{wider}."


@final
@dataclass(frozen=True)
class Divergence:
    """A step that diverged: the number of its batch, from 1 in its epoch, and what was found."""

    batch: int
    finding: Diagnosis
