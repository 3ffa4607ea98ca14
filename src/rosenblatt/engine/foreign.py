"""Members of the user's own, which are held to what the library's are tested for."""

from __future__ import annotations

import numpy as np

from rosenblatt.backprop import Trace
from rosenblatt.engine.kernels import has_kernel
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.types import FloatArray

__all__ = ["refuse_nan"]


def refuse_nan(network: Network, loss: Loss, trace: Trace, weights: FloatArray | None) -> None:
    """Raise ValueError where a member without a kernel made NaN of finite numbers.

    What diverges gives NaN as well, but of numbers that were not finite before.
    """
    passed, last = trace.forward, len(network.layers) - 1
    for layer, z, a in zip(network.layers, passed.z, passed.a[1:], strict=True):
        if not has_kernel(layer.activation):
            refuse(layer.activation, "value", "pre-activation", z, a)
    if not has_kernel(loss):
        counts = slice(None) if weights is None else weights != 0
        refuse(loss, "value", "row of scores", passed.scores[counts], trace.loss[counts, None])
        refuse(loss, "gradient", "score", passed.scores, trace.delta[last])
    for i, layer in enumerate(network.layers):
        if not has_kernel(layer.activation) and (
            i == last or np.isfinite(trace.delta[i + 1]).all()
        ):
            refuse(layer.activation, "derivative", "pre-activation", passed.z[i], trace.delta[i])


def refuse(member: object, what: str, of: str, given: FloatArray, result: FloatArray) -> None:
    bad = np.isnan(result)
    if not bad.any() or not np.isfinite(given).all():
        return
    row, column = np.argwhere(bad)[0]
    at = given[row] if given.shape != result.shape else given[row, column]
    raise ValueError(
        f"{type(member).__name__} gives NaN as the {what} of a finite {of}, {at}: a member of your"
        " own must give a number for every finite one."
    )
