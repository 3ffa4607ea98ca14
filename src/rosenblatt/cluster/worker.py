"""A worker's loop, as a value that transports drive: replies in, pushes out (G18)."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple, final

from rosenblatt.cluster.compression.base import ErrorFeedback
from rosenblatt.cluster.compression.messages import Dense, Message
from rosenblatt.cluster.messages import Join, Push, Reply
from rosenblatt.support.finite import all_finite
from rosenblatt.support.types import FloatArray

__all__ = ["Computed", "Work", "Worker"]


@final
class Computed(NamedTuple):
    """What a step of a worker gives.

    Attributes
    ----------
    vector : array (n_parameters,)
        The gradient, or the difference of local steps.
    loss : float
        Sum of the data loss over the rows.
    rows : int
    share : float
        Factor in the sum over the workers.
    penalty : float
        Of local steps: the sum of the penalty over the rows.
    norms : tuple of float
        Of local steps: root mean square norm of each layer's gradient.
    """

    vector: FloatArray
    loss: float
    rows: int
    share: float = 1.0
    penalty: float = 0.0
    norms: tuple[float, ...] = ()


class Work(ABC):
    """The steps of one worker in a run.

    Attributes
    ----------
    steps : int
        How many there are.
    origin : int
        Steps of earlier runs, so that what a compressor draws differs from run to run.
    """

    steps: int
    origin: int = 0

    @abstractmethod
    def compute(self, step: int, theta: FloatArray) -> Computed:
        """Step `step` at parameters θ, which may be changed; the vector is the caller's."""


@final
class Worker:
    """One worker, from its first read to its last push.

    Parameters
    ----------
    number, incarnation : int
    work : Work
    theta : array (n_parameters,)
        Where the parameters that it reads are put together.
    parts : sequence of slice
        The ranges of the servers.
    feedback : sequence of ErrorFeedback, optional
        A compressor for each server; without it all numbers are sent.
    """

    def __init__(
        self,
        number: int,
        incarnation: int,
        work: Work,
        theta: FloatArray,
        parts: Sequence[slice],
        feedback: Sequence[ErrorFeedback] | None = None,
    ) -> None:
        self.number, self.incarnation, self.work = number, incarnation, work
        self.theta, self.parts, self.feedback = theta, tuple(parts), feedback
        self._asked_again = False

    def begin(self) -> tuple[Join, ...]:
        """What it sends at first: a request to each server."""
        return tuple(Join(self.number, self.incarnation) for _ in self.parts)

    def next(self, replies: Sequence[Reply]) -> tuple[Join, ...] | tuple[Push, ...] | None:
        """What it sends after the replies of all servers; None at the end."""
        steps = {reply.step for reply in replies}
        if True in [reply.stop for reply in replies]:
            return None
        step = min(steps)
        if len(steps) > 1 and not self._asked_again:
            # Its predecessor ended between two pushes, whose step is repeated from what it read.
            self._asked_again = True
            return tuple(Join(self.number, self.incarnation, step) for _ in self.parts)
        if step >= self.work.steps:
            return None
        for part, reply in zip(self.parts, replies, strict=True):
            self.theta[part] = reply.parameters
        return self._pushes(step, replies)

    def _pushes(self, step: int, replies: Sequence[Reply]) -> tuple[Push, ...]:
        computed = self.work.compute(step, self.theta)
        vector, last = computed.vector, step == self.work.steps - 1
        diverged = not (math.isfinite(computed.loss) and all_finite(vector))
        pushes = []
        for k, (part, reply) in enumerate(zip(self.parts, replies, strict=True)):
            x = vector[part]
            if self.feedback is None or diverged:
                message: Message = Dense(x)
            else:
                message = self.feedback[k].encode(x, self.work.origin + step)
            pushes.append(
                Push(
                    self.number,
                    self.incarnation,
                    step,
                    reply.version,
                    message,
                    computed.share,
                    computed.rows,
                    computed.loss,
                    last,
                    diverged,
                    computed.penalty,
                    computed.norms,
                )
            )
        return tuple(pushes)
