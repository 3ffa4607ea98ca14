"""TensorFlow.js: layers models, a model.json and the files of weights beside it."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import ImportedNetwork
from rosenblatt.importing.imported_layers import imported_layers
from rosenblatt.importing.json_value import as_list, as_object, as_place, as_text, json_value
from rosenblatt.importing.keras_activations import Dialect
from rosenblatt.importing.keras_models import outputs_of
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import DAMAGED, MOST, Source, cut_off, read_source
from rosenblatt.support.types import Float64Array

__all__ = ["TFJS"]

TYPES: Mapping[str, np.dtype[Any]] = {"float32": np.dtype("<f4"), "int32": np.dtype("<i4")}
LONGEST, MOST_AXES = 60, 8


def is_tfjs(source: Source) -> bool:
    head = source.head.lstrip()
    return head.startswith(b"{") and (b'"modelTopology"' in head or b'"weightsManifest"' in head)


@final
class Manifest:
    """Weights by the names in the manifest, `layer/kernel`."""

    def __init__(self, tensors: Mapping[str, Float64Array], layer: str | None = None) -> None:
        self._tensors, self._layer = tensors, layer

    def inner(self, name: str, kind: str) -> Manifest:
        return Manifest(self._tensors, name)

    def arrays(self, names: tuple[str, ...], place: str) -> Mapping[str, Float64Array]:
        found: dict[str, Float64Array] = {}
        for path, tensor in self._tensors.items():
            *_, owner, kind = ["", *path.split("/")]
            if owner == self._layer:
                if kind in found:
                    raise InputError(f"{place} has two weights named {kind[:LONGEST]!r}")
                found[kind] = tensor
        if set(found) != set(names):
            told = ", ".join(sorted(found)[:6]) or "none"
            raise InputError(
                f"{place} has the weights {told[:200]}, and {', '.join(names)} are needed"
            )
        return found


def tensors_of(source: Source, manifest: Any) -> dict[str, Float64Array]:
    """All weights, from the files of each group, one behind the other."""
    tensors: dict[str, Float64Array] = {}
    for k, item in enumerate(as_list(manifest, "weightsManifest")):
        where = f"weightsManifest[{k}]"
        group = as_object(item, where)
        specs = [spec_of(one, f"{where}.weights") for one in as_list(group.get("weights"), where)]
        expected = sum(dtype.itemsize * prod(shape) for _, dtype, shape in specs)
        files = [
            beside(source, as_text(path, f"{where}.paths"))
            for path in as_list(group.get("paths"), f"{where}.paths")
        ]
        if sum(file.size for file in files) != expected:
            raise InputError(
                f"the files of {where} have {sum(file.size for file in files):,} bytes, and its"
                f" weights take {expected:,}: {DAMAGED}"
            )
        data, at = b"".join(file.data for file in files), 0
        for name, dtype, shape in specs:
            n = prod(shape)
            if name in tensors:
                raise InputError(f"the weights {name[:LONGEST]!r} are there twice")
            numbers = np.frombuffer(data, dtype, n, at).reshape(shape)
            with np.errstate(invalid="ignore"):  # a signalling NaN is refused later
                tensors[name] = numbers.astype(np.float64)
            at += n * dtype.itemsize
    return tensors


def spec_of(value: Any, where: str) -> tuple[str, np.dtype[Any], tuple[int, ...]]:
    spec = as_object(value, where)
    name = as_text(spec.get("name"), f"a name in {where}")
    kind = as_text(spec.get("dtype"), f"the dtype of {name[:LONGEST]!r}")
    if kind not in TYPES or "quantization" in spec:
        raise InputError(
            f"the weights {name[:LONGEST]!r} are quantised or of the type {kind[:20]!r}: save them"
            " in float32"
        )
    axes = spec.get("shape")
    if not isinstance(axes, np.ndarray | list) or len(axes) > MOST_AXES:
        raise InputError(f"the weights {name[:LONGEST]!r} have no shape: {DAMAGED}")
    of_shape = f"the shape of {name[:LONGEST]!r}"
    return name, TYPES[kind], tuple(as_place(n, of_shape, MOST) for n in axes)


def beside(source: Source, path: str) -> Source:
    """A file of weights, which lies in the folder of the model and nowhere else."""
    name = path.removeprefix("./")
    if not name or "/" in name or "\\" in name or "\0" in name or name in (".", ".."):
        raise InputError(
            f"its weights are said to lie at {path[:LONGEST]!r}: put them beside the model.json"
        )
    file = source.path.parent / name
    try:
        is_there = file.is_file() and not file.is_symlink()
    except OSError:  # of a name longer than any file's
        is_there = False
    if not is_there:
        raise cut_off(f"the file of weights {name[:LONGEST]!r} beside it")
    return read_source(file)


def read_tfjs(source: Source, given: Given) -> ImportedNetwork:
    model = as_object(json_value(source), "the file")
    form = model.get("format", "layers-model")
    if form != "layers-model":
        raise InputError(
            f"it is a {str(form)[:LONGEST]!r}, whose operators have no layers: save the layers"
            " model by model.save"
        )
    topology = as_object(model.get("modelTopology"), "modelTopology")
    item = topology.get("model_config", topology)
    tensors = Manifest(tensors_of(source, model.get("weightsManifest")))
    found = outputs_of(item, Dialect.TFJS, tensors, source.check_memory)
    return imported_layers("TensorFlow.js", found.branch.pieces(), given, found.names)


TFJS = Format("TensorFlow.js", is_tfjs, read_tfjs)
register(TFJS)
