"""A block of plain numbers to columns, by the compiled parser, which only this file imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rosenblatt.table.files import _plain_block
from rosenblatt.table.files.csv_rows import Dialect, count_lines

__all__ = ["columns_of_plain_block"]

DTYPES: Final = {pa.int32(): np.int32, pa.int64(): np.int64, pa.float64(): np.float64}


def columns_of_plain_block(
    data: bytes,
    dialect: Dialect,
    types: Sequence[Any],
    room: Sequence[npt.NDArray[Any] | None] | None = None,
) -> list[pa.Array] | None:
    """The columns of whole rows of UTF-8 text, of these types.

    None where a general parser must read the block: for quotation marks, blanks around numbers,
    rows of another length, what does not convert, and numbers that a float64 does not tell apart.

    Parameters
    ----------
    data : bytes
    dialect : Dialect
    types : sequence of DataType
    room : sequence of arrays, optional
        For the numbers of each column: written to in any case.
    """
    delimiter = dialect.delimiter
    if not delimiter.isascii() or (dialect.quote and dialect.quote.encode() in data):
        return None
    n_lines = count_lines(data)
    places = [
        None if kind == pa.string() else np.empty(n_lines, DTYPES[kind]) if given is None else given
        for kind, given in zip(types, room or [None] * len(types), strict=True)
    ]
    found = _plain_block.parse(data, delimiter, places)
    if found is None:
        return None
    n_rows, columns = found
    return [
        pa.Array.from_buffers(kind, n_rows, [*map(buffer_of, buffers)], n_empty)
        for kind, (n_empty, buffers) in zip(types, columns, strict=True)
    ]


def buffer_of(data: Any) -> pa.Buffer | None:
    return None if data is None else pa.py_buffer(data)
