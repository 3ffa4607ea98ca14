"""Saves the state of a fit in checkpoints, and resumes a fit from one."""

from __future__ import annotations

import contextlib
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import final

import numpy as np

from rosenblatt.checkpoints import CheckpointWarning, Store, checkpoint_of
from rosenblatt.errors import InputError
from rosenblatt.fitting.data import Columns
from rosenblatt.fitting.fits import Fit, FullBatchFit
from rosenblatt.fitting.resume.fingerprint import differences, identity
from rosenblatt.options.parameters import Parameters
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.plain_text import printable
from rosenblatt.support.state_dict import StateDict, generator_state, load_generator_state
from rosenblatt.support.wording import worded

__all__ = ["CheckpointSession", "checkpoint_session"]

# Exceptions that an intact file with other contents may cause.
MADE_UP = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)
# Limits of a fit that may be raised for a resumed one.
LIMITS = ("max_iter", "max_fun")


class CheckpointSession(ABC):
    """The checkpoints of one fit, from before its first random number to its end."""

    @abstractmethod
    def generator(self, rng: np.random.RandomState) -> np.random.RandomState:
        """The generator to begin with: that of `random_state`, or of the checkpoint."""

    @abstractmethod
    def begun(self, fit: Fit) -> None:
        """Resume the fit from the checkpoint, and save it from then on. Before its first step."""

    @abstractmethod
    def ended(self, fit: Fit) -> None:
        """Save the end of the fit."""

    def run(self, fit: Fit) -> None:
        """Run the fit, from the checkpoint if there is one."""
        self.begun(fit)
        fit.run()
        fit.result()  # a fit without one is not worth a checkpoint
        self.ended(fit)


@contextlib.contextmanager
def checkpoint_session(
    parameters: Parameters, owner: str, columns: Columns, incremental: bool
) -> Iterator[CheckpointSession]:
    """The session that the parameter `checkpoint` asks for.

    Parameters
    ----------
    parameters : Parameters
    owner : str
        The class of the estimator.
    columns : Columns
        Those of X.
    incremental : bool
        Whether the fit is a call of `partial_fit`.

    Raises
    ------
    InputError
        If the files cannot be used, or another fit is using them.
    ValueError
        For `partial_fit`, whose course is the caller's.
    """
    if parameters.checkpoint is None:
        yield NoSession()
        return
    if incremental:
        raise ValueError(
            "checkpoint belongs to fit, which knows how far it has come: partial_fit needs"
            " checkpoint=None."
        )
    with Store.held(checkpoint_of(parameters.checkpoint)) as store:
        yield StoredSession(parameters, owner, columns, store)


@final
class NoSession(CheckpointSession):
    def generator(self, rng: np.random.RandomState) -> np.random.RandomState:
        return rng

    def begun(self, fit: Fit) -> None:
        pass

    def ended(self, fit: Fit) -> None:
        pass


@final
class StoredSession(CheckpointSession):
    """Checkpoints in a store.

    A checkpoint holds the fit's identity and limits, the state of the generator before its first
    number, and the state of the fit.
    """

    def __init__(self, parameters: Parameters, owner: str, columns: Columns, store: Store) -> None:
        self.parameters, self.owner, self.columns = parameters, owner, columns
        self.store, self.head = store, StateDict()

    def generator(self, rng: np.random.RandomState) -> np.random.RandomState:
        found = self.store.found
        # A seed or a generator is part of the identity, which is compared.
        if found is not None and self.parameters.random_state is None:
            rng = np.random.RandomState()
            with self._usable(self.store.found_in):
                load_generator_state(rng, found.part("first"))
        self.head = generator_state(rng)
        return rng

    def begun(self, fit: Fit) -> None:
        self.identity = identity(fit, self.owner, self.columns)
        found, fault = self.store.found, self.store.passed_over
        if found is not None:
            self._check(self.store.found_in, found)
            if self.store.before is not None:
                self._check(self.store.previous, self.store.before)
            if fault is not None:
                warn_caller(
                    f"The checkpoint {self.store.path} cannot be used ({fault}): the one before it"
                    " is.",
                    RuntimeWarning,
                )
            with self._usable(self.store.found_in):
                fit.load_state_dict(found.part("fit"))
                self._check_limits(fit, found)
        if self.store.unwritable is None:
            fit.enable_checkpoints(self._save_when_due)
            return
        # Whether a fit in one piece is finished is known only after a replay.
        if not (fit.finished or isinstance(fit, FullBatchFit)):
            raise self.store.unwritable
        fit.enable_checkpoints(self._refuse_to_continue)

    def ended(self, fit: Fit) -> None:
        try:
            if not (fit.interrupted or self._nothing_new(fit)):
                self._write(fit, "The fit is over and whole")
        except KeyboardInterrupt:
            warn_caller("Writing the last checkpoint was interrupted by the user.", RuntimeWarning)
        finally:
            fit.release()

    def _refuse_to_continue(self, fit: Fit) -> None:
        if self.store.unwritable is not None and not self._nothing_new(fit):
            raise self.store.unwritable

    def _save_when_due(self, fit: Fit) -> None:
        if self.store.due:
            self._write(fit, "Training goes on")

    def _write(self, fit: Fit, otherwise: str) -> None:
        limits = {name: getattr(self.parameters, name) for name in LIMITS}
        # An error while saving must not end hours of training.
        try:
            parts = StateDict.of_parts(first=self.head, fit=fit.state_dict())
            values = {"identity": self.identity, "limits": limits}
            self.store.write(StateDict(values | parts.values, parts.arrays))
        except (InputError, MemoryError, TypeError, ValueError) as error:
            there = "what is there is an older one" if self.store.path.exists() else "there is none"
            warn_caller(f"No checkpoint: {error}. {otherwise}, and {there}.", CheckpointWarning)

    def _nothing_new(self, fit: Fit) -> bool:
        resumed = fit.log.resumed_from
        unchanged = resumed is not None and resumed == fit.log.last_epoch
        return unchanged and self.store.passed_over is None

    def _check(self, path: Path, there: StateDict) -> None:
        with self._usable(path):
            differing = differences(dict(there.values["identity"]), self.identity)
        if differing:
            newer = path != self.store.found_in  # than this, which its next writing replaces
            files = "the file" if newer else f"the file and {self.store.previous.name}"
            raise InputError(
                f"the checkpoint {path} is of another problem: {differing}. Give this fit another"
                f" path, or remove {files} to {'go on' if newer else 'begin anew'}"
            )

    def _check_limits(self, fit: Fit, found: StateDict) -> None:
        p, epoch, before = self.parameters, fit.log.last_epoch, found.values["limits"]
        if epoch > p.max_iter:
            raise InputError(
                f"the checkpoint {self.store.path} has come to iteration {epoch}, which is more"
                f" than max_iter={p.max_iter}: raise it to go on, or take another path to"
                " begin anew"
            )
        if p.max_fun < before["max_fun"]:
            raise InputError(
                f"max_fun is {p.max_fun} and was {before['max_fun']} for the checkpoint"
                f" {self.store.path}: it may be raised, or take another path to begin anew"
            )
        rates = fit.schedule_of_length(before["max_iter"])
        if rates:
            warn_caller(
                f"max_iter is {p.max_iter} and was {before['max_iter']}, and {rates} spans the"
                " run: from here on its rates are those of the longer or shorter one. Give it a"
                " number of steps to have them follow from the step alone.",
                RuntimeWarning,
            )
        fit.log.resumed_from = epoch
        if p.verbose:
            beside_the_bar = None if p.prints_lines else sys.stderr
            path = printable(str(self.store.path))
            print(worded(f"Going on from iteration {epoch} of {path}"), file=beside_the_bar)

    @contextlib.contextmanager
    def _usable(self, path: Path) -> Iterator[None]:
        try:
            yield
        except InputError:
            raise
        except MADE_UP as error:
            said = type(error) is ValueError and bool(str(error))  # others are words of Python's
            fault = str(error) if said else "its values are none of a fit"
            raise InputError(
                f"the checkpoint {path} cannot be used ({fault}): give another path,"
                " or remove the file to begin anew"
            ) from error
