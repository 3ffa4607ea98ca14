"""The types of what objects are made of: each check raises a ValueError that names the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from math import isfinite, isinf
from numbers import Integral, Real
from typing import Any

from rosenblatt.support.listing import brief

__all__ = [
    "check_boolean",
    "check_count",
    "check_counts",
    "check_fields",
    "check_list",
    "check_real",
    "check_reals",
]

LARGEST = 2**63 - 1  # what arrays have places for


def check_count(name: str, value: Any) -> None:
    """A whole number; its range is the layer's affair, but for what no array is as large as."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise ValueError(f"{name} must be a whole number, got {brief(value)}")
    if abs(int(value)) > LARGEST:
        raise ValueError(f"{name} must be below 2^63, got a number that is larger")


def check_real(name: str, value: Any) -> None:
    """A number; its range is the layer's affair, but for integers that no float holds."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(f"{name} must be a number, got {brief(value)}")
    check_float(name, value)


def check_float(name: str, value: Any) -> None:
    try:
        float(value)
    except OverflowError:
        raise ValueError(f"{name} must be a number that a float holds, got a larger one") from None


def check_fields(value: Any, *, finite: bool = False) -> None:
    """The fields of a dataclass that are annotated as float, int or bool, or as such or None.

    NaN is no number here, nor is an infinity where they are to be finite. The range of a number is
    the class's affair.
    """
    for field in fields(value):
        kind, _, or_none = str(field.type).partition(" | ")
        given = getattr(value, field.name)
        if kind not in CHECKS or (given is None and or_none == "None"):
            continue
        name = f"{field.name} of {type(value).__name__}"
        CHECKS[kind](name, given)
        if kind == "float" and not (isfinite(given) or (isinf(given) and not finite)):
            raise ValueError(f"{name} must be a {'finite ' * finite}number, got {given}")


def check_list(name: str, value: Any) -> None:
    """A tuple; a list will do."""
    if not isinstance(value, (tuple, list)):
        raise ValueError(f"{name} must be a tuple, got {brief(value)}")


def check_counts(name: str, values: Any) -> None:
    """A tuple of whole numbers."""
    check_list(name, values)
    for value in values:
        check_count(f"each of {name}", value)


def check_reals(name: str, values: Any) -> None:
    """A tuple of numbers, of which there may be very many."""
    check_list(name, values)
    if set(map(type, values)) <= {float}:
        return
    for value in values:
        check_real(f"each of {name}", value)


def check_boolean(name: str, value: Any) -> None:
    """True or False."""
    if isinstance(value, bool):
        return
    import numpy as np  # late: helps, which name activations, come without it

    if not isinstance(value, np.bool_):
        raise ValueError(f"{name} must be True or False, got {brief(value)}")


# As annotations are written, which are not evaluated.
CHECKS: dict[str, Callable[[str, Any], None]] = {
    "float": check_real,
    "int": check_count,
    "bool": check_boolean,
}
