"""A network with what was learnt about a table's columns, as PMML 4.4 of raw cells."""

from __future__ import annotations

import numpy as np

from rosenblatt.export.expression import Expression, Variable
from rosenblatt.export.parts import Scaled
from rosenblatt.export.pmml import Document, Field
from rosenblatt.export.pmml_network import layers_of
from rosenblatt.export.table_formulas import features_of, trained_on_table
from rosenblatt.model import AnyModel
from rosenblatt.table import ClassTarget, TableEncoding
from rosenblatt.table.columns import Category, Dropped

__all__ = ["pmml_table_document"]


def pmml_table_document(model: AnyModel, encoding: TableEncoding) -> str:
    """The text of a document of raw cells."""
    trained, target = trained_on_table(model, encoding), encoding.target
    limits: tuple[float | None, float | None] = (None, None)
    after = None
    if not isinstance(target, ClassTarget):
        if target.log:
            raise ValueError(
                f"the target {target.name!r} cannot be exported to PMML, because its logarithm is"
                " learnt: export to ONNX, C, JavaScript or R."
            )
        after = Scaled(np.array([target.scale]), np.array([target.mean]))
        limits = (target.low, target.high)
    layers = layers_of(trained, after)  # refused before the columns, of which there may be many
    columns = [c for c in encoding.columns if not isinstance(c, Dropped)]
    fields = [Field(c.name, is_text=isinstance(c, Category)) for c in columns]
    document = Document(fields, target.name, trained.classes)
    features: list[Expression] = []
    for column, field in zip(columns, fields, strict=True):
        features += features_of(column, Variable(field.name), document.let, model.dtype)
    return document.text(trained, features, layers, limits)
