"""What workers and servers send each other."""

from __future__ import annotations

from typing import NamedTuple, final

from rosenblatt.cluster.compression.messages import Message
from rosenblatt.support.types import FloatArray

__all__ = ["Delivery", "Join", "Push", "RefusedPushError", "Reply"]

HEADER = 64  # bytes of the numbers beside the array, as the simulator counts them


class RefusedPushError(ValueError):
    """A push that a server does not take; its sender has to end, or to join anew."""


@final
class Join(NamedTuple):
    """A worker asks for parameters and for the step at which it is to go on.

    `step` asks for the parameters of that step of a synchronous run, which a server keeps for one
    step: workers that begin anew ask so where the servers are a step apart.
    """

    worker: int
    incarnation: int
    step: int | None = None

    @property
    def n_bytes(self) -> int:
        return HEADER


@final
class Push(NamedTuple):
    """A worker's gradient, or its difference of parameters, of one step.

    Attributes
    ----------
    worker, incarnation, step : int
        Who sends it. A push of a step that has been counted is not counted again, and one of an
        earlier incarnation is refused.
    version : int
        Of the parameters that it was computed at.
    message : Message
    share : float
        Its factor in the sum.
    rows : int
        Of the batch, for the penalty's scale.
    loss : float
        Sum of the data loss over the rows.
    last : bool
        Whether the worker has no further step, so that nobody waits for it.
    diverged : bool
        Whether its loss or its gradient was not finite; all workers then stop.
    penalty, norms
        As in `Computed`.
    """

    worker: int
    incarnation: int
    step: int
    version: int
    message: Message
    share: float
    rows: int
    loss: float
    last: bool
    diverged: bool = False
    penalty: float = 0.0
    norms: tuple[float, ...] = ()

    @property
    def n_bytes(self) -> int:
        return HEADER + self.message.n_bytes


@final
class Reply(NamedTuple):
    """A server's parameters, their version, and the worker's next step; or the order to stop."""

    parameters: FloatArray
    version: int
    step: int
    stop: bool = False

    @property
    def n_bytes(self) -> int:
        return HEADER + self.parameters.nbytes


@final
class Delivery(NamedTuple):
    """A reply, and the worker that it goes to."""

    worker: int
    reply: Reply
