"""Files of every kind to tables."""

from rosenblatt.table.files.file_reading import FileReading, TableFile
from rosenblatt.table.files.reading import read_table

__all__ = ["FileReading", "TableFile", "read_table"]
