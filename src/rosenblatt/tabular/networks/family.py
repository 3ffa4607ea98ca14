"""What a published network is: how tables are prepared for it, its layers, and its training."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, final

import numpy as np
import numpy.typing as npt

from rosenblatt.initializers import FanInUniform
from rosenblatt.network import Network, ParameterGroup
from rosenblatt.optimizers import Optimizer
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table import TableEncoding
from rosenblatt.table.category_format import CategoryRule

__all__ = ["Course", "Factors", "NetworkFamily"]


@final
class Factors(NamedTuple):
    """Of the rate, of the weight decay and of dropout, one for each step; None for ones."""

    rates: Float64Array
    decays: Float64Array | None = None
    dropouts: Float64Array | None = None


@final
@dataclass(frozen=True)
class Course:
    """How long a network is trained, and which of its epochs is kept.

    Attributes
    ----------
    epochs : int
        Passes over the rows, at most.
    batch_size : int
    patience : int, optional
        The training ends after so many epochs in turn that are no better than the best; None for
        all epochs.
    drops_last : bool
        Whether rows that fill no batch are left out of an epoch, other ones in each.
    later_wins : bool
        Whether the later one of equally good epochs is kept.
    """

    epochs: int
    batch_size: int
    patience: int | None = None
    drops_last: bool = False
    later_wins: bool = False

    def rows_of(self, n_rows: int) -> int:
        """Rows that an epoch takes."""
        if not self.drops_last or n_rows < self.batch_size:
            return n_rows
        return n_rows // self.batch_size * self.batch_size


class NetworkFamily(ABC):
    """A network with its published defaults, a frozen dataclass whose fields may be replaced.

    It is trained once, on four fifths of the rows; the others say which epoch is kept.

    Attributes
    ----------
    name : str
        That `network` takes.
    title : str
        What messages call it.
    rule : CategoryRule
        How categories are encoded.
    smoothing : float
        Of class labels.
    course : Course
    """

    name: ClassVar[str]
    title: ClassVar[str]
    rule: ClassVar[CategoryRule]
    smoothing: ClassVar[float] = 0.0

    @property
    @abstractmethod
    def course(self) -> Course: ...

    @abstractmethod
    def network(
        self, encoding: TableEncoding, X: FloatArray, n_outputs: int, *, is_class: bool
    ) -> Network:
        """The network.

        Parameters
        ----------
        encoding : TableEncoding
        X : array (n_rows, n_features)
            The encoded rows that it learns from, or a sample of many.
        n_outputs : int
        is_class : bool
            Whether classes are learnt.
        """

    @abstractmethod
    def optimizer(self, *, is_class: bool) -> Optimizer:
        """What takes the steps."""

    def initial(self, network: Network, X: FloatArray, rng: np.random.RandomState) -> FloatArray:
        """θ to begin with, float32; X as before."""
        return network.initial_parameters(rng, FanInUniform(), np.float32)

    def groups(self, network: Network) -> tuple[ParameterGroup, ...]:
        """Parameters whose rates and decays have factors of their own."""
        return ()

    def factors(self, steps: npt.NDArray[np.int64], total: int) -> Factors:
        """What these of all steps are multiplied by; there are `total` where nothing ends them."""
        return Factors(np.ones(len(steps)))
