"""The threshold neuron in its two readings (theory N1, N2); neither learns anything.

McCulloch & Pitts, "A logical calculus of the ideas immanent in nervous activity", 1943.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.activations import Step
from rosenblatt.array_checks import check_array
from rosenblatt.support.listing import brief
from rosenblatt.support.plain_values import plain_values
from rosenblatt.support.products import matmul
from rosenblatt.support.types import FloatArray, IntArray

__all__ = ["McCullochPittsNeuron", "ThresholdNeuron"]


@final
@dataclass(frozen=True)
class ThresholdNeuron:
    """y = f(Σ w_i x_i + b), f(z) = 1 if z ≥ 0 else 0 (N1), with weights set by hand.

    This is the later reading: inputs and weights are any real numbers, and an inhibitory input
    is one of negative weight, which enough excitation outweighs. For the model of 1943, where
    it does not, see `McCullochPittsNeuron`. `Perceptron` learns the weights from data.

    Parameters
    ----------
    weights : one finite number per input; kept as a tuple.
    bias : a finite number. It moves the threshold (N2): the neuron fires if Σ w_i x_i ≥ -bias.

    Examples
    --------
    >>> both = ThresholdNeuron(weights=[1, 1], bias=-2)
    >>> both.predict([[0, 0], [0, 1], [1, 0], [1, 1]])
    array([0, 0, 0, 1])
    """

    weights: Sequence[float] | FloatArray
    bias: float

    def __post_init__(self) -> None:
        try:
            weights = np.asarray(self.weights, dtype=np.float64)
            bias = float(self.bias)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(
                "weights must be a list of numbers, one per input, and bias a number; got"
                f" weights={brief(self.weights)}, bias={brief(self.bias)}"
            ) from error
        if weights.ndim != 1 or not weights.size:
            raise ValueError(
                f"weights must be a list of numbers, one per input; got shape {weights.shape}"
            )
        if not (np.isfinite(weights).all() and np.isfinite(bias)):
            raise ValueError("weights and bias must be finite: a neuron cannot weigh NaN or inf")
        object.__setattr__(self, "weights", tuple(weights.tolist()))
        object.__setattr__(self, "bias", bias)

    @property
    def threshold(self) -> float:
        """θ = -b, what the weighted sum must reach for the neuron to fire (N2)."""
        return -self.bias

    def predict(self, X: npt.ArrayLike) -> IntArray:
        """1 for each row of X, shape (n_samples, n_inputs), on which the neuron fires, else 0."""
        inputs = _check_inputs(X, n_inputs=len(self.weights))
        return Step().value(matmul(inputs, np.asarray(self.weights)) + self.bias).astype(np.intp)


@final
@dataclass(frozen=True)
class McCullochPittsNeuron:
    """The neuron of 1943: binary inputs, equal excitatory weights, absolute inhibition (N1).

    It fires if no inhibitory input is active and at least ``threshold`` excitatory ones are.
    One active inhibitory input silences it whatever the excitation; in `ThresholdNeuron` it
    would only subtract its weight. With real weights the same function needs each inhibitory
    weight to be below -(number of excitatory inputs), so that nothing can outweigh it.

    Parameters
    ----------
    n_inputs : number of inputs.
    threshold : how many excitatory inputs must be active at once. 0 stands for a neuron that is
        excited steadily from elsewhere and fires unless inhibited, such as NOT.
    inhibitory : the indices of the inhibitory inputs, from 0; the others are excitatory.

    Examples
    --------
    >>> negation = McCullochPittsNeuron(n_inputs=1, threshold=0, inhibitory=[0])
    >>> negation.predict([[0], [1]])
    array([1, 0])
    """

    n_inputs: int
    threshold: int
    inhibitory: Sequence[int] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.n_inputs, Integral) or self.n_inputs < 1:
            raise ValueError(
                f"n_inputs must be a whole number, at least 1; got {brief(self.n_inputs)}"
            )
        whole = isinstance(self.threshold, Integral) or (
            isinstance(self.threshold, Real) and float(self.threshold).is_integer()
        )
        if not whole or self.threshold < 0:
            raise ValueError(
                "threshold counts active inputs, so it must be 0, 1, 2, …; got"
                f" {brief(self.threshold)}"
            )
        if isinstance(self.inhibitory, str) or not isinstance(self.inhibitory, Iterable):
            raise ValueError(f"inhibitory must be a list of indices; got {brief(self.inhibitory)}")
        outside = [
            index
            for index in self.inhibitory
            if not isinstance(index, Integral) or index not in range(self.n_inputs)
        ]
        if outside:
            raise ValueError(
                f"inhibitory must hold indices from 0 to {self.n_inputs - 1}; got {brief(outside)}"
            )
        object.__setattr__(self, "inhibitory", tuple(sorted(set(self.inhibitory))))

    def predict(self, X: npt.ArrayLike) -> IntArray:
        """1 for each row of X, shape (n_samples, n_inputs), on which the neuron fires, else 0."""
        inputs = _check_inputs(X, n_inputs=self.n_inputs)
        if not np.isin(inputs, (0, 1)).all():
            raise ValueError(
                "the neuron of 1943 takes inputs of 0 and 1 only; use ThresholdNeuron for others"
            )
        inhibited = inputs[:, list(self.inhibitory)].any(axis=1)
        excitation = np.delete(inputs, list(self.inhibitory), axis=1).sum(axis=1)
        # No sum reaches more than all inputs, and a threshold of any size may have been given.
        threshold = min(self.threshold, self.n_inputs + 1)
        return np.where(inhibited, 0, Step().value(excitation - threshold)).astype(np.intp)


def _check_inputs(X: npt.ArrayLike, *, n_inputs: int) -> FloatArray:
    # The sum of numbers that are huge is invalid.
    with plain_values(X=X), np.errstate(invalid="ignore"):
        inputs: FloatArray = check_array(X, dtype=np.float64)
    if inputs.shape[1] != n_inputs:
        raise ValueError(
            f"X has {inputs.shape[1]} columns, but this neuron has {n_inputs} inputs: "
            "give it one column per input"
        )
    return inputs
