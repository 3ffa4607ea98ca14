"""Interfaces of an engine: training, the objective over all rows, prediction."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from enum import Enum
from typing import final

import numpy as np

from rosenblatt.engine.epoch import Epoch
from rosenblatt.engine.epoch_plan import EpochPlan
from rosenblatt.network import Network
from rosenblatt.problem import Matrix, is_sparse
from rosenblatt.support.pixels import Pixels
from rosenblatt.support.types import FloatArray

__all__ = [
    "BLOCK_ROWS",
    "EnginePredictor",
    "Objective",
    "OutputFormat",
    "Trainer",
    "fitting",
    "fitting_state",
    "refuse_noise_on_sparse",
    "refuse_random",
]

# Rows that the native engine propagates at once at most: `largest_block` in cpp/propagate.hpp.
BLOCK_ROWS = 1024


class Trainer(ABC):
    """Changes parameters, network state and optimiser state in place, epoch by epoch."""

    @abstractmethod
    def epochs(self, plan: EpochPlan) -> Iterator[Epoch]:
        """Run the epochs of a plan: one pass over the rows each, with a step for every batch.

        A step diverges if its loss is not finite, or if it would leave numbers that are not. It is
        undone and ends its epoch; there are no further epochs. The last one is also shorter when
        the time is up.

        A trainer may be ahead of what it yields: parameters are those of a yielded epoch only once
        the last has been yielded.
        """

    @final
    def epoch(self, plan: EpochPlan) -> Epoch:
        """Run a plan of one epoch."""
        (epoch,) = self.epochs(plan)
        return epoch


class Objective(ABC):
    """The objective over all rows, as a function of the parameters."""

    @abstractmethod
    def value_and_gradient(self, theta: FloatArray) -> tuple[float, float, FloatArray]:
        """Data loss, penalty, and the gradient of their sum."""


def fitting_state(network: Network, theta: FloatArray, state: FloatArray | None) -> FloatArray:
    """The network's state, checked for its size and for θ's type; None for one without state."""
    if state is None:
        state = np.empty(0, theta.dtype)
    if state.shape != (network.n_state,) or state.dtype != theta.dtype:
        raise ValueError(
            f"the network has a state of {network.n_state} numbers of {theta.dtype}, given were"
            f" {state.shape} of {state.dtype}"
        )
    return state


def refuse_noise_on_sparse(network: Network, X: Matrix) -> None:
    """ValueError where input noise would fill a sparse X."""
    if network.input_noise and is_sparse(X):
        raise ValueError("input noise needs dense inputs, X is sparse")


def refuse_random(network: Network) -> None:
    """ValueError for dropout and noise: the objective over all rows depends on parameters alone."""
    if network.is_random:
        raise ValueError(
            "the objective over all rows has no dropout, no input noise and no augmentation, which"
            " change from step to step"
        )


@final
class OutputFormat(Enum):
    """The layout of predictions."""

    COLUMNS = "a column for each output"
    BOTH_CLASSES = "the columns 1 - p and p of one output p"
    FLAT = "one output in shape (n,)"


def fitting(network: Network, theta: FloatArray, X: Matrix) -> Matrix:
    """X in the layout that engines read: θ's type, in C order and aligned, `Pixels`, or CSR.

    Raises
    ------
    ValueError
        If X has another number of features than the network.
    """
    if X.shape[1] != network.n_inputs:
        raise ValueError(f"the network takes {network.n_inputs} features, X has {X.shape[1]}")
    if isinstance(X, np.ndarray):
        return np.require(X, theta.dtype, ["C_CONTIGUOUS", "ALIGNED", "ENSUREARRAY"])
    if isinstance(X, Pixels):
        return X.astype(theta.dtype)
    return X.astype(theta.dtype, copy=False)


class EnginePredictor(ABC):
    """Predictions with parameters θ and a network state, which every call reads in place.

    All methods may be called from several threads at once. `finite` and `bare` accept any object,
    and return None for one that must be prepared first: anything but an aligned `ndarray` in C
    order, of θ's type and the network's number of features.
    """

    def __init__(
        self,
        network: Network,
        theta: FloatArray,
        form: OutputFormat,
        state: FloatArray | None = None,
    ) -> None:
        if form is not OutputFormat.COLUMNS and network.n_outputs != 1:
            raise ValueError(f"{form} needs one output, the network has {network.n_outputs}")
        self.network, self.theta, self.form = network, theta, form
        self.state = fitting_state(network, theta, state)

    @property
    def n_columns(self) -> int:
        return 2 if self.form is OutputFormat.BOTH_CLASSES else self.network.n_outputs

    @abstractmethod
    def finite(self, X: object) -> FloatArray | None:
        """Predictions of rows, shape (n, n_features) with n > 0, if these and they are finite."""

    @abstractmethod
    def bare(self, X: object, out: object) -> FloatArray | None:
        """Predictions of rows or of one vector, if they are finite; inputs are not checked.

        They are written into `out`, or into a new array if it is None.
        """

    def predict(self, X: Matrix) -> FloatArray:
        """Predictions of rows: dense, `Pixels` or CSR."""
        columns = self.columns(fitting(self.network, self.theta, X))
        return columns.ravel() if self.form is OutputFormat.FLAT else columns

    @abstractmethod
    def columns(self, X: Matrix) -> FloatArray:
        """Predictions of rows in the engine's layout, in shape (n, n_columns) for every form."""
