"""What the layers of a chain compute, in the few steps of `parts`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt.activations import Identity
from rosenblatt.export.embedding_parts import categories, maps, numbers, pieces
from rosenblatt.export.parts import (
    Activated,
    Added,
    Appended,
    Bent,
    Gated,
    Part,
    Scaled,
    Standardised,
    Sums,
    cannot,
)
from rosenblatt.export.trained import Trained
from rosenblatt.network import (
    GLU,
    ActivationLayer,
    Affine,
    BesideInput,
    CategoryEmbedding,
    Dropout,
    EnsembleAffine,
    GaussianNoise,
    Interpolation,
    NormalizationLayer,
    NumericEmbedding,
    PackedAffine,
    ParametricActivation,
    PiecewiseLinear,
    PReLU,
    Residual,
    Scale,
    Sequential,
    TrainedLayer,
)
from rosenblatt.network.composed import Composed
from rosenblatt.network.sequential import nodes
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["parts_of_members"]


def parts_of_members(trained: Trained, target: str) -> list[tuple[Part, ...]]:
    """The steps of each network, the members of an ensemble within one network among them.

    The prediction is the mean of theirs.

    Raises
    ------
    ValueError
        For a layer that is none of these steps, such as one of pictures, and for networks that do
        not have as many members each.
    """
    members = [(layers, trained.n_members(layers)) for layers in trained.chains]
    if len({n for _, n in members}) > 1:
        raise cannot("EnsembleDense of several networks, with other numbers of members,", target)
    return [parts_of(layers, k, target) for layers, n in members for k in range(n)]


def parts_of(layers: Sequence[TrainedLayer], member: int, target: str) -> tuple[Part, ...]:
    """Those of one member, where layers have members."""
    return tuple(part for layer in layers for part in parts_of_one(layer, member, target))


def parts_of_one(node: TrainedLayer, member: int, target: str) -> tuple[Part, ...]:
    layer = node.layer

    def own(name: str) -> Float64Array:
        """An array in double precision, of this member."""
        array = node.arrays[name].astype(np.float64)
        return array[member] if len(node.shape) > 1 and array.ndim > 1 else array

    def inner(of: object, arrays: dict[str, FloatArray] | None = None) -> tuple[Part, ...]:
        return parts_of_one(TrainedLayer(of, node.shape, arrays or node.arrays), member, target)

    match layer:
        case Composed():
            return inner(layer.block)
        case Sequential():
            return parts_of(nodes(node), member, target)
        case Affine():
            W = node.arrays["weight"].astype(np.float64)
            return (Sums(layer.factor(W) * W, node.arrays["bias"].astype(np.float64)),)
        case EnsembleAffine() | PackedAffine():
            return (of_member(node, member),)
        case ActivationLayer():
            return () if layer.activation == Identity() else (Activated(layer.activation),)
        case PReLU():
            return (Bent(np.broadcast_to(own("slope"), node.shape[-1:])),)
        case ParametricActivation():
            slope = own("slope")
            mixed = (Activated(layer.activation), Scaled(slope, np.zeros_like(slope)))
            return (Added(mixed, np.diag(1 - slope)),)
        case GLU():
            return (Gated(layer.activation),)
        case Dropout() | GaussianNoise():
            return ()
        case Scale():
            return (Scaled(own("factor"), np.zeros(node.shape[-1:])),)
        case NormalizationLayer():
            return (normalised(node, target),)
        case Residual():
            arrays = dict(node.arrays)
            P = arrays.pop("projection", None)
            of_branch = inner(layer.layer, arrays)
            return (Added(of_branch, None if P is None else P.astype(np.float64)),)
        case BesideInput():
            return (Appended(inner(layer.layer)),)
        case NumericEmbedding():
            return numbers(node, target)
        case CategoryEmbedding():
            return (categories(node),)
        case PiecewiseLinear():
            return (pieces(layer),)
        case Interpolation():
            return (maps(layer, node.shape[0]),)
    raise cannot(type(layer).__name__, target)


def of_member(node: TrainedLayer, member: int) -> Sums:
    """The linear layer of one member."""
    exact = {name: array.astype(np.float64) for name, array in node.arrays.items()}
    weight, bias = exact["weight"], exact["bias"]
    if isinstance(node.layer, PackedAffine):
        return Sums(weight[member], bias[member])
    if "input_scale" in exact:
        weight = exact["input_scale"][member][:, None] * weight
    if "output_scale" in exact:
        weight = weight * exact["output_scale"][member]
    return Sums(weight, bias[0 if len(bias) == 1 else member])


def normalised(node: TrainedLayer, target: str) -> Part:
    norm = node.layer.normalization
    exact = {name: array.astype(np.float64) for name, array in node.arrays.items()}
    if isinstance(norm, LayerNorm):
        return Standardised(norm.epsilon, exact["scale"], exact["shift"])
    if isinstance(norm, BatchNorm):
        factor = exact["scale"] / np.sqrt(exact["running_var"] + norm.epsilon)
        return Scaled(factor, exact["shift"] - exact["running_mean"] * factor)
    raise cannot(type(norm).__name__, target)
