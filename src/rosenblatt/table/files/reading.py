"""Files to tables, by the ending of the name."""

from __future__ import annotations

import os
from os import PathLike
from pathlib import Path
from typing import Final

from rosenblatt.errors import InputError
from rosenblatt.support.paths import file_path
from rosenblatt.table.files.byte_stream import COMPRESSED
from rosenblatt.table.files.file_reading import AsText, FileReading, TableFile
from rosenblatt.table.format import TableFormat
from rosenblatt.table.names import near_names

__all__ = ["read_table"]

USUAL_DELIMITER: Final = {".csv": ",", ".tsv": "\t", ".txt": "\t", ".tab": "\t"}
COLUMNAR: Final = (".parquet", ".arrow", ".feather", ".orc")
JSON: Final = (".jsonl", ".ndjson", ".json")
WORKBOOKS: Final = (".xlsx", ".xls", ".xlsb", ".xlsm", ".ods")
DATABASES: Final = (".db", ".sqlite", ".sqlite3")
PART: Final = "::"  # between a file and the sheet or table in it


def read_table(
    path: str | PathLike[str],
    fmt: TableFormat | None = None,
    *,
    as_text: AsText = (),
    hint: FileReading | None = None,
    fewest_rows: int = 0,
) -> TableFile:
    """Read CSV, TSV or TXT, Parquet, Arrow, Feather or ORC, JSON, a sheet, or a table of SQLite.

    Parameters
    ----------
    path : str or PathLike
        Text and JSON also compressed; a sheet or table is named as in ``DATA.db::table``.
    fmt : TableFormat, optional
        What the user says about the file.
    as_text : collection of str, or callable
        Columns of a text file whose cells stay as written ("007"); or a function of the names of
        all columns that returns these.
    hint : FileReading, optional
        How the file was read that a model was trained with: decides what this one leaves open.
    fewest_rows : int
        A text file with fewer is refused before its columns are built.

    Raises
    ------
    InputError
        If the file is not there, not readable or no such table; the message says how to mend it.
    """
    fmt = fmt or TableFormat()
    path, part = with_part(path if isinstance(path, Path) else file_path(path))
    require_file(path)
    endings = [suffix.lower() for suffix in path.suffixes]
    is_compressed = len(endings) > 1 and endings[-1] in COMPRESSED
    ending = endings[-2] if is_compressed else "".join(endings[-1:])
    # Each kind imports its own reader: one row is predicted sooner than all of them are imported.
    try:
        if ending in USUAL_DELIMITER:
            from rosenblatt.table.files.text_file import read_text

            return read_text(path, USUAL_DELIMITER[ending], fmt, as_text, hint, fewest_rows)
        if ending in JSON:
            from rosenblatt.table.files.json_file import read_json

            return read_json(path)
        if ending in COLUMNAR and not is_compressed:
            from rosenblatt.table.files.arrow_file import read_columnar

            return read_columnar(path, ending)
        if ending in WORKBOOKS and not is_compressed:
            from rosenblatt.table.files.spreadsheet import read_spreadsheet

            return read_spreadsheet(path, part, fmt, hint)
        if ending in DATABASES and not is_compressed:
            from rosenblatt.table.files.sqlite_file import read_sqlite

            return read_sqlite(path, part, hint)
    except PermissionError as error:
        raise unreadable(path) from error
    known = ", ".join([*USUAL_DELIMITER, *COLUMNAR, *JSON, *WORKBOOKS, *DATABASES])
    raise InputError(
        f"{path.name} has no known ending: give a table in {known} (text and JSON also with .gz, "
        ".zst or .bz2 after it)"
    )


def with_part(path: Path) -> tuple[Path, str]:
    """The file, and the sheet or table named behind it as in ``DATA.db::table``."""
    name, separator, part = path.name.rpartition(PART)
    if separator and name and not path.exists():
        return path.with_name(name), part
    return path, ""


def require_file(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"{path} is a folder: name a file in it")
    if not path.exists():
        if path.is_symlink():
            raise InputError(
                f"{path} is a link that leads to no file: mend it, or name another one"
            )
        siblings = names_in(path.parent)
        near = near_names(path.name, siblings, "the folder") if siblings else "check the path"
        raise InputError(f"there is no file {path}: {near}")
    if not os.access(path, os.R_OK):  # libraries would call it damaged
        raise unreadable(path)


def names_in(folder: Path) -> list[str]:
    """Those of its files; none of a folder that is not there or may not be listed."""
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        return []


def unreadable(path: Path) -> InputError:
    return InputError(f"{path} may not be read: change its permissions")
