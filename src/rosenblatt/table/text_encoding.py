"""Detects the character encoding of a text file, and binary files."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import BufferedIOBase
from typing import final

from rosenblatt.errors import InputError

__all__ = ["TextEncoding", "detect", "named", "require_text"]

SIGNATURES = {
    b"PAR1": "a Parquet file: rename it to end in .parquet",
    b"ARROW1": "an Arrow file: rename it to end in .arrow",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook: unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV",
    b"\x1f\x8b": "compressed by gzip: rename it to end in .csv.gz",
    b"BZh": "compressed by bzip2: unpack it",
    b"\xfd7zXZ": "compressed by xz: unpack it",
    b"\x28\xb5\x2f\xfd": "compressed by zstd: unpack it",
    b"\x89PNG": "an image: give a table",
    b"\xff\xd8\xff": "an image: give a table",
    b"GIF8": "an image: give a table",
    b"%PDF": "a PDF document: give a table",
    b"\x89HDF": "an HDF5 file: save the table as CSV or Parquet",
    b"SQLite format 3": "a SQLite database: save the table as CSV or Parquet",
    b"\x93NUMPY": "a NumPy array: save it as CSV with a header line",
}
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it starts with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Encodings that tables are found in; among all there are, short texts are guessed at random.
# fmt: off
LIKELY = [
    "cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp874",
    "gb18030", "big5", "cp932", "euc_jp", "cp949",
]
# fmt: on
BLOCK = 1 << 20
MAX_CONTROL_SHARE = 0.02


@final
@dataclass(frozen=True)
class TextEncoding:
    """Python's name of an encoding, whether it was guessed, and what to do about stray bytes."""

    name: str
    guessed: bool = False
    errors: str = "strict"


def named(encoding: str) -> TextEncoding:
    """The encoding of this name; InputError if it does not exist."""
    try:
        info = codecs.lookup(encoding)
        "".encode(info.name)  # refuses codecs that are not for text, such as base64
    except LookupError as error:
        raise InputError(
            f"there is no text encoding {encoding!r}: name one such as utf-8, cp1252 or gb18030"
        ) from error
    # A byte order mark is no part of the first column's name.
    return TextEncoding("utf-8-sig" if info.name == "utf-8" else info.name)


def require_text(head: bytes, name: str) -> None:
    """InputError if a file that starts with `head` is of a known binary kind."""
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            raise InputError(f"{name} is no text but {kind}")


def detect(file: BufferedIOBase, name: str) -> TextEncoding:
    """The encoding by byte order mark, else UTF-8 if all of it is that, else the likeliest.

    Raises InputError for binary content.
    """
    head = file.read(BLOCK)
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return TextEncoding(encoding)
    control = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1b")
    if b"\0" in head or control > MAX_CONTROL_SHARE * len(head):
        raise InputError(
            f"{name} is not text but binary data: give a CSV file, or name its encoding "
            "if it is UTF-16"
        )
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in blocks(head, file):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        file.seek(0)
        return likeliest(non_ascii_lines(file))
    return TextEncoding("utf-8")


def blocks(head: bytes, file: BufferedIOBase) -> Iterator[bytes]:
    yield head
    while block := file.read(BLOCK):
        yield block


def non_ascii_lines(file: BufferedIOBase) -> list[bytes]:
    """The lines that distinguish encodings, a quarter of a mebibyte at most."""
    lines: list[bytes] = []
    size = 0
    for line in file:
        if not line.isascii():
            lines.append(line)
            size += len(line)
        if size > BLOCK // 4:
            break
    return lines


def likeliest(lines: list[bytes]) -> TextEncoding:
    """UTF-8 with stray bytes, or what charset-normalizer finds if installed, or cp1252."""
    # Text in other encodings is rarely valid UTF-8: half of the lines are sufficient evidence.
    if sum(decodes(line, "utf-8") for line in lines) >= len(lines) / 2:
        return TextEncoding("utf-8", guessed=True, errors="replace")
    sample = b"".join(lines)
    western = "cp1252" if decodes(sample, "cp1252") else "latin-1"
    if find_spec("charset_normalizer") is None:
        return TextEncoding(western, guessed=True)
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=LIKELY).best()
    # Western text often reads the same in the Central European page: then say the common name.
    if best is None or sample.decode(best.encoding) == sample.decode(western):
        return TextEncoding(western, guessed=True)
    return TextEncoding(best.encoding, guessed=True)


def decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
