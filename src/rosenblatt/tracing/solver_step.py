"""Which optimiser's step a trace shows."""

from __future__ import annotations

from dataclasses import is_dataclass, replace

from rosenblatt.errors import InputError
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.options.parameters import Parameters
from rosenblatt.options.solvers import solver_of

__all__ = ["at_rate", "step_of"]


def step_of(parameters: Parameters) -> tuple[Optimizer, str]:
    """The solver's own where it is an optimiser; otherwise plain descent, and a remark on it."""
    solver = solver_of(parameters.solver)
    made = solver.make(parameters)
    if isinstance(made, Optimizer):
        return made, ""
    return SGD(parameters.learning_rate_init), (
        f"The solver {solver.name} takes its step from more than this gradient; shown is plain"
        " gradient descent."
    )


def at_rate(optimizer: Optimizer, learning_rate: float) -> Optimizer:
    """The same with another η; InputError for a user's own that is no dataclass."""
    if not is_dataclass(optimizer):
        raise InputError(
            f"a {type(optimizer).__name__} has a rate of its own, which a trace cannot change:"
            " leave learning_rate out"
        )
    return replace(optimizer, lr=learning_rate)
