"""Numbers of Python that no float holds, or that NumPy has no type for."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from rosenblatt.support.listing import shortened

__all__ = ["HeldNumbers", "check_held"]

MOST_BITS = 1023  # of what a float64 holds
LONGEST = 200  # characters of a value in a message


class HeldNumbers:
    """Of an estimator of scikit-learn: its validation is spared numbers that it cannot print."""

    def _validate_params(self) -> None:
        check_held(type(self).__name__, self.get_params(deep=False))  # type: ignore[attr-defined]
        try:
            super()._validate_params()  # type: ignore[misc]
        except ValueError as error:  # scikit-learn's, which shows the value whole
            rule, got, value = " ".join(str(error).split()).partition(" Got ")
            if len(value) <= LONGEST and "\n" not in str(error):
                raise
            raise type(error)(
                f"{rule}{got}{shortened(value.removesuffix(' instead.'))} instead."
            ) from None


def check_held(owner: str, parameters: Mapping[str, Any]) -> None:
    """ValueError if a parameter is, or lists, a whole number beyond the floats or a fraction."""
    for name, value in parameters.items():
        values = value if isinstance(value, (list, tuple)) else (value,)
        if any(isinstance(v, Integral) and int(v).bit_length() > MOST_BITS for v in values):
            raise ValueError(
                f"The {name!r} parameter of {owner} is a number of more than 300 digits: give a"
                " smaller one."
            )
        if isinstance(value, Real) and not isinstance(value, Integral | float | np.generic):
            raise ValueError(
                f"The {name!r} parameter of {owner} is a {type(value).__name__}: give a float."
            )
