"""What is declared before anything is measured: the cases of a claim, and what theory predicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.lab.criterion import Criterion
from rosenblatt.lab.text import Text

__all__ = ["Case", "Declaration", "Test"]


@final
@dataclass(frozen=True)
class Test:
    """A quantity, and what its measurement must be.

    Attributes
    ----------
    key : str
        Of the samples that the measurement yields.
    what : Text
        The quantity in words, with its unit.
    criterion : Criterion
    """

    # Not a class of tests, whatever pytest makes of its name.
    __test__ = False

    key: str
    what: Text
    criterion: Criterion


@final
@dataclass(frozen=True)
class Case:
    """A condition, under which the claim holds if and only if its tests come true.

    Attributes
    ----------
    condition : Text
        As it stands behind "holds when".
    tests : tuple of Test
        The claim in numbers, under this condition.
    expected : bool
        What theory says: whether the claim holds here.
    """

    condition: Text
    tests: tuple[Test, ...]
    expected: bool = True


@final
@dataclass(frozen=True)
class Declaration:
    """All of it.

    Attributes
    ----------
    cases : tuple of Case
    predictions : tuple of Test
        What theory predicts besides, such as the number for which a claim is false.
    """

    cases: tuple[Case, ...]
    predictions: tuple[Test, ...] = ()

    @property
    def tests(self) -> tuple[Test, ...]:
        """All of them, those of the cases first; a key stands for one quantity."""
        return (*(test for case in self.cases for test in case.tests), *self.predictions)
