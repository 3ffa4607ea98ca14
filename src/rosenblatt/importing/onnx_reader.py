"""ONNX: fully connected networks as PyTorch, Keras, scikit-learn and others export them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, final

import numpy as np

from rosenblatt.activations import Sigmoid
from rosenblatt.errors import InputError
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import ImportedNetwork
from rosenblatt.importing.imported_layers import imported_layers
from rosenblatt.importing.onnx_file import Tensors, is_onnx, model_of
from rosenblatt.importing.onnx_node import Constant, Flat, Labels, Node, Value, folded
from rosenblatt.importing.onnx_operators import OPERATORS, activated
from rosenblatt.importing.onnx_patterns import (
    ACTIVATIONS,
    LAYER_NORMS,
    SHRUNK,
    Known,
    X,
    matches,
)
from rosenblatt.importing.paths import Branch, split
from rosenblatt.importing.pieces import Activated, Linear, Normalized, Piece
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import DAMAGED, Source
from rosenblatt.normalizations import LayerNorm
from rosenblatt.support.listing import count

__all__ = ["ONNX"]

OWN = ("", "ai.onnx")  # names of ONNX's own domain
TENSOR = 4  # ONNX's number of the type of such an attribute
TEXT = 8  # ONNX's number of the type of texts
LONGEST = 60


def shown(name: str) -> str:
    return repr(name[:LONGEST])


@final
class Graph:
    """A graph whose values are found node by node."""

    def __init__(self, source: Source, model: Any) -> None:
        self.model, graph = model, model.graph
        self.tensors = Tensors(source, source.size)
        self.initializers = {one.name: one for one in graph.initializer}
        self.nodes = {name: node for node in graph.node for name in node.output if name}
        self.constants: dict[str, Constant | None] = {}
        self.values: dict[str, Value] = {}
        self.opset = max([one.version for one in model.opset_import if one.domain in OWN] or [1])
        self.known = Known(self.nodes, self.constant)
        self.inputs = [one for one in graph.input if one.name not in self.initializers]

    def constant(self, name: str) -> Constant | None:
        """A constant by name, None for a value that is none."""
        value = self.values.get(name)
        if isinstance(value, np.ndarray):
            return value
        if name not in self.initializers:
            return None
        if name not in self.constants:
            tensor = self.initializers[name]
            self.constants[name] = self.tensors.array(tensor, f"the constant {shown(name)}")
        return self.constants[name]

    def value(self, name: str) -> Value | None:
        if not name:
            return None
        found = self.values.get(name)
        if found is None:
            found = self.constant(name)
        if found is None:
            raise InputError(f"nothing before gives the value {shown(name)}: {DAMAGED}")
        return found

    def start(self) -> tuple[str, ...] | None:
        """Give the inputs their values; their names, where each is a column of its own."""
        named = [(one.name, width_of(one)) for one in self.inputs]
        if not named:
            raise InputError("its graph has no inputs")
        branches = split(named, self.tensors.check)
        self.values.update(zip((name for name, _ in named), branches, strict=True))
        is_by_column = len(named) > 1 and all(width == 1 for _, width in named)
        return tuple(name for name, _ in named) if is_by_column else None

    def needed(self, outputs: Sequence[str]) -> list[Any]:
        """The nodes on which outputs depend, in their order."""
        wanted, todo = set(), list(outputs)
        while todo:
            name = todo.pop()
            if name in self.nodes and name not in wanted:
                wanted.update(self.nodes[name].output)
                todo += self.nodes[name].input
        return [node for node in self.model.graph.node if wanted.intersection(node.output)]

    def run(self, outputs: Sequence[str]) -> None:
        for k, node in enumerate(self.needed(outputs), 1):
            domain = "" if node.domain in OWN else f"{node.domain}."
            operator = domain + node.op_type
            name = node.name or next(iter(node.output), "")
            place = f"the operator {operator[:LONGEST]} {shown(name)} (node {k})"
            try:
                value = self.value_of(node, operator, place)
            except InputError as error:
                value = error
            self.values[node.output[0]] = value
            for other in node.output[1:]:
                self.values[other] = InputError(f"{place} has a second output, which is not read")

    def value_of(self, node: Any, operator: str, place: str) -> Value:
        read = Node(operator, place, (), {}, self.opset, self.tensors)
        if operator == "Constant":
            return self.written(node, read)
        found = self.pattern(node, read)
        if found is not None:
            return found
        values = tuple(self.value(name) for name in node.input)
        if operator == "LayerNormalization":
            values = (self.unshrunk(node.input[0]) or values[0], *values[1:])
        for value in values:
            if isinstance(value, InputError):
                return value
        attributes = attributes_of(node)
        read = Node(operator, place, values, attributes, self.opset, self.tensors)
        given = [value for value in values if value is not None]
        if given and all(isinstance(value, np.ndarray) for value in given):
            return folded(read)
        if operator not in OPERATORS:
            raise read.refused()
        return OPERATORS[operator](read)

    def written(self, node: Any, read: Node) -> Constant:
        for one in node.attribute:
            if one.name == "value" and one.type == TENSOR:
                return self.tensors.array(one.t, read.place)
            if one.name in ("value_float", "value_int", "value_floats", "value_ints"):
                kind = np.float64 if "float" in one.name else np.int64
                return np.array(attributes_of(node)[one.name], kind)
        raise read.refused("has no tensor of numbers")

    def pattern(self, node: Any, read: Node) -> Branch | None:
        """What leaves the last of several operators that together are one layer."""
        name = node.output[0]
        for tree, form_of in ACTIVATIONS:
            if tree[0] == node.op_type:
                for found in matches(tree, name, self.known):
                    x, form = self.values.get(found[X]), form_of(found)
                    if isinstance(x, Branch) and form is not None:
                        return activated(read, form, x)
        for tree in LAYER_NORMS if node.op_type == "Div" else ():
            for found in matches(tree, name, self.known):
                x, epsilon = self.values.get(found[X]), found["epsilon"]
                if isinstance(x, Branch) and 0 < epsilon < np.inf:
                    one, zero = np.ones(x.width), np.zeros(x.width)
                    return x.then(Normalized(read.place, LayerNorm(epsilon), one, zero, {}))
        return None

    def unshrunk(self, name: str) -> Branch | None:
        """What was divided by a power of two, which a LayerNormalization takes back."""
        for found in matches(SHRUNK, name, self.known):
            x = self.values.get(found[X])
            if isinstance(x, Branch):
                return x
        return None


def attributes_of(node: Any) -> dict[str, Any]:
    """Numbers, texts and lists of these."""
    values: dict[str, Any] = {}
    for one in node.attribute:
        match one.type:
            case 1:
                values[one.name] = one.f
            case 2:
                values[one.name] = one.i
            case 3:
                values[one.name] = one.s.decode("utf-8")
            case 6:
                values[one.name] = list(one.floats)
            case 7:
                values[one.name] = list(one.ints)
            case 8:
                values[one.name] = [text.decode("utf-8") for text in one.strings]
    return values


def width_of(one: Any) -> int:
    """Columns of an input."""
    kind = one.type.tensor_type
    dims = [dim.dim_value for dim in kind.shape.dim]
    if kind.elem_type == TEXT:
        raise InputError(f"the input {shown(one.name)} takes texts: networks of numbers are read")
    if len(dims) != 2 or not 0 < dims[1] < 2**31:
        raise InputError(
            f"the input {shown(one.name)} has {count(len(dims), 'dimension')}, or does not say how"
            " many columns: networks of rows with a known number of columns are read"
        )
    return int(dims[1])


def read_onnx(source: Source, given: Given) -> ImportedNetwork:
    try:
        return read_model(source, model_of(source), given)
    except UnicodeDecodeError as error:
        raise InputError(f"a name in it is no text in UTF-8: {DAMAGED}") from error


def read_model(source: Source, model: Any, given: Given) -> ImportedNetwork:
    if model.producer_name == "rosenblatt" and any(x.key == "inputs" for x in model.metadata_props):
        raise InputError(
            "it is a table's model of this library, which computes the encoding of the cells as"
            " well, and networks of numbers are read: take the model file that it was exported from"
        )
    if model.graph.sparse_initializer:
        raise InputError("it has sparse weights, which are not read")
    graph = Graph(source, model)
    names = graph.start()
    outputs = [one.name for one in model.graph.output]
    graph.run(outputs)
    branch, labels = ends(graph, outputs)
    labels = labels or written_classes(model)
    classes = given.classes or labels
    pieces = list(branch.pieces())
    if classes is not None and len(classes) == 2:
        pieces = without_complement(pieces)
    producer = model.producer_name[:30]
    format = f"ONNX ({producer})" if producer else "ONNX"
    return imported_layers(format, pieces, replace(given, classes=classes), names)


def ends(graph: Graph, outputs: Sequence[str]) -> tuple[Branch, tuple[str, ...] | None]:
    """The output of numbers, and the labels, if another output gives them."""
    branches: dict[Branch, str] = {}
    classes: tuple[str, ...] | None = None
    for name in outputs:
        match graph.value(name):
            case InputError() as error:
                raise error
            case Branch() as branch:
                branches.setdefault(branch, name)
            case Flat(branch):
                branches.setdefault(branch, name)
            case Labels(branch, labels):
                classes = labels or classes
                if graph.nodes[name].op_type == "ZipMap":
                    branches.setdefault(branch, name)
            case _:
                raise InputError(f"the output {shown(name)} does not depend on the inputs")
    if len(branches) != 1:
        few = ", ".join(shown(name) for name in list(branches.values())[:6]) or "none"
        raise InputError(f"it has not one output of numbers ({few}): export it with one")
    return next(iter(branches)), classes


def written_classes(model: Any) -> tuple[str, ...] | None:
    """The labels that this library writes beside a network."""
    for one in model.metadata_props:
        if one.key == "classes" and model.producer_name == "rosenblatt":
            try:
                labels = json.loads(one.value)
            except (ValueError, RecursionError) as error:
                raise InputError(f"its classes are no valid JSON: {DAMAGED}") from error
            if not isinstance(labels, list) or not labels:
                raise InputError(f"its classes are no list: {DAMAGED}")
            return tuple(map(str, labels))
    return None


def without_complement(pieces: list[Piece]) -> list[Piece]:
    """Of probabilities 1 - p and p of two classes, p alone."""
    match pieces:
        case [*rest, Activated(form=form), Linear(weights=W, biases=b)] if (
            form.member == Sigmoid() and W.tolist() == [[-1, 1]] and b.tolist() == [1, 0]
        ):
            return [*rest, pieces[-2]]
    return pieces


ONNX = Format("ONNX", is_onnx, read_onnx)
register(ONNX)
