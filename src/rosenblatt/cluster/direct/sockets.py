"""What both ends do with a socket."""

from __future__ import annotations

import socket
import time

from rosenblatt.cluster.direct.frames import PREFIX_BYTES, Layout, Lengths, layout, lengths

__all__ = ["JOINED", "configured", "fill", "filled", "filled_until", "received_header", "send"]

# A frame below so many bytes is copied into one piece: a system call costs more than the copy.
JOINED = 1 << 15

# One call returns when all has come, without a turn of the interpreter for each packet.
WHOLE: int = getattr(socket, "MSG_WAITALL", 0)

# Bytes in a socket that the network has not taken yet: a send that returns is nearly over.
UNSENT = 1 << 17

# A peer that is cut off is noticed after some 6 s, like a node by Ray's health checks.
CUT_SECONDS = 6


def configured(connection: socket.socket) -> socket.socket:
    """The socket, which sends at once, and fails when the other end is cut off."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    options = {
        "TCP_KEEPIDLE": 2,
        "TCP_KEEPINTVL": 1,
        "TCP_KEEPCNT": CUT_SECONDS - 2,
        "TCP_USER_TIMEOUT": 1000 * CUT_SECONDS,
        "TCP_NOTSENT_LOWAT": UNSENT,
    }
    for name, value in options.items():
        if hasattr(socket, name):  # not every system has them
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return connection


def send(connection: socket.socket, pieces: list[memoryview | bytes]) -> None:
    """Send all pieces, in their order."""
    if sum(map(len, pieces)) < JOINED:
        pieces = [b"".join(pieces)]
    for piece in pieces:
        connection.sendall(piece)


def fill(connection: socket.socket, view: memoryview) -> None:
    """Receive as many bytes as the view has.

    Raises
    ------
    EOFError
        If the other end has closed before.
    """
    while len(view):
        n = connection.recv_into(view, 0, WHOLE)
        if not n:
            raise EOFError("the other end has gone")
        view = view[n:]


def filled(connection: socket.socket, memory: bytearray) -> bytearray:
    """The memory, after as many bytes as it has were received."""
    fill(connection, memoryview(memory))
    return memory


def filled_until(connection: socket.socket, memory: bytearray, deadline: float) -> bytearray:
    """As `filled`, by a time of the monotonic clock, however the bytes are spread until then.

    Raises
    ------
    TimeoutError
        If they have not all come.
    """
    view = memoryview(memory)
    while len(view):
        connection.settimeout(max(1e-3, deadline - time.monotonic()))
        n = connection.recv_into(view)
        if not n:
            raise EOFError("the other end has gone")
        view = view[n:]
        if len(view) and time.monotonic() >= deadline:
            raise TimeoutError("the other end has not answered in time")
    connection.settimeout(None)
    return memory


def received_header(connection: socket.socket, most_bytes: int) -> tuple[Lengths, Layout]:
    """The lengths and the header of the next frame, whose arrays are left to receive."""
    n = lengths(filled(connection, bytearray(PREFIX_BYTES)), most_bytes)
    return n, layout(filled(connection, bytearray(n.header)), n.arrays)
