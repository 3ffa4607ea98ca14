"""How a model is served, checked before anything is opened."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import final

from rosenblatt.errors import InputError

__all__ = ["LOCAL_NAMES", "Settings"]

LOCALHOST = "localhost"
LOCAL_NAMES = frozenset((LOCALHOST, "127.0.0.1", "::1"))
TOKEN = re.compile(r"[!-~]+")  # what a header may hold
BYTES_PER_CELL = 4  # the shortest cell, of rows as JSON, has more


@final
@dataclass(frozen=True)
class Settings:
    """Where a server listens, and whom and what it lets in.

    Attributes
    ----------
    host : str
        An address of this machine, or 'localhost'.
    port : int
        0 for any free one.
    token : str or None
        What requests must bear; None lets all in that reach the server.
    max_body : int
        Bytes of a request at most.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    max_body: int = 10_000_000

    def __post_init__(self) -> None:
        if not is_address(self.host):
            raise InputError(
                f"--host {self.host!r} is no address: give one of this machine, such as 127.0.0.1,"
                " or 0.0.0.0 for all of them"
            )
        if not 0 <= self.port < 1 << 16:
            raise InputError(
                f"--port is {self.port}; it must be from 0 to 65535, for example --port 8000"
            )
        if self.token is not None and not TOKEN.fullmatch(self.token):
            raise InputError(
                "the token may have letters, digits and signs of ASCII, without blanks, and at"
                " least one of them: choose another"
            )
        if self.token is None and not self.is_local:
            raise InputError(
                f"--host {self.host} lets other machines in: name a token that they must send, by"
                " --token or in ROSENBLATT_TOKEN, or leave --host out"
            )

    @property
    def is_local(self) -> bool:
        """Whether this machine alone can reach the server."""
        return ipaddress.ip_address(self.address).is_loopback

    @property
    def address(self) -> str:
        return "127.0.0.1" if self.host == LOCALHOST else self.host

    @property
    def hosts(self) -> frozenset[str] | None:
        """The names under which browsers may ask for it; None for any.

        A page from elsewhere whose name is pointed at this machine asks under that name. Where
        other machines are let in, under names that are not known here, the token keeps it out.
        """
        return LOCAL_NAMES | {self.host.lower()} if self.is_local else None

    @property
    def most_cells(self) -> int:
        """Cells of a table, in or out, at most: `{}` is a row of as many as there are columns."""
        return self.max_body // BYTES_PER_CELL


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return text == LOCALHOST
    return True
