"""How much memory a file may take before it is refused: four times its size and a mebibyte.

It is spent twice. First the header is read and parsed; then, the header forgotten, the tensors are
read, and our metadata become a network that they must fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

__all__ = ["Allowances"]

FIXED = 2**20 - 2**16  # the rest is what every file takes, such as buffers and messages
PER_TENSOR = 600  # bytes for the objects of an array, its name and its places
# How often the tensors' bytes are there: as they were read, in the network's vectors, and, as one
# byte for four, whether they are finite.
COPIES = 2.25


@final
@dataclass(frozen=True)
class Allowances:
    """What a file may take whose header and tensors have so many bytes."""

    header_bytes: int
    data_bytes: int

    @property
    def for_header(self) -> int:
        """Bytes for the header's text and value."""
        return 4 * (self.header_bytes + self.data_bytes) + FIXED

    def for_metadata(self, n_tensors: int) -> int:
        """Bytes for our metadata's text and value, beside the tensors."""
        of_tensors = COPIES * self.data_bytes + PER_TENSOR * n_tensors
        return int(4 * (self.header_bytes + self.data_bytes) - of_tensors) + FIXED

    def blanks(self, header: int, metadata: int, n_tensors: int) -> int:
        """How many bytes more the header needs for texts that take so much memory."""
        more = max(header - self.for_header, metadata - self.for_metadata(n_tensors), 0)
        return -(-more // 4)
