"""A server on an address of this machine, until it is told to end."""

from __future__ import annotations

import errno
import gc
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import final

import uvicorn

from rosenblatt.errors import InputError
from rosenblatt.serving.app import application
from rosenblatt.serving.connection import IDLE_SECONDS, Connection
from rosenblatt.serving.interface import Servable
from rosenblatt.serving.settings import Settings
from rosenblatt.support.unfinished import remove_unfinished

__all__ = ["listening", "run", "server_of", "url_of"]

# Seconds that requests at hand have left: who presses Ctrl-C waits for the end, and a system that
# ends a service gives it more.
LAST_SECONDS, AFTER_CTRL_C = 5, 1


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """A socket that takes connections, which wait for `run`.

    Raises
    ------
    InputError
        If the port is in use, or the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in settings.address else socket.AF_INET
    # asyncio sends small packets at once on sockets that name their protocol alone; on others a
    # response of two packets waits 40 ms for the client's word on the first one.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((settings.address, settings.port))
            opened.listen()
        except OSError as error:
            raise no_socket(settings, error) from error
        yield opened


def no_socket(settings: Settings, error: OSError) -> InputError:
    port, host = settings.port, settings.host
    if error.errno == errno.EADDRINUSE:
        return InputError(
            f"port {port} of {host} is in use: choose another one by --port, or --port 0 for any"
            " that is free"
        )
    if error.errno == errno.EACCES:
        return InputError(f"port {port} may not be opened: choose one above 1023 by --port")
    return InputError(
        f"cannot listen at {host}: {error.strerror or error}; give --host an address of this"
        " machine"
    )


def url_of(opened: socket.socket) -> str:
    address, port = opened.getsockname()[:2]
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


@final
class Server(uvicorn.Server):
    """Leaves no file of a request behind that a thread still works on as the server ends, which it
    does at once at a second signal of any kind."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.config.timeout_graceful_shutdown = (
            AFTER_CTRL_C if sig == signal.SIGINT else LAST_SECONDS
        )
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        remove_unfinished()


def server_of(model: Servable, settings: Settings) -> uvicorn.Server:
    config = uvicorn.Config(
        application(model, settings),
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="critical",  # what the server prints is its own
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=int(IDLE_SECONDS),
        timeout_graceful_shutdown=LAST_SECONDS,
    )
    return Server(config)


def run(model: Servable, settings: Settings, opened: socket.socket) -> None:
    """Answer requests until SIGINT or SIGTERM, and those at hand for a few seconds more.

    Raises
    ------
    KeyboardInterrupt
        After SIGINT, as whoever handles it has it.
    """
    server = server_of(model, settings)
    # What is there now stays: looking through all of it for garbage would take longer than a row.
    gc.collect()
    gc.freeze()
    server.run(sockets=[opened])
