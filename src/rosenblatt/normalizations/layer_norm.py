"""Layer normalisation (Ba et al. 2016), and its forms elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

    Of a sample whose variance overflows ĥ is NaN.

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
        by = statistics_over(h, self.axis)
        # Divided by infinity, every row would come out as its mean, without any sign of it.
        by.variance[np.isinf(by.variance)] = np.nan
        return by


IN_C = """\
static void NAME(REAL *h, const REAL *scale, const REAL *shift, long n, REAL epsilon)
{
    REAL mean = 0, variance = 0;
    long i;
    for (i = 0; i < n; i++) mean += h[i];
    mean /= n;
    for (i = 0; i < n; i++) variance += (h[i] - mean) * (h[i] - mean);
    variance /= n;
    if (isinf(variance)) variance = NAN; /* no row would differ from its mean */
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
    return graph.step("LayerNormalization", h, *learned, axis=-1, epsilon=norm.epsilon)


def in_torch(norm: LayerNorm, arrays: Mapping[str, FloatArray], torch: TorchWriter) -> Any:
    module = torch.nn.LayerNorm(len(arrays["scale"]), eps=norm.epsilon)
    return torch.loaded(module, {"weight": arrays["scale"], "bias": arrays["shift"]})


register(LayerNorm, "layer", c=in_c, onnx=in_onnx, torch=in_torch)
