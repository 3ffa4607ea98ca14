"""How far a training loop has come, and why it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.stopping import Ending
from rosenblatt.support.state_dict import StateDict

__all__ = ["LoopProgress"]

# The stored fields.
STORED = ("epoch", "samples_seen", "seconds", "stop_reason", "converged", "all_epochs")


@final
@dataclass
class LoopProgress:
    """Counters and outcome of a training loop.

    Attributes
    ----------
    epoch : int
        The last completed epoch; 0 before the first.
    samples_seen : int
        Continues from earlier runs.
    seconds : float
        Wall time up to the last pause, pauses excluded.
    stop_reason : str
        Why the loop ended; empty while it runs.
    converged : bool
        Whether it ended by none of its limits, which are `max_epochs` and a limiting rule.
    all_epochs, interrupted : bool
        Whether it ended by `max_epochs`, or by Ctrl-C.
    """

    epoch: int = 0
    samples_seen: int = 0
    seconds: float = 0.0
    stop_reason: str = ""
    converged: bool = False
    all_epochs: bool = False
    interrupted: bool = False

    @property
    def finished(self) -> bool:
        return bool(self.stop_reason)

    def continues_to(self, epoch: int) -> bool:
        """Whether there are epochs left up to this one."""
        return self.epoch < epoch and not self.stop_reason

    def finish(self, end: Ending) -> None:
        self.stop_reason, self.converged = end

    def reopen(self) -> None:
        """Continue after an end that the limits of this run no longer imply."""
        self.stop_reason, self.all_epochs = "", False

    def state_dict(self) -> StateDict:
        return StateDict({name: getattr(self, name) for name in STORED})

    def load_state_dict(self, state: StateDict) -> None:
        self.epoch, self.samples_seen = state.whole("epoch"), state.whole("samples_seen")
        self.seconds = state.number("seconds")
        for name in ("stop_reason", "converged", "all_epochs"):
            value = state.values[name]
            if type(value) is not type(getattr(self, name)):
                raise ValueError(f"{name} is of another type")
            setattr(self, name, value)
