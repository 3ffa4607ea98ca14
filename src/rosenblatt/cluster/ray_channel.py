"""A worker's messages as calls of Ray's, large arrays through its object store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

from rosenblatt.cluster.channel import Channel, ServerGoneError
from rosenblatt.cluster.messages import Join, Push, Reply

__all__ = ["RayChannel", "with_parameters"]


@final
class RayChannel(Channel):
    """Calls each server's `exchange`.

    Parameters
    ----------
    servers : sequence of actor handles
    """

    def __init__(self, servers: Sequence[Any]) -> None:
        self.servers = servers

    def exchange(self, messages: Sequence[Join] | Sequence[Push]) -> list[Reply]:
        import ray
        from ray.exceptions import RayActorError

        calls = [
            server.exchange.remote(message)
            for server, message in zip(self.servers, messages, strict=True)
        ]
        try:
            return [fetched(ray, reply) for reply in ray.get(calls)]
        except RayActorError as error:
            raise ServerGoneError(str(error)) from error

    def close(self) -> None:
        """Ray keeps its connections."""


def with_parameters(reply: Reply, parameters: Any) -> Reply:
    return Reply(parameters, reply.version, reply.step, reply.stop)


def fetched(ray: Any, reply: Reply) -> Reply:
    """The reply, with its parameters from shared memory where they are there."""
    if isinstance(reply.parameters, ray.ObjectRef):
        return with_parameters(reply, ray.get(reply.parameters))
    return reply
