"""The server's end: it listens, and answers each message of each connection in turn."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import final

from rosenblatt.cluster.direct import handshake
from rosenblatt.cluster.direct.conversation import Conversation
from rosenblatt.cluster.direct.frames import ProtocolError
from rosenblatt.cluster.direct.sockets import configured, filled_until
from rosenblatt.cluster.direct.turns import Turns
from rosenblatt.cluster.messages import Join, Push, Reply

__all__ = ["Listener"]

HANDSHAKE_SECONDS = 5.0
MOST_STRANGERS = 64  # connections at once that have not shown the token yet


@final
class Listener:
    """Listens on one address, and answers in the event loop of its caller.

    Each connection has a thread, in which its bytes are received and sent: those of several workers
    travel at once, and large arrays in few system calls.

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
        self._connections: set[socket.socket] = set()
        self._turns = Turns()
        self._strangers = threading.BoundedSemaphore(MOST_STRANGERS)

    def open(self, host: str) -> tuple[str, int]:
        """Begin to listen at `host`, on any free port; both, as workers connect to them."""
        self._loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, 0), family=family)
        threading.Thread(target=self._accept, daemon=True).start()
        return host, self._socket.getsockname()[1]

    def close(self) -> None:
        """End all connections."""
        for connection in (self._socket, *self._connections):
            with suppress(OSError):  # one that the other end has closed
                connection.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # the listener has been closed
                return
            if self._strangers.acquire(blocking=False):
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()
            else:
                connection.close()

    def _serve(self, connection: socket.socket) -> None:
        self._connections.add(connection)
        try:
            with connection, suppress(OSError, ProtocolError, EOFError):
                try:
                    self._authenticate(configured(connection))
                finally:
                    self._strangers.release()
                conversation = Conversation(connection, self._reply, self.most_bytes, self._turns)
                while True:
                    conversation.answer_one()
        finally:
            self._connections.discard(connection)

    def _authenticate(self, connection: socket.socket) -> None:
        deadline = time.monotonic() + HANDSHAKE_SECONDS
        nonce = handshake.new_nonce()
        connection.sendall(nonce)
        answer = filled_until(connection, bytearray(2 * handshake.NONCE_BYTES), deadline)
        theirs, shown = bytes(answer[: len(nonce)]), bytes(answer[len(nonce) :])
        handshake.check(shown, handshake.proof(self.token, b"worker", nonce, theirs))
        connection.sendall(handshake.proof(self.token, b"server", nonce, theirs))

    def _reply(self, message: Join | Push) -> Reply:
        async def answered() -> Reply:
            return await self.answer(message)

        return asyncio.run_coroutine_threadsafe(answered(), self._loop).result()
