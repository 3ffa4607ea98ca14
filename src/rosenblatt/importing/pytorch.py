"""PyTorch's networks: a module in memory, and state dicts of safetensors and of torch.save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rosenblatt.activations import Activation
from rosenblatt.errors import InputError
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import ImportedNetwork
from rosenblatt.importing.imported_layers import imported_layers
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import Source
from rosenblatt.importing.state_dict import pieces_of
from rosenblatt.importing.tensor_file import file_tensors, is_tensor_file
from rosenblatt.importing.torch_archive import archive_tensors, is_archive, is_old_archive
from rosenblatt.importing.torch_modules import module_pieces
from rosenblatt.support.types import Float64Array

__all__ = ["SAFETENSORS", "STATE_DICT", "from_torch"]


def from_torch(
    module: Any,
    *,
    names: Sequence[str] | None = None,
    target: str | None = None,
    classes: Sequence[str] | None = None,
    output: int | None = None,
) -> ImportedNetwork:
    """The network of a PyTorch module in memory, as it predicts after `module.eval()`.

    Parameters
    ----------
    module : torch.nn.Sequential
        Of fully connected layers, activations, BatchNorm1d, LayerNorm, PReLU and Dropout, nested or
        not. It is not changed.
    names, target, output
        See `rosenblatt.importing.read`.
    classes : sequence of str, optional
        Labels of the outputs, in order; of a single output those of 0 and of 1. Outputs without an
        activation are then raw scores (logits).

    Returns
    -------
    ImportedNetwork
        `estimator()` and `saved_model()` of it predict and train on.

    Raises
    ------
    InputError
        For a module that has no exact counterpart here, by its name.
    """
    given = Given(
        names=None if names is None else tuple(names),
        target=target,
        classes=None if classes is None else tuple(classes),
        output=output,
    )
    return imported_layers("PyTorch module", list(module_pieces(module)), given)


def read_file(source: Source, given: Given) -> ImportedNetwork:
    return read_tensors("safetensors", file_tensors(source), given, in_order=False)


def read_archive(source: Source, given: Given) -> ImportedNetwork:
    if is_old_archive(source):
        raise InputError(
            "it is in the form that PyTorch wrote before 1.6: load it there and save it again"
        )
    return read_tensors("PyTorch state dict", archive_tensors(source), given, in_order=True)


def read_tensors(
    format: str, tensors: dict[str, Float64Array], given: Given, *, in_order: bool
) -> ImportedNetwork:
    activations: tuple[Activation, ...] | None = given.activations
    listed = pieces_of(tensors, activations, in_order=in_order)
    return imported_layers(format, listed.pieces, given, unsaid=listed.unsaid)


SAFETENSORS = Format("safetensors", is_tensor_file, read_file)
STATE_DICT = Format(
    "PyTorch", lambda source: is_archive(source) or is_old_archive(source), read_archive
)
register(SAFETENSORS)
register(STATE_DICT)
