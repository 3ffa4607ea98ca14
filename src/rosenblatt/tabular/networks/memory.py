"""What does not fit into memory is said before it is trained."""

from __future__ import annotations

from rosenblatt.errors import InputError
from rosenblatt.network import Network
from rosenblatt.search.memory_budget import available_bytes, bytes_text, fit_bytes

__all__ = ["require_memory"]

FLOAT = 4


def require_memory(network: Network, batch_size: int, title: str) -> None:
    """InputError if training takes more memory than there is."""
    needed, free = fit_bytes(network, batch_size, FLOAT), available_bytes()
    if needed > free:
        raise InputError(
            f"training {title} takes about {bytes_text(needed)} of memory, and"
            f" {bytes_text(free)} are free: take fewer members or units"
        )
