"""A fit that is kept on disk as it goes, and taken up again where it stood."""

from __future__ import annotations

import contextlib
import sys
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, final

import numpy as np

from rosenblatt.checkpoints import Store, checkpoint_of
from rosenblatt.errors import InputError
from rosenblatt.estimators.fits import Fit
from rosenblatt.estimators.identity import differences, identity
from rosenblatt.snapshot import Snapshot, generator_snapshot, restore_generator

if TYPE_CHECKING:
    from rosenblatt.estimators.base import BaseMLP

__all__ = ["Keeping", "keeping"]


class Keeping(ABC):
    """What is done for a fit's being kept, from before its first random number to its end."""

    @abstractmethod
    def generator(self, rng: np.random.RandomState) -> np.random.RandomState:
        """The one to begin with, for the one that `random_state` gives."""

    @abstractmethod
    def begun(self, fit: Fit) -> None:
        """Called before the first epoch: bring it to where it stood, and have it kept from then."""

    @abstractmethod
    def ended(self, fit: Fit) -> None:
        """Called when it has run."""


@contextlib.contextmanager
def keeping(est: BaseMLP, incremental: bool) -> Iterator[Keeping]:
    """The keeping that `checkpoint` asks for.

    Raises
    ------
    InputError
        Where the files cannot be used, or another fit is using them.
    ValueError
        For `partial_fit`, whose course is the caller's.
    """
    if est.checkpoint is None:
        yield NotKept()
        return
    if incremental:
        raise ValueError(
            "checkpoint belongs to fit, which knows how far it has come: partial_fit needs"
            " checkpoint=None."
        )
    with Store.held(checkpoint_of(est.checkpoint)) as store:
        yield Kept(est, store)


@final
class NotKept(Keeping):
    def generator(self, rng: np.random.RandomState) -> np.random.RandomState:
        return rng

    def begun(self, fit: Fit) -> None:
        pass

    def ended(self, fit: Fit) -> None:
        pass


@final
class Kept(Keeping):
    """A fit and its store.

    A checkpoint holds the fit's identity, where the generator stood before the first number was
    drawn, and what the fit had come to.
    """

    def __init__(self, est: BaseMLP, store: Store) -> None:
        self.est, self.store = est, store
        self.head = Snapshot()

    def generator(self, rng: np.random.RandomState) -> np.random.RandomState:
        found = self.store.found
        # A seed says where to begin, and a generator given stands there: the identity tells.
        if found is not None and self.est.random_state is None:
            rng = np.random.RandomState()
            restore_generator(rng, found.part("first"))
        self.head = generator_snapshot(rng)
        return rng

    def begun(self, fit: Fit) -> None:
        self.identity = identity(fit)
        self.est.resumed_from_ = None
        found, fault = self.store.found, self.store.passed_over
        if fault is not None:
            warnings.warn(
                f"The checkpoint {self.store.path} cannot be used ({fault}): the one before it is.",
                RuntimeWarning,
                stacklevel=5,
            )
        if found is not None:
            self._check(found.values["identity"])
            try:
                fit.restore(found.part("fit"))
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(
                    f"the checkpoint {self.store.path} cannot be used ({error}): give another path,"
                    " or remove the file to begin anew"
                ) from error
            self._go_on(self.est.history_[-1]["epoch"] if self.est.history_ else 0)
        fit.keep(self._keep_when_due)

    def ended(self, fit: Fit) -> None:
        if not fit.interrupted:
            self._write(fit, stacklevel=6)

    def _keep_when_due(self, fit: Fit) -> None:
        if self.store.due:
            self._write(fit, stacklevel=9)

    def _write(self, fit: Fit, stacklevel: int) -> None:
        parts = Snapshot.of_parts(first=self.head, fit=fit.snapshot())
        try:
            self.store.write(Snapshot({"identity": self.identity} | parts.values, parts.arrays))
        except InputError as error:  # which shall not end hours of training
            warnings.warn(
                f"{error}. Training goes on, and the checkpoint is an older one.",
                RuntimeWarning,
                stacklevel=stacklevel,
            )

    def _go_on(self, epoch: int) -> None:
        if epoch > self.est.max_iter:
            raise InputError(
                f"the checkpoint {self.store.path} has come to iteration {epoch}, which is more"
                f" than max_iter={self.est.max_iter}: raise it to go on, or take another path to"
                " begin anew"
            )
        self.est.resumed_from_ = epoch
        if self.est.verbose:
            beside_the_bar = None if self.est._prints else sys.stderr
            print(f"Going on from iteration {epoch} of {self.store.path}", file=beside_the_bar)

    def _check(self, there: dict[str, str]) -> None:
        differing = differences(there, self.identity)
        if differing:
            raise InputError(
                f"the checkpoint {self.store.path} is of another problem: {differing}. Give this"
                f" fit another path, or remove the file and {self.store.previous.name} to begin"
                " anew"
            )
