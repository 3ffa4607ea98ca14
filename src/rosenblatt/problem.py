"""What is to be learnt, and from what: the two values that the engine takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard, final

import numpy as np
import numpy.typing as npt

from rosenblatt.averaging import NoAveraging, StepAveraging
from rosenblatt.losses import Loss
from rosenblatt.network import Network, ParameterGroup, RateRun, Tie, rate_runs
from rosenblatt.optimizers import Optimizer
from rosenblatt.regularization.activity import ActivityPenalty
from rosenblatt.regularization.clipping import Clipping, NoClipping
from rosenblatt.regularization.constraints import Constraint, NoConstraint
from rosenblatt.regularization.penalties import Penalty
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.pixels import Pixels
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    import scipy.sparse as sp

__all__ = ["Arrays", "Matrix", "Problem", "Rows", "as_given", "is_sparse"]

Matrix: TypeAlias = "FloatArray | Pixels | sp.csr_array | sp.csr_matrix"
Rows: TypeAlias = npt.NDArray[np.int64]


def is_sparse(X: Matrix) -> TypeGuard[sp.csr_array | sp.csr_matrix]:
    """Whether X holds nothing but the entries that are not 0."""
    return not isinstance(X, np.ndarray | Pixels)


def as_given(X: Matrix) -> Any:
    """X as an estimator takes it: pixels as bytes."""
    return X.data if isinstance(X, Pixels) else X


@final
@dataclass(frozen=True)
class Problem:
    """A network, the loss and penalty it is trained by, and the rule that trains it.

    A step clips the gradient, moves the weights by the optimiser's rule, brings them back to the
    layers' bounds and to the constraint's set, and takes them into their average. The rate and the
    decay of parameters that one of the `groups` names are multiplied by that group's factors.

    The objective is Σ w_i L_i / Σ w_i + penalty / Σ w_i: the penalty is divided by the sum of the
    weights as well, which is scikit-learn's scale. A batch of b rows stands for it with b·w̄ in
    place of Σ w_i, w̄ being the mean weight of all rows.

    With `ties` it is a function of the free weights alone, and a shared weight is penalised once.
    `activities` are penalties on what layers give, by the layers' numbers. The readable engine
    trains with either.
    """

    network: Network
    loss: Loss
    penalty: Penalty
    optimizer: Optimizer
    clipping: Clipping = field(default_factory=NoClipping)
    constraint: Constraint = field(default_factory=NoConstraint)
    averaging: StepAveraging = field(default_factory=NoAveraging)
    groups: tuple[ParameterGroup, ...] = ()
    ties: tuple[Tie, ...] = ()
    activities: tuple[tuple[int, ActivityPenalty], ...] = ()

    @cached_property
    def rates(self) -> tuple[RateRun, ...]:
        """All parameters as runs of those whose learning rates and decays have the same factors.

        Raises
        ------
        ValueError
            If a group names no parameter of the network.
        """
        return rate_runs(self.network, self.groups)


@final
@dataclass(frozen=True)
class Arrays:
    """Rows to learn from, all of one float type.

    Attributes
    ----------
    X : array (n, n_inputs) in C order, Pixels, or CSR
    y : array (n, n_targets) in C order
        In the loss's terms; see `losses`.
    weights : array (n,), optional
    rows : array (n_samples,) of int64, optional
        Those of the n rows that there are to learn from, so that parts of one table, such as the
        folds of a cross-validation, share it; None for all of them.
    mean_of_all : float, optional
        The mean weight of all rows, where these are those of them that are in memory.
    """

    X: Matrix
    y: FloatArray
    weights: FloatArray | None = None
    rows: Rows | None = None
    mean_of_all: float | None = None

    @property
    def n_samples(self) -> int:
        return len(self.y) if self.rows is None else len(self.rows)

    @property
    def order(self) -> Rows:
        """The numbers of the rows, as an array of the caller's own."""
        return np.arange(len(self.y)) if self.rows is None else self.rows.copy()

    def part(self, positions: npt.NDArray[np.integer]) -> Arrays:
        """Some of the rows, by their positions among them, where they lie."""
        rows = positions if self.rows is None else self.rows[positions]
        return Arrays(self.X, self.y, self.weights, np.ascontiguousarray(rows, np.int64))

    def gathered(self) -> Arrays:
        """The same rows in arrays of their own."""
        rows = self.rows
        if rows is None:
            return self
        weights = None if self.weights is None else self.weights[rows]
        X: Matrix = self.X[rows]
        return Arrays(X, self.y[rows], weights)

    @property
    def mean_entries(self) -> float | None:
        """Stored entries of a row of a sparse X, in the mean; None for a dense one."""
        return self.X.nnz / max(1, len(self.y)) if is_sparse(self.X) else None

    @property
    def mean_weight(self) -> float:
        if self.mean_of_all is not None:
            return self.mean_of_all
        if self.weights is None:
            return 1.0
        weights = self.weights if self.rows is None else self.weights[self.rows]
        return float(np.mean(weights, dtype=np.float64))
