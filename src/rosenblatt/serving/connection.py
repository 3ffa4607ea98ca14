"""A connection of HTTP that does not stay open for nothing, and refuses in JSON."""

from __future__ import annotations

import asyncio
import traceback
from asyncio import Transport
from typing import Any, final

import h11
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from rosenblatt.serving.refusal import BUG, Refusal

__all__ = ["IDLE_SECONDS", "Connection"]

CONNECTIONS = 64  # each may hold a body of the largest size
IDLE_SECONDS = 30.0
CLOSE = {"Connection": "close"}
NO_HTTP = Refusal(400, "this is no request of HTTP/1.1: mend its head, or how its body is sent")
CROWDED = Refusal(503, f"more than {CONNECTIONS} connections are open: try again later", CLOSE)
ENDING = Refusal(503, "the server has been told to end: ask it again when it is back", CLOSE)


@final
class Connection(H11Protocol):
    """Ends where nothing comes to pass between two looks: no head of a request, no byte read.

    uvicorn itself waits without end for a client that has sent half a head, or reads no answer, and
    so few such clients would keep all others out. Its own refusals are plain texts, and where the
    server ends before an answer it prints a traceback. It drops the answer to a client that says
    behind its request that nothing more is sent.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.sends_no_more = False
        self.app: ASGIApp = Answering(self.app, self)

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

    def eof_received(self) -> bool:
        """Whether the connection stays open: for the answer to a request that is whole."""
        self.sends_no_more = True
        cycle = self.cycle
        return cycle is not None and not cycle.more_body and not cycle.response_complete

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # Behind it there may be a request that came before the end, which has a cycle of its own.
        if self.sends_no_more and (self.cycle.response_complete or self.cycle.more_body):
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        if self.cycle is not None:  # whose body this is; its own answer would be a second one
            self.cycle.disconnected = True
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):  # else an answer is under way
            response = NO_HTTP.response()
            headers = [*response.raw_headers, (b"connection", b"close")]
            for event in (
                h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
                h11.Data(data=bytes(response.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def shutdown(self) -> None:
        """As the server ends: nothing waits for the rest of a request."""
        super().shutdown()
        if self.cycle is not None and self.cycle.more_body and not self.cycle.response_started:
            self.transport.abort()


@final
class Answering:
    """An application of ASGI for one connection.

    Parameters
    ----------
    app : ASGI application
    connection : Connection
    """

    def __init__(self, app: ASGIApp, connection: Connection) -> None:
        self._app = app
        self._connection = connection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = self._connection
        if max(len(connection.connections), len(connection.tasks)) > CONNECTIONS:
            await CROWDED.response()(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
            return
        except asyncio.CancelledError:
            refusal = ENDING
        except Exception:
            traceback.print_exc()
            refusal = BUG
        if not connection.cycle.response_started:
            await refusal.response()(scope, receive, send)
        elif not connection.cycle.response_complete:
            connection.transport.abort()
            await asyncio.sleep(0)  # until uvicorn knows it
