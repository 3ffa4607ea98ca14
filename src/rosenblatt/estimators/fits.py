"""A fit that has begun: what it starts from, and how it goes on to its end."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.estimators.control import Control
from rosenblatt.estimators.following import Followers
from rosenblatt.network import Network
from rosenblatt.problem import Arrays
from rosenblatt.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.estimators.base import BaseMLP

__all__ = ["Fit", "Solved", "Start", "WholeFit"]


@final
@dataclass
class Start:
    """What a solver takes over from the estimator; it writes the fit's attributes on `est`.

    Attributes
    ----------
    theta, state : arrays
        To begin from; those who learn epoch by epoch change them in place.
    train, validation : Arrays
        The rows to learn from, and those to validate on where they were given.
    incremental : bool
        Whether this is a call of `partial_fit`.
    """

    est: BaseMLP
    network: Network
    theta: FloatArray
    state: FloatArray
    train: Arrays
    validation: Arrays | None
    rng: np.random.RandomState
    control: Control
    followers: Followers
    incremental: bool = False


class Fit(ABC):
    """A fit under way, which may be run in pieces, to the same end."""

    start: Start

    @abstractmethod
    def run(self, until: int | None = None) -> None:
        """Go on to the end, or to a pause after epoch `until`."""

    @property
    @abstractmethod
    def finished(self) -> bool:
        """Whether there is nothing left to run."""

    @property
    @abstractmethod
    def converged(self) -> bool:
        """Whether it ended by none of its limits."""

    @property
    @abstractmethod
    def remark(self) -> str | None:
        """What else there is to say of its end."""

    @property
    @abstractmethod
    def shown(self) -> tuple[FloatArray, FloatArray]:
        """The parameters and the state that the fit shows as it stands, where they lie."""

    @abstractmethod
    def warn_of_limit(self) -> None:
        """Say that a limit ended the fit before it converged, where one did, and the remark."""


@final
class Solved(NamedTuple):
    """The parameters that a solver has found, and, where a limit ended it, what to say of it."""

    theta: FloatArray
    limit: str | None


@final
class WholeFit(Fit):
    """A fit in one piece, which pauses nowhere but at its end."""

    remark = None

    def __init__(self, start: Start, solve: Callable[[Start], Solved]) -> None:
        self.start, self._solve = start, solve
        self._solved: Solved | None = None

    def run(self, until: int | None = None) -> None:
        if self._solved is None:
            self._solved = self._solve(self.start)

    @property
    def finished(self) -> bool:
        return self._solved is not None

    @property
    def converged(self) -> bool:
        return self._solved is not None and self._solved.limit is None

    @property
    def shown(self) -> tuple[FloatArray, FloatArray]:
        solved = self._solved
        return self.start.theta if solved is None else solved.theta, self.start.state

    def warn_of_limit(self) -> None:
        if self._solved is not None and self._solved.limit is not None:
            warnings.warn(self._solved.limit, ConvergenceWarning, stacklevel=5)
