"""Layer normalisation (Ba et al. 2016), and its forms elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from rosenblatt.normalizations.base import (
    Normalization,
    Statistics,
    require_positive,
    statistics_over,
)
from rosenblatt.normalizations.registration import register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.types import FloatArray

__all__ = ["LayerNorm"]


@final
@dataclass(frozen=True)
class LayerNorm(Normalization):
    """Over the units of each sample, alone (Ba et al. 2016).

    A sample whose variance overflows is multiplied by a power of two first, which changes ĥ by
    what ε is beside that variance alone.

    Parameters
    ----------
    epsilon : float, default 1e-5
        ε above 0, added to the variance.
    """

    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        require_positive(self.epsilon)

    @property
    def axis(self) -> int:
        return 1

    def statistics(
        self, h: FloatArray, running: Mapping[str, FloatArray], *, training: bool
    ) -> Statistics:
        with np.errstate(over="ignore", invalid="ignore"):
            by = statistics_over(h, self.axis)
        large = ~np.isfinite(by.variance)
        if not large.any():
            return by
        # Divided by infinity, every row would come out as its mean, without any sign of it.
        factor = np.where(large, shrinking(h), h.dtype.type(1))
        with np.errstate(invalid="ignore"):
            return replace(statistics_over(h * factor, self.axis), factor=factor)


LIMIT = 53  # the exponent of numbers whose squares fit a float, and beside whose variance ε is none


def shrinking(h: FloatArray) -> FloatArray:
    """The powers of two that bring each row's largest number to about 2^53; of shape (n, 1)."""
    largest = np.abs(h).max(1, keepdims=True)
    exponent = np.frexp(np.where(np.isfinite(largest), largest, 1))[1]
    return np.ldexp(h.dtype.type(1), LIMIT + 1 - exponent)


IN_C = """\
static void NAME(REAL *h, const REAL *scale, const REAL *shift, long n, REAL epsilon)
{
    REAL mean, variance, largest = 0;
    int shrunk;
    long i;
    for (shrunk = 0;; shrunk = 1) {
        mean = variance = 0;
        for (i = 0; i < n; i++) mean += h[i];
        mean /= n;
        for (i = 0; i < n; i++) variance += (h[i] - mean) * (h[i] - mean);
        variance /= n;
        if (isfinite(variance) || shrunk) break;
        /* Of numbers up to 2^53 it is finite, and epsilon is none beside it. */
        for (i = 0; i < n; i++) {
            REAL size = h[i] < 0 ? -h[i] : h[i];
            if (size > largest) largest = size;
        }
        for (i = 0; i < n; i++) h[i] *= (REAL)9007199254740992.0 / largest;
    }
    for (i = 0; i < n; i++)
        h[i] = scale[i] * ((h[i] - mean) / SQRT(variance + epsilon)) + shift[i];
}
"""


def in_c(norm: LayerNorm, arrays: Mapping[str, FloatArray], c: CWriter, row: str) -> None:
    helper = c.helper("layer_norm", IN_C)
    scale, shift = (c.constant(name, arrays[name]) for name in ("scale", "shift"))
    n, epsilon = len(arrays["scale"]), c.literal(norm.epsilon)
    c.statement(f"{helper}({row}, {scale}, {shift}, {n}, {epsilon});")


def in_onnx(norm: LayerNorm, arrays: Mapping[str, FloatArray], graph: OnnxGraph, h: str) -> str:
    learned = [graph.constant(arrays[name]) for name in ("scale", "shift")]
    largest = graph.step(
        "ReduceMax", graph.step("Abs", h), graph.constant(np.array([-1])), keepdims=1
    )
    share = graph.step("Mul", largest, graph.number(2.0**-LIMIT))
    shrunk = graph.step("Div", h, graph.step("Max", share, graph.number(1)))
    return graph.step("LayerNormalization", shrunk, *learned, axis=-1, epsilon=norm.epsilon)


def in_torch(norm: LayerNorm, arrays: Mapping[str, FloatArray], torch: TorchWriter) -> Any:
    module = torch.layer_norm(len(arrays["scale"]), norm.epsilon)
    return torch.loaded(module, {"weight": arrays["scale"], "bias": arrays["shift"]})


register(LayerNorm, "layer", c=in_c, onnx=in_onnx, torch=in_torch)
