"""The source of rows: a file or a bundled example."""

from __future__ import annotations

import glob
import os
import shlex
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import final

from rosenblatt.cli.examples import load_example
from rosenblatt.cli.standard_input import NAME, STANDARD_INPUT, spooled
from rosenblatt.errors import InputError
from rosenblatt.support.paths import is_pattern
from rosenblatt.table import (
    FileReading,
    Number,
    TableEncoding,
    TableFile,
    TableFormat,
    read_table,
)
from rosenblatt.table.files.file_reading import AsText, require_rows
from rosenblatt.table.task import guess_by_name


@final
@dataclass(frozen=True)
class Source:
    """A file, or an example by name, as `check_source` has passed them; what is said of it."""

    data: Path | None
    example: str | None
    format: TableFormat

    @property
    def name(self) -> str:
        return NAME if self.is_standard_input else str(self.data or self.example)

    @property
    def is_standard_input(self) -> bool:
        return self.data == STANDARD_INPUT

    @property
    def is_pattern(self) -> bool:
        """Whether it is a folder or a pattern of files, and not a file."""
        return self.data is not None and is_pattern(str(self.data))

    def require_one_file(self) -> None:
        """InputError for a folder or pattern of Parquet files, which workers alone read."""
        if not self.is_pattern:
            return
        path = self.data
        pattern = f"{glob.escape(str(path))}/*.parquet" if os.path.isdir(str(path)) else str(path)
        if any(found.endswith(".parquet") for found in glob.glob(pattern, recursive=True)):
            raise InputError(
                f"{path} stands for several files, which are read by workers: give --workers 2 or"
                " more too, or one file"
            )

    @property
    def stem(self) -> str:
        """The name without folder and endings: 'adult' for 'tables/adult.csv.gz'."""
        if self.is_standard_input:
            return "stdin"
        if self.is_pattern:
            return next(filter(is_word, reversed(Path(self.name).parts)), "files")
        file = Path(self.name)
        return Path(file.stem).stem if file.suffix == ".gz" else file.stem

    @property
    def arguments(self) -> str:
        """The source as command-line arguments."""
        if self.is_standard_input:
            return "-"
        return f"--example {self.example}" if self.data is None else shlex.quote(str(self.data))

    @property
    def target(self) -> str | None:
        """The column to predict of an example; None for a file."""
        return "target" if self.data is None else None

    def read(
        self,
        encoding: TableEncoding | None = None,
        *,
        target: str | None = None,
        besides: Sequence[str | None] = (),
        kept: Sequence[str] = (),
        fewest_rows: int = 0,
    ) -> TableFile:
        """The table; with the encoding of a model, read as that was.

        Without one, the cells of the target, which is guessed from the names besides these and
        those of columns to drop if it is None, stay as written; with one those of columns to keep
        do, where they are no numbers to it.

        Fewer rows than `fewest_rows` are refused, as early as they are counted.
        """
        if self.data is None:
            return TableFile(load_example(self.name), FileReading("example"))
        as_text: AsText
        if encoding is None:
            as_text, hint = labels(target, (*besides, *self.format.dropped)), None
        else:
            as_text, hint = (*encoding.text_columns, *no_numbers(kept, encoding)), encoding.hint
        with spooled() if self.is_standard_input else nullcontext(self.data) as path:
            found = read_table(
                path, self.format, as_text=as_text, hint=hint, fewest_rows=fewest_rows
            )
            require_rows(path.name, len(found.table), fewest_rows)
        return found


def is_word(part: str) -> bool:
    """Whether a part of a path is a name, and no pattern nor a step of the way."""
    return not glob.has_magic(part) and part.strip("./\\") != ""


def no_numbers(names: Sequence[str], encoding: TableEncoding) -> list[str]:
    numbers = {column.name for column in encoding.columns if isinstance(column, Number)}
    return [name for name in names if name not in numbers]


def labels(target: str | None, besides: Sequence[str | None]) -> AsText:
    """The columns whose cells stay as written: the target."""
    if target is not None:
        return (target,)
    return lambda names: guessed([name for name in names if name not in besides])


def guessed(names: Sequence[str]) -> tuple[str, ...]:
    return (guess_by_name(names)[0],) if names else ()
