"""Reads delimited text files, such as CSV, into tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

from rosenblatt.errors import InputError
from rosenblatt.table.files.byte_stream import byte_blocks, require_text
from rosenblatt.table.files.csv_rows import Dialect, count_lines
from rosenblatt.table.files.dialect import (
    DELIMITER_NAMES,
    checked_delimiter,
    find_dialect,
    require_fields,
)
from rosenblatt.table.files.file_reading import AsText, FileReading, TableFile
from rosenblatt.table.files.foreign_text import require_table
from rosenblatt.table.files.layout import Layout, find_layout
from rosenblatt.table.files.row_names import (
    with_row_names,
    without_empty_ends,
    without_row_numbers,
)
from rosenblatt.table.files.rows_to_columns import RowReader
from rosenblatt.table.files.swallowed_rows import SwallowedRows
from rosenblatt.table.files.text_encoding import TextEncoding, as_utf8, detect, named
from rosenblatt.table.files.totals_row import without_totals
from rosenblatt.table.format import TableFormat
from rosenblatt.table.messages import count
from rosenblatt.table.names import require_distinct

__all__ = ["read_text"]

SAMPLE: Final = 1 << 18
MAX_SAMPLE: Final = 1 << 22
LEAST_ROWS: Final = 4


@final
@dataclass(frozen=True)
class TextFile:
    """A text file whose encoding is known."""

    path: Path
    encoding: TextEncoding
    has_escapes: bool = False

    @property
    def name(self) -> str:
        return self.path.name

    def chunks(self) -> Iterator[bytes]:
        """The text as UTF-8, from the start; quotation marks within cells are doubled."""
        text = as_utf8(byte_blocks(self.path), self.encoding)
        return without_escapes(text) if self.has_escapes else text


def read_text(
    path: Path,
    usual_delimiter: str,
    fmt: TableFormat,
    as_text: AsText,
    hint: FileReading | None,
    fewest_rows: int = 0,
) -> TableFile:
    """The table and how it was read. Raises InputError with what to mend."""
    head = next(byte_blocks(path, 64), b"")
    if not head:
        raise InputError(f"{path.name} is empty: it needs a header line and rows")
    require_text(head, path.name)
    if fmt.encoding is None:
        # Most files are UTF-8 throughout: they are read as that, and again if they are not.
        first = next(byte_blocks(path))
        chosen = detect(lambda: [first], path.name, hint.encoding if hint else "")
        if not chosen.guessed and chosen.name == "utf-8":
            try:
                return read_decoded(
                    TextFile(path, chosen), usual_delimiter, fmt, as_text, hint, fewest_rows
                )
            except UnicodeDecodeError:
                pass
        chosen = detect(lambda: byte_blocks(path), path.name, hint.encoding if hint else "")
    else:
        chosen = named(fmt.encoding)
    try:
        return read_decoded(
            TextFile(path, chosen), usual_delimiter, fmt, as_text, hint, fewest_rows
        )
    except UnicodeError as error:
        fault = f"is not UTF-8 and seems to be {chosen.name}, but not all of it is"
        if not chosen.guessed:
            fault = f"cannot be read as {chosen.name}"
        raise InputError(f"{path.name} {fault}: name the encoding that it was saved in") from error


def read_decoded(
    file: TextFile,
    usual_delimiter: str,
    fmt: TableFormat,
    as_text: AsText,
    hint: FileReading | None,
    fewest_rows: int = 0,
) -> TableFile:
    """As `read_text`; where a stray quotation mark swallows rows, without quotation marks.

    That is certain where no field stands in quotation marks and all rows are regular then.
    """
    try:
        return read_rows(file, usual_delimiter, fmt, as_text, hint, fewest_rows)
    except SwallowedRows as swallowed:
        error = InputError(str(swallowed))
    if any(QUOTED_FIELD.search(chunk) for chunk in file.chunks()):
        raise error
    try:
        found = read_rows(file, usual_delimiter, replace(fmt, quote=""), as_text, hint, fewest_rows)
    except InputError:
        raise error from None
    note = f"quotation marks are read as text: {str(error).partition(':')[0]}"
    return TableFile(found.table, found.reading, (*found.notes, note))


def read_rows(
    file: TextFile,
    usual_delimiter: str,
    fmt: TableFormat,
    as_text: AsText,
    hint: FileReading | None,
    fewest_rows: int = 0,
) -> TableFile:
    sample, line, directive = read_sample(file, fmt.skip)
    require_table(sample, file.name)
    if not file.has_escapes and ESCAPED.search(sample):
        escaped = replace(file, has_escapes=True)
        found = read_rows(escaped, usual_delimiter, fmt, as_text, hint, fewest_rows)
        note = 'a backslash stands before quotation marks within cells: \\" is read as "'
        return TableFile(found.table, found.reading, (*found.notes, note))
    quote = {"none": "", None: None}.get(fmt.quote, fmt.quote)
    given = fmt.delimiter if fmt.delimiter is not None else directive
    dialect = find_dialect(sample, usual_delimiter, quote, hint)
    if given is not None:
        delimiter = checked_delimiter(sample, given, usual_delimiter, dialect.quote)
        dialect = Dialect(delimiter, dialect.quote)
    layout = find_layout(sample, line, dialect, fmt, hint, file.name)
    if given is None and len(layout.names) == 1 and layout.header_line:
        require_fields(sample, layout.names[0], file.name)
    names = column_names(layout, fmt, file.name)
    text = as_text(names) if callable(as_text) else as_text
    size = file.path.stat().st_size
    reader = RowReader(file.chunks, size, file.name, dialect, layout, names, fewest_rows)
    rows = reader.read(fmt, text)
    notes = [*encoding_notes(file), *delimiter_notes(given, dialect, len(names), usual_delimiter)]
    notes += [*layout.notes, *rows.notes]
    if len(names) == 1:
        notes += blank_ends_note(file)
    if layout.is_trailing:
        notes.append("rows end in a delimiter, which the header does not: left out")
    table, empty = without_empty_ends(rows.table, fmt.names or layout.names)
    if rows.row_names is not None:
        table, note = with_row_names(table, rows.row_names)
    else:
        table, note = without_row_numbers(table, not (fmt.names or layout.names)[0])
    table, totals = without_totals(table)
    reading = FileReading(
        "text",
        file.encoding.name,
        dialect.delimiter,
        dialect.quote,
        layout.header_line,
        table.names,
        layout.skipped,
        layout.comment,
        layout.row_names,
        rows.left_out,
    )
    return TableFile(table, reading, (*notes, *filter(None, [empty, note, totals])))


# A quotation mark behind a backslash, within a field that goes on behind it.
ESCAPED: Final = re.compile(r'(?:^|[,;|\t]) *"[^"\r\n]*[^"\r\n\\]\\"[^,;|\t\r\n"]', re.MULTILINE)


def without_escapes(text: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in text:
        data = rest + chunk
        rest = b"\\" if data.endswith(b"\\") else b""
        yield data.removesuffix(rest).replace(b'\\"', b'""')
    yield rest


QUOTED_FIELD: Final = re.compile(rb"(?:^|[,;|\t])\"[^\"\r\n]*\"(?=[,;|\t\r\n]|$)", re.MULTILINE)


def read_sample(file: TextFile, skip: int) -> tuple[str, int, str | None]:
    """The first lines behind those to skip, the number of the first, and Excel's delimiter.

    The lines are whole, unless the file ends in one that is not; a few of them at least, however
    long they are.
    """
    gathered, size, wanted, complete = [], 0, SAMPLE, True
    for chunk in file.chunks():
        gathered.append(chunk)
        size += len(chunk)
        if size >= wanted:
            if size >= MAX_SAMPLE or sum(map(count_lines, gathered)) >= LEAST_ROWS + skip:
                complete = False
                break
            wanted = 4 * size
    text = b"".join(gathered)
    line = 1
    directive = None
    start = text[:8].lower()
    if start.startswith(b"sep=") and text[5:6] in (b"\n", b"\r"):
        directive = text[4:5].decode()
    passed = max(skip, 1 if directive else 0)
    for _ in range(passed):
        end = min((i for i in (text.find(b"\n"), text.find(b"\r")) if i >= 0), default=-1)
        if end < 0:
            raise InputError(f"{file.name} has fewer lines than the {skip} to skip: skip fewer")
        text = text[end + (2 if text.startswith(b"\r\n", end) else 1) :]
        line += 1
    if not complete:
        text = text[: max(text.rfind(b"\n"), text.rfind(b"\r", 0, -1)) + 1] or text
    decoded = text[:MAX_SAMPLE].decode(errors="replace")
    if not decoded.strip():
        raise InputError(f"{file.name} is empty: it needs a header line and rows")
    return decoded, line, directive


def column_names(layout: Layout, fmt: TableFormat, name: str) -> list[str]:
    names = [n or f"unnamed column {i}" for i, n in enumerate(layout.names, 1)]
    if fmt.names:
        if len(fmt.names) != len(names):
            raise InputError(
                f"{len(fmt.names)} names are given, and {name} has {len(names)} columns: name each"
            )
        names = list(fmt.names)
    require_distinct(names)
    return names


def blank_ends_note(file: TextFile) -> Iterator[str]:
    """Of one column: blank lines are rows without a value, but for those at the end."""
    tail = b""
    for chunk in file.chunks():
        tail = (tail + chunk)[-SAMPLE:]
    n = count_lines(tail[len(tail.rstrip(b"\r\n")) :]) - 1
    if n > 0:
        yield f'{count(n, "blank line")} at the end left out: a row without a value is written ""'


def encoding_notes(file: TextFile) -> Iterator[str]:
    if file.encoding.errors == "replace":
        yield (
            f"{file.name} is UTF-8 but for a few bytes, read as \ufffd; name the encoding if "
            "letters look wrong"
        )
    elif file.encoding.guessed:
        yield (
            f"{file.name} is not UTF-8: read as {file.encoding.name}; name the encoding if letters "
            "look wrong"
        )


def delimiter_notes(
    given: str | None, dialect: Dialect, n_columns: int, usual: str
) -> Iterator[str]:
    if given is None and n_columns > 1 and dialect.delimiter != usual:
        sign = DELIMITER_NAMES[dialect.delimiter]
        yield f"fields are separated by {dialect.delimiter!r} ({sign})"
