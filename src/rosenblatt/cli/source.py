"""The source of rows: a file or a bundled example."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

from rosenblatt.cli.examples import load_example
from rosenblatt.table import (
    FileReading,
    TableEncoding,
    TableFile,
    TableFormat,
    read_table,
)
from rosenblatt.table.files.file_reading import AsText
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
        return str(self.data or self.example)

    @property
    def stem(self) -> str:
        """The name without folder and endings: 'adult' for 'tables/adult.csv.gz'."""
        file = Path(self.name)
        return Path(file.stem).stem if file.suffix == ".gz" else file.stem

    @property
    def arguments(self) -> str:
        """The source as command-line arguments."""
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
    ) -> TableFile:
        """The table; with the encoding of a model, read as that was.

        Without one, the cells of the target, which is guessed from the names besides these and
        those of columns to drop if it is None, stay as written.
        """
        if self.data is None:
            return TableFile(load_example(self.name), FileReading("example"))
        if encoding is None:
            others = (*besides, *self.format.dropped)
            return read_table(self.data, self.format, as_text=labels(target, others))
        return read_table(self.data, self.format, as_text=encoding.text_columns, hint=encoding.hint)


def labels(target: str | None, besides: Sequence[str | None]) -> AsText:
    """The columns whose cells stay as written: the target."""
    if target is not None:
        return (target,)
    return lambda names: guessed([name for name in names if name not in besides])


def guessed(names: Sequence[str]) -> tuple[str, ...]:
    return (guess_by_name(names)[0],) if names else ()
