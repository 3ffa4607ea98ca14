"""A parsed command line, ready to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from rosenblatt.cli.address_space import check_address_space
from rosenblatt.cli.examples import check_example
from rosenblatt.cli.libraries import check_environment
from rosenblatt.errors import InputError

if TYPE_CHECKING:
    from rosenblatt.cli.screen import Screen
    from rosenblatt.cli.source import Source
    from rosenblatt.table import TableFormat


@final
@dataclass(frozen=True)
class Job:
    """A command to run. Heavy imports happen only when it is called."""

    work: Callable[[Screen], dict[str, Any]]
    as_json: bool
    quiet: bool = False

    def __call__(self) -> None:
        check_address_space()
        check_environment()
        from rosenblatt.cli.screen import Screen

        screen = Screen(quiet=self.quiet, as_json=self.as_json)
        screen.finish(self.work(screen))


def check_source(data: Path | None, example: str | None) -> None:
    """InputError unless there is a file or an example that exists, and not both."""
    if (data is None) == (example is None):
        raise InputError("give either a table's file or --example NAME, and not both")
    if example is not None:
        check_example(example)


def source_of(data: Path | None, example: str | None, fmt: TableFormat) -> Source:
    from rosenblatt.cli.source import Source

    return Source(data, example, fmt)
