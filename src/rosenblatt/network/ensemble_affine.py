"""Linear layers of k members that share W, or have one each (theory N8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.layer import Arrays, Backward, Layer, Passed, Shape
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_boolean, check_count, check_counts
from rosenblatt.support.listing import LONG, brief
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["EnsembleAffine", "PackedAffine", "member_width"]


def member_width(layer: Layer, n_members: int, shape: Shape) -> int:
    """The n of (n,), which all members share, or of (k, n); ValueError for another shape."""
    if len(shape) == 1 or (len(shape) == 2 and shape[0] == n_members):
        return shape[-1]
    raise ValueError(
        f"{brief(layer, LONG)} takes samples of shape (n,) or ({n_members}, n), got {shape}"
    )


def of_members(x: FloatArray) -> FloatArray:
    """(n_samples, 1 or k, n)."""
    return x[:, None] if x.ndim == 2 else x


def below(x: FloatArray, dx: FloatArray) -> FloatArray:
    """The gradient of an input that all members share is the sum of theirs."""
    return dx.sum(axis=1) if x.ndim == 2 else dx


class MemberAffine(Layer):
    """What both kinds of linear layers of members have in common."""

    n_members: int
    n_outputs: int

    def __post_init__(self) -> None:
        check_count("n_members", self.n_members)
        check_count("n_outputs", self.n_outputs)
        if self.n_members < 1:
            raise ValueError(
                f"an ensemble needs at least one member, got n_members={self.n_members}"
            )
        if self.n_outputs < 1:
            raise ValueError(f"a layer needs at least one unit, got n_outputs={self.n_outputs}")

    @property
    def gives_members(self) -> bool:
        return True

    @property
    def penalised(self) -> tuple[str, ...]:
        return ("weight",)

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        return member_width(self, self.n_members, shape) * self.n_outputs * self.n_members


@final
@dataclass(frozen=True)
class EnsembleAffine(MemberAffine):
    """z = ((x ⊙ r) W) ⊙ s + b, with a W for all members (N8; Wen, Tran & Ba 2020).

    Parameters
    ----------
    n_members, n_outputs : int
    scales_input, scales_output : bool, default True
        Whether there is r, and s.
    shares_bias : bool, default False
        Whether all members have one b.
    draws_signs : bool, default False
        Whether r begins with random signs, and not at 1.
    input_groups : tuple of int, default ()
        Sizes of groups of inputs, such as the embeddings of features: r begins with one draw for
        each member and group, from N(0, 1) or of a sign. None for no such draws.
    """

    n_members: int
    n_outputs: int
    scales_input: bool = True
    scales_output: bool = True
    shares_bias: bool = False
    draws_signs: bool = False
    input_groups: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("scales_input", "scales_output", "shares_bias", "draws_signs"):
            check_boolean(name, getattr(self, name))
        check_counts("input_groups", self.input_groups)
        if not self.scales_input and (self.draws_signs or self.input_groups):
            raise ValueError("scales of the input that there are not cannot be drawn")
        if not all(n >= 1 for n in self.input_groups):
            raise ValueError(f"a group of inputs has one or more, got {self.input_groups}")

    def output_shape(self, shape: Shape) -> Shape:
        n_in = member_width(self, self.n_members, shape)
        differ = self.scales_input or self.scales_output or not self.shares_bias
        if len(shape) == 1 and not differ:
            raise ValueError("members that share their input and all of a layer do not differ")
        if self.input_groups and sum(self.input_groups) != n_in:
            raise ValueError(
                f"groups of {sum(self.input_groups)} inputs in all do not fit {n_in} inputs"
            )
        return (self.n_members, self.n_outputs)

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        n_in, k = member_width(self, self.n_members, shape), self.n_members
        shapes: dict[str, Shape] = {"weight": (n_in, self.n_outputs)}
        if self.scales_input:
            shapes["input_scale"] = (k, n_in)
        if self.scales_output:
            shapes["output_scale"] = (k, self.n_outputs)
        return shapes | {"bias": (1 if self.shares_bias else k, self.n_outputs)}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        n_in, n_out = parameters["weight"].shape
        parameters["weight"][...], parameters["bias"][...] = initializer.draw(rng, n_in, n_out)
        if self.scales_output:
            parameters["output_scale"][...] = 1
        if not self.scales_input:
            return
        sizes = self.input_groups or (1,) * n_in
        shape = (self.n_members, len(sizes))
        if self.draws_signs:
            of_groups = rng.choice([-1, 1], shape)
        elif self.input_groups:
            of_groups = rng.normal(size=shape)
        else:
            of_groups = np.ones(shape)
        parameters["input_scale"][...] = np.repeat(of_groups, sizes, axis=1)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        xr = of_members(x)
        if self.scales_input:
            xr = xr * parameters["input_scale"]
        z = xr @ parameters["weight"]
        zs = z * parameters["output_scale"] if self.scales_output else z
        return Passed(self, x, zs + parameters["bias"], (xr, z))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        xr, z = passed.kept
        db, dz = upstream.sum(axis=0), upstream
        gradients = {"bias": db.sum(axis=0, keepdims=True) if self.shares_bias else db}
        if self.scales_output:
            gradients["output_scale"] = (upstream * z).sum(axis=0)
            dz = upstream * parameters["output_scale"]
        xr = np.broadcast_to(xr, (*dz.shape[:2], xr.shape[2]))
        gradients["weight"] = np.einsum("rki,rkj->ij", xr, dz)
        dx = dz @ parameters["weight"].T
        if self.scales_input:
            gradients["input_scale"] = (dx * of_members(passed.x)).sum(axis=0)
            dx = dx * parameters["input_scale"]
        return Backward(gradients, below(passed.x, dx), delta=upstream)

    @property
    def constrained(self) -> tuple[str, ...]:
        return ("weight",)


@final
@dataclass(frozen=True)
class PackedAffine(MemberAffine):
    """z = x W + b, with a W and a b for each member (N8)."""

    n_members: int
    n_outputs: int

    def output_shape(self, shape: Shape) -> Shape:
        member_width(self, self.n_members, shape)
        return (self.n_members, self.n_outputs)

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        n_in, k = member_width(self, self.n_members, shape), self.n_members
        return {"weight": (k, n_in, self.n_outputs), "bias": (k, self.n_outputs)}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        for w, b in zip(parameters["weight"], parameters["bias"], strict=True):
            w[...], b[...] = initializer.draw(rng, *w.shape)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        each = np.broadcast_to(of_members(x), (len(x), self.n_members, x.shape[-1]))
        z = np.einsum("rki,kij->rkj", each, parameters["weight"]) + parameters["bias"]
        return Passed(self, x, z, each)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        dW = np.einsum("rki,rkj->kij", passed.kept, upstream)
        dx = np.einsum("rkj,kij->rki", upstream, parameters["weight"])
        gradients = {"weight": dW, "bias": upstream.sum(axis=0)}
        return Backward(gradients, below(passed.x, dx), delta=upstream)


# `apart` is how far a member's input lies behind the one before: 0 where they share it.

ENSEMBLE_IN_C = """\
static void NAME(const REAL *matrix, const REAL *r, const REAL *s, const REAL *bias, long bias_step,
                 long k, long n_in, long n_out, long apart, const REAL *x, REAL *out)
{
    long m, i, j;
    for (m = 0; m < k; m++, x += apart, out += n_out, bias += bias_step) {
        const REAL *w = matrix;
        for (j = 0; j < n_out; j++)
            out[j] = 0;
        for (i = 0; i < n_in; i++) {
            const REAL value = r ? x[i] * *r++ : x[i];
            for (j = 0; j < n_out; j++)
                out[j] += value * *w++;
        }
        for (j = 0; j < n_out; j++)
            out[j] = (s ? out[j] * *s++ : out[j]) + bias[j];
    }
}
"""
PACKED_IN_C = """\
static void NAME(const REAL *matrix, const REAL *bias, long k, long n_in, long n_out, long apart,
                 const REAL *x, REAL *out)
{
    long m, i, j;
    for (m = 0; m < k; m++, x += apart, out += n_out) {
        for (j = 0; j < n_out; j++)
            out[j] = *bias++;
        for (i = 0; i < n_in; i++)
            for (j = 0; j < n_out; j++)
                out[j] += x[i] * *matrix++;
    }
}
"""


def apart(node: TrainedLayer) -> int:
    return 0 if len(node.shape) == 1 else node.shape[-1]


def constant(node: TrainedLayer, c: CWriter, name: str) -> str:
    return c.constant(name, node.arrays[name]) if name in node.arrays else "0"


def ensemble_in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    layer: EnsembleAffine = node.layer
    n_in, n_out = node.arrays["weight"].shape
    names = ("weight", "input_scale", "output_scale", "bias")
    arrays = ", ".join(constant(node, c, name) for name in names)
    sizes = (
        f"{0 if layer.shares_bias else n_out}, {layer.n_members}, {n_in}, {n_out}, {apart(node)}"
    )
    c.statement(f"{c.helper('ensemble', ENSEMBLE_IN_C)}({arrays}, {sizes}, {x}, {out});")


def packed_in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    k, n_in, n_out = node.arrays["weight"].shape
    arrays = ", ".join(constant(node, c, name) for name in ("weight", "bias"))
    sizes = f"{k}, {n_in}, {n_out}, {apart(node)}"
    c.statement(f"{c.helper('packed', PACKED_IN_C)}({arrays}, {sizes}, {x}, {out});")


def members_in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    """(rows, 1 or k, n)."""
    is_shared = len(node.shape) == 1
    return graph.step("Unsqueeze", x, graph.constant(np.array([1]))) if is_shared else x


def ensemble_in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    given = {name: graph.constant(array) for name, array in node.arrays.items()}
    x = members_in_onnx(node, graph, x)
    x = graph.step("Mul", x, given["input_scale"]) if "input_scale" in given else x
    z = graph.step("MatMul", x, given["weight"])
    z = graph.step("Mul", z, given["output_scale"]) if "output_scale" in given else z
    return graph.step("Add", z, given["bias"])


def packed_in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    weight, bias = (graph.constant(node.arrays[name]) for name in ("weight", "bias"))
    x = graph.step("Transpose", members_in_onnx(node, graph, x), perm=[1, 0, 2])
    z = graph.step("Transpose", graph.step("MatMul", x, weight), perm=[1, 0, 2])
    return graph.step("Add", z, bias)


def ensemble_in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [torch.function(shared_of_one if len(node.shape) == 1 else shared_of_each, node.arrays)]


def packed_in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [torch.function(packed_of_one if len(node.shape) == 1 else packed_of_each, node.arrays)]


def shared_of_one(torch: Any, x: Any, **arrays: Any) -> Any:
    return shared_of_each(torch, x[..., None, :], **arrays)


def shared_of_each(
    torch: Any, x: Any, weight: Any, bias: Any, input_scale: Any = None, output_scale: Any = None
) -> Any:
    z = (x if input_scale is None else x * input_scale) @ weight
    return (z if output_scale is None else z * output_scale) + bias


def packed_of_one(torch: Any, x: Any, **arrays: Any) -> Any:
    return packed_of_each(torch, x[..., None, :], **arrays)


def packed_of_each(torch: Any, x: Any, weight: Any, bias: Any) -> Any:
    return (x[..., None, :] @ weight)[..., 0, :] + bias


register(EnsembleAffine, c=ensemble_in_c, onnx=ensemble_in_onnx, torch=ensemble_in_torch)
register(PackedAffine, c=packed_in_c, onnx=packed_in_onnx, torch=packed_in_torch)
