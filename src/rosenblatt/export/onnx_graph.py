"""A trained network as an ONNX model, of the standard operators alone.

Numbers are float32, because runtimes have kernels of most activations for no other type.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, final

import numpy as np
import numpy.typing as npt
from onnx import GraphProto, ModelProto, TensorProto, checker, helper, numpy_helper

from rosenblatt.activations import Activation
from rosenblatt.activations.registration import REGISTRY as ACTIVATIONS
from rosenblatt.export.trained import Trained, form_of
from rosenblatt.losses import Link
from rosenblatt.model import OutputFormat
from rosenblatt.network import TrainedLayer
from rosenblatt.network.registration import REGISTRY as LAYERS
from rosenblatt.normalizations import Normalization
from rosenblatt.normalizations.registration import REGISTRY as NORMALIZATIONS
from rosenblatt.support.types import FloatArray

__all__ = ["ML", "OPSET", "Graph", "finished", "network_value", "onnx_model"]

# The first with GELU, and the oldest version of the format that may hold it.
OPSET, IR_VERSION = 20, 9
ML = "ai.onnx.ml"  # the domain of operators for tables, such as encoders of texts
MOST_CHECKED = 50_000  # nodes: the checker of 600,000 takes ten seconds, in which no Ctrl-C is seen
OPSETS = {"": OPSET, ML: 3}


@final
class Graph:
    """Nodes and constants as they come; every step returns the name of what it computes.

    Such names begin with `prefix`, which no name of an input or an output does.
    """

    def __init__(self, prefix: str = "_") -> None:
        self.prefix = prefix
        # One message holds them: to free hundreds of thousands takes seconds, without a look at
        # whether Ctrl-C has come.
        self.made = GraphProto(name="network")
        self.nodes, self.constants = self.made.node, self.made.initializer
        self.inputs: list[Any] = []
        self.outputs: list[Any] = []

    def input(self, name: str, kind: int, *columns: int, meaning: str = "") -> str:
        """Any number of rows of so many columns; `meaning` says what they hold."""
        shape = ["rows", *columns]
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape, doc_string=meaning))
        return name

    def output(self, value: str, name: str, kind: int, *columns: int) -> None:
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, kind, ["rows", *columns]))

    def constant(self, array: npt.NDArray[Any]) -> str:
        name = f"{self.prefix}constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def number(self, x: float, dtype: npt.DTypeLike = np.float32) -> str:
        return self.constant(np.array(x, dtype))

    def step(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"{self.prefix}value_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def activation(self, activation: Activation, z: str) -> str:
        form = form_of(ACTIVATIONS, activation, "onnx")
        return self.step(form, z) if isinstance(form, str) else form(activation, self, z)

    def normalization(
        self, normalization: Normalization, arrays: Mapping[str, FloatArray], h: str
    ) -> str:
        return form_of(NORMALIZATIONS, normalization, "onnx")(normalization, arrays, self, h)

    def layer(self, trained: TrainedLayer, x: str) -> str:
        return form_of(LAYERS, trained.layer, "onnx")(trained, self, x)


def logistic(graph: Graph, scores: str) -> str:
    """In double, so that no larger score has a smaller probability when that is rounded."""
    s = graph.step("Cast", scores, to=TensorProto.DOUBLE)
    e = graph.step("Exp", graph.step("Neg", s))
    p = graph.step("Reciprocal", graph.step("Add", e, graph.number(1, np.float64)))
    return graph.step("Cast", p, to=TensorProto.FLOAT)


LINKS: dict[Link, Callable[[Graph, str], str]] = {
    Link.IDENTITY: lambda graph, scores: scores,
    Link.EXP: lambda graph, scores: graph.step("Exp", scores),
    Link.LOGISTIC: logistic,
    Link.SOFTMAX: lambda graph, scores: graph.step("Softmax", scores, axis=-1),
}


def onnx_model(trained: Trained) -> ModelProto:
    """The model, checked: any number of rows `X` to their `probabilities` or `predictions`."""
    graph = Graph()
    n_inputs = trained.model.n_inputs
    X = graph.input("X", TensorProto.FLOAT, n_inputs)
    value = network_value(graph, trained, X)
    output = "probabilities" if trained.classes else "predictions"
    if trained.form is OutputFormat.FLAT:
        value = graph.step("Reshape", value, graph.constant(np.array([-1])))
        graph.output(value, output, TensorProto.FLOAT)
    else:
        graph.output(value, output, TensorProto.FLOAT, trained.n_outputs)
    return finished(graph, trained)


def network_value(graph: Graph, trained: Trained, x: str) -> str:
    """What the network, or the mean of several, makes of float32 rows x: predictions in columns."""
    single = trained.converted(np.float32)
    values = []
    for layers in single.chains:
        scores = x
        for layer in layers:
            scores = graph.layer(layer, scores)
        value = LINKS[single.link](graph, scores)
        if single.has_members(layers):
            value = graph.step("ReduceMean", value, graph.constant(np.array([1])), keepdims=0)
        values.append(value)
    value = graph.step("Mean", *values) if len(values) > 1 else values[0]
    if single.form is not OutputFormat.BOTH_CLASSES:
        return value
    other = graph.step("Sub", graph.number(1), value)
    return graph.step("Concat", other, value, axis=1)


def finished(graph: Graph, trained: Trained) -> ModelProto:
    domains = sorted({"", *(node.domain for node in graph.nodes)})
    graph.made.doc_string = str(trained)
    graph.made.input.extend(graph.inputs)
    graph.made.output.extend(graph.outputs)
    model = helper.make_model(
        graph.made,
        opset_imports=[helper.make_opsetid(domain, OPSETS[domain]) for domain in domains],
        ir_version=IR_VERSION,
        producer_name="rosenblatt",
    )
    properties = {}
    if trained.classes:
        properties["classes"] = json.dumps(trained.classes)
    # Runtimes show the metadata, and hide what is said beside an input.
    meanings = {x.name: x.doc_string for x in graph.inputs if x.doc_string}
    if meanings:
        properties["inputs"] = json.dumps(meanings)
    helper.set_model_props(model, properties)
    if len(graph.nodes) <= MOST_CHECKED:
        checker.check_model(model, full_check=True)
    return model
