"""Reads delimited text files, such as CSV, plain or gzip-compressed, into data frames."""

from __future__ import annotations

import csv
import gzip
import io
import warnings
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd

from rosenblatt.errors import InputError
from rosenblatt.table.dialect import Dialect, csv_rows, sample_rows, sniff, unusual_delimiter
from rosenblatt.table.messages import count, quote
from rosenblatt.table.names import require_distinct
from rosenblatt.table.text_encoding import TextEncoding, detect, named, require_text
from rosenblatt.table.values import MISSING_MARKERS

__all__ = ["read_text"]

SAMPLE_CHARACTERS = 1 << 18


def read_text(
    path: Path,
    usual_delimiter: str,
    encoding: str | None,
    delimiter: str | None,
    as_text: Collection[str],
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The table and notes on how it was read. Raises InputError with what to mend."""
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise InputError(f"{path.name} is empty: it needs a header line and rows")
    if path.suffix.lower() != ".gz":
        require_text(head, path.name)
    try:
        with open_bytes(path) as file:
            chosen = detect(file, path.name) if encoding is None else named(encoding)
        sample = read_sample(path, chosen)
        dialect = sniff(sample, usual_delimiter, delimiter)
        if delimiter is None:
            require_fields(path, sample, dialect)
        names = survey(path, chosen, dialect)
    except UnicodeDecodeError as error:
        fault = f"is not UTF-8 and seems to be {chosen.name}, but not all of it is"
        if not chosen.guessed:
            fault = f"cannot be read as {chosen.name}"
        raise InputError(f"{path.name} {fault}: name the encoding that it was saved in") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"{path.name} is no complete gzip file: fetch or compress it again"
        ) from error
    try:
        frame = parse(path, chosen, dialect, names, as_text)
    except pd.errors.ParserError as error:
        raise InputError(
            f"{path.name} cannot be parsed ({str(error).strip()}): is a quotation mark left open?"
        ) from error
    return frame, tuple(notes(path, chosen, dialect, usual_delimiter, delimiter, names))


def notes(
    path: Path,
    encoding: TextEncoding,
    dialect: Dialect,
    usual_delimiter: str,
    given: str | None,
    names: list[str],
) -> list[str]:
    """Notes on what was detected, so that the user can correct it."""
    found = []
    if encoding.errors == "replace":
        found.append(
            f"{path.name} is UTF-8 but for a few bytes, read as \ufffd; name the encoding if "
            "letters look wrong"
        )
    elif encoding.guessed:
        found.append(
            f"{path.name} is not UTF-8: read as {encoding.name}; name the encoding if letters look "
            "wrong"
        )
    if given is None and len(names) > 1 and dialect.delimiter != usual_delimiter:
        found.append(f"fields are separated by {dialect.delimiter!r} ({dialect.delimiter_name})")
    if all(is_number(name) for name in names) and names[0] not in ("0", "1"):
        found.append(f"the first line, {quote(names)}, is taken for the names of the columns")
    if dialect.decimal == ",":
        found.append('numbers have a decimal comma: "1,5" is read as 1.5')
    return found


def open_bytes(path: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")


def open_text(path: Path, encoding: TextEncoding) -> io.TextIOWrapper:
    return io.TextIOWrapper(open_bytes(path), encoding.name, encoding.errors, newline="")


def read_sample(path: Path, encoding: TextEncoding) -> str:
    """The first lines, whole ones unless the first is longer than a sample."""
    with open_text(path, encoding) as lines:
        sample = lines.read(SAMPLE_CHARACTERS)
        more = bool(lines.read(1))
    if not sample.strip():
        raise InputError(f"{path.name} is empty: it needs a header line and rows")
    end = max(sample.rfind("\n"), sample.rfind("\r")) + 1
    return sample[:end] if more and end else sample


def require_fields(path: Path, sample: str, dialect: Dialect) -> None:
    """InputError if no usual delimiter splits the header, and another one splits every line."""
    header = next(iter(sample_rows(sample, dialect.delimiter)), [])
    if len(header) == 1 and (mark := unusual_delimiter(sample, header[0])):
        raise InputError(
            f"the header of {path.name} is one field {quote(header)}: name what separates the "
            f"columns, for example --delimiter '{mark}', or put the header in quotation marks if "
            "it is one name"
        )


def survey(path: Path, encoding: TextEncoding, dialect: Dialect) -> list[str]:
    """Column names, once every row has been seen to have as many fields.

    pandas alone would fill short rows with missing values and rename equal columns silently.
    """
    with open_text(path, encoding) as lines:
        rows = csv_rows(lines, dialect.delimiter)
        names: list[str] = []
        n_rows = 0
        start = 1
        try:
            for row in rows:
                if is_blank(row):
                    pass
                elif not names:
                    names = [name.strip() for name in row]
                elif len(row) != len(names):
                    raise ragged(path, start, len(row), len(names))
                else:
                    n_rows += 1
                start = rows.line_num + 1
        except csv.Error as error:
            raise InputError(
                f"{path.name}, line {start}: {error}; is a quotation mark left open there?"
            ) from error
    names = [name or f"unnamed column {i}" for i, name in enumerate(names, 1)]
    require_distinct(names)
    if not n_rows:
        raise InputError(f"{path.name} has a header but no rows: add rows below the header")
    return names


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def is_blank(row: list[str]) -> bool:
    """Whether the line is empty or all blanks, which pandas skips as well."""
    return not row or (len(row) == 1 and not row[0].strip())


def ragged(path: Path, line: int, found: int, expected: int) -> InputError:
    return InputError(
        f"{path.name}, line {line} has {count(found, 'field')} where the header has {expected}: "
        "mend the line, put quotation marks around fields with a delimiter in them, or name the "
        "right delimiter"
    )


def parse(
    path: Path,
    encoding: TextEncoding,
    dialect: Dialect,
    names: list[str],
    as_text: Collection[str],
) -> pd.DataFrame:
    """The surveyed file as a frame; columns in `as_text` keep their cells as written."""
    options: dict[str, Any] = {
        "sep": dialect.delimiter,
        "decimal": dialect.decimal,
        "engine": "c" if dialect.delimiter.isascii() else "python",  # C's takes one byte
        "encoding": encoding.name,
        "encoding_errors": encoding.errors,
        "compression": "gzip" if path.suffix.lower() == ".gz" else None,
        "header": 0,
        "names": names,
        "index_col": False,
        "skipinitialspace": True,
        "keep_default_na": False,
        "na_values": NA_VALUES,
    }
    text = {name: str for name in names if name in as_text}
    with warnings.catch_warnings():
        # Long files are parsed in chunks, which may disagree on a type: mended below.
        warnings.simplefilter("ignore", pd.errors.DtypeWarning)
        frame = pd.read_csv(path, dtype=text, **options)
    mixed = [
        name
        for name in names
        if pd.api.types.is_object_dtype(frame[name].dtype)
        and pd.api.types.infer_dtype(frame[name], skipna=True) not in ("boolean", "empty", "string")
    ]
    if mixed:
        again = pd.read_csv(path, dtype=dict.fromkeys(mixed, str), usecols=mixed, **options)
        frame[mixed] = again[mixed]
    return frame


# pandas compares case-sensitively: the markers in their usual spellings.
NA_VALUES = sorted(
    {
        written
        for marker in MISSING_MARKERS
        for written in (marker, marker.upper(), marker.capitalize(), marker.title())
    }
    | {"NaN", "-NaN", "NaT"}
)
