"""Operators of ONNX as layers: one function for each, from a node to what leaves it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from rosenblatt.activations import (
    ELU,
    GELU,
    SELU,
    Activation,
    HardSigmoid,
    HardSwish,
    LeakyReLU,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Sine,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from rosenblatt.importing.forms import Form, clipped, ramp
from rosenblatt.importing.onnx_arithmetic import (
    add,
    divide,
    mean,
    multiply,
    scaled,
    sides,
    subtract,
)
from rosenblatt.importing.onnx_node import Flat, Labels, Node, Value, axes_of, ints
from rosenblatt.importing.paths import Branch, side_by_side
from rosenblatt.importing.pieces import Activated, Linear, Normalized, Sloped
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.support.types import Float64Array

__all__ = ["OPERATORS", "activated"]

CLOSE = 2e-6  # of an attribute in single precision to the number it stands for
FLOATS = (1, 10, 11, 16)  # ONNX's numbers of the types with a decimal point


def activated(node: Node, form: Form, branch: Branch | None = None) -> Branch:
    return (branch or node.branch()).then(Activated(node.place, form))


def member(activation: Activation) -> Callable[[Node], Branch]:
    return lambda node: activated(node, Form(activation))


def linear(node: Node, x: Branch, W: Float64Array, b: Float64Array | None) -> Branch:
    if W.ndim != 2 or len(W) != x.width:
        raise node.refused(f"has weights of the shape {W.shape}, and {x.width} numbers come to it")
    n = W.shape[1]
    return x.then(Linear(node.place, W, np.zeros(n) if b is None else b), n)


def gemm(node: Node) -> Branch:
    if node.attributes.get("transA", 0):
        raise node.refused("transposes the rows")
    W = node.number("alpha", 1.0) * node.numbers(1)
    if W.ndim == 2 and node.attributes.get("transB", 0):
        W = W.T
    has_bias = node.value(2) is not None
    b = node.number("beta", 1.0) * node.numbers(2, W.shape[-1]) if has_bias else None
    return linear(node, node.branch(), W, b)


def matmul(node: Node) -> Branch:
    return linear(node, node.branch(), node.numbers(1), None)


def scaler(node: Node) -> Branch:
    x = node.branch()
    parts = []
    for name in ("scale", "offset"):
        array = np.array(node.attributes.get(name, ()), np.float64)
        if len(array) not in (1, x.width) or not np.isfinite(array).all():
            raise node.refused(f"has no finite {name} for each of {x.width} columns")
        parts.append(np.broadcast_to(array, (x.width,)))
    scale, offset = parts
    return scaled(node, x, scale, -offset * scale)


def limit(node: Node, k: int, name: str, default: float) -> float:
    """Of Clip: an attribute up to version 10, an input since; without one there is no limit."""
    if node.value(k) is not None:
        return float(node.numbers(k, 1)[0])
    return node.number(name, default) if name in node.attributes else default


def clip(node: Node) -> Branch:
    low, high = limit(node, 1, "min", -math.inf), limit(node, 2, "max", math.inf)
    if low == 0 and high == math.inf:
        return activated(node, Form(ReLU()))
    if not -math.inf < low < high < math.inf:
        raise node.refused(f"holds numbers between {low:g} and {high:g}: finite limits are read")
    return activated(node, clipped(low, high))


def extreme(node: Node) -> Branch:
    """Max with 0, which is ReLU."""
    x, k = sides(node)
    if len(node.values) != 2 or node.numbers(k, x.width).any():
        raise node.refused("is read with the constant 0 alone")
    return activated(node, Form(ReLU()), x)


def hard_sigmoid(node: Node) -> Branch:
    slope, offset = node.number("alpha", 0.2), node.number("beta", 0.5)
    if math.isclose(slope, 1 / 6, rel_tol=CLOSE) and offset == 0.5:
        return activated(node, Form(HardSigmoid()))
    return activated(node, ramp(slope, offset))


def positive(node: Node, name: str, default: float) -> float:
    value = node.number(name, default)
    if value <= 0:
        raise node.refused(f"has {name} {value:g}: one above 0 is read")
    return value


def leaky(node: Node) -> Branch:
    leak = node.number("alpha", 0.01)
    if leak < 0:
        raise node.refused(f"has alpha {leak:g}: one of 0 or more is read")
    return activated(node, Form(LeakyReLU(leak)))


def celu(node: Node) -> Branch:
    alpha = positive(node, "alpha", 1.0)
    return activated(node, Form(ELU(), rate=1 / alpha, scale=alpha))


def selu(node: Node) -> Branch:
    alpha, gamma = positive(node, "alpha", 1.67326319), node.number("gamma", 1.05070102)
    if math.isclose(alpha, 1.67326324, rel_tol=CLOSE) and math.isclose(
        gamma, 1.05070099, rel_tol=CLOSE
    ):
        return activated(node, Form(SELU()))
    return activated(node, Form(ELU(alpha), scale=gamma))


def gelu(node: Node) -> Branch:
    kind = node.attributes.get("approximate", "none")
    if kind not in ("none", "tanh"):
        raise node.refused("has another approximation than tanh")
    return activated(node, Form(GELU(approximate=kind == "tanh")))


def swish(node: Node) -> Branch:
    rate = positive(node, "alpha", 1.0)
    return activated(node, Form(SiLU(), rate=rate, scale=1 / rate))


def prelu(node: Node) -> Branch:
    x = node.branch()
    return x.then(Sloped(node.place, node.numbers(1, x.width)))


def softmax(node: Node) -> Branch:
    if node.attributes.get("axis", 1 if node.opset < 13 else -1) not in (1, -1):
        raise node.refused("acts along the rows")
    return activated(node, Form(Softmax()))


def batch_norm(node: Node) -> Branch:
    x, epsilon = node.branch(), positive(node, "epsilon", 1e-5)
    if node.attributes.get("training_mode", 0):
        raise node.refused("computes in training mode: export the network for inference")
    scale, shift, mean, variance = (node.numbers(k, x.width) for k in range(1, 5))
    kept = node.number("momentum", 0.9)
    member = BatchNorm(epsilon, 1 - kept if 0 < kept < 1 else 0.1)
    state = {"running_mean": mean, "running_var": variance}
    return x.then(Normalized(node.place, member, scale, shift, state))


def layer_norm(node: Node) -> Branch:
    x = node.branch()
    if node.attributes.get("axis", -1) not in (1, -1):
        raise node.refused("acts along the rows")
    shift = node.numbers(2, x.width) if len(node.values) > 2 else np.zeros(x.width)
    member = LayerNorm(positive(node, "epsilon", 1e-5))
    return x.then(Normalized(node.place, member, node.numbers(1, x.width), shift, {}))


def chosen(node: Node, x: Branch, columns: Sequence[int]) -> Branch:
    """Some of the columns."""
    if not columns or not all(-x.width <= k < x.width for k in columns):
        raise node.refused(f"chooses columns that are not among the {x.width}")
    node.tensors.check(16 * x.width * len(columns), node.place)
    W = np.zeros((x.width, len(columns)))
    W[list(columns), range(len(columns))] = 1
    return linear(node, x, W, None)


def gather(node: Node) -> Value:
    if node.attributes.get("axis", 0) not in (1, -1):
        raise node.refused("chooses rows")
    return chosen(node, node.branch(), whole(node, 1))


def cut(node: Node) -> Branch:
    """Columns from one on, up to another."""
    x, taken = node.branch(), range(node.branch().width)
    starts, ends = (ints(node, node.constant(k)) for k in (1, 2))
    axes = ints(node, node.constant(3)) if node.value(3) is not None else [0]
    steps = ints(node, node.constant(4)) if node.value(4) is not None else [1]
    if len(starts) != 1 or len(ends) != 1 or axes not in ([1], [-1]) or steps != [1]:
        raise node.refused("takes something else than columns one behind the other")
    return chosen(node, x, list(taken[starts[0] : ends[0]]))


def whole(node: Node, k: int) -> list[int]:
    array = node.constant(k)
    if array.dtype.kind != "i" or array.ndim == 0 or array.size != array.shape[-1]:
        raise node.refused("chooses columns by something else than a list of numbers")
    return [int(n) for n in array.ravel()]


def extract(node: Node) -> Value:
    """Columns by number; of a list of labels the one of the largest number."""
    of = node.value(0)
    if isinstance(of, Branch):
        return chosen(node, of, whole(node, 1))
    picked = node.value(1)
    if not isinstance(picked, Labels) or picked.classes is not None:
        raise node.refused("takes from a list by something else than the largest number's place")
    labels = node.constant(0).ravel()
    if len(labels) != picked.branch.width:
        raise node.refused(f"has {len(labels)} labels, for {picked.branch.width} columns")
    return Labels(picked.branch, tuple(map(str, labels)))


def argmax(node: Node) -> Labels:
    if node.attributes.get("axis", 0) not in (1, -1):
        raise node.refused("compares rows")
    return Labels(node.branch())


def zip_map(node: Node) -> Labels:
    kinds = ("classlabels_strings", "classlabels_int64s")
    names = next((node.attributes[kind] for kind in kinds if kind in node.attributes), ())
    if len(names) != node.branch().width:
        raise node.refused("has not one label for each column")
    return Labels(node.branch(), tuple(map(str, names)))


def unchanged(node: Node) -> Value:
    value = node.value(0)
    if value is None:
        raise node.refused("takes nothing")
    return value


def cast(node: Node) -> Value:
    if isinstance(node.value(0), Branch) and node.attributes.get("to") not in FLOATS:
        raise node.refused("rounds to whole numbers")
    return unchanged(node)


def concat(node: Node) -> Branch:
    if node.attributes.get("axis", 1) not in (1, -1):
        raise node.refused("puts rows one below the other")
    branches = [node.branch(k) for k in range(len(node.values))]
    return side_by_side(branches, node.place, node.tensors.check)


def reshape(node: Node) -> Value:
    labels = node.value(0)
    if isinstance(labels, Labels):
        return labels
    x, shape = node.branch(), ints(node, node.constant(1))
    if shape in ([-1, x.width], [0, x.width], [0, -1]):
        return x
    if shape == [-1] and x.width == 1:
        return Flat(x)
    raise node.refused(f"makes {shape} of {x.width} columns: only a table of these is read")


def flatten(node: Node) -> Value:
    if node.attributes.get("axis", 1) not in (1, -1):
        raise node.refused("puts rows one behind the other")
    return node.branch()


def squeeze(node: Node) -> Value:
    labels = node.value(0)
    if isinstance(labels, Labels):
        return labels
    if node.branch().width != 1 or axes_of(node) not in ([1], [-1]):
        raise node.refused("takes away rows or several columns")
    return Flat(node.branch())


OPERATORS: Mapping[str, Callable[[Node], Value]] = {
    "Add": add,
    "ArgMax": argmax,
    "BatchNormalization": batch_norm,
    "Cast": cast,
    "Celu": celu,
    "Clip": clip,
    "Concat": concat,
    "Cos": lambda node: activated(node, Form(Sine(), offset=math.pi / 2)),
    "Div": divide,
    "Dropout": unchanged,
    "Elu": lambda node: activated(node, Form(ELU(positive(node, "alpha", 1.0)))),
    "Flatten": flatten,
    "Gather": gather,
    "Gelu": gelu,
    "Gemm": gemm,
    "HardSigmoid": hard_sigmoid,
    "HardSwish": member(HardSwish()),
    "Identity": unchanged,
    "LayerNormalization": layer_norm,
    "LeakyRelu": leaky,
    "MatMul": matmul,
    "Max": extreme,
    "Mean": mean,
    "Mish": member(Mish()),
    "Mul": multiply,
    "Neg": lambda node: scaled(
        node, node.branch(), -np.ones(node.branch().width), np.zeros(node.branch().width)
    ),
    "PRelu": prelu,
    "Relu": member(ReLU()),
    "Reshape": reshape,
    "Selu": selu,
    "Sigmoid": member(Sigmoid()),
    "Sin": member(Sine()),
    "Slice": cut,
    "Softmax": softmax,
    "Softplus": member(Softplus()),
    "Softsign": member(Softsign()),
    "Squeeze": squeeze,
    "Sub": subtract,
    "Sum": add,
    "Swish": swish,
    "Tanh": member(Tanh()),
    "ai.onnx.ml.ArrayFeatureExtractor": extract,
    "ai.onnx.ml.Scaler": scaler,
    "ai.onnx.ml.ZipMap": zip_map,
}
