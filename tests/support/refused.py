"""What exports refuse, by the names of layers and activations."""

from __future__ import annotations

from rosenblatt.export.trained import Trained

__all__ = ["LAYERS", "is_refused"]

# Layers that formulas have not: those of pictures, which begin so.
LAYERS = ("Reshape",)


def is_refused(case: Trained, *kinds: str) -> bool:
    """Whether a network has one of these kinds, as it is shown."""
    layers = [repr(layer) for member in case.model.members for layer in member.network.layers]
    return any(kind in layer for kind in kinds for layer in layers)
