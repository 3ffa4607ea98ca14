"""Encodes tables as arrays; the encoding is plain data."""

from rosenblatt.table.columns import Boolean, Category, Dropped, Number
from rosenblatt.table.date_text import DateOrder
from rosenblatt.table.dates import Cycle, Date
from rosenblatt.table.encoding import ColumnLine, Encoded, TableEncoding, learn_encoding
from rosenblatt.table.reading import TableFile, read_table
from rosenblatt.table.scaling import Scaling
from rosenblatt.table.target import ClassTarget, EncodedTarget, NumberTarget
from rosenblatt.table.task import Task, guess_target, learn_target

__all__ = [
    "Boolean",
    "Category",
    "ClassTarget",
    "ColumnLine",
    "Cycle",
    "Date",
    "DateOrder",
    "Dropped",
    "Encoded",
    "EncodedTarget",
    "Number",
    "NumberTarget",
    "Scaling",
    "TableEncoding",
    "TableFile",
    "Task",
    "guess_target",
    "learn_encoding",
    "learn_target",
    "read_table",
]
