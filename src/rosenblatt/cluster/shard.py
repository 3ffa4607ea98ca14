"""A server: a range of the parameters, the optimiser's memory of it, and the workers' clocks (G18).

Transports call `join` and `push`, and deliver the replies that these return: the sender's, and
those that others have waited for.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from rosenblatt.cluster.clocks import Clocks
from rosenblatt.cluster.messages import Delivery, Join, Push, RefusedPushError, Reply
from rosenblatt.cluster.modes import Mode
from rosenblatt.cluster.update import Update
from rosenblatt.support.finite import all_finite
from rosenblatt.support.types import FloatArray

__all__ = ["ServerShard", "ShardRecord"]


@final
class ShardRecord(NamedTuple):
    """What a server has counted since `begin`.

    Attributes
    ----------
    steps : int
        Versions of the parameters.
    rows : int
        Of the pushes that were counted.
    loss, penalty : float
        Sums over those rows.
    squares : array (n_layers,)
        Sums over the steps of each layer's squared norm, of this range.
    staleness : dict
        Steps that a counted push was behind, and how many were.
    repeated : int
        Pushes that had been counted before.
    diverged : bool
    """

    steps: int
    rows: int
    loss: float
    penalty: float
    squares: npt.NDArray[np.float64]
    staleness: dict[int, int]
    repeated: int
    diverged: bool


@final
class ServerShard:
    """Applies pushes, and lets workers read when the mode allows it.

    Parameters
    ----------
    theta : array (n,)
        The parameters to begin with. Every version is an array of its own, which does not change.
    update : Update
    mode : Mode
    workers : int
    by_staleness : bool
        Whether the rate of a push is divided by one more than its staleness (Zhang et al. 2016).
    """

    def __init__(
        self,
        theta: FloatArray,
        update: Update,
        mode: Mode,
        workers: int,
        *,
        by_staleness: bool = False,
    ) -> None:
        self.theta, self.update, self.mode = theta, update, mode
        self.clocks, self.by_staleness = Clocks(workers), by_staleness
        self.begin(np.ones(0))

    def begin(self, lr_factors: npt.NDArray[np.float64]) -> None:
        """A new run of steps, such as an epoch, with the rate's factor for each."""
        self.lr_factors = lr_factors
        self.clocks.begin()
        self.version, self._before = 0, self.theta
        self._gathered: dict[int, Push] = {}
        self._waiting: dict[int, None] = {}  # in the order in which they came
        self._rows, self._loss, self._penalty = 0, 0.0, 0.0
        self._squares: npt.NDArray[np.float64] | None = None
        self._staleness: Counter[int] = Counter()
        self._repeated = 0
        self.stopped = False

    def parameters(self, version: int) -> FloatArray:
        """Those of the version that there is, or of the one before."""
        return self.theta if version == self.version else self._before

    @property
    def record(self) -> ShardRecord:
        squares = np.zeros(0) if self._squares is None else self._squares
        return ShardRecord(
            self.version,
            self._rows,
            self._loss,
            self._penalty,
            squares,
            dict(self._staleness),
            self._repeated,
            self.stopped,
        )

    def fence(self, worker: int, incarnation: int) -> None:
        """Refuse what earlier incarnations of a worker send from now on."""
        self.clocks.check_sender(worker, incarnation)
        self._waiting.pop(worker, None)

    def join(self, join: Join) -> list[Delivery]:
        """The parameters for a worker that begins or comes back, once it may read."""
        self.clocks.check_sender(join.worker, join.incarnation)
        if join.step is not None and self.mode.summed and join.step == self.version - 1:
            reply = Reply(self._before, self.version - 1, join.step, self.stopped)
            return [Delivery(join.worker, reply)]
        self._waiting[join.worker] = None
        return self._due()

    def push(self, push: Push) -> list[Delivery]:
        """Count a push once, and the replies that are due then.

        Raises
        ------
        RefusedPushError
            If it is of another length, of a lost incarnation or out of order. Nothing has changed.
        """
        self.clocks.check_sender(push.worker, push.incarnation)
        if push.message.size != len(self.theta):
            raise RefusedPushError(
                f"worker {push.worker} pushes {push.message.size} numbers, and this server has"
                f" {len(self.theta)} parameters"
            )
        if push.step < self.clocks.of(push.worker) or push.worker in self._gathered:
            self._repeated += 1
        elif self.clocks.is_new(push.worker, push.step) and not self.stopped:
            if push.diverged:
                self.stopped = True
            else:
                self._take(push)
        self._waiting[push.worker] = None
        return self._due()

    def _take(self, push: Push) -> None:
        if not self.mode.summed:
            self._staleness[self.version - push.version] += 1
            self._apply([push])
            return
        self._gathered[push.worker] = push
        if len(self._gathered) == len(self.clocks):
            pushes = [self._gathered[worker] for worker in sorted(self._gathered)]
            self._gathered.clear()
            self._apply(pushes)

    def _apply(self, pushes: list[Push]) -> None:
        """One step by the sum of the pushes; nothing but a stop if it is not finite."""
        g = summed(pushes)
        rows, loss, penalty = 0, 0.0, 0.0
        for push in pushes:
            rows += push.rows
            loss += push.loss
            penalty += push.penalty
        if not (math.isfinite(loss) and all_finite(g)):
            self.stopped = True
            return
        factor = float(self.lr_factors[self.version]) if len(self.lr_factors) else 1.0
        if self.by_staleness:
            factor /= 1 + self.version - pushes[0].version
        theta, measured = self.update.apply(self.theta, g, factor, rows)
        self._rows += rows
        self._loss += loss
        if not all_finite(theta):
            self.stopped = True
            return
        self._before, self.theta = self.theta, theta
        self.version += 1
        self._penalty += measured.penalty * rows + penalty
        squares = measured.squares
        for push in pushes:
            if push.norms:
                squares = squares + push.share * np.square(push.norms)
        self._squares = squares if self._squares is None else self._squares + squares
        for push in pushes:
            self.clocks.count(push.worker, push.last)

    def _due(self) -> list[Delivery]:
        """The replies to those who wait and may read, or must stop."""
        slowest = self.clocks.slowest
        due = [
            worker
            for worker in self._waiting
            if self.stopped
            or (
                worker not in self._gathered
                and (
                    self.clocks.has_finished(worker)
                    or self.mode.may_read(self.clocks.of(worker), slowest)
                )
            )
        ]
        for worker in due:
            del self._waiting[worker]
        theta, version = self.theta, self.version
        return [
            Delivery(worker, Reply(theta, version, self.clocks.of(worker), self.stopped))
            for worker in due
        ]


def summed(pushes: list[Push]) -> FloatArray:
    """Σ share·vector, in an array of its own; in the order of the workers, whoever came first."""
    first, *others = pushes
    g = first.share * first.message.decoded()
    for push in others:
        g += push.share * push.message.decoded()
    return g
