"""What the numbers of an optimiser object may be."""

from __future__ import annotations

from numbers import Real

from sklearn.utils._param_validation import Interval

from rosenblatt.engine.kernels import has_kernel
from rosenblatt.optimizers import Optimizer
from rosenblatt.options.intervals import NOT_NEGATIVE, POSITIVE

__all__ = ["check_numbers"]

BELOW_ONE = Interval(Real, 0, 1, closed="left")
# Of the optimisers of this library; the attributes of a user's own class are its own affair.
RANGES = {
    "momentum": Interval(Real, 0, 1, closed="both"),
    "beta_1": BELOW_ONE,
    "beta_2": BELOW_ONE,
    "rho": BELOW_ONE,
    "epsilon": NOT_NEGATIVE,
    "weight_decay": NOT_NEGATIVE,
    "lr_decay": NOT_NEGATIVE,
    "momentum_decay": NOT_NEGATIVE,
    "initial_accumulator_value": NOT_NEGATIVE,
}


def check_numbers(optimizer: Optimizer) -> None:
    """Refuse an object with a number out of its range.

    Raises
    ------
    ValueError
        It names the number.
    """
    ranges = {"lr": POSITIVE, **(RANGES if has_kernel(optimizer) else {})}
    for name, allowed in ranges.items():
        if name == "lr" or hasattr(optimizer, name):
            value = getattr(optimizer, name, None)
            if not allowed.is_satisfied_by(value):
                raise ValueError(f"{name} of solver={optimizer!r} must be {allowed}.")
