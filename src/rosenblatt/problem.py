"""What is to be learnt, and from what: the two values that the engine takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias, final

import numpy as np
import scipy.sparse as sp

from rosenblatt.averaging import NoAveraging, StepAveraging
from rosenblatt.clipping import Clipping, NoClipping
from rosenblatt.constraints import Constraint, NoConstraint
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.optimizers import Optimizer
from rosenblatt.penalties import Penalty
from rosenblatt.types import FloatArray

__all__ = ["Arrays", "Matrix", "Problem"]

Matrix: TypeAlias = FloatArray | sp.csr_array | sp.csr_matrix


@final
@dataclass(frozen=True)
class Problem:
    """A network, the loss and penalty it is trained by, and the rule that trains it.

    A step clips the gradient, moves the weights by the optimiser's rule, brings them back to the
    constraint's set and takes them into their average.

    The objective is Σ w_i L_i / Σ w_i + penalty / Σ w_i: the penalty is divided by the sum of the
    weights as well, which is scikit-learn's scale. A batch of b rows stands for it with b·w̄ in
    place of Σ w_i, w̄ being the mean weight of all rows.
    """

    network: Network
    loss: Loss
    penalty: Penalty
    optimizer: Optimizer
    clipping: Clipping = field(default_factory=NoClipping)
    constraint: Constraint = field(default_factory=NoConstraint)
    averaging: StepAveraging = field(default_factory=NoAveraging)


@final
@dataclass(frozen=True)
class Arrays:
    """Rows to learn from, all of one float type.

    Attributes
    ----------
    X : array (n_samples, n_inputs) in C order, or CSR
    y : array (n_samples, n_targets) in C order
        In the loss's terms; see `losses`.
    weights : array (n_samples,), optional
    """

    X: Matrix
    y: FloatArray
    weights: FloatArray | None = None

    @property
    def n_samples(self) -> int:
        return len(self.y)

    @property
    def mean_entries(self) -> float | None:
        """Stored entries of a row of a sparse X, in the mean; None for a dense one."""
        return None if isinstance(self.X, np.ndarray) else self.X.nnz / max(1, self.n_samples)

    @property
    def mean_weight(self) -> float:
        return 1.0 if self.weights is None else float(np.mean(self.weights, dtype=np.float64))
