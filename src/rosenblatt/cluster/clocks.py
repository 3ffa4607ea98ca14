"""How many steps each worker has made, as one server counts them."""

from __future__ import annotations

import math
from typing import final

from rosenblatt.cluster.messages import RefusedPushError

__all__ = ["Clocks"]


@final
class Clocks:
    """Counts the pushes of each worker, each of them once.

    Attributes
    ----------
    incarnations : list of int
        Of each worker; an earlier one is refused.
    slowest : float
        Steps of the slowest worker; infinite where all have finished.
    """

    def __init__(self, workers: int) -> None:
        self.incarnations = [0] * workers
        self._made = [0] * workers
        self.begin()

    def __len__(self) -> int:
        return len(self._made)

    def of(self, worker: int) -> int:
        return self._made[worker]

    def has_finished(self, worker: int) -> bool:
        return worker in self._finished

    def check_sender(self, worker: int, incarnation: int) -> None:
        """Take note of a newer incarnation; refuse an earlier one."""
        if not 0 <= worker < len(self):
            raise RefusedPushError(f"worker {worker} is none of {len(self)}")
        if incarnation < self.incarnations[worker]:
            raise RefusedPushError(
                f"worker {worker}, incarnation {incarnation}, has been declared lost:"
                f" incarnation {self.incarnations[worker]} is in its place"
            )
        self.incarnations[worker] = incarnation

    def is_new(self, worker: int, step: int) -> bool:
        """Whether this is the worker's next step, or one that has been counted."""
        if step > self._made[worker]:
            raise RefusedPushError(
                f"worker {worker} pushes step {step}, and step {self._made[worker]} is missing"
            )
        return step == self._made[worker]

    def count(self, worker: int, last: bool) -> None:
        made = self._made[worker]
        self._made[worker] = made + 1
        if last:
            self._finished.add(worker)
        if made == self.slowest:
            self._behind -= 1
            if not self._behind:
                self._find_slowest()

    def begin(self) -> None:
        """A new run of steps, counted from 0."""
        self._made = [0] * len(self)
        self._finished: set[int] = set()
        self.slowest: float = 0
        self._behind = len(self)

    def _find_slowest(self) -> None:
        running = [made for k, made in enumerate(self._made) if k not in self._finished]
        self.slowest = min(running, default=math.inf)
        self._behind = sum(made == self.slowest for made in running)
