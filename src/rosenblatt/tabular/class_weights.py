"""Sample weights times those of classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rosenblatt.errors import InputError
from rosenblatt.fitting.class_weight import class_weighted
from rosenblatt.support.types import Float64Array
from rosenblatt.table import ClassTarget
from rosenblatt.table.target import AnyTarget

__all__ = ["class_weights"]


def class_weights(
    class_weight: Any, target: AnyTarget, y: npt.NDArray[Any], weights: Float64Array | None
) -> Float64Array | None:
    """The weights of rows, shape (n,); those given where there are none of classes.

    Parameters
    ----------
    class_weight : None, 'balanced' or dict of class to weight
        By 'balanced' all classes count alike, however few rows they have.
    target : ClassTarget or NumberTarget
    y : array (n,)
        Class codes.
    weights : array (n,), optional
        Of the rows alone, all above 0.

    Raises
    ------
    InputError
        For a target of numbers, a class that is none, or one without a weight.
    """
    if class_weight is None:
        return weights
    if not isinstance(target, ClassTarget):
        raise InputError(
            f"class weights are for classes, and {target.name!r} is taken for a number: leave them"
            " out, or ask for classification"
        )
    codes = y.astype(np.float64)[:, None]
    weighted = class_weighted(class_weight, codes, target.classes, weights)
    assert weighted is not None
    if not (weighted > 0).all():
        label = target.classes[int(y[np.flatnonzero(~(weighted > 0))[0]])]
        raise InputError(
            f"the class {str(label)!r} has the weight 0, so that it cannot be learnt: give it more,"
            " or leave its rows out"
        )
    return weighted.astype(np.float64, copy=False)
