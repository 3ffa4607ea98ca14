"""A block of plain numbers to columns, by the compiled parser, which only this file imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from rosenblatt.table.files import _plain_block
from rosenblatt.table.files.csv_rows import Dialect

__all__ = ["columns_of_plain_block"]

CODES: Final = {pa.int32(): b"i", pa.int64(): b"l", pa.float64(): b"d", pa.string(): b"s"}


def columns_of_plain_block(
    data: bytes, dialect: Dialect, types: Sequence[Any]
) -> list[pa.Array] | None:
    """The columns of whole rows of UTF-8 text, of these types.

    None where a general parser must read the block: for quotation marks, blanks around numbers,
    rows of another length, what does not convert, and numbers that a float64 does not tell apart.
    """
    delimiter = dialect.delimiter
    if not delimiter.isascii() or (dialect.quote and dialect.quote.encode() in data):
        return None
    found = _plain_block.parse(data, delimiter, b"".join(CODES[kind] for kind in types))
    if found is None:
        return None
    n_rows, columns = found
    return [
        pa.Array.from_buffers(
            kind,
            n_rows,
            [None if data is None else pa.py_buffer(data) for data in buffers],
            n_empty,
        )
        for kind, (n_empty, buffers) in zip(types, columns, strict=True)
    ]
