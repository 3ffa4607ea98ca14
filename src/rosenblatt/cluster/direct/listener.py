"""The server's end: it listens, and answers each message of each connection in turn."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import final

from rosenblatt.cluster.direct import handshake
from rosenblatt.cluster.direct.codec import received
from rosenblatt.cluster.direct.frames import (
    PREFIX_BYTES,
    ProtocolError,
    arrays_in,
    buffers,
    layout,
    lengths,
)
from rosenblatt.cluster.direct.sockets import JOINED, configured
from rosenblatt.cluster.messages import Join, Push, RefusedPushError, Reply

__all__ = ["Listener"]

HANDSHAKE_SECONDS = 5.0
MOST_STRANGERS = 64  # connections at once that have not shown the token yet


@final
class Listener:
    """Listens on one address, in the event loop of its caller.

    Parameters
    ----------
    token : bytes
    answer : callable
        From a join or a push to an awaitable reply; RefusedPushError sends the worker away.
    most_bytes : int
        That the arrays of one message may have.
    """

    def __init__(
        self,
        token: bytes,
        answer: Callable[[Join | Push], Awaitable[Reply]],
        most_bytes: int,
    ) -> None:
        self.token, self.answer, self.most_bytes = token, answer, most_bytes
        self._tasks: set[asyncio.Task[None]] = set()
        self._strangers = 0

    def open(self, host: str) -> tuple[str, int]:
        """Begin to listen at `host`, on any free port; both, as workers connect to them."""
        self._loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, 0), family=family)
        self._socket.setblocking(False)
        self._spawn(self._accept())
        return host, self._socket.getsockname()[1]

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._socket.close()

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self) -> None:
        while True:
            connection, _ = await self._loop.sock_accept(self._socket)
            if self._strangers >= MOST_STRANGERS:
                connection.close()
                continue
            self._strangers += 1
            self._spawn(self._serve(configured(connection)))

    async def _serve(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        with connection, suppress(OSError, ProtocolError, EOFError):
            try:
                await asyncio.wait_for(self._authenticate(connection), HANDSHAKE_SECONDS)
            finally:
                self._strangers -= 1
            memory = bytearray()
            while True:
                memory = await self._answer_one(connection, memory)

    async def _authenticate(self, connection: socket.socket) -> None:
        nonce = handshake.new_nonce()
        await self._loop.sock_sendall(connection, nonce)
        answer = bytearray(2 * handshake.NONCE_BYTES)
        await self._fill(connection, memoryview(answer))
        theirs, shown = bytes(answer[: len(nonce)]), bytes(answer[len(nonce) :])
        handshake.check(shown, handshake.proof(self.token, b"worker", nonce, theirs))
        own = handshake.proof(self.token, b"server", nonce, theirs)
        await self._loop.sock_sendall(connection, own)

    async def _answer_one(self, connection: socket.socket, memory: bytearray) -> bytearray:
        """One message and its reply; the memory in which the next one's arrays may lie.

        A worker sends nothing before its reply, so that one piece of memory is enough for all of a
        connection's messages.
        """
        prefix = bytearray(PREFIX_BYTES)
        await self._fill(connection, memoryview(prefix))
        n_header, total = lengths(prefix, self.most_bytes)
        text = bytearray(n_header)
        await self._fill(connection, memoryview(text))
        found = layout(text, total)
        if len(memory) < total:
            memory = bytearray(total)
        await self._fill(connection, memoryview(memory)[:total])
        arrays = arrays_in(found, memoryview(memory))
        if "echo" in found.header:
            await self._send(connection, buffers({"reply": [0, 0, False]}, arrays))
            return memory
        try:
            message = received(found.header, arrays)
            reply = await self.answer(message)
        except Exception as error:
            # Whatever it is, the worker's call reports it.
            why = str(error) if isinstance(error, RefusedPushError) else repr(error)
            await self._send(connection, buffers({"refused": why}, ()))
            return memory
        numbers = [reply.version, reply.step, reply.stop]
        await self._send(connection, buffers({"reply": numbers}, [reply.parameters]))
        return memory

    async def _fill(self, connection: socket.socket, view: memoryview) -> None:
        while len(view):
            n = await self._loop.sock_recv_into(connection, view)
            if not n:
                raise EOFError
            view = view[n:]

    async def _send(self, connection: socket.socket, pieces: list[memoryview | bytes]) -> None:
        if sum(map(len, pieces)) < JOINED:
            pieces = [b"".join(pieces)]
        for piece in pieces:
            await self._loop.sock_sendall(connection, piece)
