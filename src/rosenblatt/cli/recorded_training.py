"""What a model file records of the training of one network, as a trace needs it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self, final

from rosenblatt.errors import InputError
from rosenblatt.optimizers import Optimizer
from rosenblatt.options.parameters import Parameters
from rosenblatt.persistence import Summary
from rosenblatt.regularization.penalties import L2, Penalty
from rosenblatt.tracing import step_of

__all__ = ["RecordedTraining"]

PLAIN = {"solver": "sgd", "momentum": 0.0}  # where no solver is recorded


@final
@dataclass(frozen=True)
class RecordedTraining:
    """Options of `train`, by the names of `TrainingOptions`; None of a file that has none."""

    solver: str | None
    alpha: float | None
    learning_rate: float | None

    @classmethod
    def of(cls, summary: Summary) -> Self:
        """InputError if the record has numbers or a solver that no training has."""
        options = {option.name: option.value for option in summary.options}
        solver = options.get("solver")
        if solver is not None and not isinstance(solver, str):
            raise InputError(not_usable("solver", solver))
        numbers = {name: number(name, options.get(name)) for name in ("alpha", "learning_rate")}
        return cls(solver=solver, **numbers)

    @property
    def penalty(self) -> Penalty:
        return L2(self.alpha or 0.0)

    def step(self, learning_rate: float | None) -> tuple[Optimizer, str]:
        """The solver's step at this rate, by default the training's; and a remark."""
        rate = self.learning_rate if learning_rate is None else learning_rate
        given: dict[str, Any] = dict(PLAIN) if self.solver is None else {"solver": self.solver}
        if rate is not None:
            given["learning_rate_init"] = rate
        try:
            return step_of(Parameters(**given))
        except ValueError as error:
            raise InputError(not_usable("solver", self.solver)) from error


def number(name: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(not_usable(name, value))
    if not 0 <= value < math.inf:
        raise InputError(not_usable(name, value))
    return float(value)


def not_usable(name: str, value: object) -> str:
    return f"the model file says that it was trained with {name}={value!r}: train the model again"
