"""What is served: anything that names its columns, reads a file of rows and predicts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, final

if TYPE_CHECKING:
    import numpy.typing as npt

    from rosenblatt.table import Table, TableFile

__all__ = ["Answer", "InputColumn", "Servable", "TargetColumn"]


@final
@dataclass(frozen=True)
class InputColumn:
    """A column of the rows.

    Attributes
    ----------
    name : str
    taken_for : str
        'number', 'category', 'true/false', 'date' or 'left out'.
    detail : str
        The same in more words.
    is_needed : bool
        Whether rows must have it.
    choices : tuple of str
        Cells known from training, where these are few.
    example : str
        A usual cell; "" where there is none.
    """

    name: str
    taken_for: str
    detail: str
    is_needed: bool
    choices: tuple[str, ...] = ()
    example: str = ""


@final
@dataclass(frozen=True)
class TargetColumn:
    """What is predicted: one of `classes`, or a number where these are empty."""

    name: str
    detail: str
    classes: tuple[str, ...] | tuple[int, ...] | tuple[bool, ...]


class Answer(Protocol):
    """The predictions of some rows."""

    @property
    def columns(self) -> Mapping[str, npt.NDArray[Any]]:
        """Arrays of shape (n_rows,): predictions, then the probabilities of the classes."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on cells that had to be handled."""

    def write_csv(self, file: IO[bytes]) -> None:
        """Write the columns as UTF-8 text with a header."""


class Servable(Protocol):
    """A model that answers tables."""

    @property
    def columns(self) -> Sequence[InputColumn]:
        """The columns of the training table but the target, in its order."""

    @property
    def target(self) -> TargetColumn: ...

    def read(self, path: Path) -> TableFile:
        """A file of rows, read as that of the training was."""

    def predict(self, table: Table, coverage: float | None = None) -> Answer:
        """Predictions for rows with columns in any order.

        With a coverage also the columns `lower` and `upper` of an interval, or for each class one
        that says whether it is in the set of a row.

        Raises
        ------
        InputError
            If a column is absent, or holds what cannot be read; or of a coverage that the model
            cannot give.
        """
