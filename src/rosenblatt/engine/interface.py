"""What an engine does, whichever it is."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from rosenblatt.engine.divergence import Divergence
from rosenblatt.engine.shuffling import shuffle
from rosenblatt.network import Network
from rosenblatt.problem import Matrix
from rosenblatt.support.types import FloatArray

__all__ = [
    "Epoch",
    "Objective",
    "OutputFormat",
    "Predictor",
    "Trainer",
    "fitting",
    "fitting_state",
    "refuse_noise_on_sparse",
    "refuse_random",
]


@final
class Epoch(NamedTuple):
    """What one epoch measured.

    Attributes
    ----------
    data_loss, penalty : float
        Means over the epoch's rows, each batch at the parameters it met.
    gradient_norms : tuple of n_layers floats
        Norm of each layer's gradient, penalty included: root mean square over the batches.
        Taken before the gradient is clipped.
    steps : int
        Those taken: fewer than the epoch has where its time was up, or where it diverged.
    divergence : Divergence, optional
        Of the step after those, which was taken back; its batch is in the means all the same.
    damping : float, optional
        Of the curvature, after the epoch, where the method has one.
    seconds : float
        Wall time, where the trainer has measured it.
    """

    data_loss: float
    penalty: float
    gradient_norms: tuple[float, ...]
    steps: int
    divergence: Divergence | None = None
    damping: float | None = None
    seconds: float = math.nan

    @property
    def finite(self) -> bool:
        """Whether every step set out from a finite loss and left finite numbers."""
        return self.divergence is None


class Trainer(ABC):
    """Moves parameters and the optimiser's memory, both changed in place, epoch by epoch."""

    @abstractmethod
    def epoch(
        self,
        order: npt.NDArray[np.int64] | None,
        batch_size: int,
        factors: npt.NDArray[np.float64],
        seconds: float = math.inf,
    ) -> Epoch:
        """One pass over the rows in `order` (their own by default), a step for each batch.

        `factors`, one a step, multiply the optimiser's base rate. Once `seconds` are over no
        further step is begun, but one is taken in any case.

        A step that diverges, which is one whose loss is not finite or which would leave numbers
        that are not, ends the epoch: everything is as it was before it.
        """

    def epochs(
        self,
        n: int,
        order: npt.NDArray[np.int64],
        generator: np.random.RandomState | None,
        batch_size: int,
        factors: npt.NDArray[np.float64],
        seconds: float = math.inf,
    ) -> Iterator[Epoch]:
        """`n` epochs, before each of which `order` is shuffled in place where there is a generator.

        They end early with one that diverges, or has not the time for its steps. `factors` are
        those of all steps. Nobody may look at the parameters before the last epoch is over: a
        trainer may be ahead of what it yields.
        """
        end = time.perf_counter() + seconds
        steps = len(factors) // n
        for k in range(n):
            if generator is not None:
                shuffle(order, generator)
            epoch = self.epoch(
                None if generator is None else order,
                batch_size,
                factors[k * steps :][:steps],
                end - time.perf_counter(),
            )
            yield epoch
            if not epoch.finite or time.perf_counter() >= end:
                return


class Objective(ABC):
    """The objective over all rows, as a function of the parameters."""

    @abstractmethod
    def value_and_gradient(self, theta: FloatArray) -> tuple[float, float, FloatArray]:
        """Data loss, penalty, and the gradient of their sum."""


def fitting_state(network: Network, theta: FloatArray, state: FloatArray | None) -> FloatArray:
    """The network's state, of θ's type and of its size; a network without one need not give any."""
    if state is None:
        state = np.empty(0, theta.dtype)
    if state.shape != (network.n_state,) or state.dtype != theta.dtype:
        raise ValueError(
            f"the network has a state of {network.n_state} numbers of {theta.dtype}, given were"
            f" {state.shape} of {state.dtype}"
        )
    return state


def refuse_noise_on_sparse(network: Network, X: Matrix) -> None:
    """Noise would fill what is empty."""
    if network.input_noise and not isinstance(X, np.ndarray):
        raise ValueError("input noise needs dense inputs, X is sparse")


def refuse_random(network: Network) -> None:
    """An objective over all rows is a function of the parameters, and of nothing else."""
    if network.is_random:
        raise ValueError(
            "the objective over all rows has no dropout and no input noise, which change from step"
            " to step"
        )


@final
class OutputFormat(Enum):
    """What the predictions of n rows look like."""

    COLUMNS = "a column for each output"
    BOTH_CLASSES = "of one output p, the columns 1 - p and p"
    FLAT = "of one output, shape (n,)"


def fitting(network: Network, theta: FloatArray, X: Matrix) -> Matrix:
    """X as an engine takes it."""
    if X.shape[1] != network.n_inputs:
        raise ValueError(f"the network takes {network.n_inputs} features, X has {X.shape[1]}")
    if isinstance(X, np.ndarray):
        return np.require(X, theta.dtype, ["C_CONTIGUOUS", "ALIGNED", "ENSUREARRAY"])
    return X.astype(theta.dtype, copy=False)


class Predictor(ABC):
    """Predictions over parameters θ and a state, which are read where they lie at every call.

    Every method may be called from several threads at once. The two that take whatever comes return
    None for an array that needs preparation: one that is no plain `ndarray` in C order, aligned, of
    θ's type and the network's number of features.
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
        """Predictions of one row or more, shape (n, n_features), if all of it is finite."""

    @abstractmethod
    def bare(self, X: object, out: object) -> FloatArray | None:
        """Predictions of rows or of one vector, unchecked, into `out` or, for None, a new array."""

    def predict(self, X: Matrix) -> FloatArray:
        """Predictions of rows, dense or CSR."""
        columns = self.columns(fitting(self.network, self.theta, X))
        return columns.ravel() if self.form is OutputFormat.FLAT else columns

    @abstractmethod
    def columns(self, X: Matrix) -> FloatArray:
        """The same of fitting rows, in shape (n, n_columns) whatever the form."""
