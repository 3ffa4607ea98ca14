"""What NumPy, pandas and scikit-learn refuse in words of their own, in one sentence."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, NoReturn

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.listing import shortened

__all__ = ["REFUSED", "cells_of", "holds_complex", "no_array", "refuse_plainly"]

# Of what other libraries raise for values that they make no numbers of.
REFUSED: Final = (TypeError, ValueError, ArithmeticError, NotImplementedError)
CELLS: Final = (
    "could not convert string to float",
    "must be a string or a real number",
    "setting an array element",
    "signaling NaN",
    "No known equivalent Pandas block",
    "only 0-dimensional arrays can be converted",
)
SCALARS: Final = (
    "must be an array-like",
    "satisfy `len(x.shape) > 0`",
    "Expected sequence or array-like",
)
MISSING: Final = "contains NaN"
LONGEST: Final = 300


def refuse_plainly(error: Exception, **given: Any) -> None:
    """ValueError, or TypeError, for what another library has refused; nothing where it is plain.

    Parameters
    ----------
    error : Exception
        What was raised, in words of its own: with the array, or the whole cell, in it.
    given : array-likes by their names
        One of which it was raised for.
    """
    if isinstance(error, InputError):
        return
    said = str(error)
    for name, values in given.items():
        if "omplex" in said and holds_complex(values):
            raise ValueError(
                f"Complex data not supported: {name} has complex numbers: give their real and"
                " imaginary parts as columns"
            ) from error
        if type(error).__name__ == "DuplicateError" and (twice := same_name(values)) is not None:
            raise ValueError(
                f"{name} has several columns of the name {shortened(twice)!r}: give every column a"
                " name of its own"
            ) from error
        of_cells = isinstance(error, ArithmeticError) or any(words in said for words in CELLS)
        if of_cells:
            refuse_what_no_float_is(name, values, error)
        of_values = of_cells or any(words in said for words in SCALARS)
        if of_values and cells_of(values) is None:
            raise TypeError(no_array(name, values)) from error
        if said.startswith("fill value must be 0"):
            raise ValueError(
                f"{name} has sparse columns whose fill value is not 0: make them dense, by"
                f" {name}.sparse.to_dense()"
            ) from error
    name = next(iter(given))
    if said.startswith(("Expected 2D", "Expected a 2-dimensional")):
        refuse_shape(said, name, given[name], error)
    if said.startswith(f"Input {name} {MISSING}") and "\n" in said:
        raise ValueError(
            f"Input {name} {MISSING}: leave these rows out, fill the cells, or take TableClassifier"
            " or TableRegressor, for which cells may be missing"
        ) from error
    if said.startswith("Input y_true"):
        raise ValueError(said.replace("y_true", "y")) from error
    if "\n" in said or len(said) > 2 * LONGEST:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(shortened(" ".join(said.split()), LONGEST)) from error


def no_array(name: str, values: Any) -> str:
    return (
        f"{name} is of the type {type(values).__name__}, and no array of numbers can be made of it:"
        " give rows of numbers, or a number for each row"
    )


def refuse_what_no_float_is(name: str, values: Any, error: Exception) -> None:
    """ValueError, or TypeError, for the first cell that `float` makes no number of."""
    cells = cells_of(values)
    if cells is None or not len(cells):
        return
    width = max(cells[:1].size, 1)
    for place, cell in enumerate(cells.ravel()):
        try:
            float(cell)
        except OverflowError:
            raise ValueError(
                f"{name} has a number in row {place // width} that is beyond the floats: give it in"
                " another unit, or leave its row out"
            ) from error
        except (TypeError, ValueError):
            where = f"in row {place // width}"
            if isinstance(cell, str | bytes):
                raise ValueError(
                    f"{name} has the text {shortened(str(cell))!r} {where}, and takes numbers:"
                    f" encode texts as numbers{other_estimators(name)}"
                ) from error
            if not isinstance(error, TypeError) and np.ndim(cell) == 0 and not is_bytes(cell):
                raise ValueError(
                    f"{name} has {shortened(str(cell))!r} {where}, which is no number: leave the"
                    " row out"
                ) from error
            raise TypeError(
                f"{name} has a cell of the type {type(cell).__name__} {where}, and each cell of the"
                " argument must be a string or a real number"
            ) from error


def refuse_shape(said: str, name: str, values: Any, error: Exception) -> NoReturn:
    """ValueError for one row, one column, or no rows at all."""
    if said.startswith("Expected 2D array, got scalar"):
        raise ValueError(
            f"Expected 2D array, got scalar array instead: {name} is of the type"
            f" {type(values).__name__}, and rows of cells are needed. Reshape your data, or make a"
            " list of it."
        ) from error
    head = said.partition(":\n")[0].partition(" but got")[0].partition(". Reshape")[0]
    head = head.partition(".\n")[0]
    raise ValueError(
        f"{head}: {name} is a single row or column. Reshape your data either using"
        f" {name}.reshape(-1, 1) if it is a column, or {name}.reshape(1, -1) if it is a row."
    ) from error


def other_estimators(name: str) -> str:
    """Those that take texts in this place."""
    if name.startswith("X"):
        return ", or take TableClassifier or TableRegressor"
    return ", or take a classifier" if name.startswith("y") else ""


def holds_complex(values: Any) -> bool:
    """Whether an array, a matrix or a frame has complex numbers."""
    from scipy.sparse import issparse  # slow to import, and only needed here

    if issparse(values):
        values = values.data
    if isinstance(values, np.ndarray) and values.dtype != object:
        return values.dtype.kind == "c"
    cells = cells_of(values)
    if cells is None:
        return False
    return any(isinstance(cell, complex | np.complexfloating) for cell in cells.flat)


def same_name(values: Any) -> str | None:
    """The first name that two columns of a frame share, as texts or as values: 1 and 1.0 do."""
    names = list(getattr(values, "columns", ()))
    counts = (*Counter(map(str, names)).items(), *Counter(names).items())
    return next((str(name) for name, n in counts if n > 1), None)


def cells_of(values: Any) -> Any:
    """All cells as an array of objects, or None where there is no such array."""
    try:
        cells = np.asarray(values, dtype=object)
    except Exception:  # an object of another library may raise whatever it likes
        return None
    return cells if cells.ndim else None


def is_bytes(cell: Any) -> bool:
    return isinstance(cell, np.void)
