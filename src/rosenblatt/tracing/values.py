"""The numbers of a trace."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, final

from rosenblatt.support.types import FloatArray

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
    new_weight, new_bias : arrays (n_in, n_out) and (n_out,)
        After the step, θ - η ∂J/∂θ (B11).
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
    new_weight: FloatArray
    new_bias: FloatArray

    def as_dict(self) -> dict[str, Any]:
        """The same as lists."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {n: v if isinstance(v, str) else v.tolist() for n, v in values.items()}


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
    learning_rate: float
    note: str = ""

    @property
    def objective(self) -> float:
        """J = L + penalty (B6)."""
        return self.loss + self.penalty

    @property
    def is_rule(self) -> bool:
        """Whether it is a threshold neuron's, which has no gradient (N4, P1)."""
        return self.loss_name == "perceptron"

    @property
    def error_is_difference(self) -> bool:
        """Whether the last δ is ŷ - y, as under a loss with its canonical link (B7)."""
        return bool((self.layers[-1].delta == self.prediction - self.y).all())
