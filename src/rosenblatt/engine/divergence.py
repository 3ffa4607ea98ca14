"""Descriptions of a divergence: where numbers stop being finite, the likely cause, a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import final

__all__ = ["Cause", "Diagnosis", "Divergence"]

SCALE = "scale inputs and targets to unit variance, by StandardScaler for example"


@final
class Cause(Enum):
    """The likely cause of an overflow, with its remedy; `{remedy}` is the solver's own."""

    WEIGHTS = "give finite weights, or let a fit begin anew by warm_start=False"
    DATA = SCALE + ", or {remedy}"
    STEPS = "{remedy}; or " + SCALE
    PENALTY = "lower it"
    DEPTH = "take normalization='layer', fewer layers or smaller initial weights, or {remedy}"


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

    @property
    def summary(self) -> str:
        """The overflow and its likely cause, without a final full stop."""
        return f"{self.what}. Most likely {self.because}"

    def message(self, remedy: str) -> str:
        """The summary and the remedies, where `remedy` is the solver's own."""
        wider = "; or take dtype='float64', which holds these numbers" if self.wider else ""
        return f"{self.summary}: {self.cause.value.format(remedy=remedy)}{wider}."


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
