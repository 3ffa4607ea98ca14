"""Interface of a column encoding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.table.cells import Cells

__all__ = ["Column"]


class Column(ABC):
    """The encoding of one column; members are frozen dataclasses of plain data."""

    kind: ClassVar[str]  # what it was taken for, in a word
    leaves_out_defaults: ClassVar[bool] = True

    name: str

    @property
    @abstractmethod
    def n_features(self) -> int:
        """The number of features; cheaper than the length of `feature_names`."""

    @property
    @abstractmethod
    def feature_names(self) -> tuple[str, ...]:
        """A name for each feature; empty if the column is dropped."""

    @property
    @abstractmethod
    def detail(self) -> str:
        """A short description of the encoding for a table."""

    @abstractmethod
    def fill(self, cells: Cells, out: FloatArray) -> tuple[str, ...]:
        """Write the features of n cells into `out`, float32 zeros of shape (n, n_features).

        Returns notes on cells that had to be handled. Raises InputError for those that cannot be.
        """
