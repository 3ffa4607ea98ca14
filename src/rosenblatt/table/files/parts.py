"""Which sheet of a workbook, or table of a database, is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rosenblatt.errors import InputError
from rosenblatt.table.files.file_reading import FileReading
from rosenblatt.table.messages import quote
from rosenblatt.table.names import near_names

__all__ = ["chosen_part"]


def chosen_part(
    path: Path,
    named: str,
    names: Sequence[str],
    filled: Sequence[str],
    hint: FileReading | None,
    *,
    noun: str,
) -> str:
    """The part that was named, else that of the training, else the only one with rows.

    Raises
    ------
    InputError
        If there is none of that name, or several have rows.
    """
    if named and named not in names:
        raise InputError(f"{path.name} has no {noun} {named!r}: {near_names(named, names)}")
    if named:
        return named
    if hint is not None and hint.part in names:
        return hint.part
    if len(filled) > 1:
        raise InputError(
            f"{path.name} has {len(filled)} {noun}s, {quote(filled)}: name one as "
            f"{path.name}::{filled[0]}"
        )
    return filled[0]
