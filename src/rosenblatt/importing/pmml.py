"""PMML's NeuralNetwork, as nyoka, JPMML, R's pmml and KNIME write it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.activations import Bump, Identity, ReLU, Sigmoid, Sine, Softmax, Softsign, Tanh
from rosenblatt.errors import InputError
from rosenblatt.importing.chain import Chain
from rosenblatt.importing.design import through
from rosenblatt.importing.endings import Outputs, ending
from rosenblatt.importing.forms import Form
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import Findings, ImportedNetwork
from rosenblatt.importing.pmml_design import design_of
from rosenblatt.importing.pmml_fields import Fields, line_of
from rosenblatt.importing.pmml_xml import Element, number_in, root_of
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import DAMAGED, Source, cut_off
from rosenblatt.importing.units import Unit, chain_of
from rosenblatt.support.types import Float64Array

__all__ = ["PMML"]

LONGEST = 60
FORMS: Mapping[str, Form] = {
    "Elliott": Form(Softsign()),
    "Gauss": Form(Bump()),
    "cosine": Form(Sine(), offset=math.pi / 2),
    "identity": Form(Identity()),
    "logistic": Form(Sigmoid()),
    "rectifier": Form(ReLU()),
    "sine": Form(Sine()),
    "tanh": Form(Tanh()),
}
OTHERS = ("Extension", "Header", "MiningBuildTask", "DataDictionary", "TransformationDictionary")
NORMAL = {"none": Outputs.NUMBERS, "softmax": Outputs.SCORES, "simplemax": Outputs.SHARES}


def is_pmml(source: Source) -> bool:
    head = source.head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and b"PMML" in head[:4096]


def required(element: Element, name: str, place: str) -> str:
    value = element.get(name)
    if value is None:
        raise InputError(f"{place} has no {name}: {DAMAGED}")
    return value


def inner(element: Element, tag: str) -> Element:
    found = element.only(tag)
    if found is None:
        raise cut_off(f"the element {tag}")
    return found


def network_in(root: Element) -> Element:
    """The one model of the document."""
    version = root.get("version") or ""
    if root.tag != "PMML" or not version.startswith(("3.", "4.")):
        raise InputError(f"it is no PMML of version 3 or 4: {DAMAGED}")
    models = [child for child in root.children if child.tag not in OTHERS]
    if len(models) != 1 or models[0].tag != "NeuralNetwork":
        told = ", ".join(model.tag[:LONGEST] for model in models[:6]) or "none"
        raise InputError(f"its models are {told}: one NeuralNetwork is read")
    return models[0]


def fields_of(root: Element, network: Element) -> Fields:
    columns: dict[str, tuple[str, ...] | None] = {}
    for one in inner(root, "DataDictionary").all("DataField"):
        name = required(one, "name", "a DataField")
        texts = tuple(
            value.get("value") or ""
            for value in one.all("Value")
            if value.get("property") in (None, "valid")
        )
        columns[name] = None if one.get("optype") == "continuous" else texts
    for one in inner(network, "MiningSchema").all("MiningField"):
        name = required(one, "name", "a MiningField")
        for attribute in ("missingValueReplacement", "invalidValueReplacement"):
            if one.get(attribute) is not None:
                raise InputError(
                    f"the field {name[:LONGEST]!r} has a {attribute}, which is not read"
                )
        if (one.get("outliers") or "asIs") != "asIs":
            raise InputError(
                f"the field {name[:LONGEST]!r} treats outliers in a way of its own, which is not"
                " read"
            )
    derived: dict[str, Element] = {}
    for place in (root.only("TransformationDictionary"), network.only("LocalTransformations")):
        for one in place.all("DerivedField") if place is not None else ():
            derived[required(one, "name", "a DerivedField")] = one
    return Fields(columns, derived)


@final
@dataclass(frozen=True)
class Layer:
    """What the neurons of a layer have in common."""

    form: Form
    normal: Outputs


def layer_in(element: Element, network: Element, place: str) -> Layer:
    """The layer's activation and normalisation, or the network's."""
    name = element.get("activationFunction") or network.get("activationFunction") or "none"
    if name not in FORMS:
        raise InputError(f"{place} has the activation {name[:LONGEST]!r}, which is not supported")
    normal = element.get("normalizationMethod") or network.get("normalizationMethod") or "none"
    if normal not in NORMAL:
        raise InputError(f"{place} has the normalisation {normal[:LONGEST]!r}, which is not read")
    return Layer(FORMS[name], NORMAL[normal])


@final
class Neurons:
    """The inputs and neurons by their ids."""

    def __init__(self, ids: dict[str, int]) -> None:
        self.ids = ids
        self.places: dict[int, int] = {}  # from the number of an id to that of a unit

    def add(self, name: str) -> int:
        """The place of a new input or neuron."""
        number = self.ids.setdefault(name, len(self.ids))
        if number in self.places:
            raise InputError(f"the id {name[:LONGEST]!r} is there twice: {DAMAGED}")
        self.places[number] = len(self.places)
        return self.places[number]

    def place(self, name: str) -> int:
        number = self.ids.get(name, -1)
        if number not in self.places:
            raise InputError(f"the neuron {name[:LONGEST]!r} is not there: {DAMAGED}")
        return self.places[number]

    def sources(self, neuron: Element, place: str) -> tuple[np.ndarray, Float64Array]:
        if neuron.sources is None or neuron.weights is None:
            return np.empty(0, np.int64), np.empty(0)
        try:
            found = [self.places[number] for number in neuron.sources]
        except KeyError as error:
            raise InputError(
                f"{place} has a connection from a neuron that is not before it: {DAMAGED}"
            ) from error
        return np.array(found, np.int64), np.array(neuron.weights, np.float64)


def units_of(network: Element, neurons: Neurons) -> tuple[list[Unit], Outputs]:
    layers = list(network.all("NeuralLayer"))
    units: list[Unit] = []
    normal = Outputs.NUMBERS
    if not layers:
        raise cut_off("the element NeuralLayer")
    for k, element in enumerate(layers, 1):
        layer = layer_in(element, network, f"the layer {k}")
        normal = layer.normal
        if normal is Outputs.SHARES and k < len(layers):
            raise InputError(
                f"the layer {k}, which is a hidden one, is divided by its sum: only the last may be"
            )
        if normal is Outputs.SCORES and layer.form != Form():
            raise InputError(
                f"the layer {k} has an activation before its softmax: identity alone is read"
            )
        form = layer.form
        if normal is Outputs.SCORES and k < len(layers):
            form = Form(Softmax(), group=k)
        members = list(element.all("Neuron"))
        places = []
        before = len(units)
        for one in members:
            name = required(one, "id", f"a neuron of the layer {k}")
            place = f"the neuron {name[:LONGEST]!r}"
            sources, weights = neurons.sources(one, place)
            bias = number_in(one, "bias", place, 0.0)
            units.append(Unit(place, sources, weights, bias, form))
            places.append(name)
        of_each = {frozenset(unit.sources.tolist()) for unit in units[before:]}
        if form.group and len(of_each) > 1:
            raise InputError(f"the layer {k} has a softmax, and neurons with unlike connections")
        for name in places:
            neurons.add(name)
    return units, normal


@final
@dataclass(frozen=True)
class End:
    """The output neurons, what becomes of their values, and the classes."""

    names: tuple[str, ...]
    scales: tuple[float, ...]
    shifts: tuple[float, ...]
    fields: tuple[str, ...]
    classes: tuple[str, ...] | None


def end_of(network: Element, fields: Fields) -> End:
    names, scales, shifts, targets, classes = [], [], [], [], []
    for one in inner(network, "NeuralOutputs").all("NeuralOutput"):
        name = required(one, "outputNeuron", "a NeuralOutput")
        place = f"the output of the neuron {name[:LONGEST]!r}"
        expressions = [
            child for child in inner(one, "DerivedField").children if child.tag != "Extension"
        ]
        if len(expressions) != 1:
            raise InputError(f"{place} has not one expression: {DAMAGED}")
        (of,) = expressions
        field = required(of, "field", place)
        if of.tag == "FieldRef" and field in fields.derived:
            derived = [c for c in fields.derived[field].children if c.tag != "Extension"]
            if len(derived) != 1:
                raise InputError(f"{place} has not one expression: {DAMAGED}")
            (of,) = derived
            field = required(of, "field", place)
        scale, shift = 1.0, 0.0
        match of.tag:
            case "NormContinuous":
                slope, offset = line_of(of, place)
                if slope == 0:
                    raise InputError(f"{place} is a NormContinuous that is flat: {DAMAGED}")
                scale, shift = 1 / slope, -offset / slope
            case "NormDiscrete":
                classes.append(required(of, "value", place))
            case "FieldRef":
                pass
            case _:
                raise InputError(
                    f"{place} has the expression {of.tag[:LONGEST]}, which is not read"
                )
        names.append(name)
        scales.append(scale)
        shifts.append(shift)
        targets.append(field)
    if not names or len(classes) not in (0, len(names)):
        raise InputError("its outputs are not all numbers, and not all classes")
    return End(tuple(names), tuple(scales), tuple(shifts), tuple(targets), tuple(classes) or None)


Limits = tuple[float | None, float | None]


def rescaled(network: Element, end: End) -> tuple[np.ndarray, np.ndarray, Limits]:
    """Scale and shift of each output, with those of Targets, and the limits of one number."""
    scale, shift = np.array(end.scales), np.array(end.shifts)
    limits: Limits = (None, None)
    targets = network.only("Targets")
    for one in targets.all("Target") if targets is not None else ():
        place = "the element Target"
        if one.get("castInteger") is not None:
            raise InputError(f"{place} has castInteger, which is not read")
        factor, constant = (
            number_in(one, "rescaleFactor", place, 1.0),
            number_in(one, "rescaleConstant", place, 0.0),
        )
        low, high = (
            None if one.get(name) is None else number_in(one, name, place)
            for name in ("min", "max")
        )
        if (low, high) != (None, None):
            # PMML has the limits before the rescaling.
            if (factor, constant) != (1.0, 0.0) or len(end.names) > 1 or end.classes:
                raise InputError(f"{place} has limits, and another thing than one number as it is")
            if low is not None and high is not None and low > high:
                raise InputError(f"{place} has a min above its max: {DAMAGED}")
            limits = (low, high)
        name = one.get("field")
        of = np.array([name in (None, field) for field in end.fields])
        scale = np.where(of, scale * factor, scale)
        shift = np.where(of, shift * factor + constant, shift)
    return scale, shift, limits


def read_pmml(source: Source, given: Given) -> ImportedNetwork:
    from rosenblatt.importing.saved import plain_number

    root, ids = root_of(source)
    network = network_in(root)
    fields = fields_of(root, network)
    neurons = Neurons(ids)
    inputs = []
    for one in inner(network, "NeuralInputs").all("NeuralInput"):
        name = required(one, "id", "a NeuralInput")
        place = f"the input {name[:LONGEST]!r}"
        inputs.append(fields.of_derived(inner(one, "DerivedField"), place))
        neurons.add(name)
    if not any(one.column is not None for one in inputs):
        raise cut_off("the element NeuralInput")
    design = design_of(inputs, fields.columns)
    units, normal = units_of(network, neurons)
    end = end_of(network, fields)
    places = [neurons.place(name) - len(inputs) for name in end.names]
    if min(places) < 0 or len(set(places)) < len(places):
        raise InputError(f"its outputs are not neurons, one each: {DAMAGED}")
    if end.classes is not None and normal is Outputs.NUMBERS:
        alone = without_complement(units, places, len(inputs))
        if alone is not None:
            places = alone
            units = units[: places[0] + 1]
    chain = Chain(design.to_matrix.shape[0])
    chain = chain_of(source, chain, through(units, design), places)
    scale, shift, limits = rescaled(network, end)
    scale, shift = scale[: chain.width], shift[: chain.width]
    if not ((scale == 1).all() and (shift == 0).all()):
        if normal is not Outputs.NUMBERS:
            raise InputError("its outputs are normalised and scaled, which is not read together")
        chain.scaled(scale, shift)
    if normal is Outputs.SCORES and end.classes is None and given.classes is None:
        raise InputError("its outputs have a softmax and no classes: name them by --classes")
    if normal is Outputs.SHARES and not chain.has_logits:
        raise InputError("its outputs are divided by their sum, and are no logistic functions")
    outputs = Outputs.VALUES if normal is Outputs.NUMBERS and end.classes else normal
    finish = ending(chain, outputs, given, end.classes, end.fields)
    numbers_only = design.columns == tuple(map(plain_number, design.names))
    producer = root.only("Header")
    application = producer.only("Application") if producer is not None else None
    told = (application.get("name") or "")[:30] if application is not None else ""
    return ImportedNetwork(
        f"PMML ({told})" if told else "PMML",
        finish.model,
        given.names_of(len(design.names), design.names),
        given.target or end.fields[0],
        finish.outputs,
        finish.classes,
        None if numbers_only else design.columns,
        Findings(
            (" → ".join(map(str, (len(inputs), *layer_sizes(network)))),),
            ("the scaling of inputs and outputs", *finish.folded),
        ),
        has_names=True,
        limits=limits,
    )


def without_complement(units: list[Unit], places: list[int], n_inputs: int) -> list[int] | None:
    """Of outputs 1 - p and p of a logistic unit, that unit; None where they are something else."""
    if len(places) != 2:
        return None
    first, second = (units[k] for k in places)
    plain = all(one.form == Form() and len(one.sources) == 1 for one in (first, second))
    if not plain or first.sources[0] != second.sources[0] or first.sources[0] < n_inputs:
        return None
    numbers = (first.weights[0], first.bias, second.weights[0], second.bias)
    k = int(first.sources[0]) - n_inputs
    return [k] if numbers == (-1, 1, 1, 0) and units[k].form == Form(Sigmoid()) else None


def layer_sizes(network: Element) -> list[int]:
    return [len(list(layer.all("Neuron"))) for layer in network.all("NeuralLayer")]


PMML = Format("PMML", is_pmml, read_pmml)
register(PMML)
