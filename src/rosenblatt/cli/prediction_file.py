"""Files of predictions: CSV, TSV and Parquet."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias, final

from rosenblatt.errors import InputError
from rosenblatt.support.late import late

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa
    from pyarrow import parquet
else:
    np, pa, parquet = late("numpy"), late("pyarrow"), late("pyarrow.parquet")

__all__ = ["PREDICTION", "Columns", "PredictionFile", "holds_predictions", "write_csv"]

# One array of a value for each row by the column's name.
Columns: TypeAlias = "Mapping[str, npt.NDArray[Any]]"

ROWS_AT_ONCE = 16_384
PREDICTION = "prediction"  # the first column


@final
@dataclass(frozen=True)
class PredictionFile:
    """A file to write predictions to, whose name says in which form; InputError if it does not."""

    path: Path

    def __post_init__(self) -> None:
        if self.path.suffix.lower() not in WRITERS:
            raise InputError(
                f"cannot write predictions to {self.path}: give it a name that ends with one of "
                f"{', '.join(WRITERS)}"
            )

    def least_size(self, n_rows: int) -> int:
        """Bytes at least: text has a character and a line end for each row, Parquet its frame."""
        return 12 if self.path.suffix.lower() == ".parquet" else 2 * n_rows

    def write(self, columns: Columns, file: IO[bytes]) -> None:
        WRITERS[self.path.suffix.lower()](columns, file)


def holds_predictions(path: Path) -> bool:
    """Whether the first column of a file is that of predictions."""
    if path.suffix.lower() == ".parquet":
        with contextlib.suppress(pa.ArrowInvalid):
            return parquet.read_schema(path).names[:1] == [PREDICTION]
        return False
    with path.open("rb") as file:
        start = file.read(len(PREDICTION) + 1).decode(errors="replace")
    return start[:-1] == PREDICTION and start[-1] in ",\t\n"


def write_csv(columns: Columns, file: IO[bytes]) -> None:
    write_text(columns, file, ",")


def write_tsv(columns: Columns, file: IO[bytes]) -> None:
    write_text(columns, file, "\t")


def write_text(columns: Columns, file: IO[bytes], delimiter: str) -> None:
    """Write a header and the rows, in blocks that bound the memory, with the fewest quotes."""
    for rows in blocks(columns):
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
        file.write(text.getvalue().encode("utf-8"))


def blocks(columns: Columns) -> Iterator[Iterator[tuple[Any, ...]]]:
    yield iter([tuple(columns)])
    n_rows = len(next(iter(columns.values())))
    for start in range(0, n_rows, ROWS_AT_ONCE):
        block = slice(start, start + ROWS_AT_ONCE)
        yield zip(*(cells(values[block]) for values in columns.values()), strict=True)


def cells(values: npt.NDArray[Any]) -> list[Any]:
    """What csv writes for the values: of a float the shortest digits that its type reads back."""
    if values.dtype.kind != "f":
        return values.tolist()
    return np.where(np.isnan(values), "", values.astype(str)).tolist()


def write_parquet(columns: Columns, file: IO[bytes]) -> None:
    parquet.write_table(
        pa.table({name: pa.array(values) for name, values in columns.items()}), file
    )


WRITERS: Mapping[str, Callable[[Columns, IO[bytes]], None]] = {
    ".csv": write_csv,
    ".tsv": write_tsv,
    ".parquet": write_parquet,
}
