"""The functions that a training loop calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from rosenblatt.fitting.history import EpochRecord
from rosenblatt.stopping import Ending

__all__ = ["LoopHooks"]


@final
@dataclass
class LoopHooks:
    """What a training loop calls, and when.

    Attributes
    ----------
    epoch_ended : callable
        Takes the record of an epoch; returns an Ending to stop after it, or None.
    epoch_begins : callable, optional
        Called before every epoch. Without it several epochs may run in one call of the trainer.
    message : callable, optional
        Takes what is to be printed.
    """

    epoch_ended: Callable[[EpochRecord], Ending | None]
    epoch_begins: Callable[[], None] | None = None
    message: Callable[[str], None] | None = None

    def report(self, message: str) -> None:
        if self.message is not None:
            self.message(message)
