"""A trained network as PMML 4.4, the Predictive Model Markup Language of the Data Mining Group.

What is done to the cells of a table is derived fields; the network is a NeuralNetwork of layers.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import final
from xml.sax import saxutils

from rosenblatt.activations import (
    Activation,
    Bump,
    Identity,
    ReLU,
    Sigmoid,
    Sine,
    Softmax,
    Softsign,
    Tanh,
)
from rosenblatt.export.characters import NO_XML, check_characters
from rosenblatt.export.dense_chain import DenseLayer
from rosenblatt.export.expression import Expression, Notation, Variable
from rosenblatt.export.trained import Trained
from rosenblatt.support.listing import LONG, brief

__all__ = ["PMML", "Document", "Field"]


def constant(value: float | str) -> str:
    if isinstance(value, str):
        content = saxutils.escape(check_characters(value, NO_XML, "PMML"))
        return f'<Constant dataType="string">{content}</Constant>'
    return f'<Constant dataType="double">{float(value)!r}</Constant>'


def applied(function: str, n: int) -> str:
    return f'<Apply function="{function}">{"{}" * n}</Apply>'


PMML = Notation(
    "PMML",
    constant,
    {
        **{operator: applied(operator, 2) for operator in ("+", "-", "*", "/", "max", "min")},
        "<": applied("lessThan", 2),
        ">": applied("greaterThan", 2),
        ">=": applied("greaterOrEqual", 2),
        # Of a missing cell 'equal' is neither true nor false, and JPMML refuses to compute it.
        "is": '<Apply function="if"><Apply function="isMissing">{0}</Apply>'
        '<Constant dataType="boolean">false</Constant>'
        '<Apply function="equal">{0}{1}</Apply></Apply>',
        "is_empty": applied("isMissing", 1),
        "is_missing": applied("isMissing", 1),
        "where": applied("if", 3),
        "single": "{}",
        **{name: applied(name, 1) for name in ("abs", "exp", "ln", "sin", "cos", "floor")},
    },
    variable=lambda name: f"<FieldRef field={quoted(name)}/>",
)
FUNCTIONS: dict[Activation, str] = {
    Identity(): "identity",
    Sigmoid(): "logistic",
    Tanh(): "tanh",
    ReLU(): "rectifier",
    Sine(): "sine",
    Bump(): "Gauss",
    Softsign(): "Elliott",
}


@final
class Field:
    """A column of the table: its name, and whether its cells are texts."""

    def __init__(self, name: str, *, is_text: bool) -> None:
        self.name, self.is_text = name, is_text

    @property
    def declared(self) -> str:
        kind = CATEGORICAL if self.is_text else CONTINUOUS
        return f"<DataField name={quoted(self.name)} {kind}/>"


CONTINUOUS = 'optype="continuous" dataType="double"'
CATEGORICAL = 'optype="categorical" dataType="string"'


@final
class Document:
    """A document in the making: fields, what is derived from them, and the layers.

    Parameters
    ----------
    target : str
        The name of what is predicted.
    labels : sequence of str
        Of its classes; empty for a number.
    """

    def __init__(self, fields: Sequence[Field], target: str, labels: Sequence[str]) -> None:
        self.fields, self.target, self.labels = list(fields), target, list(labels)
        self.derived: list[str] = []
        taken = {field.name for field in fields} | {target}
        self._names = (f"v{k}" for k in itertools.count(1) if f"v{k}" not in taken)

    def let(self, x: Expression) -> Variable:
        """A derived number."""
        if isinstance(x, Variable):
            return x
        variable = Variable(next(self._names))
        self.derived.append(
            f'<DerivedField name="{variable.name}" {CONTINUOUS}>{PMML.text(x)}</DerivedField>'
        )
        return variable

    def text(
        self,
        trained: Trained,
        features: Sequence[Expression],
        layers: Sequence[DenseLayer],
        limits: tuple[float | None, float | None] = (None, None),
    ) -> str:
        """The document, of a network of these layers over the features."""
        kind = "classification" if self.labels else "regression"
        fields = "".join(f"{field.declared}\n" for field in self.fields)
        used = "".join(f"<MiningField name={quoted(f.name)}/>\n" for f in self.fields)
        target = quoted(self.target)
        inputs = list(map(self.let, features))
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n'
            '<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">\n'
            f"<Header description={quoted(str(trained))}>"
            '<Application name="rosenblatt"/>'
            "<Annotation>written by rosenblatt</Annotation></Header>\n"
            f'<DataDictionary numberOfFields="{len(self.fields) + 1}">\n{fields}'
            f"{self._target_declared()}\n</DataDictionary>\n"
            "<TransformationDictionary>\n" + "\n".join(self.derived) + "\n"
            "</TransformationDictionary>\n"
            f'<NeuralNetwork functionName="{kind}" activationFunction="identity">\n'
            f'<MiningSchema>\n{used}<MiningField name={target} usageType="target"/>\n'
            "</MiningSchema>\n"
            f"{self._output()}{targets(self.target, *limits)}{neural_inputs(inputs)}"
            + "".join(map(neural_layer, range(1, len(layers) + 1), layers))
            + self._neural_outputs(len(layers))
            + "</NeuralNetwork>\n</PMML>\n"
        )

    @property
    def _kind(self) -> str:
        """Of the target's values."""
        return CATEGORICAL if self.labels else CONTINUOUS

    def _target_declared(self) -> str:
        name = quoted(self.target)
        if not self.labels:
            return f"<DataField name={name} {CONTINUOUS}/>"
        values = "".join(f"<Value value={quoted(label)}/>" for label in self.labels)
        return f"<DataField name={name} {CATEGORICAL}>{values}</DataField>"

    def _output(self) -> str:
        name = quoted(f"predicted_{self.target}")
        shown = [f'name={name} feature="predictedValue" {self._kind}']
        for label in self.labels:
            name, value = quoted(f"probability({label})"), quoted(label)
            shown.append(f'name={name} feature="probability" value={value} {CONTINUOUS}')
        return "<Output>\n" + "".join(f"<OutputField {x}/>\n" for x in shown) + "</Output>\n"

    def _neural_outputs(self, last: int) -> str:
        field = quoted(self.target)
        values = [
            f"<NormDiscrete field={field} value={quoted(label)}/>" for label in self.labels
        ] or [f"<FieldRef field={field}/>"]
        outputs = "".join(
            f'<NeuralOutput outputNeuron="{last},{k}">'
            f"<DerivedField {self._kind}>{value}</DerivedField></NeuralOutput>\n"
            for k, value in enumerate(values)
        )
        return f'<NeuralOutputs numberOfOutputs="{len(values)}">\n{outputs}</NeuralOutputs>\n'


def targets(name: str, low: float | None, high: float | None) -> str:
    """The limits of a predicted number."""
    if low is None and high is None:
        return ""
    ends = (("min", low), ("max", high))
    limits = " ".join(f'{end}="{float(x)!r}"' for end, x in ends if x is not None)
    return f"<Targets><Target field={quoted(name)} {limits}/></Targets>\n"


def neural_inputs(names: Sequence[Variable]) -> str:
    inputs = "".join(
        f'<NeuralInput id="0,{k}"><DerivedField {CONTINUOUS}>{PMML.text(x)}</DerivedField>'
        "</NeuralInput>\n"
        for k, x in enumerate(names)
    )
    return f'<NeuralInputs numberOfInputs="{len(names)}">\n{inputs}</NeuralInputs>\n'


def neural_layer(number: int, layer: DenseLayer) -> str:
    is_softmax = layer.activation == Softmax()
    function = "identity" if is_softmax else FUNCTIONS.get(layer.activation)
    if function is None:
        raise ValueError(
            f"{brief(layer.activation, LONG)} cannot be exported to PMML, which has no such"
            " activation: export to ONNX or C, or train with another activation."
        )
    softmax = ' normalizationMethod="softmax"' if is_softmax else ""
    neurons = []
    for k, (weights, bias) in enumerate(
        zip(layer.weight.T.tolist(), layer.bias.tolist(), strict=True)
    ):
        of = "".join(
            f'<Con from="{before},{i}" weight="{w!r}"/>'
            for (before, i), w in zip(layer.sources, weights, strict=True)
        )
        neurons.append(f'<Neuron id="{number},{k}" bias="{bias!r}">{of}</Neuron>\n')
    n = len(neurons)
    head = f'<NeuralLayer numberOfNeurons="{n}" activationFunction="{function}"{softmax}>'
    return f"{head}\n{''.join(neurons)}</NeuralLayer>\n"


def quoted(text: str) -> str:
    """The value of an attribute."""
    return saxutils.quoteattr(check_characters(text, NO_XML, "PMML"))
