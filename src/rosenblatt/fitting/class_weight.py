"""`class_weight`: sample weights multiplied by those of the classes (theory L14)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rosenblatt.options.names import member
from rosenblatt.support.listing import brief
from rosenblatt.support.types import FloatArray

__all__ = ["class_weighted", "is_balanced"]

# Weights whose sum could be infinite; their ratios stay the same.
LARGE, SMALLER = 2.0**900, 2.0**-100


def class_weighted(
    class_weight: Any, y: FloatArray, classes: Sequence[Any], weights: FloatArray | None
) -> FloatArray | None:
    """Sample weights times the weights of the rows' classes.

    Parameters
    ----------
    class_weight : None, 'balanced', dict, or a list of dicts for several labels
        The weights of several labels are multiplied.
    y : array (n_samples, 1) of class codes or (n_samples, n_labels) of 0 and 1
    classes : sequence
        The classes in the order of their codes, or the labels.
    weights : array (n_samples,) or None
        Sample weights.
    """
    if class_weight is None:
        return weights
    several = y.shape[1] > 1
    if several and isinstance(class_weight, dict):
        raise ValueError(
            "class_weight of several labels is 'balanced' or a list of one dict for each label,"
            f" such as [{{0: 1, 1: 5}}, …]; got {brief(class_weight)}."
        )
    if isinstance(class_weight, list):
        if not several:
            raise ValueError("class_weight is a list, which is for several labels: give a dict.")
        if len(class_weight) != y.shape[1]:
            raise ValueError(
                f"class_weight has {len(class_weight)} dicts, and there are {y.shape[1]} labels."
            )
    total = np.ones(len(y)) if weights is None else weights.astype(np.float64)
    own = total
    of_label = class_weight if isinstance(class_weight, list) else [class_weight] * y.shape[1]
    for label, given in enumerate(of_label):
        codes = y[:, label].astype(np.intp)
        known = [0, 1] if several else list(classes)
        weigh = is_balanced(given)
        table = balanced(codes, len(known), own) if weigh else table_of(given, known)
        with np.errstate(over="ignore", invalid="ignore"):  # `check_total` refuses infinite sums
            total = total * table[codes]
    if not total.any():
        raise ValueError("class_weight leaves every row with weight 0.")
    with np.errstate(over="ignore"):
        return total.astype(y.dtype)


def is_balanced(class_weight: Any) -> bool:
    """Whether it is 'balanced'; ValueError for any other name."""
    if not isinstance(class_weight, str):
        return False
    otherwise = "None, a dict of class to weight, or for several labels a list of these"
    return member({"balanced": True}, class_weight, "class_weight", otherwise)


def balanced(codes: npt.NDArray[np.intp], n_classes: int, weights: FloatArray) -> FloatArray:
    """Σw / (K Σ_class w), K the classes present: each of them has the same total weight."""
    if weights.max(initial=0) > LARGE:
        weights = weights * SMALLER
    sums = np.bincount(codes, weights, minlength=n_classes)
    present = sums > 0
    table: FloatArray = np.zeros(n_classes)
    with np.errstate(over="ignore"):
        table[present] = sums.sum() / (present.sum() * sums[present])
    return table


def table_of(given: Any, classes: list[Any]) -> FloatArray:
    """The weight of every class, 1 where none is given."""
    if not isinstance(given, dict):
        raise TypeError(f"class_weight takes a dict of class to weight, got {brief(given)}.")
    strange = [name for name in given if name not in classes]
    if strange:
        raise ValueError(
            f"class_weight has {brief(strange[0])}, which is not a class of y: the classes are"
            f" {', '.join(str(c) for c in classes)}."
        )
    weights = {name: checked(name, weight) for name, weight in given.items()}
    return np.array([weights.get(name, 1.0) for name in classes])


def checked(name: Any, weight: Any) -> float:
    shown = repr(weight) if isinstance(weight, str | bytes) else weight
    try:
        number = math.nan if isinstance(weight, str | bytes) else float(weight)
    except (TypeError, ValueError):
        number = math.nan
    except OverflowError:
        number, shown = math.inf, "a number beyond the floats"
    if not 0 <= number < math.inf:
        raise ValueError(f"class_weight of {brief(name)} must be 0 or more, got {shown}.")
    return number
