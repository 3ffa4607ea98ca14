"""A trained network as PMML 4.4, over columns of numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt.activations import Identity
from rosenblatt.export.dense_chain import DenseLayer, all_of, dense_layers
from rosenblatt.export.expression import Variable
from rosenblatt.export.parts import Scaled
from rosenblatt.export.pmml import Document, Field
from rosenblatt.export.trained import Trained
from rosenblatt.model import OutputFormat
from rosenblatt.support.listing import brief

__all__ = ["layers_of", "pmml_document"]


def pmml_document(trained: Trained, inputs: Sequence[str], target: str = "y") -> str:
    """The text of a document of a network over these columns of numbers."""
    if not isinstance(target, str):
        raise TypeError(f"target={brief(target)} must be the name of what is predicted.")
    fields = [Field(name, is_text=False) for name in inputs]
    document = Document(fields, named_apart(target, inputs), trained.classes)
    features = [Variable(name) for name in inputs]
    return document.text(trained, features, layers_of(trained, None))


def layers_of(trained: Trained, after: Scaled | None) -> list[DenseLayer]:
    """With a neuron for each class, also of two."""
    layers = dense_layers(trained, "PMML", after=after)  # or what no format takes
    if not trained.classes and trained.model.n_outputs > 1:
        raise ValueError(
            f"{trained.model.n_outputs} predicted numbers cannot be exported to PMML, where a"
            " network has one target: export to ONNX, C, JavaScript or R."
        )
    if trained.form is OutputFormat.BOTH_CLASSES:
        last = all_of(len(layers), 1)
        layers.append(DenseLayer(last, np.array([[-1.0, 1.0]]), np.array([1.0, 0.0]), Identity()))
    return layers


def named_apart(name: str, others: Sequence[str]) -> str:
    """The name, with underscores behind it where it is another's."""
    while name in others:
        name += "_"
    return name
