"""Keras: models saved as .keras, by Keras 3, and as .h5, by Keras 2 and 3."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from typing import Any, final

from rosenblatt.errors import InputError
from rosenblatt.importing.given import Given
from rosenblatt.importing.hdf5_file import MAGIC, Group, root_group
from rosenblatt.importing.imported import ImportedNetwork
from rosenblatt.importing.imported_layers import imported_layers
from rosenblatt.importing.json_value import as_object, json_value
from rosenblatt.importing.keras_activations import Dialect
from rosenblatt.importing.keras_models import outputs_of
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import DAMAGED, Source, cut_off
from rosenblatt.importing.zip_errors import UNREADABLE
from rosenblatt.support.types import Float64Array

__all__ = ["HDF5", "KERAS"]

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
ENTRY, ENTRY_BYTES = b"PK\x01\x02", 800  # an entry of the zip's directory, and what it takes
LONGEST = 60


def is_keras(source: Source) -> bool:
    head = source.head
    return head.startswith(b"PK\x03\x04") and any(
        name.encode() in head[:200] for name in (CONFIG, METADATA, WEIGHTS)
    )


def is_hdf5(source: Source) -> bool:
    return source.head.startswith(MAGIC)


@final
class Numbered:
    """Weights of a .keras file: groups named after classes, arrays by number."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self._seen: Counter[str] = Counter()

    def inner(self, name: str, kind: str) -> Numbered:
        """The next layer's of its class, which are those of the name that is written there."""
        snake = snake_case(kind)
        k = self._seen[snake]
        self._seen[snake] += 1
        place = f"layers/{snake}{f'_{k}' if k else ''}"
        found = self._group.inner(place)
        told = found.inner("vars").text("name") if found.has("vars") else None
        if told is not None and told != name:
            raise InputError(
                f"its group {place!r} has the weights of {told[:LONGEST]!r}, and those of"
                f" {name[:LONGEST]!r} are looked for: {DAMAGED}"
            )
        return Numbered(found)

    def arrays(self, names: tuple[str, ...], place: str) -> Mapping[str, Float64Array]:
        group = self._group.inner("vars")
        if group.has(str(len(names))):
            raise InputError(f"{place} has more than {', '.join(names)}, which is not read")
        return {name: group.array(str(k)) for k, name in enumerate(names)}


def snake_case(kind: str) -> str:
    """As Keras makes names of classes: PReLU is p_re_lu."""
    name = re.sub(r"\W+", "", kind)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


@final
class Named:
    """Weights of a .h5 file: a group a layer, and the paths of its arrays.

    Those of a model in the model stand together, by the names of its layers.
    """

    def __init__(self, group: Group, layer: str | None = None, found: Group | None = None) -> None:
        self._group, self._layer, self._found = group, layer, found

    def inner(self, name: str, kind: str) -> Named:
        found = self._found
        if found is None and self._group.has(name):
            found = self._group.inner(name)
        return Named(self._group, name, found)

    def arrays(self, names: tuple[str, ...], place: str) -> Mapping[str, Float64Array]:
        if self._found is None or self._layer is None:
            raise cut_off(f"the weights of {place}")
        paths: dict[str, str] = {}
        for path in self._found.texts("weight_names"):
            *_, owner, kind = ["", *path.split("/")]
            if owner == self._layer or owner == "":
                kind = kind.partition(":")[0]
                if kind in paths:
                    raise InputError(f"{place} has two weights named {kind[:LONGEST]!r}")
                paths[kind] = path
        if set(paths) != set(names):
            told = ", ".join(sorted(paths)[:6]) or "none"
            raise InputError(f"{place} has the weights {told}, and {', '.join(names)} are needed")
        return {name: self._found.array(paths[name]) for name in names}


def read_keras(source: Source, given: Given) -> ImportedNetwork:
    data = source.data
    source.check_memory(ENTRY_BYTES * data.count(ENTRY), "its directory")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            config, told, weights = (
                member(archive, source, name) for name in (CONFIG, METADATA, WEIGHTS)
            )
    except InputError:
        raise
    except UNREADABLE as error:
        raise InputError(f"it is no whole zip archive: {DAMAGED}") from error
    check_version(as_object(json_value(source, told), METADATA).get("keras_version"), "3.")
    item = json_value(source, config)
    root = root_group(source, weights)
    found = outputs_of(item, Dialect.KERAS_3, Numbered(root), source.check_memory)
    return imported_layers("Keras 3", found.branch.pieces(), given, found.names)


def member(archive: zipfile.ZipFile, source: Source, name: str) -> bytes:
    """A part of the archive, no larger than the file may ask for."""
    infos = [info for info in archive.infolist() if info.filename == name]
    if len(infos) != 1:
        raise cut_off(f"its part {name!r}")
    source.check_memory(2 * infos[0].file_size, f"its part {name!r}")
    with archive.open(infos[0]) as file:
        content = file.read(infos[0].file_size + 1)
    if len(content) > infos[0].file_size:
        raise cut_off(f"its part {name!r}")
    return content


def read_hdf5(source: Source, given: Given) -> ImportedNetwork:
    root = root_group(source, source.data)
    config = root.text("model_config")
    if config is None:
        raise InputError("it holds weights without a model: save the whole model by model.save")
    version = root.text("keras_version") or ""
    dialect = Dialect.KERAS_3 if version.startswith("3.") else Dialect.KERAS_2
    if dialect is Dialect.KERAS_2:
        check_version(version, "2.")
    item = json_value(source, config.encode("utf-8", "surrogateescape"))
    weights = Named(root.inner("model_weights"))
    found = outputs_of(item, dialect, weights, source.check_memory)
    return imported_layers(f"{dialect.value}, HDF5", found.branch.pieces(), given, found.names)


def check_version(version: Any, expected: str) -> None:
    if not isinstance(version, str) or not version.startswith(expected):
        raise InputError(
            f"it was written by version {str(version)[:20]!r} of Keras: those from 2 to 3 are read"
        )


KERAS = Format("Keras", is_keras, read_keras)
HDF5 = Format("Keras HDF5", is_hdf5, read_hdf5)
register(KERAS)
register(HDF5)
