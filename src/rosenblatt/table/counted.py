"""A column of which the distinct texts and their counts are known, and no cell is held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.support.types import IntArray
from rosenblatt.table.cells import Cells, Distinct

__all__ = ["counted_cells"]

CHUNK = 1 << 16
LONGEST = 64  # characters of the cell that is repeated: thousands of a long one fill the memory


def counted_cells(
    name: str,
    cell: pa.Array,
    texts: Sequence[str],
    counts: IntArray,
    n_rows: int,
    *,
    has_missing: bool,
) -> Cells:
    """Cells to recognise and to learn a column from: what depends on distinct texts is right.

    Parameters
    ----------
    name : str
    cell : Array (1,)
        One present cell, of the column's type; or (0,) where there is none.
    texts : sequence of str
        Distinct, in the order of their first rows.
    counts : int array (n_distinct,)
        How many rows have each.
    n_rows : int
        Of the column; its values are one chunk, repeated.
    has_missing : bool
    """
    alike = pa.nulls(CHUNK, cell.type)
    if len(cell):
        if pa.types.is_string(cell.type):
            cell = pc.utf8_slice_codeunits(pc.utf8_ltrim_whitespace(cell), 0, LONGEST)
        alike = cell.take(pa.array(np.zeros(CHUNK, np.int64)))
    n_alike = n_rows - has_missing
    chunks = [alike] * (n_alike // CHUNK) + [alike.slice(0, n_alike % CHUNK)]
    if has_missing:
        chunks.append(pa.nulls(1, cell.type))
    cells = Cells(name, pa.chunked_array(chunks, cell.type))
    # Every text once, so that what is parsed is each of them; the counts are preset.
    codes = np.arange(-1 if has_missing else 0, len(texts), dtype=np.int32)
    distinct = Distinct(pa.array(list(texts), pa.string()), codes)
    vars(distinct)["counts"] = counts
    vars(cells)["distinct"] = distinct
    return cells
