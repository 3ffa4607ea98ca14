"""Where a fit is kept, and how often."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import final

from rosenblatt.errors import InputError
from rosenblatt.support.paths import file_path

__all__ = ["Checkpoint", "checkpoint_of"]

PREVIOUS, IN_USE = ".previous", ".in-use"


@final
@dataclass(frozen=True)
class Checkpoint:
    """What `checkpoint=` of an estimator takes, where a path alone does not say enough.

    Parameters
    ----------
    path : path-like
        The file; `~` is not expanded, as in pathlib. Beside it, under the same name and an ending
        of their own, lie the checkpoint before (`.previous`) and, during a fit, a lock (`.in-use`):
        names that no checkpoint may have itself. While the next one is written, a hidden file that
        ends in `.tmp` lies there as well.
    every : float, default=10.0
        Seconds from one to the next, at least; the first is written after the first epoch. It is
        longer where the writing would otherwise take more than a twentieth of the time; 0 writes
        after every epoch whatever it takes.
    """

    path: str | os.PathLike[str]
    every: float = 10.0

    def __post_init__(self) -> None:
        file_path(self.path, "path of Checkpoint")
        name = self.file.name.casefold()  # case makes no other file on every system
        for ending in (PREVIOUS, IN_USE):
            if name.endswith(ending):
                raise InputError(
                    f"path of Checkpoint={os.fspath(self.path)!r}: a name that ends in {ending} is"
                    " that of a file beside another checkpoint; choose another one"
                )
        if not (isinstance(self.every, Real) and 0 <= self.every <= sys.float_info.max):
            raise InputError(f"every={self.every!r} of Checkpoint: it takes seconds, 0 or more")

    @property
    def file(self) -> Path:
        return Path(os.path.realpath(self.path))

    @property
    def previous(self) -> Path:
        """The checkpoint before."""
        return beside(self.file, PREVIOUS)

    @property
    def next(self) -> Path:
        """The one that is being written: of a name that nobody gives a file of his own."""
        name = self.file.name
        digest = hashlib.blake2b(os.fsencode(name), digest_size=8).hexdigest()
        return self.file.with_name(f".{name[:40]}.{digest}.tmp")

    @property
    def lock(self) -> Path:
        return beside(self.file, IN_USE)

    @property
    def files(self) -> tuple[Path, ...]:
        """All that are written."""
        return self.file, self.previous, self.next, self.lock


def beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


def checkpoint_of(given: str | os.PathLike[str] | Checkpoint) -> Checkpoint:
    return given if isinstance(given, Checkpoint) else Checkpoint(given)
