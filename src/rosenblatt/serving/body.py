"""The body of a request, of bounded size and time."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from rosenblatt.serving.refusal import Refusal

__all__ = ["read_body"]

SECONDS = 60.0
# A client may read no answer before it has sent everything: so much of a body that is too large is
# taken and forgotten, as a multiple of the limit.
FORGOTTEN = 8


async def read_body(request: Request, most: int) -> bytes:
    """The whole body.

    Raises
    ------
    Refusal
        If it has more than `most` bytes, whatever its Content-Length says, or does not end.
    """
    try:
        async with asyncio.timeout(SECONDS):
            return await received(request, most)
    except TimeoutError as error:
        raise Refusal(
            408,
            f"the body did not end within {SECONDS:g} seconds: send it faster, or in parts",
            CLOSE,
        ) from error


async def received(request: Request, most: int) -> bytes:
    declared = request.headers.get("content-length", "0")
    n = int(declared) if declared.isdecimal() else 0
    if n > FORGOTTEN * most:
        raise too_large(most)
    parts: list[bytes] = []
    n = 0
    async for part in request.stream():
        n += len(part)
        if n <= most:
            parts.append(part)
        else:
            parts.clear()
        if n > FORGOTTEN * most:
            break
    if n > most:
        raise too_large(most)
    return b"".join(parts)


CLOSE = {"Connection": "close"}


def too_large(most: int) -> Refusal:
    return Refusal(
        413,
        f"the body has more than {most:,} bytes: send fewer rows at a time, or start the server"
        " with a larger --max-body",
        CLOSE,
    )
