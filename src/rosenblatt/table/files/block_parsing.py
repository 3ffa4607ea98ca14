"""One block of whole rows to columns: plain numbers by a parser of our own, all else by pyarrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, final

import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from rosenblatt.table.files.csv_rows import Dialect, count_lines
from rosenblatt.table.files.plain_block import columns_of_plain_block
from rosenblatt.table.files.plain_numbers import are_exact, is_floating
from rosenblatt.table.files.row_blocks import is_blank

__all__ = ["ParsedBlock", "parse_block"]

UNIT_SEPARATOR: Final = b"\x1f"


@final
@dataclass(frozen=True, eq=False)
class ParsedBlock:
    """The columns of a block.

    Attributes
    ----------
    columns : list of Array
        Of the types that were asked for, or all text.
    n_rows : int
    n_odd : int
        How many rows were left out because of their number of fields.
    """

    columns: list[pa.Array]
    n_rows: int
    n_odd: int


def parse_block(
    data: bytes,
    dialect: Dialect,
    types: Sequence[Any],
    wanted: Sequence[int] | None = None,
    room: Sequence[npt.NDArray[Any] | None] | None = None,
) -> ParsedBlock | None:
    """The fields of UTF-8 text as columns.

    None where a cell does not convert to its type, or is a float that is not exact.

    Parameters
    ----------
    data : bytes
        Whole rows.
    dialect : Dialect
    types : sequence of DataType
        One for each field of a row.
    wanted : sequence of int, optional
        The places of the columns to return; None for all.
    room : sequence of arrays, optional
        Of the columns of numbers, to be written to if that saves a copy.
    """
    places = range(len(types)) if wanted is None else wanted
    if is_blank(data):  # the parser refuses blank lines alone; in one column they are cells
        n = count_lines(data) if len(types) == 1 else 0
        return ParsedBlock([pa.nulls(n, types[i]) for i in places], n, 0)
    if any(kind != pa.string() for kind in types):
        if may_hold_hexadecimal(data):
            return None
        plain = columns_of_plain_block(data, dialect, types, room) if wanted is None else None
        if plain is not None:
            return ParsedBlock(plain, len(plain[0]), 0)
    delimiter = dialect.delimiter
    if not delimiter.isascii():  # the parser takes one byte
        data = data.replace(delimiter.encode(), UNIT_SEPARATOR)
        delimiter = UNIT_SEPARATOR.decode()
    try:
        found = parsed(data, delimiter, dialect.quote, types, places)
        return found if all(map(are_exact, filter(is_floating, found.columns))) else None
    except pa.ArrowInvalid as error:
        if "conversion error" in str(error):
            return None
        raise


def may_hold_hexadecimal(data: bytes) -> bool:
    """The parser would take 0x1F for 31. (Single bytes are found far faster than pairs.)"""
    return (b"x" in data or b"X" in data) and (b"0x" in data or b"0X" in data)


def parsed(
    data: bytes, delimiter: str, quote: str, types: Sequence[Any], places: Sequence[int]
) -> ParsedBlock:
    n_odd = 0

    def leave_out(row: csv.InvalidRow) -> str:
        nonlocal n_odd
        n_odd += 1
        return "skip"

    names = [str(i) for i in range(len(types))]
    table = csv.read_csv(
        pa.BufferReader(data),
        csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
        csv.ParseOptions(
            delimiter=delimiter,
            quote_char=quote or False,
            newlines_in_values=bool(quote) and quote.encode() in data,
            ignore_empty_lines=len(types) > 1,
            invalid_row_handler=leave_out,
        ),
        csv.ConvertOptions(
            column_types=dict(zip(names, types, strict=True)),
            null_values=[""],
            strings_can_be_null=True,
            include_columns=[names[i] for i in places],
            check_utf8=False,
        ),
    )
    columns = [
        column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
        for column in table.columns
    ]
    return ParsedBlock(columns, table.num_rows, n_odd)
