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

from rosenblatt.checkpoints.checkpoint import Checkpoint
from rosenblatt.checkpoints.file import Damaged, is_begun, read_snapshot, write_snapshot
from rosenblatt.checkpoints.lock import locked
from rosenblatt.errors import InputError
from rosenblatt.support.atomic import check_writable, faults_named, sync_folder
from rosenblatt.support.state_dict import StateDict

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
    found : StateDict or None
        The newest that was whole when the fit set out.
    found_in : Path
        Which of the two it was.
    before : StateDict or None
        The one before it, without its arrays: the next writing puts another in its place.
    passed_over : Exception or None
        How a newer one is damaged.
    unwritable : InputError or None
        Why nothing can be written here: what is found may be loaded, and not gone on from.
    """

    def __init__(self, checkpoint: Checkpoint, unwritable: InputError | None = None) -> None:
        self.path, self.previous = checkpoint.file, checkpoint.previous
        self._next, self._every = checkpoint.next, checkpoint.every
        self.unwritable = unwritable
        for own in (self.previous, self._next):
            refuse_foreign(own)
        self.found: StateDict | None = None
        self.found_in = self.path
        self.before: StateDict | None = None
        self.passed_over: Exception | None = None
        self._read()
        self._due = -math.inf  # the first shows early whether it can be written

    @staticmethod
    @contextlib.contextmanager
    def held(checkpoint: Checkpoint) -> Iterator[Store]:
        """The files of a checkpoint, while the lock on them is held.

        InputError where another fit has it, where nothing can be written there nor is anything to
        be loaded, and where there is something else, which is never written over.
        """
        try:
            check_writable(checkpoint.file)
        except InputError as fault:
            # Where nobody can write there is nothing to lock.
            if not os.path.isfile(checkpoint.file):
                raise
            yield Store(checkpoint, unwritable=fault)
            return
        with locked(checkpoint.file, checkpoint.lock):
            yield Store(checkpoint)

    @property
    def due(self) -> bool:
        """Whether the next one is."""
        return time.perf_counter() >= self._due

    def write(self, snapshot: StateDict) -> None:
        """Put a checkpoint in the place of the newest, which becomes the one before.

        At every moment one of the two is whole on the disk. InputError where it cannot be written.
        """
        if self.unwritable is not None:  # it is not locked either
            raise self.unwritable
        begun = time.perf_counter()
        try:
            self._write(snapshot)
        finally:
            ended = time.perf_counter()
            pause = (ended - begun) * (1 / SHARE - 1) if self._every else 0.0
            self._due = ended + max(self._every, pause)

    def _write(self, snapshot: StateDict) -> None:
        with faults_named(self.path):
            # The lock is held: what lies there is of a fit that was killed.
            self._next.unlink(missing_ok=True)
            try:
                with self._next.open("xb") as file:
                    write_snapshot(file, snapshot)
                    file.flush()
                    os.fsync(file.fileno())
                if self.path.exists():
                    self._next.chmod(stat.S_IMODE(self.path.stat().st_mode))
                    if self.passed_over is None:  # else the one before is all there is
                        os.replace(self.path, self.previous)
                os.replace(self._next, self.path)
            except BaseException:
                self._next.unlink(missing_ok=True)
                raise
        self.passed_over = None
        sync_folder(self.path.parent)

    def _read(self) -> None:
        """Find the newest; InputError where a file of these names is not for writing over."""
        faults = []
        for path in (self.path, self.previous):
            try:
                snapshot = read_snapshot(path)
            except FileNotFoundError:
                continue
            except Damaged as fault:
                faults.append((path, fault))
                continue
            except (OSError, InputError) as fault:
                raise self._unusable(path, fault) from fault
            if self.found is None:
                self.found, self.found_in = snapshot, path
                self.passed_over = faults[0][1] if faults else None
            else:
                self.before = StateDict(snapshot.values)
        if faults and self.found is None:
            raise self._unusable(*faults[0]) from faults[0][1]

    def _unusable(self, path: Path, fault: Exception) -> InputError:
        otherwise = "to begin anew"
        if path == self.path and os.path.exists(self.previous):
            otherwise = f"to go on from {self.previous.name}"
        elif self.found is not None:
            otherwise = f"to go on from {self.path.name}"
        return InputError(
            f"the checkpoint {path} cannot be used ({fault}), and it is not written over: give"
            f" another path, or remove the file {otherwise}"
        )


def refuse_foreign(path: Path) -> None:
    """InputError where a checkpoint's own name is that of another file."""
    with faults_named(path):
        try:
            is_ours = stat.S_ISREG(path.lstat().st_mode) and is_begun(path)
        except FileNotFoundError:
            return
    if not is_ours:
        raise InputError(f"{path} is another file: remove it, or give the checkpoint another path")
