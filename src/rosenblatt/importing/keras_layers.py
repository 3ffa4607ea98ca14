"""Keras's layers as pieces of a chain, from their configuration and weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt.activations import ELU, LeakyReLU, ReLU, Softmax
from rosenblatt.errors import InputError
from rosenblatt.importing.forms import Form, clipped
from rosenblatt.importing.json_value import as_number
from rosenblatt.importing.keras_activations import Dialect, form_of
from rosenblatt.importing.paths import Branch
from rosenblatt.importing.pieces import Activated, Dropped, Linear, Normalized, Scaled, Sloped
from rosenblatt.importing.source import DAMAGED
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.support.types import Float64Array

__all__ = ["LAYERS", "LayerConfig"]

SMALLEST = 1e-7  # Keras's epsilon, by which Normalization divides at the least
TYPES = ("float32", "float64")


@final
@dataclass(frozen=True, eq=False)
class LayerConfig:
    """One layer.

    Attributes
    ----------
    place : str
        For messages.
    config : mapping
    dialect : Dialect
    weights : function
        From names, in Keras's order, to the layer's arrays.
    """

    place: str
    config: Mapping[str, Any]
    dialect: Dialect
    weights: Callable[[tuple[str, ...]], Mapping[str, Float64Array]]

    def refused(self, why: str) -> InputError:
        return InputError(f"{self.place} {why}")

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.config.get(name, default)
        if not isinstance(value, bool):
            raise self.refused(f"has no truth value as {name}: {DAMAGED}")
        return value

    def number(self, name: str, default: float) -> float:
        value = self.config.get(name)
        if isinstance(value, dict) and value.get("class_name") == "__numpy__":
            value = value.get("config", {}).get("value")
        return default if value is None else as_number(value, f"{name} of {self.place}")

    def positive(self, name: str, default: float) -> float:
        value = self.number(name, default)
        if value <= 0:
            raise self.refused(f"has {name} {value:g}: one above 0 is read")
        return value

    def check_last_axis(self) -> None:
        """InputError where a layer acts on something else than the columns."""
        axis = self.config.get("axis", -1)
        axes = list(axis) if isinstance(axis, np.ndarray | list) else [axis]
        if axes not in ([-1], [1]):
            raise self.refused("acts along another axis than the columns")

    def check_type(self) -> None:
        """InputError where a layer computes in half precision or in whole numbers."""
        kind = self.config.get("dtype")
        if isinstance(kind, dict):
            of = kind.get("config")
            kind = of.get("name") if isinstance(of, dict) else None
        if kind is not None and kind not in TYPES:
            raise self.refused(f"computes in {str(kind)[:40]!r}: float32 and float64 are read")

    def sized(self, array: Float64Array, width: int, name: str) -> Float64Array:
        if array.shape not in ((width,), (1, width)):
            raise self.refused(f"has {name} of the shape {array.shape} for {width} numbers")
        return array.reshape(width)


def dense(layer: LayerConfig, x: Branch) -> Branch:
    if layer.config.get("quantization_config") or layer.config.get("lora_rank"):
        raise layer.refused("is quantised or adapted by LoRA: save it in float32")
    names = ("kernel", "bias") if layer.flag("use_bias", True) else ("kernel",)
    arrays = layer.weights(names)
    W = arrays["kernel"]
    if W.ndim != 2 or len(W) != x.width:
        raise layer.refused(f"has weights of the shape {W.shape}, and {x.width} numbers come to it")
    n = W.shape[1]
    b = layer.sized(arrays["bias"], n, "a bias") if "bias" in arrays else np.zeros(n)
    form = form_of(layer.config.get("activation"), layer.dialect, layer.place)
    out = x.then(Linear(layer.place, W, b), n)
    return out if form == Form() else out.then(Activated(layer.place, form))


def activation(layer: LayerConfig, x: Branch) -> Branch:
    form = form_of(layer.config.get("activation"), layer.dialect, layer.place)
    return x if form == Form() else x.then(Activated(layer.place, form))


def relu(layer: LayerConfig, x: Branch) -> Branch:
    slope, start = layer.number("negative_slope", 0.0), layer.number("threshold", 0.0)
    most = layer.config.get("max_value")
    if start == 0 and most is None and slope >= 0:
        return x.then(Activated(layer.place, Form(LeakyReLU(slope) if slope else ReLU())))
    if start == 0 and slope == 0:
        return x.then(Activated(layer.place, clipped(0, layer.positive("max_value", 1.0))))
    raise layer.refused("has a threshold, or a slope and a largest value: only one is read")


def leaky(layer: LayerConfig, x: Branch) -> Branch:
    name = "negative_slope" if "negative_slope" in layer.config else "alpha"
    slope = layer.number(name, 0.3)
    if slope < 0:
        raise layer.refused(f"has {name} {slope:g}: one of 0 or more is read")
    return x.then(Activated(layer.place, Form(LeakyReLU(slope))))


def elu(layer: LayerConfig, x: Branch) -> Branch:
    return x.then(Activated(layer.place, Form(ELU(layer.positive("alpha", 1.0)))))


def prelu(layer: LayerConfig, x: Branch) -> Branch:
    slopes = layer.weights(("alpha",))["alpha"]
    one = slopes.reshape(-1) if slopes.size == 1 else layer.sized(slopes, x.width, "slopes")
    return x.then(Sloped(layer.place, one))


def softmax(layer: LayerConfig, x: Branch) -> Branch:
    layer.check_last_axis()
    return x.then(Activated(layer.place, Form(Softmax())))


def learned(
    layer: LayerConfig, width: int, more: Sequence[str] = ()
) -> tuple[Float64Array, Float64Array, Mapping[str, Float64Array]]:
    """Scale, shift, and the other arrays of a normalisation."""
    kinds = (("gamma", "scale"), ("beta", "center"))
    names = [name for name, flag in kinds if layer.flag(flag, True)]
    arrays = {
        name: layer.sized(array, width, name)
        for name, array in layer.weights((*names, *more)).items()
    }
    return arrays.get("gamma", np.ones(width)), arrays.get("beta", np.zeros(width)), arrays


def batch_norm(layer: LayerConfig, x: Branch) -> Branch:
    layer.check_last_axis()
    if layer.flag("renorm"):
        raise layer.refused("renormalises batches, which is not read")
    kept = layer.number("momentum", 0.99)
    member = BatchNorm(layer.positive("epsilon", 1e-3), 1 - kept if 0 < kept < 1 else 0.01)
    scale, shift, arrays = learned(layer, x.width, ("moving_mean", "moving_variance"))
    state = {"running_mean": arrays["moving_mean"], "running_var": arrays["moving_variance"]}
    return x.then(Normalized(layer.place, member, scale, shift, state))


def layer_norm(layer: LayerConfig, x: Branch) -> Branch:
    layer.check_last_axis()
    if layer.flag("rms_scaling"):
        raise layer.refused("scales by the root of the mean square, which is not read")
    scale, shift, _ = learned(layer, x.width)
    member = LayerNorm(layer.positive("epsilon", 1e-3))
    return x.then(Normalized(layer.place, member, scale, shift, {}))


def normalization(layer: LayerConfig, x: Branch) -> Branch:
    if layer.flag("invert"):
        raise layer.refused("is inverted, which is not read")
    given = layer.config.get("mean")
    if given is None:
        layer.check_last_axis()
        arrays = layer.weights(("mean", "variance", "count"))
        mean, variance = arrays["mean"], arrays["variance"]
    else:
        mean, variance = (
            np.asarray(layer.config.get(name), np.float64).reshape(-1)
            for name in ("mean", "variance")
        )
    if mean.size == variance.size == 1:
        mean, variance = np.full(x.width, mean.item()), np.full(x.width, variance.item())
    mean = layer.sized(mean, x.width, "mean")
    variance = layer.sized(variance, x.width, "variance")
    if not (variance >= 0).all():
        raise layer.refused("has a variance below 0: train it again")
    spread = np.maximum(np.sqrt(variance), SMALLEST)
    return x.then(Scaled(layer.place, 1 / spread, -mean / spread))


def rescaling(layer: LayerConfig, x: Branch) -> Branch:
    scale, shift = layer.number("scale", 1.0), layer.number("offset", 0.0)
    return x.then(Scaled(layer.place, np.full(x.width, scale), np.full(x.width, shift)))


def dropout(layer: LayerConfig, x: Branch) -> Branch:
    rate = layer.number("rate", 0.5)
    if not 0 <= rate < 1:
        raise layer.refused(f"leaves out a share of {rate:g}: one of 0 to below 1 is read")
    return x.then(Dropped(layer.place, rate))


def nothing(layer: LayerConfig, x: Branch) -> Branch:
    return x


LAYERS: Mapping[str, Callable[[LayerConfig, Branch], Branch]] = {
    "Activation": activation,
    "ActivityRegularization": nothing,
    "BatchNormalization": batch_norm,
    "Dense": dense,
    "Dropout": dropout,
    "ELU": elu,
    "Flatten": nothing,
    "GaussianDropout": nothing,
    "GaussianNoise": nothing,
    "Identity": nothing,
    "LayerNormalization": layer_norm,
    "LeakyReLU": leaky,
    "Normalization": normalization,
    "PReLU": prelu,
    "ReLU": relu,
    "Rescaling": rescaling,
    "Softmax": softmax,
}
