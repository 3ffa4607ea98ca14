"""The Fisher matrix of a layer as a Kronecker product, F_l ≈ A_{l-1} ⊗ G_l (theory G16).

A layer's gradient of one row is ā δᵀ, with ā the activations before it and a 1 for the bias, and δ
the error at its pre-activations, for a target drawn from the model. Its Fisher matrix
E[(ā δᵀ)(ā δᵀ)ᵀ] is taken for E[ā āᵀ] ⊗ E[δ δᵀ] (Martens & Grosse 2015, section 3), which is exact
where the two are independent, and whose inverse is that of two small matrices:
F⁻¹ D = A⁻¹ D G⁻¹ for a gradient D in the shape (n_in + 1, n_out) of the weights with the biases
below them, which is how the parameters lie in θ.
"""

from __future__ import annotations

from typing import Any, final

import numpy as np
import scipy.linalg

from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.network import Network
from rosenblatt.support.state_dict import StateDict
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["KroneckerFisher", "with_ones"]


# Least damping, as a fraction of a matrix's mean eigenvalue.
FLOOR = 1e-10


def with_ones(a: FloatArray) -> Float64Array:
    """ā: a column of ones beside a, in float64."""
    ones = np.ones((len(a), a.shape[1] + 1))
    ones[:, :-1] = a
    return ones


@final
class KroneckerFisher:
    """A and G of every layer, averaged from batch to batch, and their damped inverses.

    Attributes
    ----------
    A, G : lists of arrays (n_in + 1, n_in + 1) and (n_out, n_out)
        Running averages with the weight min(1 - 1/k, decay) on the past at batch k.
    """

    def __init__(self, network: Network, decay: float) -> None:
        self.A = [np.zeros((n_in + 1, n_in + 1)) for n_in, _ in network.shapes]
        self.G = [np.zeros((n_out, n_out)) for _, n_out in network.shapes]
        self._network, self._decay = network, decay
        self._batches = 0
        self._inverses: list[tuple[Any, Any]] = []

    def observe(
        self, activations: tuple[FloatArray, ...], drawn: list[FloatArray], weights: FloatArray
    ) -> None:
        """Update the averages with a batch.

        Parameters
        ----------
        activations : arrays (n_samples, n_in) of every layer
        drawn : arrays (n_samples, n_out) of every layer
            δ for targets drawn from the model.
        weights : array (n_samples,)
            Weights of the rows, which sum to 1.
        """
        self._batches += 1
        past = min(1 - 1 / self._batches, self._decay)
        for A, G, a, delta in zip(self.A, self.G, activations, drawn, strict=True):
            for average, rows in ((A, with_ones(a)), (G, delta.astype(np.float64))):
                average *= past
                average += (1 - past) * (rows.T @ (weights[:, None] * rows))

    def first_overflow(self) -> int | None:
        """The first layer, from 0, of which A or G is not finite."""
        for i, (A, G) in enumerate(zip(self.A, self.G, strict=True)):
            if not (np.isfinite(A).all() and np.isfinite(G).all()):
                return i
        return None

    def invert(self, gamma: float) -> None:
        """Factorise A + πγ I and G + γ/π I, which stand for A ⊗ G + γ² I (section 6.3).

        π is the root of the ratio of their mean eigenvalues, so that neither is damped more, in
        its own scale, than the other.
        """
        self._inverses = []
        for A, G in zip(self.A, self.G, strict=True):
            mean_A, mean_G = np.trace(A) / len(A), np.trace(G) / len(G)
            pi = np.sqrt(mean_A / mean_G) if mean_G > 0 else 1.0
            self._inverses.append((factorised(A, pi * gamma), factorised(G, gamma / pi)))

    def state_dict(self) -> StateDict:
        arrays: dict[str, Float64Array] = {}
        for k, (A, G) in enumerate(zip(self.A, self.G, strict=True)):
            arrays |= {f"A{k}": A, f"G{k}": G}
        for k, ((A, _), (G, _)) in enumerate(self._inverses):
            arrays |= {f"inverse_A{k}": A, f"inverse_G{k}": G}
        return StateDict({"batches": self._batches}, arrays)

    def load_state_dict(self, state: StateDict) -> None:
        self._batches = state.whole("batches")
        self._inverses = []
        for k, (A, G) in enumerate(zip(self.A, self.G, strict=True)):
            state.copy_to(A, f"A{k}")
            state.copy_to(G, f"G{k}")
            if self._batches:
                # Upper triangles, as `cho_factor` returns them.
                factors = [np.empty_like(A), np.empty_like(G)]
                for factor, name in zip(factors, "AG", strict=True):
                    state.copy_to(factor, f"inverse_{name}{k}")
                self._inverses.append(((factors[0], False), (factors[1], False)))

    def solve(self, g: FloatArray) -> FloatArray:
        """F⁻¹ g with the damping of the last `invert`, shape (n_parameters,)."""
        solution = np.empty_like(g)
        start = 0
        for (n_in, n_out), (A, G) in zip(self._network.shapes, self._inverses, strict=True):
            end = start + (n_in + 1) * n_out
            D = g[start:end].reshape(n_in + 1, n_out)
            half = scipy.linalg.cho_solve(A, D, check_finite=False)
            solved = scipy.linalg.cho_solve(G, half.T, check_finite=False).T
            solution[start:end] = solved.ravel()
            start = end
        return solution


def factorised(M: Float64Array, damping: float) -> Any:
    """The Cholesky factor of M + damping I, as `cho_solve` takes it.

    M is singular where units are never active, and G of a softmax always is: the damping is at
    least a fraction of the mean eigenvalue above the level of rounding.

    Raises
    ------
    DivergenceError
        If M is not finite, or not a matrix of second moments, as a changed checkpoint has it.
    """
    if not np.isfinite(M).all():
        raise DivergenceError(
            f"{NON_FINITE} The squares of activations or of errors overflow: scale inputs and"
            " targets to unit variance."
        )
    least = FLOOR * np.trace(M) / len(M)
    damped = M + max(damping, least) * np.eye(len(M))
    try:
        return scipy.linalg.cho_factor(damped, overwrite_a=True, check_finite=False)
    except scipy.linalg.LinAlgError:
        raise DivergenceError(
            "a matrix of K-FAC is not positive definite: train again without the checkpoint, or"
            " with a larger damping."
        ) from None
