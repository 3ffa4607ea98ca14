"""What several passes over files refuse."""

from __future__ import annotations

from rosenblatt.errors import InputError

__all__ = ["missing_target"]


def missing_target(name: str) -> InputError:
    """The error for rows without a target."""
    return InputError(
        f"the target {name!r} is missing in some rows: leave them out of the files, because a"
        " training on files takes every row"
    )
