"""What every column of a table has in common, whatever its kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Column"]


class Column(ABC):
    """What was learnt about one column: a frozen dataclass of plain data in each member."""

    kind: ClassVar[str]  # what it was taken for, in a word

    name: str

    @property
    @abstractmethod
    def n_features(self) -> int:
        """How many features the column gives: their names may take far more memory than it does."""

    @property
    @abstractmethod
    def feature_names(self) -> tuple[str, ...]:
        """One name a feature that the column gives to the network; none if it is dropped."""

    @property
    @abstractmethod
    def detail(self) -> str:
        """What it was taken for, in words short enough for a table."""

    @abstractmethod
    def fill(self, series: pd.Series, out: FloatArray) -> tuple[str, ...]:
        """Write the features of n cells into `out`, float32 zeros of shape (n, n_features).

        Returns notes on cells that had to be handled. Raises InputError for those that cannot be.
        """
