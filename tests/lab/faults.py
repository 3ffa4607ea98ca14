"""One deliberate fault in the mathematics of each experiment, which must turn its verdict.

A fault replaces a member of the experiment, such as the loss under test, by a wrong one: a sign, a
missing factor, a bound too small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rosenblatt.lab.experiment import Experiment
from tests.lab import (
    of_backpropagation,
    of_descent,
    of_distributed,
    of_losses,
    of_newton,
    of_perceptron,
    of_rules,
    of_textbook,
)

__all__ = ["FAULTS", "faulty"]

# id → the members to replace
FAULTS: dict[str, Callable[[], dict[str, Any]]] = {
    **of_perceptron.FAULTS,
    **of_losses.FAULTS,
    **of_descent.FAULTS,
    **of_rules.FAULTS,
    **of_newton.FAULTS,
    **of_distributed.FAULTS,
    **of_backpropagation.FAULTS,
    **of_textbook.FAULTS,
}


def faulty(experiment: Experiment) -> Experiment:
    """The experiment with its fault."""
    return replace(experiment, **FAULTS[experiment.id]())  # type: ignore[type-var]
