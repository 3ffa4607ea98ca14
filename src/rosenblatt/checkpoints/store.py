"""Reads and writes the last two checkpoints of a fit."""

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
from rosenblatt.support.atomic import NEW, PRIVATE, faults_named, hand_on, try_beside
from rosenblatt.support.output_place import OutputPlace, output_place
from rosenblatt.support.state_dict import StateDict
from rosenblatt.support.unfinished import unfinished

__all__ = ["Store", "check_usable"]

# Fraction of the time that is spent on writing, at most.
WRITING_FRACTION = 0.05


@final
class Store:
    """The files of a checkpoint, used by one fit.

    Attributes
    ----------
    path, previous : Path
        The newest checkpoint, and the one before.
    found : StateDict or None
        The newest intact state when the fit began.
    found_in : Path
        The file it was in.
    before : StateDict or None
        The state before it, without arrays, because the next write replaces that file.
    passed_over : Exception or None
        Why a newer file was not used.
    unwritable : InputError or None
        Why nothing can be written here: the state found may be loaded but not continued.
    """

    def __init__(
        self, checkpoint: Checkpoint, place: OutputPlace, unwritable: InputError | None = None
    ) -> None:
        self._place, self._every = place, checkpoint.every
        self._before = place.beside(checkpoint.previous.name)
        self._next = place.beside(checkpoint.next.name)
        self.path, self.previous = place.path, self._before.path
        self.unwritable = unwritable
        for own in (self._before, self._next):
            refuse_foreign(own)
        self.found: StateDict | None = None
        self.found_in = self.path
        self.before: StateDict | None = None
        self.passed_over: Exception | None = None
        self._read()
        self._due = -math.inf  # the first write is early, so that errors show early

    @staticmethod
    @contextlib.contextmanager
    def held(checkpoint: Checkpoint) -> Iterator[Store]:
        """Open the files of a checkpoint and hold their lock.

        Raises
        ------
        InputError
            If another fit holds the lock; if nothing can be written and there is nothing to load;
            or if a file of these names is no checkpoint, which is never overwritten, or another
            user's in a folder of everybody's.
        """
        given = Path(checkpoint.path)
        with contextlib.ExitStack() as stack:
            with faults_named(given):
                place = stack.enter_context(output_place(given))
                for file in checkpoint.files:
                    place.beside(file.name).status()
            try:
                with faults_named(given):
                    try_beside(place)
            except InputError as fault:
                # A folder that is not writable needs no lock.
                if place.status() is None:
                    raise
                yield Store(checkpoint, place, unwritable=fault)
                return
            with locked(place.path, place.beside(checkpoint.lock.name)):
                yield Store(checkpoint, place)

    @property
    def due(self) -> bool:
        """Whether the next checkpoint is due."""
        return time.perf_counter() >= self._due

    def write(self, snapshot: StateDict) -> None:
        """Write the newest checkpoint; the one that was newest becomes the previous one.

        At every moment one of the two is intact on disk.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        if self.unwritable is not None:  # it is not locked either
            raise self.unwritable
        begun = time.perf_counter()
        try:
            self._write(snapshot)
        finally:
            ended = time.perf_counter()
            pause = (ended - begun) * (1 / WRITING_FRACTION - 1) if self._every else 0.0
            self._due = ended + max(self._every, pause)

    def _write(self, snapshot: StateDict) -> None:
        with faults_named(self.path), unfinished(self._next.remove):
            # Under the lock: a leftover is from a fit that was killed.
            self._next.remove()
            try:
                descriptor = self._next.open(NEW, PRIVATE)
                with os.fdopen(descriptor, "wb") as file:
                    write_snapshot(file, snapshot)
                    file.flush()
                    hand_on(self._place, self._next, descriptor)
                    os.fsync(descriptor)
                if self._place.status() is not None and self.passed_over is None:
                    self._place.becomes(self._before)  # else only that one is intact
                self._next.becomes(self._place)
            except BaseException:
                self._next.remove()
                raise
        self.passed_over = None
        self._place.sync_folder()

    def _read(self) -> None:
        """Find the newest intact state; InputError if a file of these names is no checkpoint."""
        faults = []
        for place in (self._place, self._before):
            path = place.path
            try:
                snapshot = read_snapshot(place)
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
            f"the checkpoint {path} cannot be used ({fault}), and it is not overwritten: give"
            f" another path, or remove the file {otherwise}"
        )


def check_usable(checkpoint: Checkpoint) -> None:
    """InputError if a fit cannot begin with this checkpoint: for before its data are read."""
    with Store.held(checkpoint):
        pass


def refuse_foreign(place: OutputPlace) -> None:
    """InputError if a file under a checkpoint's name is no checkpoint."""
    with faults_named(place.path):
        status = place.status()
        if status is None:
            return
        is_ours = stat.S_ISREG(status.st_mode) and begins(place)
    if not is_ours:
        raise InputError(
            f"{place.path} is another file: remove it, or give the checkpoint another path"
        )


def begins(place: OutputPlace) -> bool:
    with place.reader() as file:
        return is_begun(file)
