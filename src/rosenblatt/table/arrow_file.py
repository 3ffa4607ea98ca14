"""Parquet and Arrow files to data frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from rosenblatt.errors import InputError
from rosenblatt.table.names import require_distinct

__all__ = ["read_arrow", "read_parquet"]


def read_parquet(path: Path) -> pd.DataFrame:
    """A Parquet file. Raises InputError if it is none or damaged."""
    try:
        with pq.ParquetFile(path) as file:
            require_distinct(file.schema_arrow.names)
            table = file.read()
    except (pa.ArrowException, OSError) as error:
        raise damaged(path, "Parquet") from error
    return to_frame(table, path)


def read_arrow(path: Path) -> pd.DataFrame:
    """An Arrow (Feather version 2) file or stream. Raises InputError if it is none or damaged."""
    try:
        with pa.OSFile(str(path)) as source:
            is_file = source.read(6) == b"ARROW1"
            source.seek(0)
            reader = pa.ipc.open_file(source) if is_file else pa.ipc.open_stream(source)
            require_distinct(reader.schema.names)
            table = reader.read_all()
    except (pa.ArrowException, OSError) as error:
        raise damaged(path, "Arrow") from error
    return to_frame(table, path)


def to_frame(table: Any, path: Path) -> pd.DataFrame:
    """The frame, its rows numbered from 0; an index that had a name becomes a column."""
    if not table.num_columns or not table.num_rows:
        raise InputError(f"{path.name} has no rows: it needs a table with rows")
    # Each column is handed over and freed in turn, so that the table is not held twice.
    frame = table.to_pandas(split_blocks=True, self_destruct=True)
    named = [name for name in frame.index.names if name is not None]
    return frame.reset_index(drop=not named)


def damaged(path: Path, kind: str) -> InputError:
    if not path.stat().st_size:
        return InputError(f"{path.name} is empty: it needs a table with rows")
    return InputError(
        f"{path.name} cannot be read as {kind}, it is damaged or something else: fetch or save it "
        "again, or correct the ending of its name"
    )
