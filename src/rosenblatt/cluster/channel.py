"""How a worker's messages come to the servers, and their replies back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from rosenblatt.cluster.messages import Join, Push, Reply

__all__ = ["Channel", "ServerGoneError"]


class ServerGoneError(ConnectionError):
    """A server has died, or is cut off."""


class Channel(ABC):
    """A way to all servers."""

    @abstractmethod
    def exchange(self, messages: Sequence[Join] | Sequence[Push]) -> list[Reply]:
        """Send one message to each server, and wait for their replies.

        Raises
        ------
        RefusedPushError
            If a server sends the worker away.
        ServerGoneError
            If one has died.
        """

    @abstractmethod
    def close(self) -> None:
        """Give the connections back."""
