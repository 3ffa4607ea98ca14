"""Keras's Sequential and Functional models, from their configuration to what leaves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.json_value import as_list, as_object, as_place, as_text
from rosenblatt.importing.keras_activations import Dialect
from rosenblatt.importing.keras_layers import LAYERS, LayerConfig
from rosenblatt.importing.paths import (
    Branch,
    Check,
    product,
    side_by_side,
    split,
    summed,
    total,
)
from rosenblatt.importing.pieces import Scaled
from rosenblatt.importing.source import DAMAGED
from rosenblatt.support.types import Float64Array

__all__ = ["KerasModel", "Weights", "outputs_of"]

MODELS = ("Functional", "Model", "Sequential")
JOINING = ("Add", "Average", "Concatenate", "Multiply")
CODE = ("Lambda", "TFOpLambda", "SlicingOpLambda")
LONGEST, DEEPEST, MOST_COLUMNS = 60, 8, 2**31


class Weights(Protocol):
    """The weights of a model's layers."""

    def inner(self, name: str, kind: str) -> Weights:
        """Those of a layer or of a model within this one, by its name and its class."""

    def arrays(self, names: tuple[str, ...], place: str) -> Mapping[str, Float64Array]:
        """The arrays of a layer by name, all of them; `names` has Keras's order."""


@final
@dataclass(frozen=True)
class KerasModel:
    """What leaves a model, and the names of its inputs where each is one column."""

    branch: Branch
    names: tuple[str, ...] | None


@final
@dataclass(frozen=True, eq=False)
class Reader:
    dialect: Dialect
    check: Check

    def layer(self, item: Any, weights: Weights, x: Branch, path: str, depth: int) -> Branch:
        """One layer, or a model within a model, that takes one branch."""
        of, kind, name = described(item)
        place = f"the layer {path + name!r} ({kind})"
        config = as_object(of.get("config"), f"the config of {place}")
        if kind in MODELS:
            if depth >= DEEPEST:
                raise InputError(f"{place} is nested more than {DEEPEST} deep")
            inner = weights.inner(name, kind)
            return self.model(kind, config, inner, x, f"{path}{name}/", depth + 1)
        if kind in CODE:
            raise InputError(f"{place} holds Python code, which is not run: build it of layers")
        if kind not in LAYERS:
            raise InputError(f"{place} has no counterpart here")
        own = weights.inner(name, kind)
        read = LayerConfig(place, config, self.dialect, lambda names: own.arrays(names, place))
        read.check_type()
        return LAYERS[kind](read, x)

    def model(
        self,
        kind: str,
        config: Mapping[str, Any],
        weights: Weights,
        x: Branch,
        path: str,
        depth: int,
    ) -> Branch:
        if kind != "Sequential":
            return self.functional(config, weights, [x], path, depth)
        for item in layers_of(config, path):
            if described(item)[1] != "InputLayer":
                x = self.layer(item, weights, x, path, depth)
        return x

    def functional(
        self,
        config: Mapping[str, Any],
        weights: Weights,
        inputs: Sequence[Branch],
        path: str,
        depth: int,
    ) -> Branch:
        values: dict[str, Branch] = {}
        starts = iter(inputs)
        for item in layers_of(config, path):
            of, kind, name = described(item)
            place = f"the layer {path + name!r} ({kind})"
            if name in values:
                raise InputError(f"{place} is there twice: {DAMAGED}")
            if kind == "InputLayer":
                start = next(starts, None)
                if start is None:
                    raise InputError(f"{place} is an input too many for a model in a model")
                values[name] = start
                weights.inner(name, kind)
                continue
            sources = sources_of(of.get("inbound_nodes"), place)
            if not all(source in values for source in sources):
                raise InputError(f"{place} takes what no layer before it gives: {DAMAGED}")
            taken = [values[source] for source in sources]
            if kind in JOINING and taken:
                weights.inner(name, kind)
                values[name] = self.joined(kind, of, taken, place)
            elif len(taken) == 1:
                values[name] = self.layer(item, weights, taken[0], path, depth)
            else:
                raise InputError(f"{place} takes {len(taken)} inputs, which is not read")
        return values[output_of(config.get("output_layers"), values, path)]

    def joined(self, kind: str, of: Mapping[str, Any], taken: list[Branch], place: str) -> Branch:
        if kind == "Concatenate":
            if as_object(of.get("config"), place).get("axis", -1) not in (-1, 1):
                raise InputError(f"{place} puts rows one below the other")
            return side_by_side(taken, place, self.check)
        if kind == "Average":
            alike = [x for x in taken if x.width == taken[0].width]
            if len(alike) < len(taken):
                raise InputError(
                    f"{place} takes branches of several widths: those of one width are read"
                )
            whole = total(taken, place, self.check) if len(taken) > 1 else taken[0]
            n, k = whole.width, len(taken)
            return whole.then(Scaled(place, np.full(n, 1 / k), np.zeros(n)))
        whole = taken[0]
        for other in taken[1:]:
            join = summed if kind == "Add" else product
            whole = join(whole, other, place, self.check)
        return whole


def described(item: Any) -> tuple[Mapping[str, Any], str, str]:
    """A layer's object, its class, and its name."""
    of = as_object(item, "a layer")
    kind = as_text(of.get("class_name"), "the class_name of a layer")[:LONGEST]
    config = as_object(of.get("config"), f"the config of a {kind}")
    name = of.get("name", config.get("name"))
    return of, kind, as_text(name, f"the name of a {kind}")[:LONGEST]


def layers_of(config: Mapping[str, Any], path: str) -> list[Any]:
    return as_list(config.get("layers"), f"the list of layers of {path or 'the model'}")


def sources_of(nodes: Any, place: str) -> list[str]:
    """The layers whose outputs a layer takes, in the forms of Keras 3 and before."""
    found = as_list(nodes, f"inbound_nodes of {place}")
    if len(found) != 1:
        raise InputError(f"{place} is called {len(found)} times: a layer called once is read")
    if isinstance(found[0], dict):
        if any(value is not None for value in as_object(found[0].get("kwargs"), place).values()):
            raise InputError(f"{place} is called with named arguments, which is not read")
        return list(histories(found[0].get("args"), place))
    names = []
    for one in as_list(found[0], f"inbound_nodes of {place}"):
        match one:
            case [str(name), int(), 0, dict(more)] if not more:
                names.append(name)
            case [str(name), int(), 0]:
                names.append(name)
            case _:
                raise InputError(f"{place} is called in a way that is not read")
    return names


def histories(args: Any, place: str) -> Iterator[str]:
    if isinstance(args, list) and len(args) < 1000:
        for one in args:
            yield from histories(one, place)
        return
    match args:
        case {
            "class_name": "__keras_tensor__",
            "config": {"keras_history": [str(name), int(), 0]},
        }:
            yield name
        case _:
            raise InputError(f"{place} is called with something else than outputs of layers")


def output_of(value: Any, values: Mapping[str, Branch], path: str) -> str:
    match value:
        case [str(name), int(), 0] | [[str(name), int(), 0]] if name in values:
            return name
    raise InputError(f"{path or 'the model'} has several outputs: models with one are read")


def width_of(shape: Any, place: str) -> int:
    match shape:
        case [None, n]:
            return as_place(n, f"the width of {place}", MOST_COLUMNS)
    raise InputError(f"{place} takes something else than rows of so many columns")


def outputs_of(item: Any, dialect: Dialect, weights: Weights, check: Check) -> KerasModel:
    """What leaves a whole model.

    Parameters
    ----------
    item : value of JSON
        The model's class and configuration.
    dialect : Dialect
    weights : Weights
    check : function
        `Source.check_memory`.

    Raises
    ------
    InputError
        For a layer without counterpart, by its name.
    """
    of = as_object(item, "the model's configuration")
    kind = as_text(of.get("class_name"), "the class_name of the model")
    config = of.get("config")
    if kind not in MODELS:
        raise InputError(
            f"the model is a {kind[:LONGEST]!r}: Sequential and functional models have their layers"
            " in the file, others have them in Python code"
        )
    if isinstance(config, list):  # of Keras before 2.2.3
        config = {"layers": config}
    config = as_object(config, "the model's config")
    reader = Reader(dialect, check)
    layers = layers_of(config, "")
    if kind == "Sequential":
        if not layers:
            raise InputError("the model has no layers")
        start = described(layers[0])
        shape = shape_of(start[0]) or config.get("build_input_shape")
        x = Branch(width_of(shape, f"the layer {start[2]!r}"))
        return KerasModel(reader.model(kind, config, weights, x, "", 0), None)
    named: dict[str, int] = {}
    for layer in layers:
        one, of_kind, name = described(layer)
        if of_kind == "InputLayer":
            named[name] = width_of(shape_of(one), f"the layer {name!r}")
    if not named:
        raise InputError("the model has no inputs")
    inputs = split(list(named.items()), check)
    branch = reader.functional(config, weights, inputs, "", 0)
    is_by_column = len(named) > 1 and all(n == 1 for n in named.values())
    return KerasModel(branch, tuple(named) if is_by_column else None)


def shape_of(layer: Mapping[str, Any]) -> Any:
    config = as_object(layer.get("config"), "the config of the first layer")
    shape = config.get("batch_shape", config.get("batch_input_shape"))
    return shape.tolist() if isinstance(shape, np.ndarray) else shape
