"""Labels that cannot be classes, which NumPy and scikit-learn refuse in words of their own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final, NoReturn

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.plain_refusals import REFUSED, cells_of, holds_complex
from rosenblatt.support.plain_values import check_even, is_missing

__all__ = ["check_labels", "class_labels", "refuse_labels"]

MOST_BITS: Final = 63  # of a label
KINDS: Final = (str, bytes, bool, int, float, np.bool_, np.integer, np.floating)
# How scikit-learn begins where an array of objects holds no texts.
OF_OBJECTS = ("Unknown label type", "Classification metrics can't handle a mix of unknown")


@contextlib.contextmanager
def class_labels(
    y: Any, failing: type[Exception] | tuple[type[Exception], ...] = REFUSED
) -> Iterator[None]:
    """Let a block sort and compare labels; where it fails, InputError as of `check_labels`.

    Parameters
    ----------
    y : array-like
    failing : exception class or tuple of them
        Of failures that labels may cause.
    """
    try:
        with np.errstate(invalid="ignore"):  # scikit-learn tries whether huge numbers are whole
            yield
    except failing as error:
        # Complex numbers are refused by `refuse_plainly`.
        if y is not None and not (str(error).startswith("Complex data") and holds_complex(y)):
            check_labels(y)
            refuse_mixture(str(error), y)
            refuse_objects(str(error), y)
        raise


def check_labels(y: Any) -> None:
    """InputError for labels that are missing, of several types, or of a type without classes."""
    check_even(y=y)
    labels = np.asarray(y)
    if labels.dtype.kind in "mMcV":
        refuse_labels(str(labels.dtype))
    if labels.dtype.kind == "f":
        check_whole(labels)
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
    if any(isinstance(cell, int) and cell.bit_length() > MOST_BITS for cell in cells):
        refuse_labels("int of more than 64 bits")


def check_whole(labels: Any) -> None:
    """InputError for numbers with decimals, which are no labels; NaN and infinity pass."""
    finite = labels[np.isfinite(labels)]
    parts = finite[finite != np.trunc(finite)]
    if len(parts) or (len(finite) and float(np.abs(finite).max()) >= 2.0**MOST_BITS):
        odd = (parts if len(parts) else finite).flat[0]
        raise InputError(
            f"Unknown label type: y has numbers such as {odd:g}, and a classifier predicts classes:"
            " take a regressor, or give texts or whole numbers"
        )


def refuse_mixture(said: str, y: Any) -> None:
    """InputError where scikit-learn lists labels of two types, all of them."""
    if said.startswith(("Mix of label input types", "'<' not supported")):
        kind = "texts" if any(isinstance(label, str) for label in cells_of(y).flat) else "numbers"
        raise InputError(
            f"y has {kind}, and the classes are of another type: give labels of the same type"
        )


def refuse_objects(said: str, y: Any) -> None:
    """InputError where scikit-learn lists labels that are whole numbers or true and false, because
    their array is one of objects."""
    if said.startswith(OF_OBJECTS) and np.asarray(y).dtype == object:
        kind = type(cells_of(y).flat[0]).__name__
        raise InputError(
            f"Unknown label type: y is an array of objects, of the type {kind}: make it one of"
            f" numbers, by y.astype({kind}) for example"
        )


def refuse_labels(kind: str) -> NoReturn:
    """InputError for labels of a type, by its name."""
    raise InputError(f"values of the type {kind} cannot be classes: give their texts")
