"""The door: requests under a foreign name, without the token or that expect too much."""

from __future__ import annotations

import hmac
from typing import final

from starlette.types import ASGIApp, Receive, Scope, Send

from rosenblatt.serving.refusal import Refusal
from rosenblatt.serving.settings import Settings

__all__ = ["OPEN", "Guard"]

# What is told without the token: that the server is there, and a page that asks for the token.
OPEN = frozenset(("/", "/health"))
BEARER = b"bearer "
CONTINUE = b"100-continue"


@final
class Guard:
    """An application of ASGI before another one.

    Parameters
    ----------
    app : ASGI application
    settings : Settings
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = settings.hosts
        self._token = None if settings.token is None else settings.token.encode("ascii")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        app = self._app if refusal is None else refusal.response()
        await app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if self._hosts is not None and host_of(headers.get(b"host", b"")) not in self._hosts:
            return Refusal(
                403,
                "the request names a host that this server does not answer to: ask for it as"
                " localhost, or by the address that --host has",
            )
        if headers.get(b"expect", CONTINUE).strip().lower() != CONTINUE:
            return Refusal(
                417,
                "the header Expect asks for what this server does not do: leave it out",
                {"Connection": "close"},  # the client may keep its body back
            )
        if self._token is None or scope["path"] in OPEN:
            return None
        given = headers.get(b"authorization", b"")
        is_bearer = given[: len(BEARER)].lower() == BEARER
        # As long for a wrong token that begins like the right one as for any other.
        if hmac.compare_digest(given[len(BEARER) :].strip(), self._token) and is_bearer:
            return None
        return Refusal(
            401,
            "this needs the token of the server: send the header Authorization: Bearer TOKEN",
            {"WWW-Authenticate": "Bearer"},
        )


def host_of(header: bytes) -> str:
    """The host without the port: "localhost" of "LocalHost:8000", "::1" of "[::1]:8000"."""
    text = header.decode("latin-1").strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]
