"""A table's encoding as arithmetic alone, for formats that take numbers as they stand."""

from __future__ import annotations

import numpy as np

from rosenblatt.export.parts import Scaled
from rosenblatt.table import ClassTarget, TableEncoding
from rosenblatt.table.columns import Number

__all__ = ["scalings_of"]


def scalings_of(encoding: TableEncoding, target: str) -> tuple[Scaled, Scaled | None]:
    """What is done to numbers before the network, and to its predictions behind it.

    Raises
    ------
    ValueError
        For columns of texts, dates or truth values, numbers with logarithmic tails or an indicator
        of gaps, and a target that is a logarithm or has limits.
    """
    factors, shifts = [], []
    for column in encoding.columns:
        if not isinstance(column, Number) or column.indicator or column.scaling.has_tails:
            raise ValueError(
                f"the column {column.name!r} cannot be exported to {target}, which takes numbers"
                " as they stand: export to ONNX, C, JavaScript or R."
            )
        own = column.scaling_of_values
        factors.append(1 / (own.spread * own.std))
        shifts.append(-own.center / (own.spread * own.std) - own.mean / own.std)
    before = Scaled(np.array(factors), np.array(shifts))
    y = encoding.target
    if isinstance(y, ClassTarget):
        return before, None
    if y.log or y.low is not None or y.high is not None:
        raise ValueError(
            f"the target {y.name!r} cannot be exported to {target}, because it is a logarithm or"
            " has limits: export to ONNX, C, JavaScript or R."
        )
    return before, Scaled(np.array([y.scale]), np.array([y.mean]))
