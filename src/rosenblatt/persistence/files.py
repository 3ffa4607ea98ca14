"""Saving and loading a model file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from os import PathLike
from typing import Any, final

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from rosenblatt.errors import InputError
from rosenblatt.persistence import container
from rosenblatt.persistence.json_text import parse_json
from rosenblatt.persistence.saved_model import SavedModel
from rosenblatt.persistence.schema import (
    AUTOENCODER_FORMAT,
    FORMAT_VERSION,
    format_version_of,
    metadata_of,
    saved_model_from,
    tensors_of,
)
from rosenblatt.support.atomic import replaced_file
from rosenblatt.support.listing import shortened
from rosenblatt.support.paths import file_path
from rosenblatt.table import TableEncoding

LAYER = re.compile(r"(members\.\d+\.)?layers\.\d+\.")


@final
@dataclass(frozen=True)
class Loaded:
    """A model file's content, its format's version, and the SHA-256 that it carries."""

    saved: SavedModel
    format_version: int
    checksum: str


def save_model(path: str | PathLike[str], saved: SavedModel) -> None:
    """Write a model file in one atomic step.

    Raises InputError, and leaves a file that was there as it is, if the path cannot be written, the
    disk is full, a weight is not finite or the model has a part that the format does not know.
    """
    if not all(np.isfinite(array).all() for array in tensors_of(saved.model).values()):
        raise InputError(
            f"{path} was not written: the network has weights that are not finite; train it again "
            f"with a smaller learning rate"
        )
    data = container.pack(json_of(metadata_of(saved)), tensors_of(saved.model))
    with replaced_file(file_path(path)) as file:
        file.write(data)


def check_savable(encoding: TableEncoding, n_weights: int) -> int:
    """Bytes of a model file at least; InputError if none holds the description of these columns.

    This is for before a training.

    Parameters
    ----------
    encoding : TableEncoding
    n_weights : int
        Of all networks, at least: a file may take memory by its size.
    """
    return container.check_size(json_of(encoding.to_dict()), 4 * n_weights)


def json_of(data: Any) -> str:
    return json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def weights_of(saved: SavedModel) -> bytes:
    """A safetensors file of the networks' parameters and state by name, and nothing else."""
    return save(tensors_of(saved.model))


def is_weights_file(path: str | PathLike[str]) -> bool:
    """Whether a file holds a network's weights by name, as `weights_of` gives them."""
    try:
        with safe_open(file_path(path), "numpy") as file:
            return file.metadata() is None and all(map(LAYER.match, file.keys()))
    except (SafetensorError, OSError):
        return False


def load_model(path: str | PathLike[str]) -> SavedModel:
    """The model in a file; InputError, one sentence, for every file that is not a whole model."""
    return read_model(path).saved


def read_model(path: str | PathLike[str]) -> Loaded:
    """As `load_model`, with the format's version and the checksum that was verified."""
    path = file_path(path)
    try:
        content = container.read(path)
        version, saved = _saved_model(content)
        return Loaded(saved, version, content.checksum)
    except InputError as error:
        raise InputError(f"cannot load the model {path}: {error}") from error


def is_model_file(path: str | PathLike[str]) -> bool:
    """Whether there is a whole file that rosenblatt wrote, of any version."""
    try:
        container.read(file_path(path))
    except InputError:
        return False
    return True


def _saved_model(content: container.Container) -> tuple[int, SavedModel]:
    try:
        metadata = parse_json(content.metadata, "its description of the network", content.allowed)
        is_autoencoder = isinstance(metadata, dict) and AUTOENCODER_FORMAT in metadata
        version = 0 if is_autoencoder else format_version_of(metadata)
        if 0 < version <= FORMAT_VERSION:
            return version, saved_model_from(metadata, content.tensors)
    except ValueError as error:
        # The message may quote a text from the file, however long.
        raise InputError(f"{shortened(str(error), 400)}; train the model again") from error
    if is_autoencoder:
        raise InputError("it is an autoencoder; rosenblatt.unsupervised.load in Python reads it")
    raise InputError(
        f"it has format version {version}, and this rosenblatt reads up to version "
        f"{FORMAT_VERSION}; upgrade rosenblatt"
    )
