"""Going back to where a run was well, after it has diverged, and on from there in smaller steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.state_dict import StateDict

__all__ = ["Rollback"]

# What of a `Rollback` are numbers.
COUNTS = ("scale", "total", "in_a_row", "well")

Moving: TypeAlias = Sequence[npt.NDArray[Any]]

# Returns in a row after which it is of no use.
MOST = 20


@final
@dataclass
class Rollback:
    """What a run may go back to, and how often it has.

    The end of the latest epoch is no place to go back to: it may lie halfway to infinity, with a
    loss that no step brings down. A state is good once the epoch that set out from it has gone
    well: has come to a loss that is not far above the least so far (see `Trend`). Curves and the
    schedule's position do not go back.

    The first return of a row halves all later rates, and each further one leaves a quarter of them:
    little is lost by a single spike, and a rate that is 10⁹ times too large is found out in sixteen
    returns. Two epochs that go well end a row.

    Attributes
    ----------
    scale : float
        What every rate is multiplied by.
    total, in_a_row : int
        Returns in all, and in the row that goes on.
    well : int
        Epochs since the last return, or the beginning, that went well.
    good, latest : lists of arrays
        What the run goes back to, and copies of what the latest epoch has left.
    """

    scale: float = 1.0
    total: int = 0
    in_a_row: int = 0
    well: int = 0
    good: list[npt.NDArray[Any]] = field(default_factory=list)
    latest: list[npt.NDArray[Any]] = field(default_factory=list)

    def begins(self, moving: Moving) -> None:
        """Take what steps change as a state to go back to, before the first of them."""
        if not self.good:
            self.good = [array.copy() for array in moving]
            self.latest = [array.copy() for array in moving]

    def epoch_ended(self, well: bool, moving: Moving) -> None:
        """Take in an epoch that has not diverged, and whether its loss is not far off."""
        if well:
            self.good, self.latest = self.latest, self.good
            self.well += 1
            if self.well == 2:
                self.in_a_row = 0
        else:
            self.well = 0
        copy(moving, self.latest)

    @property
    def exhausted(self) -> bool:
        return self.in_a_row >= MOST

    def is_at(self, moving: Moving) -> bool:
        """Whether that is the state to go back to."""
        return all(map(np.array_equal, moving, self.good))

    def go_back(self, moving: Moving) -> None:
        """Write the good state over what has become of it."""
        copy(self.good, moving)
        copy(self.good, self.latest)
        self.total += 1
        self.in_a_row += 1
        self.well = 0
        self.scale *= 0.5 if self.in_a_row == 1 else 0.25

    def carried_over(self) -> Rollback:
        """For a run that goes on at the same rates."""
        return Rollback(self.scale, self.total)

    def state_dict(self) -> StateDict:
        """Between epochs, when the latest state is the one that the run is in."""
        values = {name: getattr(self, name) for name in COUNTS}
        return StateDict(values, {f"good{k}": array for k, array in enumerate(self.good)})

    def load_state_dict(self, state: StateDict, moving: Moving) -> None:
        """Take it up in a run that is in that state already."""
        for name in COUNTS:
            setattr(self, name, state.values[name])
        self.begins(moving)
        for k, array in enumerate(self.good):
            state.copy_to(array, f"good{k}")

    def ends(self) -> None:
        """Let go of the copies."""
        self.good, self.latest = [], []


def copy(source: Moving, target: Moving) -> None:
    for numbers, array in zip(source, target, strict=True):
        array[...] = numbers
