"""Both ends of a connection prove that they have the token, which does not travel.

The server sends 32 bytes at random; the worker answers with 32 of its own and HMAC-SHA256 of both
under the token, and the server with another one. Neither answer can be used a second time.
"""

from __future__ import annotations

import hmac
import secrets

__all__ = ["NONCE_BYTES", "TOKEN_BYTES", "AuthenticationError", "check", "new_nonce", "proof"]

TOKEN_BYTES = NONCE_BYTES = 32


class AuthenticationError(ConnectionError):
    """The other end does not have the token."""


def new_nonce() -> bytes:
    return secrets.token_bytes(NONCE_BYTES)


def proof(token: bytes, role: bytes, of_server: bytes, of_worker: bytes) -> bytes:
    """That an end in this role, b"worker" or b"server", has the token."""
    return hmac.digest(token, role + of_server + of_worker, "sha256")


def check(found: bytes, expected: bytes) -> None:
    """In a time that does not depend on where they differ."""
    if not hmac.compare_digest(found, expected):
        raise AuthenticationError("the other end of the connection does not have the token")
