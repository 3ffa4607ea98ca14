"""The value by which a fit judges its epochs, and how long it may fail to improve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.fitting.history import EpochRecord
from rosenblatt.stopping import NoImprovement

__all__ = ["Monitor"]


@final
@dataclass(frozen=True)
class Monitor:
    """The training loss, or with early stopping the negative validation score.

    Attributes
    ----------
    name : str
        As messages name the value.
    stopping : NoImprovement
        Counts the epochs without improvement; changes as the fit goes on.
    early_stopping : bool
        Whether the value is the validation score.
    """

    name: str
    stopping: NoImprovement
    early_stopping: bool = False

    def value(self, record: EpochRecord) -> float:
        """The value of an epoch, to be minimised."""
        if self.early_stopping:
            assert record.validation is not None
            return -record.validation.score
        return record.loss

    def is_new_best(self, value: float) -> bool:
        """Count an epoch; whether its weights are the best to keep under early stopping."""
        return self.stopping.observe(value) and self.early_stopping

    @property
    def message(self) -> str:
        """What is reported when the patience is exhausted."""
        return (
            f"{self.name} did not improve more than tol={self.stopping.tol:f}"
            f" for {self.stopping.patience:.0f} consecutive epochs."
        )
