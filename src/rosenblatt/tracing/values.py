"""The numbers of a trace."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any, final

import numpy as np

from rosenblatt.support.finite import all_finite
from rosenblatt.support.types import FloatArray
from rosenblatt.tracing.rules import Rule

__all__ = ["LayerTrace", "SampleNumbers"]


@final
@dataclass(frozen=True, eq=False)
class LayerTrace:
    """What layer l computes for one sample; n_in inputs, n_out units.

    Attributes
    ----------
    activation : str
        The class of g.
    weight, bias : arrays (n_in, n_out) and (n_out,)
        Before the step.
    z, a : arrays (n_out,)
        z = W a^{l-1} + b and a = g(z) (B1, B2).
    slope : array (n_out,)
        g'(z) (B3); of softmax the diagonal of its Jacobian.
    error : array (n_out,)
        ∂L/∂a: of a hidden layer W^{l+1} δ^{l+1} (B8), of the last one that of the loss.
    delta : array (n_out,)
        δ = ∂L/∂z (B7, B8).
    loss_gradient, penalty_gradient : arrays (n_in, n_out)
        δ a^{l-1} and the penalty's part, λ W for L2 (B9).
    weight_gradient, bias_gradient : arrays (n_in, n_out) and (n_out,)
        ∂J/∂W, their sum, and ∂J/∂b (B10).
    step : mapping of str to pairs of arrays (n_in, n_out) and (n_out,)
        What the solver's rule computes of W and of b, in its order; the last is Δ (B11).
    new_weight, new_bias : arrays (n_in, n_out) and (n_out,)
        After the step.
    """

    activation: str
    weight: FloatArray
    bias: FloatArray
    z: FloatArray
    a: FloatArray
    slope: FloatArray
    error: FloatArray
    delta: FloatArray
    loss_gradient: FloatArray
    penalty_gradient: FloatArray
    weight_gradient: FloatArray
    bias_gradient: FloatArray
    step: Mapping[str, tuple[FloatArray, FloatArray]]
    new_weight: FloatArray
    new_bias: FloatArray

    @property
    def is_finite(self) -> bool:
        """Whether none of these numbers is infinite or NaN."""
        values = [v for v in vars(self).values() if isinstance(v, np.ndarray)]
        return all(map(all_finite, [*values, *chain.from_iterable(self.step.values())]))

    def as_dict(self) -> dict[str, Any]:
        """The same as lists."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        step = {
            symbol: {"weight": of_weight.tolist(), "bias": of_bias.tolist()}
            for symbol, (of_weight, of_bias) in values.pop("step").items()
        }
        arrays = {n: v if isinstance(v, str) else v.tolist() for n, v in values.items()}
        return {**arrays, "step": step}


@dataclass(frozen=True, eq=False)
class SampleNumbers:
    """The fields of `SampleTrace`, which documents them."""

    x: FloatArray
    y: FloatArray
    label: Any
    layers: tuple[LayerTrace, ...]
    prediction: FloatArray
    loss_name: str
    loss: float
    penalty: float
    rule: Rule
    note: str = ""

    @property
    def learning_rate(self) -> float:
        """η of the step."""
        return self.rule.constants["η"]

    @property
    def objective(self) -> float:
        """J = L + penalty (B6)."""
        return self.loss + self.penalty

    @property
    def is_finite(self) -> bool:
        """Whether none of the numbers is infinite or NaN."""
        return math.isfinite(self.objective) and all(layer.is_finite for layer in self.layers)

    @property
    def is_threshold(self) -> bool:
        """Whether it is a threshold neuron's, which has no gradient (N4, P1)."""
        return self.loss_name == "perceptron"

    @property
    def error_is_difference(self) -> bool:
        """Whether the last δ is ŷ - y, as under a loss with its canonical link (B7)."""
        return bool((self.layers[-1].delta == self.prediction - self.y).all())
