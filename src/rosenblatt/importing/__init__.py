"""Networks that other tools have trained: their files as estimators and models of this library."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from rosenblatt.importing import brain as _brain  # noqa: F401
from rosenblatt.importing import fann as _fann  # noqa: F401
from rosenblatt.importing import keras_reader as _keras_reader  # noqa: F401
from rosenblatt.importing import ml_fnn as _ml_fnn  # noqa: F401
from rosenblatt.importing import onnx_reader as _onnx_reader  # noqa: F401
from rosenblatt.importing import opencv as _opencv  # noqa: F401
from rosenblatt.importing import pmml as _pmml  # noqa: F401
from rosenblatt.importing import pyrenn as _pyrenn  # noqa: F401
from rosenblatt.importing import pytorch as _pytorch  # noqa: F401
from rosenblatt.importing import r_nnet as _r_nnet  # noqa: F401
from rosenblatt.importing import synaptic as _synaptic  # noqa: F401
from rosenblatt.importing import tfjs as _tfjs  # noqa: F401
from rosenblatt.importing import weka as _weka  # noqa: F401
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import Findings, ImportedNetwork, Unsaid
from rosenblatt.importing.pytorch import from_torch
from rosenblatt.importing.registry import FORMATS, Format, read_network, register
from rosenblatt.options.activations import chosen_activations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rosenblatt.activations import Activation
    from rosenblatt.estimators import MLPClassifier, MLPRegressor
    from rosenblatt.persistence import SavedModel

__all__ = [
    "FORMATS",
    "Findings",
    "Format",
    "ImportedNetwork",
    "Unsaid",
    "from_torch",
    "load",
    "read",
    "register",
]


def read(
    path: str | PathLike[str],
    *,
    data: str | PathLike[str] | None = None,
    names: Sequence[str] | None = None,
    target: str | None = None,
    classes: Sequence[str] | None = None,
    output: int | None = None,
    activation: str | Activation | Sequence[str | Activation] | None = None,
) -> ImportedNetwork:
    """The network in a file that another tool wrote, with what was found in it.

    Nothing in the file is executed, and it is refused before it takes more memory than four times
    its size and a mebibyte.

    Parameters
    ----------
    path : path
    data : path, optional
        The table that the tool trained on, where the file does not say how it was encoded.
    names : sequence of str, optional
        Names of the inputs, in order, where the file has none.
    target : str, optional
        Name of what is predicted.
    classes : sequence of str, optional
        Labels of the outputs, in order; of a single output those of 0 and of 1.
    output : int, optional
        Which of several numbers is predicted, from 1.
    activation : str, Activation or list of these, optional
        Of a file that has weights alone, as a state dict of PyTorch: one for all places between
        layers, or one for each, and perhaps one more, for the outputs.

    Raises
    ------
    InputError
        If the file cannot be read or holds something that has no exact counterpart here; the
        message names it and its place.
    """
    given = Given(
        None if data is None else Path(data),
        None if names is None else tuple(names),
        target,
        None if classes is None else tuple(classes),
        output,
        None if activation is None else chosen_activations(activation),
    )
    return read_network(path, given)


def load(
    path: str | PathLike[str],
    *,
    data: str | PathLike[str] | None = None,
    names: Sequence[str] | None = None,
    target: str | None = None,
    classes: Sequence[str] | None = None,
    output: int | None = None,
    activation: str | Activation | Sequence[str | Activation] | None = None,
) -> MLPClassifier | MLPRegressor | SavedModel:
    """The network in a file that another tool wrote, ready to predict.

    Parameters
    ----------
    path, data, names, target, classes, output, activation
        See `read`.

    Returns
    -------
    MLPClassifier, MLPRegressor or SavedModel
        An estimator where the inputs are numbers as they stand and an estimator can have the
        layers: `partial_fit` trains it on. Otherwise a model with the encoding of a table's
        columns, as `rosenblatt.persistence.save_model` writes it.

    Raises
    ------
    InputError
        As `read`.
    """
    from rosenblatt.importing.estimator import has_estimator

    imported = read(
        path,
        data=data,
        names=names,
        target=target,
        classes=classes,
        output=output,
        activation=activation,
    )
    return imported.estimator() if has_estimator(imported) else imported.saved_model()
