"""Rollback of a diverged run to an earlier state, from which it continues in smaller steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.state_dict import StateDict

__all__ = ["Rollback"]

# The stored numbers.
COUNTS = ("scale", "total", "in_a_row", "well")

Moving: TypeAlias = Sequence[npt.NDArray[Any]]

# Rollbacks in a row after which a further one does not help.
MAX_IN_A_ROW = 20


@final
@dataclass
class Rollback:
    """The last good state of a run, and the learning-rate scale after rollbacks.

    The state after the latest epoch may already be close to divergence. A state counts as good once
    the epoch that started from it has succeeded: its loss is not far above the smallest so far (see
    `LossMonitor`). Curves and the position in the schedule are not rolled back.

    The first rollback in a row halves all later learning rates, each further one divides them by
    four: a single spike costs little, and a rate that is 10⁹ times too large is corrected in
    sixteen rollbacks. Two successful epochs end a row.

    Attributes
    ----------
    scale : float
        Factor on every learning rate.
    total, in_a_row : int
        Rollbacks in all, and in the current row.
    well : int
        Successful epochs since the last rollback, or since the beginning.
    good, latest : lists of arrays
        Copies of the state to roll back to, and of the state after the latest epoch.
    """

    scale: float = 1.0
    total: int = 0
    in_a_row: int = 0
    well: int = 0
    good: list[npt.NDArray[Any]] = field(default_factory=list)
    latest: list[npt.NDArray[Any]] = field(default_factory=list)

    def begins(self, moving: Moving) -> None:
        """Keep the initial state, before the first step."""
        if not self.good:
            self.good = [array.copy() for array in moving]
            self.latest = [array.copy() for array in moving]

    def epoch_ended(self, well: bool, moving: Moving) -> None:
        """Keep the state after an epoch that has not diverged; `well` says that it succeeded."""
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
        return self.in_a_row >= MAX_IN_A_ROW

    def is_at(self, moving: Moving) -> bool:
        """Whether `moving` equals the good state."""
        return all(map(np.array_equal, moving, self.good))

    def go_back(self, moving: Moving) -> None:
        """Copy the good state back, and lower the scale."""
        copy(self.good, moving)
        copy(self.good, self.latest)
        self.total += 1
        self.in_a_row += 1
        self.well = 0
        self.scale *= 0.5 if self.in_a_row == 1 else 0.25

    def carried_over(self) -> Rollback:
        """For a run that continues at the same rates."""
        return Rollback(self.scale, self.total)

    def state_dict(self) -> StateDict:
        """The state between epochs, when `latest` equals the current one."""
        values = {name: getattr(self, name) for name in COUNTS}
        return StateDict(values, {f"good{k}": array for k, array in enumerate(self.good)})

    def load_state_dict(self, state: StateDict, moving: Moving) -> None:
        """Resume in a run whose own arrays are loaded."""
        for name in COUNTS:
            setattr(self, name, state.number(name) if name == "scale" else state.whole(name))
        self.begins(moving)
        for k, array in enumerate(self.good):
            state.copy_to(array, f"good{k}")

    def ends(self) -> None:
        """Free the copies."""
        self.good, self.latest = [], []


def copy(source: Moving, target: Moving) -> None:
    for numbers, array in zip(source, target, strict=True):
        array[...] = numbers
