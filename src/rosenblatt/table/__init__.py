"""Tables: files and data frames to arrays. How they are read and encoded is plain data."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rosenblatt.table.cells import Cells
    from rosenblatt.table.columns import Boolean, Category, Dropped, Number
    from rosenblatt.table.dates import Cycle, Date
    from rosenblatt.table.encoding import (
        ColumnLine,
        Encoded,
        TableEncoding,
        learn_encoding,
    )
    from rosenblatt.table.files.file_reading import FileReading, TableFile
    from rosenblatt.table.files.reading import read_table
    from rosenblatt.table.format import ColumnKind, TableFormat
    from rosenblatt.table.notation.date_order import DateOrder
    from rosenblatt.table.notation.dates import DateNotation
    from rosenblatt.table.notation.durations import DurationNotation
    from rosenblatt.table.notation.numbers import NumberNotation
    from rosenblatt.table.overview import ColumnOverview, overview_of
    from rosenblatt.table.row_format import for_rows
    from rosenblatt.table.scaling import Scaling
    from rosenblatt.table.table import Table, table_of
    from rosenblatt.table.table_formats import TableFormats, recognise_table
    from rosenblatt.table.target import ClassTarget, EncodedTarget, NumberTarget
    from rosenblatt.table.task import Task, guess_target, learn_target

__all__ = [
    "Boolean",
    "Category",
    "Cells",
    "ClassTarget",
    "ColumnKind",
    "ColumnLine",
    "ColumnOverview",
    "Cycle",
    "Date",
    "DateNotation",
    "DateOrder",
    "Dropped",
    "DurationNotation",
    "Encoded",
    "EncodedTarget",
    "FileReading",
    "Number",
    "NumberNotation",
    "NumberTarget",
    "Scaling",
    "Table",
    "TableEncoding",
    "TableFile",
    "TableFormat",
    "TableFormats",
    "Task",
    "for_rows",
    "guess_target",
    "learn_encoding",
    "learn_target",
    "overview_of",
    "read_table",
    "recognise_table",
    "table_of",
]

# Imported at first use: the format of a table is checked before pyarrow is needed.
MODULES = {
    "cells": ("Cells",),
    "columns": ("Boolean", "Category", "Dropped", "Number"),
    "dates": ("Cycle", "Date"),
    "encoding": ("ColumnLine", "Encoded", "TableEncoding", "learn_encoding"),
    "files.file_reading": ("FileReading", "TableFile"),
    "files.reading": ("read_table",),
    "format": ("ColumnKind", "TableFormat"),
    "notation.date_order": ("DateOrder",),
    "notation.dates": ("DateNotation",),
    "notation.durations": ("DurationNotation",),
    "notation.numbers": ("NumberNotation",),
    "overview": ("ColumnOverview", "overview_of"),
    "row_format": ("for_rows",),
    "scaling": ("Scaling",),
    "table": ("Table", "table_of"),
    "table_formats": ("TableFormats", "recognise_table"),
    "target": ("ClassTarget", "EncodedTarget", "NumberTarget"),
    "task": ("Task", "guess_target", "learn_target"),
}
MODULE_OF = {name: module for module, names in MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
