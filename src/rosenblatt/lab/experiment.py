"""An experiment: a claim, what theory predicts of it, and how that is measured."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, TypeVar, final

import numpy as np

from rosenblatt.lab.declaration import Declaration
from rosenblatt.lab.observation import Observation
from rosenblatt.lab.text import Text

__all__ = ["Conditions", "Experiment"]

T = TypeVar("T")


@final
@dataclass(frozen=True)
class Conditions:
    """How an experiment is to be run.

    Attributes
    ----------
    seed : int
        What is random follows from it.
    quick : bool
        With fewer seeds, steps and rows; the verdict is to be the same.
    """

    seed: int = 0
    quick: bool = False

    def choose(self, quick: T, full: T) -> T:
        return quick if self.quick else full

    def generators(self, quick: int, full: int) -> tuple[np.random.Generator, ...]:
        """So many independent generators, one for each repetition."""
        children = np.random.SeedSequence(self.seed).spawn(self.choose(quick, full))
        return tuple(map(np.random.default_rng, children))


class Experiment(ABC):
    """A claim that is put to the test. Classes are frozen dataclasses.

    Their fields hold the mathematics under test (a loss, an update rule, a function), so that the
    tests can replace it by a faulty one, which must turn the verdict.
    """

    id: ClassVar[str]
    title: ClassVar[Text]
    claim: ClassVar[Text]
    source: ClassVar[str]
    theory: ClassVar[Text]  # what it predicts, and why
    method: ClassVar[Text]  # how that is measured
    takeaway: ClassVar[Text]

    @abstractmethod
    def declare(self, conditions: Conditions) -> Declaration:
        """The predictions, from theory and from the problem alone: nothing is trained here."""

    @abstractmethod
    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        """Samples for every key that is declared; tables, figures and progress besides."""
