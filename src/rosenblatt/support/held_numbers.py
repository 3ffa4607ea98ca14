"""Numbers of Python that no float holds, or that NumPy has no type for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from numbers import Integral, Real
from typing import Any

import numpy as np

from rosenblatt.support.listing import LONG, has_text, shortened

__all__ = ["HeldNumbers", "check_held", "refused_in_one_line"]

MOST_BITS = 1023  # of what a float64 holds
MANY_NAMES = re.compile(r" among \{[^}]{200,}\}")  # of scorers, of which there are 60


class HeldNumbers:
    """Of an estimator of scikit-learn: its validation is spared numbers that it cannot print."""

    def _validate_params(self) -> None:
        owner, parameters = type(self).__name__, self.get_params(deep=False)  # type: ignore[attr-defined]
        check_held(owner, parameters)
        with refused_in_one_line(owner, parameters):
            super()._validate_params()  # type: ignore[misc]


@contextmanager
def refused_in_one_line(owner: str, parameters: Mapping[str, Any]) -> Iterator[None]:
    """Within it scikit-learn's refusals of parameters show their values by their beginnings."""
    try:
        yield
    except ValueError as error:
        rule, got, value = " ".join(str(error).split()).partition(" Got ")
        rule = MANY_NAMES.sub("", rule)
        if len(value) > LONG:
            value = f"{shortened(value.removesuffix(' instead.'))} instead."
        said = rule + got + value
        if said == str(error):
            raise
        raise type(error)(said) from None
    except Exception as error:  # of a value that cannot be written
        for name, value in parameters.items():
            if not has_text(value):
                raise TypeError(
                    f"The {name!r} parameter of {owner} is a {type(value).__name__}, which it does"
                    " not take."
                ) from error
        raise


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
