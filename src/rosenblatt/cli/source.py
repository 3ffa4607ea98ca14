"""The source of rows: a file or a bundled example."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import final

from rosenblatt.cli.examples import load_example
from rosenblatt.table import TableFile, read_table


@final
@dataclass(frozen=True)
class Source:
    """A file, or an example by name, as `check_source` has passed them; the rest is a file's."""

    data: Path | None
    example: str | None
    encoding: str | None
    delimiter: str | None

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

    def read(self, as_text: Collection[str] = ()) -> TableFile:
        """The table; columns `as_text` of a text file stay as written."""
        if self.data is not None:
            return read_table(
                self.data, encoding=self.encoding, delimiter=self.delimiter, as_text=as_text
            )
        return TableFile(load_example(self.name), ())
