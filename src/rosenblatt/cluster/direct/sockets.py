"""What both ends set on a socket."""

from __future__ import annotations

import socket

__all__ = ["JOINED", "configured"]

# A frame below so many bytes is copied into one piece: a system call costs more than the copy.
JOINED = 1 << 15

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
    }
    for name, value in options.items():
        if hasattr(socket, name):  # not every system has them
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return connection
