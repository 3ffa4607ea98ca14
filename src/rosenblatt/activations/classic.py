"""Identity, step, sigmoid, tanh, ReLU and softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from rosenblatt.activations.base import Activation, Elementwise
from rosenblatt.activations.registration import register
from rosenblatt.support.export_forms import CFunctionWriter, OnnxGraph
from rosenblatt.support.late import late

if TYPE_CHECKING:
    import numpy as np
    from scipy import special

    from rosenblatt.support.types import FloatArray
else:
    np, special = late("numpy"), late("scipy.special")

__all__ = ["Identity", "ReLU", "Sigmoid", "Softmax", "Step", "Tanh"]


@final
@dataclass(frozen=True)
class Identity(Elementwise):
    """a = z, g' = 1 (N3)."""

    def value(self, z: FloatArray) -> FloatArray:
        return z.copy()

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.ones_like(z)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.zeros_like(z)


@final
@dataclass(frozen=True)
class Step(Elementwise):
    """a = 1 if z ≥ 0 else 0 (N1; McCulloch & Pitts 1943); g' = 0 almost everywhere (N4).

    No gradient passes it, so it serves `ThresholdNeuron` and `Perceptron`, not back-propagation.
    """

    def value(self, z: FloatArray) -> FloatArray:
        return (z >= 0).astype(z.dtype)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.zeros_like(z)


@final
@dataclass(frozen=True)
class Sigmoid(Elementwise):
    """a = 1 / (1 + e⁻ᶻ), g' = a (1 - a) (N3). scikit-learn calls it 'logistic'."""

    def value(self, z: FloatArray) -> FloatArray:
        a: FloatArray = special.expit(z)
        return a

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return a * (1 - a)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return a * (1 - a) * (1 - 2 * a)


@final
@dataclass(frozen=True)
class Tanh(Elementwise):
    """a = tanh z, g' = 1 - a² (N3)."""

    def value(self, z: FloatArray) -> FloatArray:
        return np.tanh(z)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return 1 - a * a

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return -2 * a * (1 - a * a)


@final
@dataclass(frozen=True)
class ReLU(Elementwise):
    """a = max(0, z), g' = 1[z > 0] (N3; Nair & Hinton 2010); at the kink g' is taken as 0."""

    def value(self, z: FloatArray) -> FloatArray:
        return np.maximum(z, 0)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return (z > 0).astype(z.dtype)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.zeros_like(z)


@final
@dataclass(frozen=True)
class Softmax(Activation):
    """a_k = e^{z_k} / Σ_j e^{z_j} over a row; Jacobian diag(a) - a aᵀ (N3, L12)."""

    def value(self, z: FloatArray) -> FloatArray:
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def pull_back(self, z: FloatArray, a: FloatArray, grad: FloatArray) -> FloatArray:
        return a * (grad - (a * grad).sum(axis=1, keepdims=True))

    def pull_back_along(
        self,
        z: FloatArray,
        a: FloatArray,
        grad: FloatArray,
        z_dot: FloatArray,
        grad_dot: FloatArray,
    ) -> FloatArray:
        a_dot = self.push_forward(z, a, z_dot)
        mean_dot = (a_dot * grad + a * grad_dot).sum(axis=1, keepdims=True)
        centred = grad - (a * grad).sum(axis=1, keepdims=True)
        return a_dot * centred + a * (grad_dot - mean_dot)


ONNX_FLOAT = 1  # TensorProto.FLOAT


def step_in_onnx(g: Step, graph: OnnxGraph, z: str) -> str:
    return graph.step("Cast", graph.step("GreaterOrEqual", z, graph.number(0)), to=ONNX_FLOAT)


def sigmoid_in_onnx(g: Sigmoid, graph: OnnxGraph, z: str) -> str:
    """As written: the operator Sigmoid of ONNX Runtime 1.32 is exactly 0 below about -18."""
    e = graph.step("Exp", graph.step("Neg", z))
    return graph.step("Reciprocal", graph.step("Add", e, graph.number(1)))


def sigmoid_in_c(g: Sigmoid, c: CFunctionWriter) -> str:
    one = c.literal(1)
    return (
        f"{c.real} e = {c.call('exp')}(-{c.call('fabs')}(z)); /* never overflows */\n"
        f"return (z < 0 ? e : {one}) / ({one} + e);"
    )


def softmax_in_c(g: Softmax, c: CFunctionWriter) -> str:
    return SOFTMAX_IN_C.replace("REAL", c.real).replace("EXP", c.call("exp"))


SOFTMAX_IN_C = """\
REAL largest = a[0], sum = 0;
long i;
for (i = 1; i < n; i++) if (a[i] > largest) largest = a[i];
for (i = 0; i < n; i++) sum += a[i] = EXP(a[i] - largest);
for (i = 0; i < n; i++) a[i] /= sum;"""

register(Identity, "identity", c="return z;", onnx=lambda g, graph, z: z, torch="Identity")
register(Step, c="return z >= 0;", onnx=step_in_onnx, torch="Threshold", is_trainable=False)
register(Sigmoid, "logistic", "sigmoid", c=sigmoid_in_c, onnx=sigmoid_in_onnx, torch="Sigmoid")
register(Tanh, "tanh", c=lambda g, c: f"return {c.call('tanh')}(z);", onnx="Tanh", torch="Tanh")
register(ReLU, "relu", c="return z < 0 ? 0 : z;", onnx="Relu", torch="ReLU")
register(
    Softmax,
    "softmax",
    c=softmax_in_c,
    onnx=lambda g, graph, z: graph.step("Softmax", z, axis=-1),
    torch=lambda g, nn: nn.Softmax(dim=-1),
)
