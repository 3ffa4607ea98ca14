"""The bytes of a file in blocks, decompressed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

from rosenblatt.errors import InputError

__all__ = ["BLOCK", "COMPRESSED", "byte_blocks", "require_text"]

BLOCK: Final = 1 << 20

COMPRESSED: Final = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}

SIGNATURES: Final = {
    b"PAR1": "a Parquet file: rename it to end in .parquet",
    b"ARROW1": "an Arrow file: rename it to end in .arrow",
    b"FEA1": "a Feather file of version 1: save it as Parquet, or as Feather of version 2",
    b"ORC": "an ORC file: save it as Parquet",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook: unpack it, or rename it to end in .xlsx",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: rename it to end in .xls",
    b"\x1f\x8b": "compressed by gzip: rename it to end in .csv.gz",
    b"BZh": "compressed by bzip2: rename it to end in .csv.bz2",
    b"\xfd7zXZ": "compressed by xz: unpack it",
    b"7z\xbc\xaf": "a 7-Zip archive: unpack it",
    b"\x28\xb5\x2f\xfd": "compressed by zstd: rename it to end in .csv.zst",
    b"\x89PNG": "an image: give a table",
    b"\xff\xd8\xff": "an image: give a table",
    b"GIF8": "an image: give a table",
    b"%PDF": "a PDF document: give a table",
    b"\x89HDF": "an HDF5 file: save the table as CSV or Parquet",
    b"SQLite format 3": "a SQLite database: name a table of it as DATA.db::table",
    b"\x93NUMPY": "a NumPy array: save it as CSV with a header line",
    b"\x80\x04": "a Python pickle: save the table as CSV or Parquet",
}


def require_text(head: bytes, name: str) -> None:
    """InputError if a file that starts with `head` is of a known binary kind."""
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            raise InputError(f"{name} is no text but {kind}")


def byte_blocks(path: Path, size: int = BLOCK) -> Iterator[bytes]:
    """The contents, `size` bytes at a time.

    Raises
    ------
    InputError
        If they cannot be decompressed.
    """
    compression = COMPRESSED.get(path.suffix.lower())
    if compression is None:
        with path.open("rb") as file:
            while block := file.read(size):
                yield block
        return
    try:
        with pa.input_stream(str(path), compression=compression) as stream:
            while block := stream.read(size):
                yield block
    except (EOFError, OSError, zlib.error, pa.ArrowException) as error:
        raise InputError(
            f"{path.name} is no complete {compression} file: fetch or compress it again"
        ) from error
