"""The rows of a request's body: JSON, or CSV read as a file is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from rosenblatt.errors import InputError
from rosenblatt.serving.interface import Servable
from rosenblatt.serving.refusal import JSON, Refusal
from rosenblatt.support.listing import count
from rosenblatt.support.temporary_folder import temporary_folder
from rosenblatt.table import TableFile
from rosenblatt.table.files.json_file import (
    RepeatedName,
    json_value,
    record_of,
    table_of_records,
)

__all__ = ["CSV", "READERS", "rows_of", "supported"]

CSV = "text/csv"
BODY, FILE = "the body", "rosenblatt-body.csv"
DELIMITERS = (b",", b";", b"\t", b"|")
MORE_COLUMNS = 1000
BLOCK = 1 << 20  # bytes whose lines are looked at once
FOR_FILES = re.compile(r"\B--[a-z]|\brename it\b|\bname (its|the)\b|\bsave \b")


def supported(content_type: str, content_encoding: str) -> str:
    """The media type of a body that can be read: JSON or CSV.

    Browsers ask before they let a page from elsewhere send one of these, and are answered no.

    Raises
    ------
    Refusal
        For any other.
    """
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    if media_type not in READERS:
        raise Refusal(
            415,
            f"rows are read from {JSON} and {CSV}, and not from"
            f" {media_type[:40] or 'a body without a type'}: say which in the header Content-Type",
        )
    if content_encoding.strip().lower() not in ("", "identity"):
        raise Refusal(415, "the body is compressed: send it as it is")
    charset = parameters.lower().replace(" ", "").replace('"', "").partition("charset=")[2]
    if media_type == JSON and charset.partition(";")[0] not in ("", "utf-8", "us-ascii"):
        raise Refusal(415, "JSON is read as UTF-8: send it so")
    return media_type


def rows_of(body: bytes, media_type: str, model: Servable, most_cells: int) -> TableFile:
    """The rows, and notes on how they were read.

    Raises
    ------
    InputError
        If it holds none.
    """
    return READERS[media_type](body, model, most_cells)


def require_narrow(n_columns: int, model: Servable) -> None:
    """InputError for far more columns than the model's, each of which takes far more than its
    name."""
    n = len(model.columns)
    if n_columns > MORE_COLUMNS + 2 * n:
        raise InputError(
            f"the rows have more than {MORE_COLUMNS + 2 * n:,} columns, and the model reads"
            f" {n:,}: send these alone"
        )


def rows_of_csv(body: bytes, model: Servable, most_cells: int) -> TableFile:
    for delimiter in DELIMITERS:
        if body.count(delimiter) > MORE_COLUMNS:
            require_narrow(most_in_a_line(body, delimiter), model)
    with temporary_folder() as folder:
        path = folder / FILE
        path.write_bytes(body)
        try:
            file = model.read(path)
        except InputError as error:
            raise InputError(of_body(str(error))) from error
        return replace(file, notes=tuple(note.replace(FILE, BODY) for note in file.notes))


def most_in_a_line(body: bytes, delimiter: bytes) -> int:
    """How often the line has a delimiter that has it most often.

    Block by block: the lines of a long body take several times its memory, and one call for all of
    them holds up Ctrl-C.
    """
    most = open_line = 0
    for first in range(0, len(body), BLOCK):
        lines = body[first : first + BLOCK].replace(b"\r", b"\n").split(b"\n")
        counts = [line.count(delimiter) for line in lines]
        counts[0] += open_line
        most, open_line = max(most, *counts), counts[-1]
    return most


def of_body(sentence: str) -> str:
    """What is said of a file, where its sender has neither its name nor options to change."""
    what, _, advice = sentence.replace(FILE, BODY).rpartition(": ")
    if FOR_FILES.search(advice):
        advice = "send the table as CSV, written as that of the training was, or as JSON"
    return f"{what}: {advice}" if what else advice


def rows_of_json(body: bytes, model: Servable, most_cells: int) -> TableFile:
    """Of an object, of a list of objects, or of an object of lists, one for each column."""
    value = value_of(body)
    if isinstance(value, dict) and value and all(isinstance(v, list) for v in value.values()):
        records: Iterable[Any] = records_of_columns(value)
    else:
        records = value if isinstance(value, list) else [value]
    return table_of_records(few_enough(named(records), model, most_cells), BODY)


def value_of(body: bytes) -> Any:
    try:
        return json_value(body)
    except RepeatedName as error:
        raise InputError(
            f"the body has the name {error.name!r} more than once in one place: give each name once"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError("the body is not UTF-8, as JSON is: send it so") from error
    except json.JSONDecodeError as error:
        raise no_json(f", line {error.lineno}, column {error.colno}") from error
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, a deep nesting
        raise no_json("") from error


def no_json(where: str) -> InputError:
    return InputError(
        f"the body{where} is no JSON: send a row as names and cells, {{...}}, a list of rows, or"
        " names and lists of cells"
    )


def named(values: Iterable[Any]) -> Iterator[dict[str, Any]]:
    return (record_of(value, BODY, f"record {k}") for k, value in enumerate(values, 1))


def records_of_columns(columns: dict[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    first, *others = columns
    n = len(columns[first])
    for name in others:
        if len(columns[name]) != n:
            raise InputError(
                f"column {name!r} has {count(len(columns[name]), 'cell')}, and {first!r} has {n:,}:"
                " give every column one for each row"
            )
    rows = zip(*columns.values(), strict=True)
    return (dict(zip(columns, row, strict=True)) for row in rows)


def few_enough(
    records: Iterable[dict[str, Any]], model: Servable, most_cells: int
) -> Iterator[dict[str, Any]]:
    """The same, as long as the table that they make stays small: absent cells are cells too."""
    names: set[str] = set()
    for n, record in enumerate(records, 1):
        names.update(record)
        require_narrow(len(names), model)
        if n * max(len(names), len(model.columns)) > most_cells:
            raise too_many_cells(most_cells)
        yield record


def too_many_cells(most: int) -> InputError:
    return InputError(
        f"the rows, or their predictions, have more than {most:,} cells: send fewer rows at a time,"
        " or start the server with a larger --max-body"
    )


READERS = {JSON: rows_of_json, CSV: rows_of_csv}
