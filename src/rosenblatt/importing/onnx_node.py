"""A node of an ONNX graph with what comes to it, and constants computed while it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.errors import InputError
from rosenblatt.importing.onnx_file import Tensors
from rosenblatt.importing.paths import Branch
from rosenblatt.importing.source import DAMAGED
from rosenblatt.support.types import Float64Array

__all__ = ["Constant", "Flat", "Labels", "Node", "Value", "folded"]

Constant = npt.NDArray[Any]


@final
@dataclass(frozen=True, eq=False)
class Flat:
    """One number for each row, without columns: an end of the network."""

    branch: Branch


@final
@dataclass(frozen=True, eq=False)
class Labels:
    """The place of each row's largest number, or the label there."""

    branch: Branch
    classes: tuple[str, ...] | None = None


# What a value of the graph is; an error where it has no counterpart here, for whoever needs it.
Value = Constant | Branch | Flat | Labels | InputError


@final
@dataclass(frozen=True, eq=False)
class Node:
    """A node whose inputs have values.

    Attributes
    ----------
    operator : str
        With its domain, if that is not ONNX's own.
    place : str
        For messages.
    values : tuple
        Of the inputs; None for one that is left out.
    attributes : mapping
    opset : int
        The version of ONNX's operators.
    tensors : Tensors
        Whose memory is counted.
    """

    operator: str
    place: str
    values: tuple[Value | None, ...]
    attributes: Mapping[str, Any]
    opset: int
    tensors: Tensors

    def refused(self, why: str = "has no counterpart here") -> InputError:
        return InputError(f"{self.place} {why}")

    def value(self, k: int) -> Value | None:
        """An input; None for one that is left out."""
        return self.values[k] if k < len(self.values) else None

    def branch(self, k: int = 0) -> Branch:
        """An input that depends on the network's."""
        value = self.value(k)
        if not isinstance(value, Branch):
            raise self.refused("does not act on columns of numbers")
        return value

    def constant(self, k: int) -> Constant:
        """An input that is a constant."""
        value = self.value(k)
        if not isinstance(value, np.ndarray):
            raise self.refused("takes something computed where only a constant is read")
        return value

    def numbers(self, k: int, width: int | None = None) -> Float64Array:
        """A constant of finite numbers, one for each column, or one for all."""
        array = self.constant(k)
        if array.dtype.kind not in "fi" or not np.isfinite(array).all():
            raise self.refused("has a weight that is not a finite number: train the network again")
        if width is None:
            return array.astype(np.float64)
        if array.size == 1:
            return np.full(width, float(array.reshape(())))
        if array.size != width or array.shape[-1] != width:
            raise self.refused(
                f"takes a constant of the shape {array.shape}, and {width} numbers come to it"
            )
        return array.reshape(width).astype(np.float64)

    def number(self, name: str, default: float) -> float:
        """An attribute, a finite number."""
        value = self.attributes.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
            raise self.refused(f"has no finite number as {name}: {DAMAGED}")
        return value


def ints(node: Node, array: Constant) -> list[int]:
    if array.dtype.kind != "i" or array.ndim > 1 or array.size > 8:
        raise node.refused("has no few whole numbers where these are needed")
    return [int(n) for n in array.ravel()]


def axes_of(node: Node) -> list[int]:
    """Of Squeeze and Unsqueeze: an attribute up to version 12, an input since."""
    if node.value(1) is not None:
        return ints(node, node.constant(1))
    return [int(axis) for axis in node.attributes.get("axes", ())]


def broadcast(function: Callable[[Any, Any], Any]) -> Callable[[Node], Constant]:
    def of(node: Node) -> Constant:
        one, other = node.constant(0), node.constant(1)
        shape = np.broadcast_shapes(one.shape, other.shape)
        node.tensors.check(24 * prod(shape), node.place)
        return np.asarray(function(one, other))

    return of


def divided(one: Any, other: Any) -> Any:
    if one.dtype.kind != "f" or other.dtype.kind != "f":
        raise ValueError("whole numbers")
    return one / other


def cast(node: Node) -> Constant:
    array, to = node.constant(0), node.attributes.get("to")
    if array.dtype.kind in "fi" and to in (1, 11):
        return array.astype(np.float64)
    if array.dtype.kind == "i" and to in (6, 7):
        return array
    raise node.refused("makes numbers of another type")


def joined(node: Node) -> Constant:
    arrays = [node.constant(k) for k in range(len(node.values))]
    node.tensors.check(16 * sum(array.size for array in arrays), node.place)
    return np.concatenate(arrays, axis=int(node.attributes.get("axis", 0)))


def transposed(node: Node) -> Constant:
    return np.transpose(node.constant(0), node.attributes.get("perm"))


def squeezed(node: Node) -> Constant:
    return np.squeeze(node.constant(0), tuple(axes_of(node)) or None)


FOLDED: Mapping[str, Callable[[Node], Constant]] = {
    "Add": broadcast(np.add),
    "Sub": broadcast(np.subtract),
    "Mul": broadcast(np.multiply),
    "Div": broadcast(divided),
    "Sqrt": lambda node: np.sqrt(node.numbers(0)),
    "Neg": lambda node: -node.numbers(0),
    "Reciprocal": lambda node: 1 / node.numbers(0),
    "Identity": lambda node: node.constant(0),
    "Cast": cast,
    "Concat": joined,
    "Transpose": transposed,
    "Squeeze": squeezed,
    "Unsqueeze": lambda node: np.expand_dims(node.constant(0), axes_of(node)),
    "Reshape": lambda node: np.reshape(node.constant(0), ints(node, node.constant(1))),
}


def folded(node: Node) -> Constant:
    """The constant that a node makes of constants."""
    if node.operator not in FOLDED:
        raise node.refused("acts on constants, and has no counterpart here")
    try:
        array = FOLDED[node.operator](node)
    except (ValueError, TypeError, IndexError) as error:
        raise node.refused(f"acts on constants that do not fit: {DAMAGED}") from error
    node.tensors.check(8 * array.size, node.place)
    return array
