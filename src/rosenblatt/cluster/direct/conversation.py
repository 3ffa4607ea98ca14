"""The messages of one worker to one server, and the replies."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Any, final

from rosenblatt.cluster.direct.codec import received
from rosenblatt.cluster.direct.frames import (
    Array,
    Layout,
    Lengths,
    ProtocolError,
    arrays_in,
    buffers,
)
from rosenblatt.cluster.direct.segment import Segment, mapped
from rosenblatt.cluster.direct.sockets import JOINED, fill, received_header, send
from rosenblatt.cluster.direct.turns import Turns
from rosenblatt.cluster.messages import Join, Push, RefusedPushError, Reply

__all__ = ["Conversation"]


@final
class Conversation:
    """The server's end of a connection whose worker has shown the token.

    A worker sends nothing before its reply, so that one piece of memory is enough for the arrays of
    all of its messages.

    Parameters
    ----------
    connection : socket
    answer : callable
        From a join or a push to a reply, when the worker may read; RefusedPushError sends it away.
    most_bytes : int
        That the arrays of one message may have.
    turns : Turns
        In which large replies are sent.
    """

    def __init__(
        self,
        connection: socket.socket,
        answer: Callable[[Join | Push], Reply],
        most_bytes: int,
        turns: Turns,
    ) -> None:
        self.connection, self.answer, self.most_bytes = connection, answer, most_bytes
        self.turns = turns
        self._memory = bytearray()
        self._segment: Segment | None = None

    def answer_one(self) -> None:
        """Receive a message and send its reply.

        Raises
        ------
        OSError, EOFError
            If the connection is over.
        ProtocolError
            If what comes is no message.
        """
        n, found = received_header(self.connection, self.most_bytes)
        memory = self._arrays(n)
        if "share" in found.header:
            self._share(found)
        elif "echo" in found.header:
            self._send({"reply": [0, 0, False]}, arrays_in(found, memory))
        else:
            self._answer(found, memory)

    def _arrays(self, n: Lengths) -> memoryview:
        """Where the arrays of a message lie, when they have come."""
        if n.shared:
            if self._segment is None or n.arrays > len(self._segment.of_worker):
                raise ProtocolError("a message in memory that is not shared")
            return self._segment.of_worker
        if len(self._memory) < n.arrays:
            self._memory = bytearray(n.arrays)
        fill(self.connection, memoryview(self._memory)[: n.arrays])
        return memoryview(self._memory)

    def _share(self, found: Layout) -> None:
        match found.header["share"]:
            case [str() as name, int() as n_bytes] if 0 < n_bytes <= self.most_bytes:
                try:
                    self._segment = mapped(name, n_bytes)
                except OSError:
                    self._segment = None
        self._send({"shared": self._segment is not None})

    def _answer(self, found: Layout, memory: memoryview) -> None:
        try:
            reply = self.answer(received(found.header, arrays_in(found, memory)))
        except Exception as error:
            # Whatever it is, the worker's call reports it.
            why = str(error) if isinstance(error, RefusedPushError) else repr(error)
            self._send({"refused": why})
        else:
            numbers = [reply.version, reply.step, reply.stop]
            self._send({"reply": numbers}, [reply.parameters])

    def _send(self, header: dict[str, Any], arrays: Sequence[Array] = ()) -> None:
        place = None if self._segment is None else self._segment.of_server
        pieces = buffers(header, arrays, place)
        if sum(map(len, pieces)) < JOINED:
            send(self.connection, pieces)
        else:
            with self.turns.one():
                send(self.connection, pieces)
