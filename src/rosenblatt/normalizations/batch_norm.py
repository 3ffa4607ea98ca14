"""Batch normalisation (Ioffe & Szegedy 2015), and its forms elsewhere."""

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
from rosenblatt.support.field_types import check_real
from rosenblatt.support.types import FloatArray

__all__ = ["BatchNorm"]

RUNNING = ("running_mean", "running_var")


@final
@dataclass(frozen=True)
class BatchNorm(Normalization):
    """Over the samples of a batch, for each unit (Ioffe & Szegedy 2015).

    Predictions are normalised by running statistics, which every training step moves by
    `momentum` towards its batch's mean and unbiased variance. A batch of one row has no variance:
    the running statistics stand in, and stay as they are. Sample weights do not count here.

    Parameters
    ----------
    epsilon : float, default 1e-5
        ε above 0, added to the variance.
    momentum : float in (0, 1], default 0.1
        The share of a batch in the running statistics.
    """

    epsilon: float = 1e-5
    momentum: float = 0.1

    def __post_init__(self) -> None:
        require_positive(self.epsilon)
        check_real("momentum", self.momentum)
        if not 0 < self.momentum <= 1:
            raise ValueError(f"momentum must be in (0, 1], got momentum={self.momentum}")

    @property
    def axis(self) -> int:
        return 0

    @property
    def initial_state(self) -> Mapping[str, float]:
        return {"running_mean": 0.0, "running_var": 1.0}

    def statistics(
        self, h: FloatArray, running: Mapping[str, FloatArray], *, training: bool
    ) -> Statistics:
        if training and len(h) > 1:
            return statistics_over(h, self.axis)
        if not running:
            raise ValueError(
                "batch normalisation of a prediction, or of a batch of one row, needs the network's"
                " state, which holds the running statistics"
            )
        return Statistics(running["running_mean"], running["running_var"], fixed=True)

    def track(self, running: Mapping[str, FloatArray], batch: Statistics, n: int) -> None:
        """Move the running statistics, in place, by those of a batch of n rows."""
        if batch.fixed:
            return
        unbiased = batch.variance[0] * n / (n - 1)
        for name, new in (("running_mean", batch.mean[0]), ("running_var", unbiased)):
            running[name][...] = (1 - self.momentum) * running[name] + self.momentum * new


# The running statistics are constants, and `scale` is divided by the deviation.
IN_C = """\
static void NAME(
    REAL *h, const REAL *mean, const REAL *scale, const REAL *shift, long n)
{
    long i;
    for (i = 0; i < n; i++) h[i] = scale[i] * (h[i] - mean[i]) + shift[i];
}
"""


def in_c(norm: BatchNorm, arrays: Mapping[str, FloatArray], c: CWriter, row: str) -> None:
    # Divided in double precision, and rounded once.
    exact = {name: array.astype(np.float64) for name, array in arrays.items()}
    factor = exact["scale"] / np.sqrt(exact["running_var"] + norm.epsilon)
    helper = c.helper("batch_norm", IN_C)
    mean = c.constant("mean", exact["running_mean"])
    scale = c.constant("scale", factor)
    shift = c.constant("shift", exact["shift"])
    c.statement(f"{helper}({row}, {mean}, {scale}, {shift}, {len(factor)});")


def in_onnx(norm: BatchNorm, arrays: Mapping[str, FloatArray], graph: OnnxGraph, h: str) -> str:
    constants = [graph.constant(arrays[name]) for name in ("scale", "shift", *RUNNING)]
    return graph.step("BatchNormalization", h, *constants, epsilon=norm.epsilon)


def in_torch(norm: BatchNorm, arrays: Mapping[str, FloatArray], torch: TorchWriter) -> Any:
    n = len(arrays["scale"])
    module = torch.nn.BatchNorm1d(n, eps=norm.epsilon, momentum=norm.momentum)
    state = {"weight": arrays["scale"], "bias": arrays["shift"]}
    return torch.loaded(module, state | {name: arrays[name] for name in RUNNING})


register(BatchNorm, "batch", c=in_c, onnx=in_onnx, torch=in_torch)
