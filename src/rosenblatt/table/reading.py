"""Files to data frames, by the ending of the name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, final

from rosenblatt.errors import InputError
from rosenblatt.table.arrow_file import read_arrow, read_parquet
from rosenblatt.table.names import near_names
from rosenblatt.table.text_file import read_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TableFile", "read_table"]

USUAL_DELIMITER = {
    ".csv": ",",
    ".tsv": "\t",
    ".txt": "\t",
}
BINARY: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".feather": read_arrow,
}


@final
@dataclass(frozen=True, eq=False)
class TableFile:
    """A table, its rows numbered from 0, and notes on what was guessed in reading it."""

    frame: pd.DataFrame
    notes: tuple[str, ...]


def read_table(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    as_text: Collection[str] = (),
) -> TableFile:
    """Read CSV, TSV or TXT (also .gz), Parquet, Arrow or Feather.

    Parameters
    ----------
    path : Path
    encoding, delimiter : str or None
        Of a text file; None detects them.
    as_text : collection of str
        Columns of a text file whose cells stay as written ("007"): a model's
        `TableEncoding.text_columns`.

    Raises
    ------
    InputError
        If the file is not there, not readable or no such table; the message says how to mend it.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder: name a file in it")
    if not path.exists():
        siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        near = near_names(path.name, siblings, "the folder") if siblings else "check the path"
        raise InputError(f"there is no file {path}: {near}")
    endings = [suffix.lower() for suffix in path.suffixes]
    ending = endings[-2] if endings[-1:] == [".gz"] and endings[:-1] else "".join(endings[-1:])
    try:
        if ending in USUAL_DELIMITER:
            usual = USUAL_DELIMITER[ending]
            return TableFile(*read_text(path, usual, encoding, delimiter, as_text))
        if ending in BINARY and endings[-1] != ".gz":
            return TableFile(BINARY[ending](path), ())
    except PermissionError as error:
        raise InputError(f"{path} may not be read: change its permissions") from error
    known = ", ".join([*USUAL_DELIMITER, *BINARY])
    raise InputError(
        f"{path.name} has no known ending: give a table in {known} (text also with .gz after it)"
    )
