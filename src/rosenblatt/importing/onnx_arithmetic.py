"""ONNX's operators + - * / and mean, of columns with constants and of branches with each other."""

from __future__ import annotations

import numpy as np

from rosenblatt.importing.onnx_node import Node
from rosenblatt.importing.paths import Branch, product, summed, total
from rosenblatt.importing.pieces import Scaled
from rosenblatt.support.types import Float64Array

__all__ = ["add", "divide", "mean", "multiply", "scaled", "sides", "subtract"]


def scaled(node: Node, x: Branch, scale: Float64Array, shift: Float64Array) -> Branch:
    return x.then(Scaled(node.place, scale, shift))


def sides(node: Node) -> tuple[Branch, int]:
    """The input that depends on the network's, and the place of the constant beside it."""
    k = int(isinstance(node.value(0), np.ndarray))
    return node.branch(k), 1 - k


def has_branches_alone(node: Node) -> bool:
    return bool(node.values) and all(isinstance(value, Branch) for value in node.values)


def add(node: Node) -> Branch:
    if has_branches_alone(node):
        total = node.branch(0)
        for k in range(1, len(node.values)):
            total = summed(total, node.branch(k), node.place, node.tensors.check)
        return total
    x, k = sides(node)
    return scaled(node, x, np.ones(x.width), node.numbers(k, x.width))


def mean(node: Node) -> Branch:
    if not has_branches_alone(node):
        raise node.refused("takes the mean of constants")
    branches = [node.branch(k) for k in range(len(node.values))]
    n, width = len(branches), branches[0].width
    if any(x.width != width for x in branches):
        raise node.refused("takes the mean of branches of several widths")
    whole = total(branches, node.place, node.tensors.check) if n > 1 else branches[0]
    return scaled(node, whole, np.full(width, 1 / n), np.zeros(width))


def subtract(node: Node) -> Branch:
    if has_branches_alone(node):
        one, other = node.branch(0), node.branch(1)
        other = scaled(node, other, -np.ones(other.width), np.zeros(other.width))
        return summed(one, other, node.place, node.tensors.check)
    x, k = sides(node)
    c = node.numbers(k, x.width)
    sign = 1.0 if k == 1 else -1.0
    return scaled(node, x, np.full(x.width, sign), -sign * c)


def multiply(node: Node) -> Branch:
    if has_branches_alone(node):
        return product(node.branch(0), node.branch(1), node.place, node.tensors.check)
    x, k = sides(node)
    return scaled(node, x, node.numbers(k, x.width), np.zeros(x.width))


def divide(node: Node) -> Branch:
    x, k = sides(node)
    divisor = node.numbers(k, x.width)
    if k == 0 or not divisor.all():
        raise node.refused("divides by something that may be 0")
    return scaled(node, x, 1 / divisor, np.zeros(x.width))
