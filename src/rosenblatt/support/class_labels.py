"""Labels that cannot be classes, which NumPy and scikit-learn refuse in words of their own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final, NoReturn

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.plain_values import is_missing

__all__ = ["check_labels", "class_labels", "refuse_labels"]

KINDS: Final = (str, bytes, bool, int, float, np.bool_, np.integer, np.floating)


@contextlib.contextmanager
def class_labels(
    y: Any, failing: type[Exception] | tuple[type[Exception], ...] = (TypeError, ValueError)
) -> Iterator[None]:
    """Let a block sort and compare labels; where it fails, InputError as of `check_labels`.

    Parameters
    ----------
    y : array-like
    failing : exception class or tuple of them
        Of failures that labels may cause.
    """
    try:
        yield
    except failing:
        if y is not None and getattr(getattr(y, "dtype", None), "kind", "") != "c":
            check_labels(y)  # else scikit-learn has a sentence of its own
        raise


def check_labels(y: Any) -> None:
    """InputError for labels that are missing, of several types, or of a type without classes."""
    labels = np.asarray(y)
    if labels.dtype.kind in "mMcV":
        refuse_labels(str(labels.dtype))
    if labels.dtype != object:
        return
    cells = labels.ravel()
    if any(map(is_missing, cells)):
        raise InputError("Input y contains NaN or None: leave out the rows without a class")
    kinds = {type(cell) for cell in cells}
    for kind in sorted(kinds, key=lambda kind: kind.__name__):
        if not issubclass(kind, KINDS):
            refuse_labels(kind.__name__)
    if len(kinds) > 1 and any(issubclass(kind, str) for kind in kinds):
        names = " and ".join(sorted(kind.__name__ for kind in kinds))
        raise InputError(f"the classes are of several types, {names}: make all of them texts")


def refuse_labels(kind: str) -> NoReturn:
    """InputError for labels of a type, by its name."""
    raise InputError(f"values of the type {kind} cannot be classes: give their texts")
