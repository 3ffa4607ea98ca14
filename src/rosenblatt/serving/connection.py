"""A connection of HTTP that does not stay open for nothing."""

from __future__ import annotations

from asyncio import Transport
from typing import Any, final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["IDLE_SECONDS", "Connection"]

IDLE_SECONDS = 30.0


@final
class Connection(H11Protocol):
    """Ends where nothing comes to pass between two looks: no head of a request, no byte read.

    uvicorn itself waits without end for a client that has sent half a head, or reads no answer, and
    so few such clients would keep all others out.
    """

    def connection_made(self, transport: Transport) -> None:
        super().connection_made(transport)
        self._look(None)

    def _look(self, before: Any) -> None:
        if self.transport.is_closing():
            return
        is_waiting = self.conn.their_state is h11.IDLE or self.flow.write_paused
        now = (is_waiting, self.cycle, self.transport.get_write_buffer_size())
        if is_waiting and now == before:
            self.transport.abort()
        else:
            self.loop.call_later(IDLE_SECONDS / 2, self._look, now)
