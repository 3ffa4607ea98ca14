"""A parsed command line, ready to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

if TYPE_CHECKING:
    from rosenblatt.cli.screen import Screen
    from rosenblatt.cli.source import Source


@final
@dataclass(frozen=True)
class Job:
    """A command to run. Heavy imports happen only when it is called."""

    work: Callable[[Screen], dict[str, Any]]
    as_json: bool
    quiet: bool = False

    def __call__(self) -> None:
        from rosenblatt.cli.screen import Screen

        screen = Screen(quiet=self.quiet, as_json=self.as_json)
        screen.finish(self.work(screen))


def source_of(
    data: Path | None, example: str | None, encoding: str | None, delimiter: str | None
) -> Source:
    from rosenblatt.cli.source import Source

    return Source(data, example, encoding, delimiter)
