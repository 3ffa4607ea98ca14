"""THE map from the specification to the engine: Python class -> native kernel.

The native struct has the same name and the same fields in the same order; a test holds both to it.
A class that is not here runs on the readable engine.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from rosenblatt import (
    activations,
    averaging,
    losses,
    normalizations,
    optimizers,
)
from rosenblatt.network import Network
from rosenblatt.regularization import (
    clipping,
    constraints,
    penalties,
)

__all__ = ["KERNELS", "has_kernel", "kernel", "runs_natively"]

KERNELS: dict[str, dict[type, str]] = {
    "activations": {
        activations.Identity: "Identity",
        activations.Sigmoid: "Sigmoid",
        activations.Tanh: "Tanh",
        activations.ReLU: "ReLU",
        activations.Softmax: "Softmax",
        activations.LeakyReLU: "LeakyReLU",
        activations.ELU: "ELU",
        activations.SELU: "SELU",
        activations.Softplus: "Softplus",
        activations.GELU: "GELU",
        activations.SiLU: "SiLU",
        activations.Mish: "Mish",
        activations.HardSigmoid: "HardSigmoid",
        activations.HardTanh: "HardTanh",
        activations.HardSwish: "HardSwish",
    },
    "losses": {
        losses.SquaredError: "SquaredError",
        losses.BinaryCrossEntropy: "BinaryCrossEntropy",
        losses.CategoricalCrossEntropy: "CategoricalCrossEntropy",
        losses.Poisson: "Poisson",
        losses.Huber: "Huber",
        losses.LogCosh: "LogCosh",
        losses.AbsoluteError: "AbsoluteError",
        losses.Quantile: "Quantile",
        losses.BinaryFocal: "BinaryFocal",
        losses.CategoricalFocal: "CategoricalFocal",
    },
    "normalizations": {
        normalizations.LayerNorm: "LayerNorm",
        normalizations.BatchNorm: "BatchNorm",
    },
    "penalties": {
        penalties.L2: "L2",
        penalties.L1: "L1",
        penalties.ElasticNet: "ElasticNet",
    },
    "optimizers": {
        optimizers.SGD: "SGD",
        optimizers.AdaGrad: "AdaGrad",
        optimizers.RMSProp: "RMSProp",
        optimizers.AdaDelta: "AdaDelta",
        optimizers.Adam: "Adam",
        optimizers.AdamW: "AdamW",
        optimizers.AMSGrad: "AMSGrad",
        optimizers.NAdam: "NAdam",
        optimizers.RAdam: "RAdam",
        optimizers.Lion: "Lion",
    },
    "clippings": {
        clipping.NoClipping: "NoClipping",
        clipping.ClipNorm: "ClipNorm",
        clipping.ClipValue: "ClipValue",
    },
    "constraints": {
        constraints.NoConstraint: "NoConstraint",
        constraints.MaxNorm: "MaxNorm",
    },
    "averagings": {
        averaging.NoAveraging: "NoAveraging",
        averaging.EMA: "EMA",
    },
}

NAMES = {cls: name for concept in KERNELS.values() for cls, name in concept.items()}


def has_kernel(member: object) -> bool:
    return type(member) in NAMES


def runs_natively(network: Network) -> bool:
    return all(
        has_kernel(layer.activation)
        and (layer.normalization is None or has_kernel(layer.normalization))
        for layer in network.layers
    )


def kernel(member: Any) -> tuple[str, list[float]]:
    """Name and field values, as the compiled module takes them: a field may be a tuple of them."""
    values = [getattr(member, f.name) for f in dataclasses.fields(member)]
    numbers = [n for value in values for n in (value if isinstance(value, tuple) else (value,))]
    return NAMES[type(member)], [float(n) for n in numbers]
