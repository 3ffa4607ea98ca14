"""THE map from the specification to the engine: Python class -> native kernel.

The native struct has the same name and the same fields in the same order; a test holds both to it.
A class that is not here runs on the readable engine.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from rosenblatt import activations, losses, normalizations, optimizers, penalties
from rosenblatt.network import Network

__all__ = ["KERNELS", "has_kernel", "kernel", "runs_natively"]

KERNELS: dict[str, dict[type, str]] = {
    "activations": {
        activations.Identity: "Identity",
        activations.Sigmoid: "Sigmoid",
        activations.Tanh: "Tanh",
        activations.ReLU: "ReLU",
        activations.Softmax: "Softmax",
    },
    "losses": {
        losses.SquaredError: "SquaredError",
        losses.BinaryCrossEntropy: "BinaryCrossEntropy",
        losses.CategoricalCrossEntropy: "CategoricalCrossEntropy",
        losses.Poisson: "Poisson",
    },
    "normalizations": {
        normalizations.LayerNorm: "LayerNorm",
        normalizations.BatchNorm: "BatchNorm",
    },
    "penalties": {
        penalties.L2: "L2",
    },
    "optimizers": {
        optimizers.SGD: "SGD",
        optimizers.Adam: "Adam",
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
    """Name and field values, as the compiled module takes them."""
    return NAMES[type(member)], [float(getattr(member, f.name)) for f in dataclasses.fields(member)]
