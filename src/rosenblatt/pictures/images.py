"""Pictures as users give them, and the rows that a network takes."""

from __future__ import annotations

from math import prod
from numbers import Integral
from typing import Any

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.network import Shape
from rosenblatt.support.listing import brief

__all__ = ["as_rows"]


def as_rows(X: Any, given: Any, name: str = "X") -> tuple[Any, Shape]:
    """Rows of pixels, of the type that they have, and the shape of their pictures.

    Parameters
    ----------
    X : array of shape (n, height, width), (n, height, width, channels) or (n, n_numbers)
    given : (height, width), (height, width, channels) or None
        The shape that pictures must have; rows cannot do without. One of the sides may be -1, and
        then follows from the length of the rows.
    name : str
        What messages call X.

    Raises
    ------
    InputError
        Where pictures have several sizes, or another one than is given, and where rows have no
        shape or another length.
    """
    shape = None if given is None else checked_shape(given)
    X = X if hasattr(X, "shape") else stacked(X, name)
    if getattr(X, "dtype", None) == np.dtype(object) and getattr(X, "ndim", 0) == 1:
        X = stacked(list(X), name)
    found = tuple(X.shape)[1:]
    if len(found) in (2, 3):
        found = (*found, 1) if len(found) == 2 else found
        if shape is not None and not fits(shape, found):
            raise InputError(f"{name} has pictures of {found}, and image_shape is {shape}.")
        shape, X = found, np.asarray(X).reshape(len(X), prod(found))
    elif len(found) == 1 and found[0]:
        if shape is None:
            raise InputError(
                f"{name} has rows of {found[0]} numbers, which do not say what picture they are:"
                " give image_shape=(height, width, channels), or pictures of shape (n, height,"
                " width) or (n, height, width, channels)."
            )
        shape = completed(shape, found[0], name)
    elif len(found) > 3:
        raise InputError(
            f"{name} has {len(found) + 1} dimensions, and pictures have three or four: (n, height,"
            " width) or (n, height, width, channels)."
        )
    else:  # what is no table is refused by scikit-learn's checks
        shape = (1, 1, 1)
    return X, shape


def stacked(X: Any, name: str) -> Any:
    """Pictures of a list as one array."""
    try:
        return np.stack([np.asarray(x) for x in X])
    except TypeError:  # no list
        return np.asarray(X)
    except ValueError:
        sizes = sorted({np.shape(x) for x in X})
        if not sizes:
            raise InputError(f"{name} has no pictures: give some") from None
        raise InputError(
            f"{name} has pictures of several sizes, such as {sizes[0]} and {sizes[-1]}: crop or"
            " resize them to one."
        ) from None


def checked_shape(given: Any) -> Shape:
    """Three sides, of which one may be -1."""
    sides = tuple(given) if isinstance(given, (tuple, list)) else ()
    is_shape = all(isinstance(s, Integral) and (int(s) > 0 or int(s) == -1) for s in sides)
    if len(sides) not in (2, 3) or not is_shape or sides.count(-1) > 1:
        raise InputError(
            f"image_shape must be (height, width) or (height, width, channels), got {brief(given)}."
        )
    return tuple(int(s) for s in (*sides, 1)[:3])


def fits(shape: Shape, found: Shape) -> bool:
    return all(side in (-1, other) for side, other in zip(shape, found, strict=True))


def completed(shape: Shape, n: int, name: str) -> Shape:
    """The shape, with its -1 in numbers, of rows of length n."""
    rest = abs(prod(shape))
    if -1 in shape and n % rest == 0 and n:
        return tuple(n // rest if side == -1 else side for side in shape)
    if prod(shape) != n:
        others = n // max(1, abs(shape[0] * shape[1]))
        channels = f": with {others} channels it is {(*shape[:2], others)}"
        is_other = -1 not in shape and others > 0 and others * shape[0] * shape[1] == n
        raise InputError(
            f"{name} has rows of {n} numbers, which are no pictures of image_shape={shape}"
            f"{channels if is_other else ''}."
        )
    return shape
