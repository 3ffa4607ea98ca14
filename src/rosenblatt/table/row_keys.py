"""Keys of rows: equal for rows of the same cells, whatever library or file these come from.

A key has 64 bits, so that two different rows among a million have the same one with a probability
of 3e-8.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import Float64Array, IntArray
from rosenblatt.table.cells import Cells
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.format import ColumnKind
from rosenblatt.table.learning import days_to_learn, numbers_to_learn
from rosenblatt.table.parsing import truth_of
from rosenblatt.table.table import Table

__all__ = ["row_keys"]

Keys = npt.NDArray[np.uint64]

MISSING = 0x7FF8_0000_0000_0000  # the bits of NaN


def row_keys(table: Table, formats: Sequence[ColumnFormat]) -> Keys:
    """A key for each row, uint64 of shape (n_rows,); columns that are left out do not count.

    Raises
    ------
    InputError
        For a cell that cannot be read in the format of its column.
    """
    keys = np.zeros(len(table), np.uint64)
    for fmt in formats:
        cells = table.by_name[fmt.name]
        if fmt.kind is ColumnKind.CATEGORY:
            distinct = cells.distinct
            texts = [None if text in fmt.missing else text for text in distinct.strings]
            keys = mixed_with_texts(keys, texts, distinct.codes)
        elif fmt.kind is not ColumnKind.DROP:
            keys = mixed_with_numbers(keys, numbers_of_cells(fmt, cells))
    return keys


def numbers_of_cells(fmt: ColumnFormat, cells: Cells) -> npt.NDArray[Any]:
    if fmt.kind is ColumnKind.NUMBER:
        return numbers_to_learn(fmt, cells).x
    if fmt.kind is ColumnKind.DATE:
        return days_to_learn(fmt, cells)
    return truth_of(cells, fmt.missing)


def mixed_with_numbers(keys: Keys, x: npt.NDArray[Any]) -> Keys:
    """The keys of rows that have these numbers, shape (n_rows,), as well; NaN equals NaN."""
    numbers: Float64Array = x.astype(np.float64) + 0.0  # -0 equals 0
    bits = numbers.view(np.uint64)
    bits[np.isnan(numbers)] = MISSING
    return scrambled(keys ^ bits)


def mixed_with_texts(keys: Keys, texts: Sequence[str | None], codes: IntArray) -> Keys:
    """The keys of rows that have these texts as well.

    Parameters
    ----------
    keys : uint64 array (n_rows,)
    texts : sequence of str or None
        None where a text means a missing cell.
    codes : int array (n_rows,)
        The place of each row's text; -1 where a cell is missing.
    """
    of_texts = [MISSING if text is None else text_key(text) for text in texts]
    return scrambled(keys ^ np.array([*of_texts, MISSING], np.uint64)[codes])


def text_key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def scrambled(z: Keys) -> Keys:
    """The last steps of SplitMix64 (Steele, Lea and Flood 2014), in place."""
    z += np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z ^= z >> np.uint64(shift)
        z *= np.uint64(factor)
    z ^= z >> np.uint64(31)
    return z
