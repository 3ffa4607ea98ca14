"""Rows of raw cells as C structures, and what a compiled file predicts of them."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from rosenblatt.persistence import SavedModel
from tests.support.export_tables import cells


def inputs(saved: SavedModel, frame: Any) -> list[tuple[Any, ...]]:
    """The rows' cells in the order of the structure's members."""
    columns = cells(frame, saved.encoding).values()
    return list(zip(*(column[:, 0] for column in columns), strict=True))


def predictions(library: Any, saved: SavedModel, rows: list[tuple[Any, ...]], n: int) -> Any:
    texts = [isinstance(value, str) for value in rows[0]]
    fields = [(f"m{k}", ctypes.c_char_p if t else ctypes.c_double) for k, t in enumerate(texts)]
    structure = type("Row", (ctypes.Structure,), {"_fields_": fields})
    out = np.empty((len(rows), n))
    for row, place in zip(rows, out, strict=True):
        values = [value.encode() if isinstance(value, str) else value for value in row]
        library.predict(ctypes.byref(structure(*values)), place.ctypes.data_as(ctypes.c_void_p))
    return out
