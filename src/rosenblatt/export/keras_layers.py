"""A trained network as layers of Keras and of TensorFlow.js, each with what it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.activations import (
    ELU,
    GELU,
    SELU,
    Activation,
    Identity,
    LeakyReLU,
    Mish,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from rosenblatt.export.chain_parts import parts_of_members
from rosenblatt.export.parts import (
    Activated,
    Added,
    Appended,
    Bent,
    Gated,
    Part,
    Scaled,
    Standardised,
    Sums,
    cannot,
)
from rosenblatt.export.trained import Trained
from rosenblatt.losses import Link
from rosenblatt.support.listing import LONG, brief
from rosenblatt.support.types import FloatArray

__all__ = ["COMMON", "Dialect", "Form", "KerasLayer", "keras_layers"]

# What both call so, and mean by it.
COMMON: dict[Activation, str] = {
    Identity(): "linear",
    Sigmoid(): "sigmoid",
    Tanh(): "tanh",
    ReLU(): "relu",
    Softmax(): "softmax",
    ELU(): "elu",
    SELU(): "selu",
    Softplus(): "softplus",
    Softsign(): "softsign",
    GELU(): "gelu",
    Mish(): "mish",
}
SNAKE = {
    "Activation": "activation",
    "Add": "add",
    "Average": "average",
    "Concatenate": "concatenate",
    "Dense": "dense",
    "ELU": "elu",
    "LayerNormalization": "layer_normalization",
    "LeakyReLU": "leaky_re_lu",
    "Multiply": "multiply",
    "PReLU": "p_re_lu",
}


@final
@dataclass(frozen=True)
class Form:
    """scale · g(rate · z) + shift, with the tool's function g of this name."""

    name: str
    rate: float
    scale: float = 1.0
    shift: float = 0.0


@final
@dataclass(frozen=True)
class Dialect:
    """What a tool calls things.

    Attributes
    ----------
    tool : str
    names : mapping of Activation to str
    links : mapping of Link to str
        The activations that make predictions of raw scores.
    slope : str
        The field of LeakyReLU.
    elus : bool
        Whether it has ELUs of other α than 1.
    forms : mapping of Activation to Form
        Those that are another one between two scalings.
    """

    tool: str
    names: Mapping[Activation, str]
    links: Mapping[Link, str]
    slope: str
    elus: bool = True
    forms: Mapping[Activation, Form] = field(default_factory=dict)


@final
@dataclass(frozen=True, eq=False)
class KerasLayer:
    """A layer.

    Attributes
    ----------
    kind : str
        Its class.
    config : mapping
        What is special in its configuration.
    of : tuple of int
        The layers whose values it takes, by their numbers from 1; 0 is the network's input.
    width : int
        Numbers that it gives.
    variables : mapping of str to array
        By name, in their order.
    """

    kind: str
    config: Mapping[str, Any]
    of: tuple[int, ...]
    width: int
    variables: Mapping[str, FloatArray] = field(default_factory=dict)


def keras_layers(
    trained: Trained, dialect: Dialect, before: Scaled | None = None, after: Scaled | None = None
) -> list[tuple[str, KerasLayer]]:
    """The layers with the names that Keras gives and looks for, in an order to compute them in.

    Raises
    ------
    ValueError
        For layers and activations that the tool has not.
    """
    graph = Graph(dialect, trained.model.n_inputs)
    start = graph.chain([before], 0) if before is not None else 0
    ends = []
    for parts in parts_of_members(trained, dialect.tool):
        at = graph.chain(parts, start)
        ends.append(at if trained.link is Link.IDENTITY else graph.linked(trained.link, at))
    if len(ends) > 1:
        at = graph.add("Average", tuple(ends), graph.width(at), {})
    if after is not None:
        at = graph.chain([after], at)
    if not graph.layers:
        graph.chain([Activated(Identity())], at)
    counts: Counter[str] = Counter()
    named = []
    for layer in in_order_of_keras(graph.layers):
        snake = SNAKE[layer.kind]
        named.append((f"{snake}_{counts[snake]}" if counts[snake] else snake, layer))
        counts[snake] += 1
    return named


def in_order_of_keras(layers: Sequence[KerasLayer]) -> list[KerasLayer]:
    """The layers with those first that lie the deepest below the last, as Keras numbers them.

    Of one depth in the order in which it meets them on its way down from the last.
    """
    depth = [0] * (len(layers) + 1)
    for k in range(len(layers), 0, -1):
        for below in layers[k - 1].of:
            depth[below] = max(depth[below], depth[k] + 1)
    met: dict[int, int] = {}
    pending = [len(layers)]
    while pending:
        k = pending.pop()
        if k and k not in met:
            met[k] = len(met)
            pending.extend(reversed(layers[k - 1].of))
    order = [0, *sorted(met, key=lambda k: (-depth[k], met[k]))]
    places = {k: place for place, k in enumerate(order)}
    return [
        replace(layers[k - 1], of=tuple(places[below] for below in layers[k - 1].of))
        for k in order[1:]
    ]


@final
class Graph:
    """The layers in the making."""

    def __init__(self, dialect: Dialect, n_inputs: int) -> None:
        self.dialect, self.n_inputs = dialect, n_inputs
        self.layers: list[KerasLayer] = []

    def width(self, at: int) -> int:
        return self.layers[at - 1].width if at else self.n_inputs

    def add(
        self,
        kind: str,
        of: tuple[int, ...],
        width: int,
        config: Mapping[str, Any],
        variables: Mapping[str, FloatArray] | None = None,
    ) -> int:
        self.layers.append(KerasLayer(kind, config, of, width, variables or {}))
        return len(self.layers)

    def chain(self, parts: Sequence[Part], at: int) -> int:
        """Steps behind the layer of number `at`; the number of the last."""
        for part in parts:
            at = self.step(part, at)
        return at

    def step(self, part: Part, at: int) -> int:
        n = self.width(at)
        match part:
            case Sums(weight, bias):
                return self.dense(at, weight, bias)
            case Scaled(factor, shift):
                return self.dense(at, np.diag(factor), shift)
            case Standardised(epsilon, factor, shift):
                variables = {"gamma": factor, "beta": shift}
                return self.add("LayerNormalization", (at,), n, {"epsilon": epsilon}, variables)
            case Activated(activation):
                return self.activated(activation, at)
            case Added(inner, projection):
                branch = self.chain(inner, at)
                if projection is not None:
                    at = self.dense(at, projection, np.zeros(projection.shape[1]))
                return self.add("Add", (branch, at), self.width(at), {})
            case Bent(slope):
                return self.add("PReLU", (at,), n, {}, {"alpha": slope})
            case Gated(activation):
                u, v = (self.chosen(at, half) for half in np.split(np.arange(n), 2))
                return self.add("Multiply", (u, self.activated(activation, v)), n // 2, {})
            case Appended(inner, first):
                branch = self.chain(inner, at)
                if first:
                    at = self.chosen(at, np.arange(first, n))
                width = self.width(branch) + self.width(at)
                return self.add("Concatenate", (branch, at), width, {"axis": -1})
            case _:
                raise cannot(part, self.dialect.tool)

    def chosen(self, at: int, columns: npt.NDArray[np.intp]) -> int:
        """Some of the numbers that leave a layer."""
        return self.dense(at, np.eye(self.width(at))[:, columns], np.zeros(len(columns)))

    def dense(self, at: int, weight: FloatArray, bias: FloatArray) -> int:
        config = {"units": len(bias), "activation": "linear", "use_bias": True}
        return self.add("Dense", (at,), len(bias), config, {"kernel": weight, "bias": bias})

    def activated(self, activation: Activation, at: int) -> int:
        n = self.width(at)
        match activation:
            case LeakyReLU(leak):
                return self.add("LeakyReLU", (at,), n, {self.dialect.slope: leak})
            case ELU(alpha) if alpha != 1 and self.dialect.elus:
                return self.add("ELU", (at,), n, {"alpha": alpha})
        form = self.dialect.forms.get(activation)
        if form is not None:
            at = self.dense(at, np.diag(np.full(n, form.rate)), np.zeros(n))
            at = self.add("Activation", (at,), n, {"activation": form.name})
            if (form.scale, form.shift) == (1, 0):
                return at
            return self.dense(at, np.diag(np.full(n, form.scale)), np.full(n, form.shift))
        name = self.dialect.names.get(activation)
        if name is None:
            raise ValueError(
                f"{brief(activation, LONG)} cannot be exported to {self.dialect.tool}, which has no"
                " such activation: export to ONNX or C, or train with another activation."
            )
        return self.add("Activation", (at,), n, {"activation": name})

    def linked(self, link: Link, at: int) -> int:
        name = self.dialect.links.get(link)
        if name is None:
            raise ValueError(
                f"a loss of counts cannot be exported to {self.dialect.tool}, which has no"
                " exponential output: export to ONNX or C."
            )
        return self.add("Activation", (at,), self.width(at), {"activation": name})
