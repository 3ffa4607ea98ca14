"""Members of the user's own, which are held to what the library's are tested for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt.backprop import Forward
from rosenblatt.engine.kernels import has_kernel
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.support.types import FloatArray

__all__ = ["refuse_nan"]


def refuse_nan(
    network: Network,
    loss: Loss,
    passed: Forward,
    losses: FloatArray,
    delta: Sequence[FloatArray],
    weights: FloatArray | None = None,
) -> None:
    """Raise ValueError where a member without a kernel made NaN of finite numbers.

    What diverges gives NaN as well, but of numbers that were not finite before.

    Parameters
    ----------
    network, loss
        Whose members are looked at.
    passed, losses, delta
        What a pass forward and back over a batch found; see `Trace`.
    weights : array (n_samples,), optional
        The loss of a row of weight 0 does not count.
    """
    last = len(network.layers) - 1
    for layer, z, a in zip(network.layers, passed.z, passed.a[1:], strict=True):
        if not has_kernel(layer.activation):
            refuse(layer.activation, "value", "pre-activation", z, a)
    if not has_kernel(loss):
        counts = slice(None) if weights is None else weights != 0
        refuse(loss, "value", "row of scores", passed.scores[counts], losses[counts, None])
        refuse(loss, "gradient", "score", passed.scores, delta[last])
    for i, layer in enumerate(network.layers):
        if not has_kernel(layer.activation) and np.isnan(delta[i]).any():
            # What came back may have been infinite, of which a slope of 0 makes NaN as well.
            z, a = passed.z[i], passed.a[i + 1]
            slopes = layer.activation.pull_back(z, a, np.ones_like(z))
            refuse(layer.activation, "derivative", "pre-activation", z, slopes)


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
