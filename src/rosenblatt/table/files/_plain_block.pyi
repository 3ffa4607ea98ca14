# The compiled parser of plain numbers. A test compares it with this file.
from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

# (number of empty fields; buffers in the layout of Apache Arrow, the first one None where no field
# is empty)
Column = tuple[int, list[Any]]

def parse(
    block: bytes, delimiter: str, columns: Sequence[npt.NDArray[Any] | None]
) -> tuple[int, list[Column]] | None: ...
