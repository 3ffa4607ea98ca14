"""The last two checkpoints of a fit, on disk."""

from __future__ import annotations

import contextlib
import math
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import final

from rosenblatt.atomic import check_writable, faults_named, sync_folder
from rosenblatt.checkpoints.checkpoint import Checkpoint
from rosenblatt.checkpoints.file import is_begun, read_snapshot, write_snapshot
from rosenblatt.checkpoints.lock import locked
from rosenblatt.errors import InputError
from rosenblatt.snapshot import Snapshot

__all__ = ["Store"]

# Of the time, at most, that goes into writing.
SHARE = 0.05


@final
class Store:
    """A checkpoint's files, held for one fit.

    Attributes
    ----------
    path, previous : Path
        The newest checkpoint, and the one before.
    found : Snapshot or None
        The newest that was whole when the fit set out.
    passed_over : Exception or None
        What is wrong with a newer one.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.path, self._every = checkpoint.file, checkpoint.every
        self.previous = self.path.with_name(self.path.name + ".previous")
        self._new = self.path.with_name(self.path.name + ".new")
        for beside in (self.previous, self._new):
            refuse_foreign(beside)
        self.passed_over: Exception | None = None
        self.found = self._newest()
        self._due = -math.inf  # the first shows early whether it can be written

    @staticmethod
    @contextlib.contextmanager
    def held(checkpoint: Checkpoint) -> Iterator[Store]:
        """The files of a checkpoint, while the lock on them is held.

        InputError where another fit has it, where nothing can be written there, and where there is
        something else, which is never written over.
        """
        check_writable(checkpoint.file)
        with locked(checkpoint.file):
            yield Store(checkpoint)

    @property
    def due(self) -> bool:
        """Whether the next one is."""
        return time.perf_counter() >= self._due

    def write(self, snapshot: Snapshot) -> None:
        """Put a checkpoint in the place of the newest, which becomes the one before.

        At every moment one of the two is whole on the disk. InputError where it cannot be written.
        """
        begun = time.perf_counter()
        try:
            self._write(snapshot)
        finally:
            ended = time.perf_counter()
            pause = (ended - begun) * (1 / SHARE - 1) if self._every else 0.0
            self._due = ended + max(self._every, pause)

    def _write(self, snapshot: Snapshot) -> None:
        with faults_named(self.path):
            # The lock is held: what lies there is of a fit that was killed.
            self._new.unlink(missing_ok=True)
            try:
                with self._new.open("xb") as file:
                    write_snapshot(file, snapshot)
                    file.flush()
                    os.fsync(file.fileno())
                if self.path.exists():
                    self._new.chmod(stat.S_IMODE(self.path.stat().st_mode))
                    if self.passed_over is None:  # else the one before is all there is
                        os.replace(self.path, self.previous)
                os.replace(self._new, self.path)
            except BaseException:
                self._new.unlink(missing_ok=True)
                raise
        self.passed_over = None
        sync_folder(self.path.parent)

    def _newest(self) -> Snapshot | None:
        faults: dict[Path, Exception] = {}
        for path in (self.path, self.previous):
            try:
                found = read_snapshot(path)
            except FileNotFoundError:
                continue
            except (OSError, InputError) as error:
                faults[path] = error
                continue
            self.passed_over = faults.get(self.path)
            return found
        if not faults:
            return None
        path, fault = next(iter(faults.items()))
        raise InputError(
            f"the checkpoint {path} cannot be used ({fault}), and it is not written over: give"
            " another path, or remove the file to begin anew"
        ) from fault


def refuse_foreign(path: Path) -> None:
    """InputError where a checkpoint's own name is that of another file."""
    with faults_named(path):
        try:
            is_ours = stat.S_ISREG(path.lstat().st_mode) and is_begun(path)
        except FileNotFoundError:
            return
    if not is_ours:
        raise InputError(f"{path} is another file: remove it, or give the checkpoint another path")
