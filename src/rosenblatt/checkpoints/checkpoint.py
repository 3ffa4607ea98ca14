"""Where a fit is kept, and how often."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import final

from rosenblatt.errors import InputError

__all__ = ["Checkpoint", "checkpoint_of"]


@final
@dataclass(frozen=True)
class Checkpoint:
    """What `checkpoint=` of an estimator takes, where a path alone does not say enough.

    Parameters
    ----------
    path : path-like
        The file. Beside it, under the same name and an ending of their own, lie the checkpoint
        before (`.previous`) and, during a fit, a lock (`.in-use`) and the next one (`.new`).
    every : float, default=10.0
        Seconds from one to the next, at least; the first is written after the first epoch. It is
        longer where the writing would otherwise take more than a twentieth of the time; 0 writes
        after every epoch whatever it takes.
    """

    path: str | os.PathLike[str]
    every: float = 10.0

    def __post_init__(self) -> None:
        if not (isinstance(self.path, str | os.PathLike) and os.fspath(self.path)):
            raise InputError(f"path={self.path!r} of Checkpoint: it takes the path of a file")
        if not (self.every >= 0 and math.isfinite(self.every)):
            raise InputError(f"every={self.every!r} of Checkpoint: it takes seconds, 0 or more")

    @property
    def file(self) -> Path:
        return Path(os.path.realpath(self.path))


def checkpoint_of(given: str | os.PathLike[str] | Checkpoint) -> Checkpoint:
    return given if isinstance(given, Checkpoint) else Checkpoint(given)
