"""The worker's end: connections to all servers."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from rosenblatt.cluster.channel import Channel, ServerGoneError
from rosenblatt.cluster.direct import handshake
from rosenblatt.cluster.direct.codec import is_whole, sent
from rosenblatt.cluster.direct.frames import (
    ALIGNMENT,
    LEAST_SHARED,
    Layout,
    ProtocolError,
    buffers,
    padded,
)
from rosenblatt.cluster.direct.segment import Segment, new_segment
from rosenblatt.cluster.direct.sockets import configured, fill, filled, received_header, send
from rosenblatt.cluster.messages import Join, Push, RefusedPushError, Reply
from rosenblatt.support.types import FloatArray

__all__ = ["DirectChannel"]

CONNECT_SECONDS = 3.0


@final
class DirectChannel(Channel):
    """A connection to each server. Parameters are received where they are read.

    A server on the same machine shares memory for large arrays with the worker.

    Parameters
    ----------
    addresses : sequence of (str, int)
        Host and port of each server.
    token : bytes
    targets : sequence of arrays
        Where the parameters of each server's range are to lie.

    Raises
    ------
    OSError
        If a server cannot be reached, or does not have the token.
    """

    def __init__(
        self, addresses: Sequence[tuple[str, int]], token: bytes, targets: Sequence[FloatArray]
    ) -> None:
        self.targets = targets
        self._sockets: list[socket.socket] = []
        self._segments: list[Segment | None] = []
        self._selector = selectors.DefaultSelector()
        try:
            for k, address in enumerate(addresses):
                self._sockets.append(connected(address, token))
                self._selector.register(self._sockets[k], selectors.EVENT_READ, k)
                self._segments.append(shared(self._sockets[k], targets[k].nbytes))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._selector.close()
        for connection in self._sockets:
            connection.close()

    def exchange(self, messages: Sequence[Join] | Sequence[Push]) -> list[Reply]:
        try:
            for k, connection in enumerate(self._sockets):
                send(connection, buffers(*sent(messages[k]), self._place(k)))
            replies: dict[int, Reply] = {}
            while len(replies) < len(self._sockets):
                for key, _ in self._selector.select():
                    server: int = key.data
                    replies[server] = self._reply(server)
        except (OSError, EOFError) as error:
            raise ServerGoneError(str(error)) from error
        return [replies[k] for k in range(len(messages))]

    def echoed(self) -> float:
        """Seconds until arrays of the targets' sizes have gone to the servers and come back."""
        begun = time.perf_counter()
        for k, (connection, target) in enumerate(zip(self._sockets, self.targets, strict=True)):
            send(connection, buffers({"echo": True}, [target], self._place(k)))
            self._reply(k)
        return time.perf_counter() - begun

    def _place(self, k: int) -> memoryview | None:
        """Where arrays for a server lie in memory that it shares, if it does."""
        segment = self._segments[k]
        return None if segment is None else segment.of_worker

    def _reply(self, k: int) -> Reply:
        connection, target = self._sockets[k], self.targets[k]
        n, found = received_header(connection, target.nbytes + ALIGNMENT)
        if "refused" in found.header:
            raise RefusedPushError(str(found.header["refused"]))
        version, step, stop = numbers_of(found, target)
        into = target.view(np.uint8).data
        if n.shared:
            segment = self._segments[k]
            if segment is None:
                raise ProtocolError("a reply in memory that is not shared")
            into[:] = segment.of_server[: target.nbytes]
        else:
            fill(connection, into)
            filled(connection, bytearray(n.arrays - target.nbytes))
        return Reply(target, version, step, stop)


def shared(connection: socket.socket, n_bytes: int) -> Segment | None:
    """Memory for arrays of so many bytes, if the server is on this machine and maps it too."""
    same = connection.getpeername()[0] == connection.getsockname()[0]
    if not same or n_bytes < LEAST_SHARED:
        return None
    n_bytes = padded(n_bytes)
    try:
        with new_segment(n_bytes) as (segment, name):
            send(connection, buffers({"share": [name, n_bytes]}, ()))
            _, found = received_header(connection, 0)
    except (OSError, EOFError):  # of the system, or of the connection, as its next use will say
        return None
    return segment if found.header.get("shared") is True else None


def numbers_of(found: Layout, target: FloatArray) -> tuple[int, int, bool]:
    """Version, step, and whether to stop; for parameters that fit the target."""
    fits = [(dtype, shape) for dtype, shape, _ in found.arrays] == [(target.dtype, target.shape)]
    given: Any = found.header.get("reply")
    if fits and isinstance(given, list) and len(given) == 3:
        version, step, stop = given
        if is_whole(version) and is_whole(step) and isinstance(stop, bool):
            return version, step, stop
    raise ProtocolError("a reply that is none, or with other parameters than this worker's")


def connected(address: tuple[str, int], token: bytes) -> socket.socket:
    """A connection both of whose ends have shown the token."""
    connection = configured(socket.create_connection(address, CONNECT_SECONDS))
    try:
        theirs = bytes(filled(connection, bytearray(handshake.NONCE_BYTES)))
        nonce = handshake.new_nonce()
        connection.sendall(nonce + handshake.proof(token, b"worker", theirs, nonce))
        shown = bytes(filled(connection, bytearray(32)))
        handshake.check(shown, handshake.proof(token, b"server", theirs, nonce))
        connection.settimeout(None)
    except EOFError:
        connection.close()
        raise handshake.AuthenticationError("the server has refused the token") from None
    except BaseException:
        connection.close()
        raise
    return connection
