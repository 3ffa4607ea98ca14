"""Checks of user-defined members, which the tests make for the library's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt.activations import Activation
from rosenblatt.backprop import Forward
from rosenblatt.engine.kernels import has_kernel
from rosenblatt.losses import Loss
from rosenblatt.network import (
    GLU,
    ActivationLayer,
    Affine,
    Augmentation,
    AveragePool2D,
    Convolution,
    Dropout,
    EnsembleAffine,
    GaussianNoise,
    GlobalAveragePool2D,
    LocalResponseNorm,
    Network,
    NormalizationLayer,
    NumericEmbedding,
    PackedAffine,
    ParametricActivation,
    PReLU,
    Scale,
)
from rosenblatt.support.types import FloatArray

__all__ = ["refuse_nan"]


# Of finite numbers these give NaN only where numbers overflow.
LIBRARY = (
    Affine
    | Augmentation
    | AveragePool2D
    | Convolution
    | Dropout
    | EnsembleAffine
    | GLU
    | GaussianNoise
    | GlobalAveragePool2D
    | LocalResponseNorm
    | NormalizationLayer
    | NumericEmbedding
    | ParametricActivation
    | PReLU
    | PackedAffine
    | Scale
)


def refuse_nan(
    network: Network,
    loss: Loss,
    passed: Forward,
    losses: FloatArray,
    delta: Sequence[FloatArray],
    weights: FloatArray | None = None,
) -> None:
    """Check the results of user-defined members over a batch.

    A divergence gives NaN as well, but from numbers that were not finite before.

    Parameters
    ----------
    network : Network
    loss : Loss
    passed, losses, delta
        Results of a pass forward and back; see `Trace`.
    weights : array (n_samples,), optional
        Rows of weight 0 are exempt from the check of their loss.

    Raises
    ------
    ValueError
        If a member without a kernel returned NaN for finite numbers.
    """
    for block in passed.blocks:
        for leaf in block.leaves():
            if isinstance(leaf.layer, ActivationLayer):
                if not has_kernel(leaf.layer.activation):
                    check_result(leaf.layer.activation, "value", "pre-activation", leaf.x, leaf.out)
            elif not isinstance(leaf.layer, LIBRARY):
                check_result(leaf.layer, "output", "input", leaf.x, leaf.out)
    if not has_kernel(loss):
        counts = slice(None) if weights is None else weights != 0
        check_result(loss, "value", "row of scores", passed.scores[counts], losses[counts, None])
        check_result(loss, "gradient", "score", passed.scores, delta[-1])
    for block, of_block in zip(passed.blocks, delta, strict=True):
        if np.isnan(of_block).any():
            for leaf in block.leaves():
                if isinstance(leaf.layer, ActivationLayer):
                    check_slopes(leaf.layer.activation, leaf.x, leaf.out)


def check_slopes(activation: Activation, z: FloatArray, a: FloatArray) -> None:
    """Check slopes, not gradients: infinity times a slope of 0 is NaN without a fault of theirs."""
    if not has_kernel(activation):
        slopes = activation.pull_back(z, a, np.ones_like(z))
        check_result(activation, "derivative", "pre-activation", z, slopes)


def check_result(member: object, what: str, of: str, given: FloatArray, result: FloatArray) -> None:
    bad = np.isnan(result)
    if not bad.any() or not np.isfinite(given).all():
        return
    place = tuple(np.argwhere(bad)[0])
    at = given[place] if given.shape == result.shape else given[place[0]]
    raise ValueError(
        f"{type(member).__name__} gives NaN as the {what} of a finite {of}, {at}: a member of your"
        " own must give a number for every finite one."
    )
