"""Parameters of functions, checked as those of estimators are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sklearn.utils._param_validation import validate_parameter_constraints

from rosenblatt.support.held_numbers import check_held, refused_in_one_line

__all__ = ["check_parameters"]


def check_parameters(
    owner: str, constraints: Mapping[str, list[Any]], given: Mapping[str, Any]
) -> None:
    """ValueError, or TypeError, for a parameter that breaks scikit-learn's constraint of it."""
    check_held(owner, given)
    with refused_in_one_line(owner, given):
        validate_parameter_constraints(constraints, given, owner)
