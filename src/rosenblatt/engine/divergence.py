"""Descriptions of a divergence: where numbers stop being finite, the likely cause, a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import final

__all__ = ["Cause", "Diagnosis", "Divergence"]


@final
class Cause(Enum):
    """The likely cause of an overflow."""

    WEIGHTS = "weights"
    DATA = "data"
    STEPS = "steps"
    PENALTY = "penalty"
    DEPTH = "depth"

    def remedies(self, own: str) -> str:
        """What helps; `own` is the solver's own remedy."""
        match self:
            case Cause.WEIGHTS:
                return "give finite weights, or let a fit begin anew by warm_start=False"
            case Cause.DATA:
                return (
                    "scale inputs and targets to unit variance, by StandardScaler for example, or"
                    f" {own}"
                )
            case Cause.STEPS:
                return (
                    f"{own}; or scale inputs and targets to unit variance, by StandardScaler for"
                    " example"
                )
            case Cause.PENALTY:
                return "lower it"
            case Cause.DEPTH:
                return (
                    f"take normalization='layer', fewer layers or smaller initial weights, or {own}"
                )


@final
@dataclass(frozen=True)
class Diagnosis:
    """Why a batch diverged.

    Attributes
    ----------
    layer : int or None
        Counted from 1; None if the overflow could not be reproduced.
    what : str
        Which numbers are no longer finite.
    cause : Cause
    because : str
        The cause in words, with its numbers.
    wider : bool
        Whether all numbers would be finite in float64.
    by_move : bool
        Whether loss and gradient are finite and the optimiser's update is not.
    """

    layer: int | None
    what: str
    cause: Cause
    because: str
    wider: bool = False
    by_move: bool = False

    def message(self, own: str) -> str:
        """The overflow, its likely cause and what helps, without a final full stop."""
        return f"{self.what}. Most likely {self.because}: {self.remedies(own)}"

    def remedies(self, own: str) -> str:
        """What helps; `own` is the solver's own remedy."""
        remedies = self.cause.remedies(own)
        if self.wider:
            return f"{remedies}; or take dtype='float64', which holds these numbers"
        return remedies


@final
@dataclass(frozen=True)
class Divergence:
    """A step that diverged.

    Attributes
    ----------
    batch : int
        Number of its batch in the epoch, from 1.
    diagnosis : Diagnosis
    """

    batch: int
    diagnosis: Diagnosis
