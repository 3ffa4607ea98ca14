"""The files of a checkpoint, and how often it is written."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import final

from rosenblatt.errors import InputError
from rosenblatt.support.listing import brief
from rosenblatt.support.paths import file_path

__all__ = ["Checkpoint", "CheckpointWarning", "checkpoint_of"]

PREVIOUS, IN_USE = ".previous", ".in-use"


@final
class CheckpointWarning(RuntimeWarning):
    """A checkpoint could not be written; the fit goes on without it."""


@final
@dataclass(frozen=True)
class Checkpoint:
    """A path with options, for the parameter `checkpoint` of an estimator.

    Parameters
    ----------
    path : path-like
        The file; `~` is not expanded, as in pathlib. Further files lie beside it: the previous
        checkpoint (`.previous` appended to the name) and, during a fit, a lock (`.in-use`). No
        checkpoint may have such a name itself. While one is written there is also a hidden file
        that ends in `.tmp`.
    every : float, default=10.0
        Least time in seconds between two checkpoints; the first is written after the first epoch.
        The time is extended so that writing takes at most a twentieth of it; 0 writes after every
        epoch.
    """

    path: str | os.PathLike[str]
    every: float = 10.0

    def __post_init__(self) -> None:
        file_path(self.path, "path of Checkpoint")
        name = self.file.name.casefold()  # some file systems ignore case
        for ending in (PREVIOUS, IN_USE):
            if name.endswith(ending):
                raise InputError(
                    f"path of Checkpoint={os.fspath(self.path)!r}: a name that ends in {ending} is"
                    " reserved for a file beside another checkpoint; choose another one"
                )
        if not (isinstance(self.every, Real) and 0 <= self.every <= sys.float_info.max):
            raise InputError(
                f"every={brief(self.every)} of Checkpoint: it takes seconds, 0 or more"
            )

    @property
    def file(self) -> Path:
        return Path(os.path.realpath(self.path))

    @property
    def previous(self) -> Path:
        """The previous checkpoint."""
        return sibling(self.file, PREVIOUS)

    @property
    def next(self) -> Path:
        """The file that is being written, under a name that does not collide with a user's."""
        name = self.file.name
        digest = hashlib.blake2b(os.fsencode(name), digest_size=8).hexdigest()
        return self.file.with_name(f".{name[:40]}.{digest}.tmp")

    @property
    def lock(self) -> Path:
        return sibling(self.file, IN_USE)

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that a fit may write."""
        return self.file, self.previous, self.next, self.lock


def sibling(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


def checkpoint_of(given: str | os.PathLike[str] | Checkpoint) -> Checkpoint:
    return given if isinstance(given, Checkpoint) else Checkpoint(given)
