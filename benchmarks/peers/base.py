"""What every peer can be asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from importlib.util import find_spec
from typing import ClassVar

from benchmarks.cases import Case
from benchmarks.data import Data
from benchmarks.timing import Lap

__all__ = ["Peer"]


class Peer(ABC):
    """A library that trains networks. `name` is what tables call it, `package` what one imports."""

    name: ClassVar[str]
    package: ClassVar[str]

    @abstractmethod
    def thread_counts(self, limit: int) -> tuple[int, ...]:
        """The thread counts to try, none above `limit`; the best one counts."""

    @abstractmethod
    def training(self, case: Case, data: Data, threads: int) -> Callable[[], Lap]:
        """The case's job: `case.epochs` epochs, shuffled, from fresh weights."""

    def is_installed(self) -> bool:
        return find_spec(self.package) is not None
