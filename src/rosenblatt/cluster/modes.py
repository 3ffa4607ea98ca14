"""When a worker may read: synchronous, asynchronous and with bounded staleness (theory G18)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, final

from rosenblatt.support.listing import brief

__all__ = ["Asynchronous", "Bounded", "Mode", "Synchronous", "check_staleness"]


class Mode(ABC):
    """How the steps of workers hang together.

    Attributes
    ----------
    summed : bool
        Whether the pushes of all workers make one step, or each of them a step of its own.
    """

    summed: ClassVar[bool]

    @abstractmethod
    def may_read(self, clock: int, slowest: float) -> bool:
        """Whether a worker that has made `clock` steps may read, the slowest having `slowest`."""


@final
@dataclass(frozen=True)
class Synchronous(Mode):
    """Every step is the sum of all workers' gradients, in the order of their numbers."""

    summed: ClassVar[bool] = True

    def may_read(self, clock: int, slowest: float) -> bool:
        return slowest >= clock


@final
@dataclass(frozen=True)
class Asynchronous(Mode):
    """Every push is a step, and nobody waits."""

    summed: ClassVar[bool] = False

    def may_read(self, clock: int, slowest: float) -> bool:
        return True


@final
@dataclass(frozen=True)
class Bounded(Mode):
    """A worker at clock c reads only if the slowest is at c - s or later (Ho et al. 2013).

    Parameters
    ----------
    staleness : int, default 3
        s.
    """

    staleness: int = 3

    summed: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_staleness(self.staleness)

    def may_read(self, clock: int, slowest: float) -> bool:
        return slowest >= clock - self.staleness


def check_staleness(staleness: Any) -> None:
    """ValueError for anything but a whole number, 0 or more."""
    if isinstance(staleness, bool) or not isinstance(staleness, int) or staleness < 0:
        raise ValueError(
            f"staleness={brief(staleness)}: steps that a worker may be ahead, a whole"
            " number, 0 or more."
        )
